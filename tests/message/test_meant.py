"""Mails are read in what a program takes for one because of its name, whatever stands in front of them."""

from __future__ import annotations

import base64
from collections.abc import Generator

import pytest

from bartizan.message.containers import Containers, Hole, Member, Opened
from bartizan.message.meant import pages_within
from bartizan.message.walk import Walk
from bartizan.model.finding import Finding, Kind
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from pace import seconds

MSO = b"ActiveMime" + bytes(range(256))
HTML = b"<html>odd page</html>"
PARTS = (
    b"--x\r\nContent-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"Content-Type: text/html\r\n\r\n<html>odd=20page</html>\r\n"
    b"--x\r\nContent-Location: file:///C:/editdata.mso\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Type: application/x-mso\r\n\r\n" + base64.encodebytes(MSO) + b"\r\n--x--\r\n"
)
PAGE = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n' + PARTS


def closed(
    type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
) -> Generator[Member | Hole | Opened, None, None]:
    """A container that gives nothing."""
    yield from ()


def found(content: bytes, name: str, declared: str = "application/octet-stream") -> set[bytes]:
    """The contents of all nodes of a mail with this attachment."""
    seen: set[bytes] = set()

    def look(node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        seen.add(bytes(data))
        return ()

    raw = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        b'\r\n--b\r\nContent-Type: %b; name="%b"\r\nContent-Transfer-Encoding: base64\r\n\r\n%b--b--\r\n'
        % (declared.encode(), name.encode(), base64.encodebytes(content))
    )
    limits = Limits()
    done = Walk(limits, Budget(limits, len(raw)), look, Containers(frozenset(("pdf",)), closed, lambda node: ()), None)
    done.run(raw, stored=False)
    assert [finding for finding in done.findings if finding.kind is Kind.GAP] == []
    return seen


@pytest.mark.parametrize(
    "front",
    [
        b"",
        b"\r\n \t\r\n",
        b"junk\r\n",
        b"junk\r\n\r\nmore junk\r\n" * 50,
        b"\x01\x02\xff\0junk\0" * 20,
        b"%PDF-1.7\r\n1 0 obj\r\n<</Type/Catalog>>\r\nendobj\r\n",
        b"{\\rtf1 junk ",
        b"<html><!-- ",
        b"junk without a line end",
    ],
)
@pytest.mark.parametrize("name", ["a.doc", "A.XLS. ", "a.mht"])
def test_pages_behind_junk(front: bytes, name: str) -> None:
    """Word and Excel find the header of a page behind anything."""
    assert {MSO, HTML} <= found(front + PAGE, name)


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace(b"MIME-Version: 1.0", b"mime version: 2"),
        PAGE.replace(b"MIME-Version: 1.0\r\n", b""),
        PAGE.replace(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\njunk\r\njunk\r\njunk\r\n"),
        PAGE.replace(b"Type: multipart", b"Type:\r\n\tMultipart"),
        PAGE.replace(b"\r\n", b"\n"),
    ],
)
def test_odd_headers(page: bytes) -> None:
    """Whatever else is odd about it."""
    assert {MSO, HTML} <= found(b"\x01\x02junk\n" + page, "a.doc")


def test_a_header_is_one() -> None:
    """It is read from its first field on, and again only where it may be two."""
    node = Node("2/a.doc", ("a.doc",), "", "text", 1, "")
    assert pages_within(node, b"junk" + PAGE) == (4,)
    assert pages_within(node, b"junk" + PAGE.replace(b"1.0\r\n", b"1.0\r\nX-A:\r\n b\r\n")) == (4,)
    assert pages_within(node, b"junk" + PAGE.replace(b"1.0\r\n", b"1.0\r\n\r\n")) == (4, 25)


def test_texts_about_mails() -> None:
    """A text that shows a mail is no page; nor is a document without parts behind the header."""
    assert HTML not in found(b"junk\r\n" + PAGE, "a.txt", "text/plain")
    node = Node("2/a.doc", ("a.doc",), "", "ole", 1, "")
    assert pages_within(node, b"\xd0\xcfContent-Type: multipart/mixed; boundary=x\r--x\r") == ()
    assert pages_within(node, b"\n--\nMIME-Version: 1.0\nmultipart") == ()


@pytest.mark.parametrize("unit", [b"mime", b"content-type:", b"content-type:  \r\n", b"\n--", b"mime version"])
def test_linear(unit: bytes) -> None:
    """However often it looks like a header."""
    node = Node("2/a.doc", ("a.doc",), "", "", 1, "")
    small, large = (
        seconds(lambda size=size: pages_within(node, unit * (size // len(unit)) + b"\n--multipart\n--"))
        for size in (50_000, 200_000)
    )
    assert large < 10 * max(small, 0.02)
