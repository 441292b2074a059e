"""From the core's answer to a Message: names, phrase findings with evidence, limits as gaps."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from bartizan._core.automaton import Automaton
from bartizan._core.lines import encode_data
from bartizan._core.stream import MessageStream
from bartizan.detect import phrases
from bartizan.message.parse import MAX_HEADER_TEXT, from_bytes, from_stream
from bartizan.model.finding import Finding, Kind
from bartizan.model.limits import MIB, Limits

SECRET = "the crown jewels"


@pytest.fixture(scope="module")
def automaton(tmp_path_factory: pytest.TempPathFactory) -> Automaton:
    """One listed phrase."""
    folder = tmp_path_factory.mktemp("phrases")
    (folder / "list.txt").write_text(f"{SECRET}\t7\n")
    phrases.build([folder / "list.txt"], folder / "phrases.bin")
    return Automaton.open(str(folder / "phrases.bin"))


def found(automaton: Automaton, raw: bytes) -> list[Finding]:
    """The phrase findings of a stored mail."""
    message = from_bytes(raw, automaton, Limits(), stored=True).message
    return [finding for finding in message.findings if finding.kind is Kind.PHRASE]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\n\nI want the crown jewels.\n",
        b"Subject: x\n\nI want The  Crown\n  JEWELS now\n",
        b"Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<p>th=65 c<b>ro</b>w=\nn&nbsp;jewels</p>\n",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(SECRET.encode()),
        b"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(SECRET.encode("utf-16")),
        b"Content-Type: multipart/mixed; boundary=b\n\nthe crown jewels\n--b\n\nx\n--b--\n",
        b"Content-Type: message/rfc822\n\nSubject: inner\n\nthe crown jewels\n",
        b"Subject: =?utf-8?B?dGhlIGNyb3du?= =?utf-8?Q?_jewels?=\n\nx\n",
    ],
    ids=["plain", "folded", "html-qp", "base64", "utf-16", "preamble", "rfc822", "subject"],
)
def test_a_phrase_is_found_however_it_is_written(automaton: Automaton, raw: bytes) -> None:
    """Encodings, charsets, tags, line ends and soft breaks do not hide a phrase."""
    (finding,) = found(automaton, raw)

    assert (finding.name, finding.score) == (SECRET, 7.0)
    assert finding.detail.endswith("list.txt:1")


def test_evidence_points_at_the_lines(automaton: Automaton) -> None:
    """The span covers the source lines that the phrase lies on, and names the leaf."""
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst line\nthe crown\njewels\nlast\n--b--\n"
    (finding,) = found(automaton, raw)

    assert finding.part == "1"
    assert finding.span is not None
    assert raw[slice(*finding.span)] == b"the crown\njewels"


def test_no_phrase_no_finding(automaton: Automaton) -> None:
    """The benign twins find nothing: other words, another part's words."""
    assert found(automaton, b"Subject: the crown\n\njewels\n") == []
    assert (
        found(automaton, b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe crown\n--b\n\njewels\n--b--\n") == []
    )


def test_a_stream_gives_the_same_message(automaton: Automaton) -> None:
    """What SMTP received equals what a file holds."""
    raw = b"Subject: x\r\nContent-Type: text/plain; name=a.txt\r\n\r\nI want the crown\r\n.jewels\r\n"
    stream = MessageStream(automaton, max_bytes=1 << 20)
    stream.feed(encode_data(raw) + b".\r\n")

    expected = from_bytes(raw, automaton, Limits(), stored=True).message
    assert replace(expected, stored=False) == from_stream(stream, automaton)
    assert expected.parts[0].names == ("a.txt",)
    assert expected.header(b"SUBJECT") == (b"x",)


def test_limits_become_gaps(automaton: Automaton) -> None:
    """What the parser did not look into is said."""
    raw = b"Content-Type: message/rfc822\n\n" * 30 + b"\nx\n"
    message = from_bytes(raw, automaton, Limits(mime_depth=5), stored=True).message

    assert [finding.name for finding in message.findings if finding.kind is Kind.GAP] == ["limit:depth"]


def test_a_field_too_long_to_search_is_a_gap(automaton: Automaton) -> None:
    """Whatever the limits allow; what is in front of the end of the search is found."""
    limits = replace(Limits(), header_bytes=MIB)
    for front, found in ((MAX_HEADER_TEXT - 100, {Kind.PHRASE}), (MAX_HEADER_TEXT, {Kind.GAP})):
        raw = b"Subject: " + b"x" * front + b" " + SECRET.encode() + b"\r\n\r\nHello\r\n"
        kinds = {finding.kind for finding in from_bytes(raw, automaton, limits, stored=True).message.findings}
        assert kinds == found


def test_contents_are_kept_on_demand(automaton: Automaton) -> None:
    """Decoded leaves by path."""
    raw = b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"abc")

    assert from_bytes(raw, None, Limits(), stored=True, keep=True).contents == {"1": b"abc"}
    assert from_bytes(raw, None, Limits(), stored=True).contents == {}
