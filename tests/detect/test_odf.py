"""Macros of OpenDocument files are told, what starts them, and what is encrypted; honest documents are not."""

from __future__ import annotations

import pytest

from bartizan.detect.macros import SCORES, MacroDetector
from bartizan.detect.odf import in_part
from bartizan.model.message import Node
from pace import seconds

CODE, ITSELF, CALLS = {"macro:script"}, {"macro:autoexec"}, {"macro:calls"}
SPACE = b' xmlns:script="http://openoffice.org/2000/script"'
OASIS = b' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
HREF = b"vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document"


def look(path: str, data: bytes, type: str = "xml") -> dict[str, str]:
    """Names of findings, and their details."""
    node = Node(path, (path.rpartition("/")[2],), "", type, len(data), "")
    return {found.name: found.detail for found in MacroDetector().look(node, data)}


def module(source: bytes) -> bytes:
    """A module of Basic."""
    return b'<?xml version="1.0"?><script:module%b script:name="M">%b</script:module>' % (SPACE, source)


def listener(event: bytes, more: bytes = b'xlink:href="%b"' % HREF) -> bytes:
    """A document that listens to an event."""
    return (
        b"<office:document-content%b><office:scripts><office:event-listeners><script:event-listener "
        b'script:language="ooo:script" script:event-name="%b" %b xlink:type="simple"/></office:event-listeners>'
        b"</office:scripts></office:document-content>" % (OASIS, event, more)
    )


FLAT = (
    b'<?xml version="1.0"?><office:document%b><office:scripts><office:script script:language="ooo:Basic">'
    b'<ooo:libraries xmlns:ooo="http://openoffice.org/2004/office"><ooo:library-embedded ooo:name="Standard">'
    b'<ooo:module ooo:name="M"><ooo:source-code>Sub Main\nShell(&quot;calc&quot;)\nEnd Sub</ooo:source-code>'
    b"</ooo:module></ooo:library-embedded></ooo:libraries></office:script></office:scripts></office:document>" % OASIS
)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (b"", set()),
        (b"Sub Main\n  MsgBox 1\nEnd Sub", CODE),
        (b"Shell(&quot;calc&quot;, 0)", CODE | CALLS),
        (b"Sh&#101;ll(&quot;calc&quot;, 0)", CODE | CALLS),
        (b"<![CDATA[x = \"a\" < \"b\" : Shell(\"calc\")]]>", CODE | CALLS),
        (b"Sh<!-- -->ell(&quot;calc&quot;)", CODE | CALLS),
        (b"o = CreateUnoService(&quot;com.sun.star.system.System&quot; &amp; &quot;ShellExecute&quot;)", CODE | CALLS),
        (b"o = createUnoService(a &amp; b)", CODE | CALLS),
        (b"o = createUnoService(&quot;com.sun.star.bridge.oleautomation.Factory&quot;)", CODE | CALLS),
        (b"o = createUnoService(&quot;com.sun.star.frame.DispatchHelper&quot;)", CODE),
        (b"&apos; Shell(1)\nREM Shell(1)\nx = 1", CODE),
    ],
)  # fmt: skip
def test_basic(source: bytes, names: set[str]) -> None:
    """However its characters are written."""
    assert set(look("2/a.odt!/Basic/Standard/Module1.xml", module(source))) == names
    assert set(look("2/a.odt!/any/where", module(source), "hta")) == names


def test_one_file() -> None:
    """A document that is one file of XML, as an attachment or without a name."""
    assert set(look("2/a.fodt", FLAT)) == CODE | CALLS
    assert set(look("2/a.doc", FLAT.decode().encode("utf-16"), "")) == CODE | CALLS


def test_modules_of_others() -> None:
    """Other XML has modules and events as well."""
    assert look("2/pom.xml", b"<project><modules><module>shell (x)</module></modules></project>") == {}
    assert look("2/a.xml", b"<event language='en' event-name='a' href='b'/>") == {}


@pytest.mark.parametrize(
    ("event", "more", "names"),
    [
        (b"dom:load", b'xlink:href="%b"' % HREF, CODE | ITSELF),
        (b"dom:mouseover", b'xlink:href="%b"' % HREF, CODE | ITSELF),
        (b"office:load-finished", b'script:macro-name="Standard.M.Main"', CODE | ITSELF),
        (b"dom:lo&#97;d", b'xlink:href="&#x76;nd.sun.star.script:a"', CODE | ITSELF),
        (b"form:performaction", b'xlink:href="%b"' % HREF, CODE),
        (b"dom:load", b'xlink:href=""', set()),
        (b"dom:load", b'xlink:href="macro:shell(%22id%22)"', CODE | ITSELF | CALLS),
        (b"dom:click", b'xlink:href="vnd.sun.star.script:../../a.py$f(1)?language=Python&amp;location=share"',
         CODE | CALLS),
        (b"dom:load", b'xlink:href="vnd.sun.star.script:%2e%2e/a.py$f?language=Python&amp;location=share"',
         CODE | ITSELF | CALLS),
        (b"dom:click", b'presentation:action="execute" xlink:href="calc.exe"', CALLS),
        (b"dom:click", b'presentation:action="next-page"', set()),
    ],
)  # fmt: skip
def test_listeners(event: bytes, more: bytes, names: set[str]) -> None:
    """Code runs by itself unless a click starts it; some addresses are commands."""
    assert set(look("2/a.odt!/content.xml", listener(event, more))) == names


def test_what_runs_and_reaches_outside_has_the_threshold() -> None:
    """The document and the module are nodes of one message."""
    found = look("2/a.odt!/content.xml", listener(b"dom:load"))
    assert "dom:load vnd.sun.star.script:Standard.Module1.Main" in found["macro:autoexec"]
    found |= look("2/a.odt!/Basic/Standard/M.xml", module(b"Shell(1)"))
    assert sum(SCORES[name] for name in found) == 5.0


@pytest.mark.parametrize(
    ("path", "data", "names"),
    [
        ("Scripts/python/a.py", b"import os\ndef f(): os.system('id')", CODE | CALLS),
        ("Scripts/python/b/a.py", b"def f():\n  return 1", CODE),
        ("Scripts/beanshell/L/a.bsh", b"Runtime.getRuntime().exec(x);", CODE | CALLS),
        ("Scripts/javascript/L/a.js", b"new java.net.URL(x)", CODE | CALLS),
        ("Scripts/python/", b"", set()),
        ("project/Scripts/python/a.py", b"import os; os.system('id')", set()),
        ("tools/a.py", b"import os; os.system('id')", set()),
    ],
)
def test_files(path: str, data: bytes, names: set[str]) -> None:
    """Scripts that are files of a document."""
    assert set(look(f"2/a.odt!/{path}", data, "py")) == names


@pytest.mark.parametrize(
    ("path", "data", "closed"),
    [
        ("Basic/S/script-lb.xml", b'<library:library library:passwordprotected="true">', True),
        ("Basic/S/script-lb.xml", b'<library:library library:passwordprotected="false">', False),
    ],
)
def test_encryption(path: str, data: bytes, closed: bool) -> None:
    """A document, or a library of macros, that needs a password is not read."""
    assert ("encrypted" in look(f"2/a.odt!/{path}", data)) is closed


@pytest.mark.parametrize(
    ("element", "target", "remote"),
    [
        ("draw:floating-frame", "https://e.example/a.odt", True),
        ("text:section-source", "ht&#116;p://e.example/a.odt", True),
        ("draw:object", "\\\\e.example\\a", True),
        ("draw:object-ole", "file://e.example/a", True),
        ("table:table-source", "smb://e.example/a", True),
        ("meta:template", "file:////e.example/a.ott", True),
        ("meta:template", "file:///C:/Users/a/template.ott", False),
        ("draw:object", "./Object 1", False),
        ("text:a", "https://e.example/", False),
        ("draw:image", "https://e.example/a.png", False),
    ],
)
def test_what_is_fetched(element: str, target: str, remote: bool) -> None:
    """What the document shows of other hosts, and its template; links and pictures are none."""
    part = f'<office:document-content{OASIS.decode()}><{element} xlink:type="simple" xlink:href="{target}"/>'
    assert ("document:remote" in look("2/a.odt!/content.xml", part.encode())) is remote


@pytest.mark.parametrize(
    "unit", [b"<module>", b"<event a='", b"<source-code x ", b"<module>&#", b"<!--", b"<a:event b"]
)
def test_linear(unit: bytes) -> None:
    """However many tags there are, whole or not."""
    small, large = (
        seconds(lambda size=size: in_part(OASIS + b"event-name" + unit * (size // len(unit))))
        for size in (50_000, 200_000)
    )
    assert large < 10 * max(small, 0.02)
