"""Disguised words are told from names, numbers and addresses; nothing else is changed."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.disguise import disguise_kinds, lettered, unparted
from bartizan._core.hints import is_plain
from pace import seconds
from reference import disguise as twin

PARTED, DIGITS, BROKEN = 1, 2, 4
SIGNS = st.sampled_from(
    [*"ab. _01234567@$-\n\r\t<>\"'=:*,é!?|", "www.", "a.b", "='", "word", "w0rd", "a_b", "-\r\n", "a" * 62]
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (b"see claim.your.prize now", PARTED),
        (b"(claim_your_prize).", PARTED),
        (b"*claim.your.prize.now!*", PARTED),
        (b"cl4im y0ur", DIGITS),
        (b"pa55word, c@$h", DIGITS),
        (b"cl4im.y0ur.pr1ze", PARTED),
        (b"mid-\r\nnight", BROKEN),
        (b"mid- \t\nnight", BROKEN),
        (b"mid-night, on- and off", 0),
        (b"www.shop.example https://a.shop.example/a_b_c file.txt e.g. z.B. U.S.A. i.e.", 0),
        (b"ann.lee@mail.shop.example ann@shop.example", 0),
        (b"1.2.3 v1.0.3 MP3 Q3 win10 4th b2b i18n 10,000 $10 2a4b-1e3f-9c0d 0x1f3b9", 0),
        (b"<a class=\"a_b_c\" id='w0rd' href=x_y_z>", 0),
        (b"a._.b_c.d a..b.c a_b.c.d", 0),
        (b"a\n-- \nb --\n1-\n", 0),
        (b"", 0),
    ],
)
def test_kinds(text: bytes, kinds: int) -> None:
    """What there is; no text with any is plain."""
    assert disguise_kinds(text) == kinds
    assert not (kinds and is_plain(text))


def test_undone() -> None:
    """Only the words are changed."""
    text = b"W.x: Cl4im.your.Pr1ze, k1ll_it_now! a.b"
    assert unparted(text) == b"W.x: Cl4im your Pr1ze, k1ll it now! a.b"
    assert lettered(unparted(text)) == b"W.x: Claim your Prize, kill it now! a.b"
    assert lettered(b"k1ll", l=True) == b"klll"
    assert lettered(b"7he fr33 $ale 1 a1 win10 7") == b"the free sale 1 a1 winio 7"


@given(st.lists(SIGNS, max_size=30).map("".join))
def test_like_the_twin(text: str) -> None:
    """Texts without a kind stay as they are."""
    data = text.encode()
    kinds = disguise_kinds(data)
    assert unparted(data) == twin.unparted(data)
    assert lettered(data) == twin.lettered(data)
    assert lettered(data, l=True) == twin.lettered(data, l=True)
    assert (unparted(data) != data) == bool(kinds & PARTED)
    assert not kinds & DIGITS or lettered(data) != data


@pytest.mark.parametrize("unit", [b"a.", b"a1", b"a-", b"a- ", b"a.b.c ", b"a_", b"='a.b.c'", b"a1@"])
def test_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long."""
    small, large = (seconds(partial(disguise_kinds, unit * (size // len(unit)))) for size in (400_000, 1_600_000))
    assert large < 10 * max(small, 0.02)
