"""Accents are taken off only where no language has them together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.accents import bare


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "Übergrößenträger grüßen schön",
        "Où est le garçon naïf, là-bas à l'hôtel, l'été ?",
        "¿Mañana también irá a la reunión, pingüino?",
        "Não há solução à vista, você põe o avô",
        "Příliš žluťoučký kůň úpěl ďábelské ódy",
        "Zażółć gęślą jaźń",
        "árvíztűrő tükörfúrógép",
        "Pijamal\N{LATIN SMALL LETTER DOTLESS I} hasta yağ\N{LATIN SMALL LETTER DOTLESS I}z şoföre çabucak güvendi",
        "Tiếng Việt được viết bằng chữ Quốc ngữ, đẹp lắm",
        "Blåbærsyltetøy på brødet",
        "“quoted” and € 5",
        "один два три",
    ],
)
def test_languages(text: str) -> None:
    """What one language writes is what it says."""
    assert bare(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("cláim yöur prïze before mídnìght", "claim your prize before midnight"),
        ("ćľãīm ŷőũŗ přĩžé", "claim your prize"),
        ("cłáim yøur CLÁÏM", "claim your CLAIM"),
    ],
)
def test_mixtures(text: str, plain: str) -> None:
    """What none writes is read without."""
    assert bare(text.encode()) == plain.encode()


@given(st.binary(max_size=200), st.text(alphabet="aáàâäãåøłđ\u0301ạ я", max_size=50))
def test_anything(data: bytes, text: str) -> None:
    """Any bytes, whatever they are."""
    for one in (data, text.encode(), data + text.encode()):
        made = bare(one)
        assert made is None or made.decode()
