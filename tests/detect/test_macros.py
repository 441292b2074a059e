"""What is active in documents is told: macros, macro sheets, DDE; honest documents are not."""

from __future__ import annotations

import struct

import pytest

from bartizan.detect.macros import SCORES, MacroDetector
from bartizan.model.finding import Kind, Reason
from bartizan.model.message import Node

Names = set[str]


def look(name: str, data: bytes, type: str = "") -> dict[str, str]:
    """Names of findings, and their details."""
    node = Node(f"2/a.doc!/{name}", (name,), "", type, len(data), "")
    found = MacroDetector().look(node, data)
    assert all(finding.detail.isprintable() and finding.part == node.path for finding in found)
    assert all(finding.score == SCORES[finding.name] for finding in found if finding.kind is Kind.STRUCTURE)
    return {finding.name: finding.detail for finding in found}


HEAD = b'Attribute VB_Name = "ThisDocument"\r\nAttribute VB_Base = "1Normal.ThisDocument"\r\n'


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"", set()),
        (b"\r\n\r\n", set()),
        (b"Sub Tidy()\r\n  Range(1).Delete\r\nEnd Sub", {"vba"}),
        (b"Private Sub Document_Open()\r\n  MsgBox 1\r\nEnd Sub", {"vba", "autoexec"}),
        (b"SUB\tAUTO_OPEN()\r\nEnd Sub", {"vba", "autoexec"}),
        (b"Sub auto _\r\n_open()\r\nEnd Sub", {"vba"}),
        (b"Sub _\r\n AutoOpen _\r\n ()\r\nEnd Sub", {"vba", "autoexec"}),
        (b"Sub InkEdit1_GotFocus()\r\n Shell x\r\nEnd Sub", {"vba", "autoexec", "calls"}),
        (b"Sub Workbook_Open()\r\n  Shell \"calc\"\r\nEnd Sub", {"vba", "autoexec", "calls"}),
        (b"x = Shell(y, 0)", {"vba", "calls"}),
        (b"' Shell \"calc\"\r\nRem Sub AutoOpen()\r\nx = 1", {"vba"}),
        (b"Set o = CreateObject(\"Scripting.Dictionary\")", {"vba", "objects"}),
        (b"Set o = CreateObject(\"WScr\" & \"ipt.She\" + \"ll\")", {"vba", "objects", "calls"}),
        (b"Set o = CreateObject(x & y)", {"vba", "objects", "calls"}),
        (b"CallByName(o, n, 1)", {"vba", "objects", "calls"}),
        (b"CallByName o, \"Name\", 1", {"vba", "objects"}),
        (b"Set o = GetObject(, \"Excel.Application\")", {"vba", "objects"}),
        (b"Set o = CreateObject(x, \"\")", {"vba", "objects", "calls"}),
        (b"GetObject(\"winmgmts:\\\\.\\root\")", {"vba", "objects", "calls"}),
        (b"Private Declare PtrSafe Function URLDownloadToFileA Lib \"urlmon\" ()", {"vba", "objects", "calls"}),
        (b"p = \"pow\" & \"ershell -e AAAA\"", {"vba", "calls"}),
        (b"z = \"%comspec% /c x\"", {"vba", "calls"}),
        (b"ThisDocument.VBProject.VBComponents(1).CodeModule.AddFromString s", {"vba", "calls"}),
        (b"shelltered = marshall", {"vba"}),
    ],
)  # fmt: skip
def test_vba(source: bytes, names: Names) -> None:
    """Whatever its case, its line ends and the pieces of its strings."""
    assert set(look("Macros/VBA/Module1.vba", HEAD + source)) == {f"macro:{name}" for name in names}


def test_a_macro_that_runs_and_reaches_outside_has_the_threshold() -> None:
    """So the shipped rules hold it."""
    found = look("a.vba", b'Sub AutoOpen()\r\nShell "calc"\r\nEnd Sub')
    assert sum(SCORES[name] for name in found) == 5.0
    assert found["macro:autoexec"] == "autoopen"


def test_compiled_code_alone() -> None:
    """The reader of macros tells it by a name."""
    assert set(look("Macros/VBA/Module1.pcode", b"")) == {"macro:stomped"}
    assert look("Macros/VBA/Module1.pcode", b"x") == {}


def record(kind: int, body: bytes) -> bytes:
    """A record of a workbook."""
    return struct.pack("<HH", kind, len(body)) + body


def bof(sheet: int, version: int = 0x600, kind: int = 0x809) -> bytes:
    """The beginning of a sheet or of a workbook (5)."""
    return record(kind, struct.pack("<HH", version, sheet) + bytes(12))


def workbook(*records: bytes, sheet: int = 0x10, listed: int = 0, state: int = 0, version: int = 0x600) -> bytes:
    """A workbook of one sheet."""
    name = b"Macro1"
    size = 4 + 7 + len(name) + (version == 0x600)
    globals = bof(5, version) + b"".join(records)
    place = len(globals) + size + 4
    head = struct.pack("<IBBB", place, state, listed, len(name)) + (b"\0" if version == 0x600 else b"") + name
    assert len(record(0x85, head)) == size
    return globals + record(0x85, head) + record(0x0A, b"") + bof(sheet, version) + record(0x0A, b"")


def name(text: str, *, built_in: bool = False) -> bytes:
    """A defined name."""
    flags = 0x20 if built_in else 0
    return record(0x18, struct.pack("<HBBH8x", flags, 0, len(text), 4) + b"\0" + text.encode("latin-1") + bytes(4))


def binary_name(text: str) -> bytes:
    """A defined name of a workbook in MS-XLSB."""
    raw = text.encode("utf-16-le")
    body = bytes(9) + struct.pack("<I", len(text)) + raw + bytes(8)
    return b"\x27" + bytes((len(body) & 0x7F | 0x80, len(body) >> 7)) + body


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"\x83\x01\0" + binary_name("Sales") + binary_name("_xlnm.Auto_Open"), {"macro:autoexec"}),
        (b"\x83\x01\0" + binary_name("AUTO_OPEN2"), {"macro:autoexec"}),
        (b"\x83\x01\0" + binary_name("Sales") + "auto_open".encode("utf-16-le"), set()),
        (binary_name("auto_open"), set()),
    ],
)
def test_names_of_binary_workbooks(data: bytes, names: Names) -> None:
    """By the records of names; strings are none."""
    assert set(look("xl/any.bin", data)) == names


def test_parts_of_long_names() -> None:
    """A path shows only the end of a name."""
    name = f"xl/macrosheets/{'x' * 200}.bin"
    node = Node("2/a.xlsb!/" + name[-100:], (name,), "", "", 1, "")
    assert [finding.name for finding in MacroDetector().look(node, b"x")] == ["macro:xlm"]


def supbook(path: str, wide: bool = False) -> bytes:
    """A link of a workbook."""
    raw = b"\1" + path.encode("utf-16-le") if wide else b"\0" + path.encode("latin-1")
    return record(0x1AE, struct.pack("<HH", 0, len(path)) + raw)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (workbook(), set()),
        (workbook(listed=1), {"macro:xlm"}),
        (workbook(sheet=0x40), {"macro:xlm"}),
        (workbook(listed=1, sheet=0x40, state=1), {"macro:xlm:hidden"}),
        (workbook(listed=1, state=0xFE), {"macro:xlm:hidden"}),
        (workbook(listed=1, version=0x500), {"macro:xlm"}),
        (workbook(name("\1", built_in=True), listed=1), {"macro:xlm", "macro:autoexec"}),
        (workbook(name("Auto_Open1"), listed=1), {"macro:xlm", "macro:autoexec"}),
        (workbook(name("\6", built_in=True), name("Sales"), listed=1), {"macro:xlm"}),
        (workbook(name("Auto_Open")), set()),
        (workbook(supbook("cmd\3 /c calc")), {"dde:program"}),
        (workbook(supbook("MSEXCEL\3\\..\\System32\\cmd.exe /c calc", wide=True)), {"dde:program"}),
        (workbook(supbook("quotes\3EURUSD")), {"dde"}),
        (workbook(supbook("C:\\cmd.xls")), set()),
        (workbook(record(0x17, bytes([15]) + b"cmd\3/c calc.exe"), version=0x500), {"dde:program"}),
        (bof(0x40, 0, 0x409), {"macro:xlm"}),
        (bof(0x10, 0, 0x409), set()),
        (bof(0x40)[:9], {"macro:xlm"}),
        (bof(5) + b"\x85\0", set()),
        (workbook(listed=1)[:-30], {"macro:xlm"}),
        (b"\x09\x08", set()),
    ],
)  # fmt: skip
def test_workbooks(data: bytes, names: Names) -> None:
    """Macro sheets by the list of sheets or by what they say, and what is asked of programs."""
    assert set(look("Workbook", data)) == names


def test_workbook_of_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not read is a gap."""
    monkeypatch.setattr("bartizan.detect.workbook.RECORDS", 50)
    assert set(look("Workbook", workbook(record(0x42, b"") * 60, listed=1))) == {Reason.LIMIT_TIME.value}


RUN = b"<w:r><w:instrText xml:space='preserve'>%b</w:instrText></w:r>"


def runs(*pieces: bytes) -> bytes:
    """A document with a field in pieces."""
    return (
        b'<w:document><w:fldChar w:fldCharType="begin"/>' + b"".join(RUN % piece for piece in pieces) + b"</w:document>"
    )


FIELD = runs(b"DDEAUTO cmd.exe /c")
PROGRAM, SHEET = {"dde:program"}, {"macro:xlm"}


@pytest.mark.parametrize(
    ("member", "type", "data", "names"),
    [
        ("word/document.xml", "xml", runs(b" DDEAUTO c:\\\\windows\\\\cmd.exe &quot;/k calc&quot;"), PROGRAM),
        ("word/document.xml", "xml", runs(b"DD", b"EA", b"UTO c:\\\\x\\\\power", b"shell.exe -e A"), PROGRAM),
        ("word/document.xml", "xml", runs(b"PAGE") + runs(b"dde Excel.Sheet.8 &quot;C:\\\\a.xls&quot;"), {"dde"}),
        ("word/document.xml", "xml", runs(b"QUOTE 68 68 69 65 85 84 79", b" cmd.exe /c x"), PROGRAM),
        ("word/document.xml", "xml", b"<w:fldSimple w:instr='DDEAUTO cmd.exe /c'/>", PROGRAM),
        ("word/document.xml", "xml", runs(b" PAGE ", b"HYPERLINK DDEX"), set()),
        ("word/document.xml", "xml", b"<w:t>DDEAUTO cmd.exe</w:t>", set()),
        ("xl/externalLinks/a.xml", "xml", b'<ddeLink ddeTopic="/c calc" ddeService="cmd">', PROGRAM),
        ("xl/externalLinks/a.xml", "xml", b'<x:ddeLink ddeService="BLP" ddeTopic="S">', {"dde"}),
        ("xl/macrosheets/sheet1.xml", "xml", b"<a/>", SHEET),
        ("XL/Macrosheets/intlsheet1.bin", "", b"x", SHEET),
        ("xl/worksheets/sheet1.xml", "xml", b"<a/>", set()),
        ("fields.txt", "text", b"info: DDEAUTO cmd.exe x\nfldinst: DDEAUTO c:\\cmd.exe /c calc\n", PROGRAM),
        ("fields.txt", "text", b"info: DDEAUTO cmd.exe x\nfldinst: PAGE\n", set()),
        ("WordDocument", "", b"x\x13 DDEAUTO c:\\cmd.exe \"/k calc\" \x14r\x15", PROGRAM),
        ("WordDocument", "", b"\x13\0" + " DDE excel a".encode("utf-16-le") + b"\x15\0", {"dde"}),
        ("WordDocument", "", b"\x13 PAGE \x14 DDE \x15", set()),
        ("a.csv", "text", b"a,b\r\n=cmd|' /C calc'!A0,1\r\n", PROGRAM),
        ("a.csv", "gif", b"GIF89a,b\r\n=cmd|' /C calc'!A0,1\r\n", PROGRAM),
        ("a.csv", "pdf", b"%PDF-1.4\r\n=cmd|' /C calc'!A0,1\r\n", PROGRAM),
        ("a.csv", "text", b"a,b\r\n\"=2+5+cmd|'/c x'!A\"\r\n", PROGRAM),
        ("a.csv", "text", b"a|b\r\n-5|'x'\r\n=1+2\r\n", set()),
        ("a.html", "html", b"=cmd|' /C calc'!A0", set()),
        ("word/document.xml", "xml", runs(b"<![CDATA[DDEAUTO cmd.exe /c]]>"), PROGRAM),
        ("word/document.xml", "xml", runs(b"DDE<!-- > -->AUTO <?x?>cmd.exe /c"), PROGRAM),
        ("word/document.xml", "xml", FIELD.replace(b"'preserve'", b"'>' a='--'"), PROGRAM),
        ("word/document.xml", "xml", FIELD.replace(b"w:instr", b"a-b.c:instr"), PROGRAM),
        ("word/document.xml", "xml", FIELD.decode().encode("utf-16"), PROGRAM),
        ("word/document.xml", "", FIELD.decode().encode("utf-16-be"), PROGRAM),
        ("word/any", "text", FIELD, PROGRAM),
        ("word/document.xml", "xml", runs(b"PAGE <!-- DDEAUTO cmd.exe /c -->"), set()),
        ("word/document.xml", "xml", b"<w:t>w:instr='DDEAUTO cmd.exe /c'</w:t><!-- instr", set()),
        ("xl/a", "xml", b'<ddeLink x=">" ddeTopic="/c calc" ddeService="cmd">', PROGRAM),
        ("content.xml", "xml", b"<office:dde-source office:dde-application='cmd' office:dde-topic='/c x'/>", PROGRAM),
        ("content.xml", "xml", b"<t:dde-connection-decl o:dde-topic='a.ods' o:dde-application='soffice'/>", {"dde"}),
        ("[Content_Types].xml", "xml", b"<Override ContentType='application/vnd.ms-excel.macrosheet+xml'/>", SHEET),
        ("[Content_Types].xml", "xml", b"<Override ContentType='application/vnd.ms-excel.intlmacrosheet'/>", SHEET),
        ("[Content_Types].xml", "xml", b"<Override ContentType='application/a.MacroSheet+xml'/>", SHEET),
        ("[Content_Types].xml", "xml", b"<a:Default ContentType='application/a.macro&#115;heet+xml'/>", SHEET),
        ("[Content_Types].xml", "xml", b"<Override PartName='/macrosheet' ContentType='application/xml'/>", set()),
        ("[Content_Types].xml", "xml", b"<Override ContentType='application/xml'/><!-- macrosheet+xml -->", set()),
        ("xl/_rels/workbook.xml.rels", "text", b"<a:Relationship Type='http://x/xlMacrosheet' Target='a'/>", SHEET),
        ("xl/_rels/a.rels", "xml", b"<Relationship Type='http://x/xlIntlMacro&#x53;heet' Target='a'/>", SHEET),
        ("xl/_rels/a.rels", "wsf", b"<Relationship a=' Type=\"x\"' Type='x/xlMacrosheet' b=' Type=\"x\"'/>", SHEET),
        ("xl/a.dat", "xml", b"<xm:macrosheet xmlns='x'>", SHEET),
        ("xl/a.dat", "text", b" " * 9000 + b"<xm:macrosheet xmlns='x'>", SHEET),
        ("xl/a.dat", "xml", b"<w:t>a macrosheet</w:t>", set()),
        ("xl/a.xml", "xml", b"<definedName hidden='1' name='_xlnm.Auto_Open'>A</definedName>", {"macro:autoexec"}),
        ("xl/a.xml", "xml", b"<definedName name='&#65;UTO_open1'>A</definedName>", {"macro:autoexec"}),
        ("xl/a.xml", "xml", b"<definedName a=' name=\"x\"' name='auto_open' b=' name=\"x\"'/>", {"macro:autoexec"}),
        ("xl/a.xml", "xml", b"<definedName a=' name=\"auto_open\"' name='x'/>", set()),
        ("customUI/a.xml", "xml", b"<mso:customUI xmlns:mso='x' onLoa='a' onLoad='Rib&#98;on'>", {"macro:autoexec"}),
        ("customUI/a.xml", "xml", b"<customUI xmlns='x'><button onAction='a' onLoad='b'/>", set()),
        ("xl/a.xml", "xml", b"<definedName name='Autos'>A</definedName>", set()),
        ("a.csv", "text", b"a,=cmd|' /C calc'!A0,1\r\n", PROGRAM),
        ("a.csv", "text", b"a;\"=2+cmd|'/c x'!A\"", PROGRAM),
        ("a.csv", "text", b"a\t@SUM(1+1)*cmd|'/c x'!A", PROGRAM),
        ("a.csv", "text", b"=" + b"1+" * 500 + b"cmd|'/c x'!A", PROGRAM),
        ("a.csv", "text", b"a,=cmd|' /C calc'!A0".decode().encode("utf-16"), PROGRAM),
        ("a.csv", "text", b"\"=DDE(\"\"cmd\"\";\"\"/c calc\"\";\"\"x\"\")\"", PROGRAM),
        ("a.csv", "text", b"a,b,instr\r\n=cmd|'/C calc'!A0,1\r\n", PROGRAM),
        ("a.csv", "bat", b"@echo off\r\n=cmd|'/C calc'!A0,1\r\n", PROGRAM),
        ("word/document.xml", "xml", FIELD.replace(b"PAGE", b"").replace(b"begin", b"b&#101;gin"), PROGRAM),
        ("word/document.xml", "xml", runs(b"PAGE") + FIELD.replace(b'"begin', b'"&#98;egin'), PROGRAM),
        ("word/document.xml", "xml", b"<w:t>x w:instr='DDEAUTO cmd.exe /c'</w:t>", set()),
        ("xl/a.xml", "xml", b"<ddeLink a=' ddeService=\"x\"' ddeTopic='/c' ddeService='&#99;md' />", PROGRAM),
        ("a.csv. ", "text", b"=cmd|'/C calc'!A0,1\r\n", PROGRAM),
        ("a.xls", "text", b"a\t=cmd|'/C calc'!A0\r\n", PROGRAM),
        ("a.xls", "html", b"<table><td class='a>b'>=1+cmd|'/c calc'!A0</td></table>", PROGRAM),
        ("a.xls", "html", b"<table><td>=cmd&#124;&apos;/c calc&apos;!A0</td></table>", PROGRAM),
        ("a.xls", "html", b"<table><td x:fmla=\"=cmd|'/c calc'!A0\">1</td></table>", PROGRAM),
        ("a.xls", "html", b"<table><td>use cmd|'/c x' here</td><td>-5</td></table>", set()),
        ("a.xml", "xml", b"<Cell ss:Formula=\"=cmd&#x7c;'/c calc'!A0\"><Data>1</Data></Cell>", PROGRAM),
        ("a.xml", "xml", b"<Cell ss:Formula='=SUM(R[1]C:R[2]C)'/><a href='x|y'/>", set()),
        ("a.csv", "text", b"use cmd|'/c x' here, or not\r\n-5,x\r\n", set()),
    ],
)  # fmt: skip
def test_dde(member: str, type: str, data: bytes, names: Names) -> None:
    """In fields, links and formulas, whatever they are put together from; nowhere else."""
    assert set(look(member, data, type)) == names


RELATION = b'<Relationship Id="r1" Type="http://schemas.example/relationships/%b" Target="%b" TargetMode="%b"/>'
FRAME = RELATION % (b"frame", b"a", b"External")


@pytest.mark.parametrize(
    ("member", "data", "where"),
    [
        ("word/_rels/settings.xml.rels", RELATION % (b"attachedTemplate", b"http://e.example/a.dotm", b"External"),
         "attachedtemplate http://e.example/a.dotm"),
        ("word/_rels/document.xml.rels", RELATION.replace(b'"', b"'") % (b"oleObject", b"mhtml:http://x", b"External"),
         "oleobject mhtml:http://x"),
        ("word/_rels/a.rels", RELATION % (b"frame", b"http://x/?a>b&amp;c", b"External"), "frame http://x/?a>b&c"),
        ("word/_rels/a.rels", FRAME.replace(b'"a"', b'"%b"' % (b"x" * 9000)), f"frame {'x' * 294}"),
        ("word/_rels/a.rels", FRAME.replace(b"<", b"<a-b:"), "frame a"),
        ("word/_rels/a.rels", FRAME.replace(b" T", b" z:Target='' T", 1), "frame a"),
        ("word/_rels/a.rels", FRAME.decode().encode("utf-16"), "frame a"),
        ("word/_rels/a.rels", RELATION % (b"fr&#97;me", b"a", b"exte&#114;nal"), "frame a"),
        ("word/a.xml", b"<a xmlns='http://schemas.microsoft.com/office/2006/xmlPackage'>" + FRAME, "frame a"),
        ("fields.txt", b"template:   http://e.example/a.dot\n", "http://e.example/a.dot"),
        ("word/_rels/document.xml.rels", RELATION % (b"hyperlink", b"http://e.example/", b"External"), None),
        ("word/_rels/document.xml.rels", RELATION % (b"oleObject", b"embeddings/a.bin", b"Internal"), None),
        ("word/document.xml", RELATION % (b"oleObject", b"http://e.example/", b"External"), None),
        ("fields.txt", b"template: http://e.example/a.dot\n", "http://e.example/a.dot"),
        ("fields.txt", b"link: \\\\e.example\\a\n", "\\\\e.example\\a"),
        ("fields.txt", b"template: C:\\a.dot\ninfo: http://e.example/\n", None),
    ],
)  # fmt: skip
def test_what_is_fetched(member: str, data: bytes, where: str | None) -> None:
    """Templates and objects from elsewhere; links that people follow are none."""
    assert look(member, data, "xml").get("document:remote") == where
