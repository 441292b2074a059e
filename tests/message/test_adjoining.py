"""A phrase may begin in one text that is shown and end in the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.automaton import Automaton
from bartizan.detect import phrases
from bartizan.message import adjoining
from bartizan.message.adjoining import across
from bartizan.message.parse import from_bytes
from bartizan.model.finding import Kind
from bartizan.model.limits import Limits

PLAIN, HTML = b"Content-Type: text/plain\r\n\r\n", b"Content-Type: text/html\r\n\r\n"
IMAGE = b"Content-Type: image/png\r\n\r\nxyz"
FILE = b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\n"


@pytest.fixture(scope="module")
def automaton(tmp_path_factory: pytest.TempPathFactory) -> Automaton:
    """One listed phrase."""
    folder = tmp_path_factory.mktemp("phrases")
    (folder / "list.txt").write_text("the crown jewels\n")
    phrases.build([folder / "list.txt"], folder / "phrases.bin")
    return Automaton.open(str(folder / "phrases.bin"))


def mixed(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b") -> bytes:
    """A multipart."""
    head = b"Content-Type: multipart/" + kind + b"; boundary=" + boundary + b"\r\n\r\n"
    return head + b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"


def found(automaton: Automaton, raw: bytes) -> list[str]:
    """The parts in which a phrase ends that began in another."""
    parsed = from_bytes(raw, automaton, Limits(), stored=True, keep=True)
    return [finding.part for finding in across(parsed.message, parsed.contents, automaton)]


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (mixed(PLAIN + b"Hello, the crown", PLAIN + b"jewels, please"), "2"),
        (mixed(PLAIN + b"the", PLAIN + b" Crown\r\n", PLAIN + b"jewels"), "3"),
        (mixed(PLAIN + b"the crown", IMAGE, HTML + b"<p>je<b>wels</b></p>"), "3"),
        (mixed(PLAIN + b"the crown", PLAIN, PLAIN + b"jewels"), "3"),
        (mixed(mixed(PLAIN + b"the", HTML + b"the crown", kind=b"alternative", boundary=b"c"), PLAIN + b"jewels"), "2"),
        (mixed(mixed(PLAIN + b"the crown", HTML + b"x", kind=b"alternative", boundary=b"c"), PLAIN + b"jewels"), "2"),
        (mixed(PLAIN + b"the", mixed(PLAIN + b"x", HTML + b"crown jewels", kind=b"alternative", boundary=b"c")), "2.2"),
        (mixed(PLAIN + b"x" * 9000 + b" the crown", PLAIN + b"jewels " + b"x" * 9000), "2"),
    ],
)
def test_across(automaton: Automaton, raw: bytes, part: str) -> None:
    """Below each other, whatever is between them that is no text, and whichever alternative is shown."""
    assert found(automaton, raw) == [part]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN + b"the crown jewels",
        mixed(PLAIN + b"the crown jewels", PLAIN + b"jewels"),
        mixed(PLAIN + b"the crown", HTML + b"jewels", kind=b"alternative"),
        mixed(PLAIN + b"the crown", FILE + b"jewels"),
        mixed(PLAIN + b"the crown", PLAIN + b"or jewels"),
        mixed(PLAIN + b"the cro", PLAIN + b"wn jewels"),
    ],
)
def test_not_across(automaton: Automaton, raw: bytes) -> None:
    """All of it in one text, in alternatives, in a file, with something between, or not in words."""
    assert found(automaton, raw) == []


def test_limit(automaton: Automaton, monkeypatch: pytest.MonkeyPatch) -> None:
    """More texts than are thought of are a gap."""
    monkeypatch.setattr(adjoining, "PAIRS", 2)
    parsed = from_bytes(mixed(*[PLAIN + b"x"] * 9), automaton, Limits(), stored=True, keep=True)
    assert [finding.kind for finding in across(parsed.message, parsed.contents, automaton)] == [Kind.GAP]


@given(
    st.lists(
        st.sampled_from([PLAIN, HTML, IMAGE, FILE, b"the crown", b" jewels", b"\r\n--b\r\n", b"\xff<"]), max_size=20
    )
)
def test_anything(automaton: Automaton, pieces: list[bytes]) -> None:
    """Nothing raises, and no phrase is told twice for one part."""
    parts = found(automaton, mixed(b"".join(pieces)))
    assert len(set(parts)) == len(parts)
