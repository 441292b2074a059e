"""Attachments are blocked and reported by name and by found type; bodies are left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.detect.attachments import BLOCK, REPORT, AttachmentDetector
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Node

DETECTOR = AttachmentDetector(BLOCK, REPORT)
BLOCKED = (
    "vbs vbe vbp js jse wsf wsh sct hta scr com exe dll bat cmd pif cpl ps1 msi msix lnk url scf jar reg "
    "chm iso img vhd vhdx library-ms search-ms settingcontent-ms appref-ms xll iqy slk jnlp msc diagcab "
    "theme udf wim rdp ade application gadget msp mst ps1xml psc1 psd1 psm1 vb ws wsc shb shs sys drv ocx"
)
REPORTED = "html htm mht mhtml svg py docm xlsm pptm pdf docx rtf xls odt"
PROGRAMS = "exe elf macho class jar apk lnk chm iso vhd vhdx msi msix"
MZ = b"MZ\x90\0" + bytes(60)


def node(*names: str, declared: str = "application/octet-stream", type: str = "", path: str = "2") -> Node:
    """A part with these names."""
    return Node(path, names, declared, type, 64, "")


def look(node: Node, data: bytes = b"") -> list[str]:
    """The findings' names."""
    return [finding.name for finding in DETECTOR.look(node, data)]


@pytest.mark.parametrize("extension", BLOCKED.split())
def test_blocked(extension: str) -> None:
    """The shipped block list holds every kind of program and script."""
    assert look(node(f"a.{extension}")) == [f"block:{extension}"]
    assert look(node(f"A.{extension.upper()}")) == [f"block:{extension}"]


@pytest.mark.parametrize("extension", REPORTED.split())
def test_reported(extension: str) -> None:
    """Pages, sources and documents are told, and not blocked."""
    assert look(node(f"a.{extension}")) == [f"report:{extension}"]


@pytest.mark.parametrize("name", ["photo.jpg", "notes.txt", "archive.zip", "mail.eml", "README", "data.csv", "x.p7s"])
def test_ordinary(name: str) -> None:
    """Ordinary attachments are no finding."""
    assert look(node(name)) == []


def test_finding() -> None:
    """A finding says which node, and by what."""
    assert DETECTOR.look(node("invoice.pdf.VBS", path="2/invoice.pdf.VBS"), b"") == (
        Finding(Kind.ATTACHMENT, "block:vbs", "2/invoice.pdf.VBS", 0.0, 'named "invoice.pdf.VBS"'),
    )
    (finding,) = DETECTOR.look(node("x\u202egpj.scr"), b"")
    assert finding.detail == 'named "x?gpj.scr"'


def test_any_of_the_names() -> None:
    """All names count, each extension once."""
    assert look(node("a.png", "a.js", "b.js", "c.html")) == ["block:js", "report:html"]


@pytest.mark.parametrize("type", PROGRAMS.split())
def test_found_type(type: str) -> None:
    """A program is blocked by what it is: without a name, under another name, in an archive."""
    assert look(node(type=type), MZ) == [f"block:{type}"]
    assert look(node("a.png", declared="image/png", type=type), MZ) == [f"block:{type}"]
    assert look(node("notes", declared="", type=type, path="2/a.zip!/notes"), MZ) == [f"block:{type}"]
    assert look(node(f"a.{type}", type=type), MZ) == [f"block:{type}"]


def test_program_called_text() -> None:
    """A nameless part declared as text that is a program; text that only begins like one."""
    body = node(declared="text/plain", type="exe")
    assert look(body, MZ) == ["block:exe"]
    assert look(body, b"MZ is the magic number of programs") == []


@pytest.mark.parametrize("type", ["", "text", "html", "js", "vbs", "ps1", "bat", "url", "mail"])
@pytest.mark.parametrize("declared", ["text/plain", "text/html", "text/calendar", "message/delivery-status"])
def test_bodies(declared: str, type: str) -> None:
    """The text of a mail is no attachment, whatever it looks like."""
    assert look(node(declared=declared, type=type), b"function f() {}") == []


def test_raw_message() -> None:
    """The raw message is no attachment."""
    assert look(Node("message", (), "message/rfc822", "exe", 64, ""), MZ) == []


@pytest.mark.parametrize(
    ("names", "declared", "found"),
    [
        ((), "application/octet-stream", ["block:vbs"]),
        (("invoice",), "application/octet-stream", ["block:vbs"]),
        (("invoice.pdf",), "application/pdf", ["report:pdf", "block:vbs"]),
        (("notes.txt",), "text/plain", []),
        (("module.c",), "text/plain", []),
        (("a.vbs",), "text/plain", ["block:vbs"]),
        (("notes.txt", "invoice"), "text/plain", ["block:vbs"]),
    ],
)
def test_likely_script(names: tuple[str, ...], declared: str, found: list[str]) -> None:
    """What looks like a script is blocked where its name hides that it is text."""
    assert look(node(*names, declared=declared, type="vbs"), b"Dim x") == found


def test_declared_type_names_it() -> None:
    """A part without an extension is called after its declared type."""
    assert look(node(declared="application/hta")) == ["block:hta"]
    assert look(node("program", declared="application/x-msdownload")) == ["block:exe"]
    assert look(node(declared="text/javascript")) == ["block:js"]
    assert look(node("x.json", declared="application/javascript")) == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"[Version]\r\nsignature=$CHICAGO$\r\n", []),
        (b"; hello\r\n [AutoRun]\r\nopen=x.exe\r\n", ["block:inf"]),
        ("\ufeff[autorun.amd64]\r\nopen=x.exe\r\n".encode("utf-16-le"), ["block:inf"]),
    ],
)
def test_inf(content: bytes, found: list[str]) -> None:
    """An .inf file is blocked only if Windows runs something by itself for it."""
    for data in (content, memoryview(content)):
        assert [finding.name for finding in DETECTOR.look(node("a.inf", type="inf"), data)] == found


def test_mail_named_like_a_domain() -> None:
    """A forwarded mail whose subject ends in a domain is not a DOS program."""
    forwarded = node("Your order at example.com", declared="message/rfc822", type="mail")
    assert look(forwarded) == []
    assert look(node("example.com")) == ["block:com"]


def test_load(tmp_path: Path) -> None:
    """The lists come from a file; dots and case do not matter; anything else is an error."""
    path = tmp_path / "attachments.json"
    path.write_text(json.dumps({"block": [".ZIP"], "report": ["zip", "png"]}))
    detector = AttachmentDetector.load(path)
    assert [f.name for f in detector.look(node("a.zip", "b.png", "c.exe"), b"")] == [
        "block:zip",
        "report:zip",
        "report:png",
    ]
    for wrong in ([], {"block": []}, {"block": "exe", "report": []}, {"block": [1], "report": []}):
        path.write_text(json.dumps(wrong))
        with pytest.raises(ValueError, match="expected"):
            AttachmentDetector.load(path)
