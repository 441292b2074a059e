"""A file name that is blocked is blocked however it is written and wherever it stands (F01-F22)."""

from __future__ import annotations

import base64

import pytest

from bartizan.detect.attachments import BLOCK
from claims.reading import Reader

TYPE, DISPOSITION = "Content-Type: application/octet-stream; ", "Content-Disposition: attachment; "
F22 = (
    *("lnk", "url", "scf", "library-ms", "search-ms", "settingcontent-ms", "appref-ms", "xll", "iqy"),
    *("slk", "jnlp", "hta", "wsf", "chm", "msc", "msix", "diagcab", "reg", "theme", "vhd", "vhdx", "iso"),
    *("img", "udf", "wim", "rdp", "js", "jse", "vbs", "ps1", "cpl", "scr", "pif", "jar", "ade"),
)
TOLD = ("mht", "mhtml", "html", "htm", "svg", "py")


def coded(name: str, charset: str = "utf-8") -> str:
    """A word in base64."""
    return f"=?{charset}?B?{base64.b64encode(name.encode(charset)).decode()}?="


PARAMETERS: dict[str, str] = {
    "F02 twice, last": "{k}=a.png; {k}=x.exe",
    "F02 twice, first": "{k}=x.exe; {k}=a.png",
    "F02 twice, far": "{k}=x.exe; size=5; {k}=a.png; {k}=b.png",
    "F03 extended": "{k}*=utf-8''x.exe",
    "F03 percent": "{k}*=UTF-8''x.%65xe",
    "F03 no charset": "{k}*=''x.exe",
    "F03 no quotes": "{k}*=x.exe",
    "F03 unknown charset": "{k}*=x-nothing''x.exe",
    "F03 utf-16": "{k}*=utf-16be''%00x%00.%00e%00x%00e",
    "F03 quoted": "{k}*=\"utf-8''x.exe\"",
    "F03 in capitals": "{K}*=UTF-8''X.EXE",
    "F04 continued": "{k}*0=x.; {k}*1=exe",
    "F04 turned": "{k}*1=exe; {k}*0=x.",
    "F04 gap": "{k}*0=x.; {k}*2=exe",
    "F04 no first": "{k}*1=x.; {k}*2=exe",
    "F04 repeated": "{k}*0=a.; {k}*0=x.; {k}*1=exe",
    "F04 leading zeros": "{k}*00=x.; {k}*01=exe",
    "F04 encoded": "{k}*0*=utf-8''x%2e; {k}*1*=%65xe",
    "F04 mixed": "{k}*0*=utf-8''x%2e; {k}*1=exe",
    "F04 folded": "{k}*0=x.;\r\n {k}*1=exe",
    "F04 each letter": "; ".join(f"{{k}}*{at}={letter}" for at, letter in enumerate("x.exe")),
    "F04 with a plain one": "{k}=a.png; {k}*0=x.; {k}*1=exe",
    "F05 language": "{k}*=utf-8'en-US'x.exe",
    "F05 long language": "{k}*=utf-8'zh-Hant-TW-x-private'x.exe",
    "F06 plain first": "{k}=a.png; {k}*=utf-8''x.exe",
    "F06 extended first": "{k}*=utf-8''a.png; {k}=x.exe",
    "F07 word": '{k}="' + coded("x.exe") + '"',
    "F07 word unquoted": "{k}=" + coded("x.exe"),
    "F07 words": '{k}="' + coded("x.") + " " + coded("exe") + '"',
    "F07 word in part": '{k}="x.=?utf-8?Q?e=78e?="',
    "F07 utf-16": '{k}="' + coded("x.exe", "utf-16") + '"',
    "F07 in extended": "{k}*=utf-8''=?utf-8?Q?x=2Eexe?=",
    "F07 folded words": '{k}="' + coded("x.") + "\r\n " + coded("exe") + '"',
    "F08 quote inside": '{k}="x".exe',
    "F08 escaped quote": '{k}="x\\".exe"',
    "F08 escaped letter": '{k}="x.\\e\\x\\e"',
    "F08 semicolon": '{k}="x;.exe"',
    "F08 single quotes": "{k}='x.exe'",
    "F08 open quote": '{k}="x.exe',
    "F09 comment behind": "{k}=x.exe(.gif)",
    "F09 comment inside": "{k}=x.e(.gif)xe",
    "F09 comment in the key": "{k0}(x){k1}=x.exe",
    "F09 comment in front": "{k}=(a.gif)x.exe",
    "F10 spaces": "{k} = x.exe",
    "F10 tab": "{k}\t=\tx.exe",
    "F10 line end": "{k}=\r\n x.exe",
    "F10 folded": '{k}="x.e\r\n xe"',
    "F11 only in name*": "{k}*=x.exe",
    "F12 two extensions": '{k}="invoice.pdf.exe"',
    "F12 underscores": '{k}="invoice.pdf' + "_" * 90 + '.exe"',
    "F13 right to left": "{k}*=utf-8''x%E2%80%AEcod.exe",
    "F13 isolates": "{k}*=utf-8''%E2%81%A7x.%E2%81%A6exe",
    "F14 dot": '{k}="x.exe."',
    "F14 dots and spaces": '{k}="x.exe. . ."',
    "F14 no-break space": "{k}*=utf-8''x.exe%C2%A0",
    "F14 braille": "{k}*=utf-8''x.exe%E2%A0%80",
    "F14 zero width": "{k}*=utf-8''x.e%E2%80%8Bxe%EF%BB%BF",
    "F14 hangul filler": "{k}*=utf-8''x.exe%E3%85%A4",
    "F15 stream": '{k}="x.exe::$DATA"',
    "F15 hidden stream": '{k}="x.txt:y.exe"',
    "F15 path": '{k}="..\\\\x.exe"',
    "F15 device": '{k}="CON.exe"',
    "F15 share": '{k}="\\\\\\\\host\\\\x.exe"',
    "F15 slash behind": '{k}="x.exe/"',
    "F16 nul": "{k}*=utf-8''x.exe%00.png",
    "F16 raw nul": '{k}="x.exe\0.png"',
    "F16 line end": "{k}*=utf-8''x.exe%0a.png",
    "F17 cyrillic": "{k}*=utf-8''x.%D0%B5%D1%85%D0%B5",
    "F17 fullwidth dot": "{k}*=utf-8''x%EF%BC%8Eexe",
    "F17 fullwidth": "{k}*=utf-8''x.%EF%BD%85%EF%BD%98%EF%BD%85",
    "F17 combining": "{k}*=utf-8''x.e%CC%81xe",
    "F17 mathematical": "{k}*=utf-8''x.%F0%9D%90%9E%F0%9D%90%B1%F0%9D%90%9E",
    "F17 circled": "{k}*=utf-8''x.%E2%93%94%E2%93%A7%E2%93%94",
    "F18 spaces": '{k}="invoice.pdf' + " " * 300 + '.exe"',
    "F18 long": '{k}="' + "a" * 3000 + '.exe"',
    "F21 percent": "{k}=x%2Eexe",
    "F21 percent twice": "{k}=x%252Eexe",
}
MZ = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(200)
SCRIPT = b'Set x = CreateObject("WScript.Shell")\r\nx.Run "calc"\r\nMsgBox "y"\r\n'


def part(fields: str, content: bytes = b"x") -> bytes:
    """A mail with one attachment."""
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = f"From: a@example.com\r\nMIME-Version: 1.0\r\n{fields}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + body


def written(how: str, key: str) -> str:
    """The parameter under this key."""
    return PARAMETERS[how].format(k=key, K=key.upper(), k0=key[:3], k1=key[3:])


@pytest.mark.parametrize("how", PARAMETERS)
@pytest.mark.parametrize(("front", "key"), [(DISPOSITION, "filename"), (TYPE, "name")], ids=["disposition", "type"])
def test_written(how: str, front: str, key: str, reader: Reader) -> None:
    """Each way to write it, in both fields."""
    assert "block:exe" in reader.attachments(part(front + written(how, key)))


@pytest.mark.parametrize("how", PARAMETERS)
def test_written_in_both(how: str, reader: Reader) -> None:
    """F01: with a harmless name in the other field, which comes first or last."""
    for one, other in ((DISPOSITION + written(how, "filename"), 'Content-Type: image/png; name="a.png"'),
                       (TYPE + written(how, "name"), "Content-Disposition: attachment; filename=a.png")):  # fmt: skip
        assert "block:exe" in reader.attachments(part(f"{one}\r\n{other}"))
        assert "block:exe" in reader.attachments(part(f"{other}\r\n{one}"))


@pytest.mark.parametrize("extension", F22)
def test_blocked_types(extension: str, reader: Reader) -> None:
    """F22: what can be opened to do harm."""
    assert reader.attachments(part(f"{DISPOSITION}filename=a.{extension}")) == {f"block:{extension}"}
    assert extension in BLOCK


@pytest.mark.parametrize("extension", TOLD)
def test_told_types(extension: str, reader: Reader) -> None:
    """F22: pages and sources are usual: told, and not blocked."""
    assert reader.attachments(part(f"{DISPOSITION}filename=a.{extension}")) == {f"report:{extension}"}


@pytest.mark.parametrize(
    "content", [b"[autorun]\r\nopen=x.exe\r\n", b"\xff\xfe" + "[AutoRun]\r\nopen=x\r\n".encode("utf-16-le")]
)
def test_autorun(content: bytes, reader: Reader) -> None:
    """F22: an .inf that runs by itself, and one that does not."""
    assert reader.attachments(part(f"{DISPOSITION}filename=a.inf", content)) == {"block:inf"}
    assert reader.attachments(part(f"{DISPOSITION}filename=a.inf", b"[Version]\r\nClass=Printer\r\n")) == set()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (MZ, "exe"),
        (b"\x7fELF\2\1\1" + bytes(200), "elf"),
        (b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60), "lnk"),
        (b"ITSF\3\0\0\0" + bytes(90), "chm"),
        (SCRIPT, "vbs"),
    ],
)
@pytest.mark.parametrize(
    "fields",
    [
        "Content-Type: application/octet-stream",
        "Content-Type: image/png; name=a.png",
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf",
        "Content-Type: application/zip; name=a.tar",
        "Content-Type: audio/mpeg; name=README",
        "Content-Disposition: attachment; filename=a.jpg",
    ],
)
def test_content_that_lies(content: bytes, found: str, fields: str, reader: Reader) -> None:
    """F19, F20: without a name, or under another one, it is blocked as what it is."""
    assert f"block:{found}" in reader.attachments(part(fields, content))


def test_program_in_a_body(reader: Reader) -> None:
    """F19: a program that is declared as text."""
    assert reader.attachments(part("Content-Type: text/plain", MZ)) == {"block:exe"}
    assert reader.attachments(part("Content-Type: text/plain", b"MZ is what programs begin with.")) == set()


@pytest.mark.parametrize("name", ["report.pdf.txt", "holiday.jpg", "exe", "x.exe.txt", "100%.txt", "a.b.c", "notes"])
def test_harmless(name: str, reader: Reader) -> None:
    """Names that only look like others."""
    assert reader.attachments(part(f'{DISPOSITION}filename="{name}"')) <= {"report:pdf"}
