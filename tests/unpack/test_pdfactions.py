"""Scripts of PDFs, what they start, and what they say outside of pages."""

from __future__ import annotations

import pytest

from bartizan.model.finding import Reason
from unpack.conftest import Unpack
from unpack.pdf_file import document, stream

SCRIPT = b"app.launchURL('http://example.com/', true);"


@pytest.mark.parametrize(
    "action",
    [
        b"/JS(app.launchURL\\('http://example.com/', true\\);)",
        b"/J#53 (app.launchURL('http://example.com/', true);)",
        b"/JS%comment\n<" + SCRIPT.hex().encode() + b">",
        b"/JS<FEFF" + SCRIPT.decode().encode("utf-16-be").hex().encode() + b">",
        b"/JS 7 0 R",
        b"/JS 8 0 R",
    ],
)
def test_scripts(unpack: Unpack, action: bytes) -> None:
    """A string or a stream, however its name is written; it is no attached file."""
    packed = document(
        b"1 0 obj<</OpenAction<</S/JavaScript" + action + b">>>>endobj\n",
        stream(7, SCRIPT),
        b"8 0 obj(app.launchURL('http://example.com/', true);)endobj\n",
    )
    opened = unpack("pdf", packed)
    assert opened.contents["script.txt"] == SCRIPT
    assert opened.contents["actions.txt"].split(b"\n") == [b"PDF", b"OpenAction", b"JavaScript"]


def test_a_script_in_an_object_stream(unpack: Unpack) -> None:
    """Its dictionary is in one stream, itself in another."""
    packed = document(stream(7, SCRIPT), stream(2, b"1 0 <</OpenAction<</S/JavaScript/JS 7 0 R>>>>", b"/Type/ObjStm"))
    assert unpack("pdf", packed).contents["script.txt"] == SCRIPT


@pytest.mark.parametrize(
    "action",
    [
        b"<</S/Launch/F(cmd.exe)>>",
        b"<</F(cmd.exe)/S/Launch>>",
        b"<</S/L#61unch/Win<</F(cmd.exe)/P(/c calc)>>>>",
        b"<</S/Launch/F 7 0 R>>",
        b"<</S/Launch/F<</Type/Filespec/UF<FEFF0063006D0064002E006500780065>>>>>",
    ],
)
def test_programs(unpack: Unpack, action: bytes) -> None:
    """What would be run is a name, as that of an attachment."""
    packed = document(b"1 0 obj<</OpenAction" + action + b">>endobj\n7 0 obj<</F(cmd.exe)>>endobj\n")
    opened = unpack("pdf", packed)
    assert ("cmd.exe",) in opened.names
    assert b"Launch: cmd.exe" in opened.contents["actions.txt"].split(b"\n")


def test_what_acts(unpack: Unpack) -> None:
    """Forms, media, older forms."""
    packed = document(
        b"1 0 obj<</S/SubmitForm/F<</FS/URL/F(http://example.com/x)>>>>endobj\n",
        b"2 0 obj<</Subtype/RichMedia>>endobj 3 0 obj<</XFA[(t) 4 0 R]>>endobj\n",
    )
    lines = unpack("pdf", packed).contents["actions.txt"].split(b"\n")
    assert set(lines) == {b"PDF", b"SubmitForm: http://example.com/x", b"RichMedia", b"XFA"}


def test_strings(unpack: Unpack) -> None:
    """Links, values, comments: one line each, as text."""
    packed = document(
        b"1 0 obj<</S/URI/URI(http://example.com/a)>>endobj 2 0 obj<</V(claim\\nyour \\(prize\\))>>endobj\n",
        b"3 0 obj<</Title<FEFF00E90021>>>endobj\n",
    )
    lines = unpack("pdf", packed).contents["strings.txt"].decode().split("\n")
    assert set(lines) == {"URI: http://example.com/a", "V: claim your (prize)", "Title: \xe9!"}


def test_nothing_acts(unpack: Unpack) -> None:
    """No list without anything in it."""
    assert unpack("pdf", document(b"1 0 obj<</Type/Catalog>>endobj\n")).members == []


def test_many(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than are told is a gap."""
    monkeypatch.setattr("bartizan.unpack.pdfactions.ACTIONS", 10)
    packed = document(b"".join(b"%d 0 obj<</URI(http://%d.example/)>>endobj\n" % (n, n) for n in range(1, 50)))
    assert len(unpack("pdf", packed).gaps) == 1


@pytest.mark.parametrize(
    "entries",
    [
        b"/X(" + b"x" * 2000 + b")/F(run.vbs)",
        b"/Win 9 0 R/X(" + b"x" * 2000 + b")",
        b"/F<</X(" + b"x" * 2000 + b")/UF 8 0 R>>",
    ],
)
def test_programs_far_from_their_action(unpack: Unpack, entries: bytes) -> None:
    """Wherever in the action the program's name stands, or in an object of its own."""
    packed = document(
        b"2 0 obj<</S/Launch" + entries + b">>endobj\n9 0 obj<</F(run.vbs)/P(/x)>>endobj\n8 0 obj(run.vbs)endobj\n"
    )
    opened = unpack("pdf", packed)
    assert ("run.vbs",) in opened.names
    assert b"Launch: run.vbs" in opened.contents["actions.txt"]


def test_a_script_that_is_too_long(unpack: Unpack) -> None:
    """What is not read of it is told."""
    packed = document(b"2 0 obj<</S/JavaScript/JS(" + b"x" * 300_000 + b")>>endobj\n")
    assert unpack("pdf", packed).reasons == {Reason.LIMIT_MEMBERS}
    assert unpack("pdf", packed.replace(b"x" * 200_000, b"")).gaps == []
