"""The walk: which nodes a message has, under which paths and names, and where it ends."""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.containers import Containers, Hole, Member, Opened
from bartizan.message.walk import MAX_FINDINGS, Walk
from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node

ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"
GZ = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
"""What begins like this is a container to the walk; what is in it, each test says."""


class Shelf:
    """Containers whose members are known beforehand."""

    def __init__(
        self, contents: dict[bytes, list[Member | Hole]], opens: dict[tuple[bytes, str], list[Member | Hole]]
    ) -> None:
        self.contents = contents
        self.opens = opens
        self.opened: list[bytes] = []
        self.tried: list[tuple[str, ...]] = []
        self.reason: Reason | None = None

    def open(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Generator[Member | Hole | Opened, None, None]:
        """The members of `data`; with one of its passwords, what that opens."""
        self.opened.append(bytes(data))
        self.tried.append(passwords)
        for number, password in enumerate(passwords):
            if (bytes(data), password) in self.opens:
                yield Opened(number)
                yield from self.opens[bytes(data), password]
                return
        for found in self.contents[bytes(data)]:
            if isinstance(found, Member):
                self.reason = self.reason or budget.spend_member() or budget.spend_bytes(len(found.data))
            yield found


def walk(
    raw: bytes,
    contents: dict[bytes, list[Member | Hole]] | None = None,
    *,
    limits: Limits | None = None,
    look: Callable[[Node, bytes | memoryview], list[Finding]] = lambda node, data: [],
    late: bool = False,
    opens: dict[tuple[bytes, str], list[Member | Hole]] | None = None,
    types: tuple[str, ...] = ("zip", "gz"),
) -> tuple[Walk, Shelf]:
    """Walk through `raw`."""
    limits = limits or Limits()
    shelf = Shelf(contents or {}, opens or {})

    def inner_names(node: Node) -> tuple[str, ...]:
        return tuple(name[:-3] for name in node.names) if node.type == "gz" else ()

    containers = Containers(frozenset(types), shelf.open, inner_names)
    budget = Budget(limits, len(raw), now=-1e9 if late else None)
    done = Walk(limits, budget, look, containers, None)
    done.run(raw, stored=False)
    return done, shelf


def part(content: bytes, head: str = "", encoding: str = "base64") -> bytes:
    """One part of a multipart."""
    body = base64.encodebytes(content).replace(b"\n", b"\r\n") if encoding == "base64" else content
    return f"Content-Transfer-Encoding: {encoding}\r\n{head}\r\n".encode() + body


def attachment(name: str, content: bytes) -> bytes:
    """An attachment of a multipart."""
    return part(content, f'Content-Type: application/octet-stream; name="{name}"\r\n')


def mixed(*parts: bytes) -> bytes:
    """A multipart mail."""
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"".join(b"--b\r\n" + p + b"\r\n" for p in parts) + b"--b--\r\n"


def paths(done: Walk) -> list[str]:
    """All node paths."""
    return [node.path for node in done.nodes]


def gaps(done: Walk) -> list[tuple[str, str]]:
    """All gaps with their places."""
    return [(finding.name, finding.part) for finding in done.findings if finding.kind is Kind.GAP]


TEXT = b"Content-Type: text/plain\r\n\r\nhello\r\n"


def test_the_message_and_its_parts_are_nodes() -> None:
    """The raw message first, then every leaf by number and name."""
    raw = mixed(TEXT, attachment("a.bin", b"\x00\x01"))
    done, _ = walk(raw)
    assert paths(done) == ["message", "1", "2/a.bin"]
    message, text, binary = done.nodes
    assert (message.declared, message.type, message.size) == ("message/rfc822", "mail", len(raw))
    assert (text.declared, text.names) == ("text/plain", ())
    assert (binary.declared, binary.names, binary.size) == ("application/octet-stream", ("a.bin",), 2)
    assert binary.sha256 == "b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2"


def test_a_mail_without_parts_is_part_one() -> None:
    """As IMAP numbers it."""
    assert paths(walk(b"Subject: x\r\n\r\nhello\r\n")[0]) == ["message", "1"]


def test_members_are_nodes() -> None:
    """By the path of what they are in."""
    inner = ZIP + b"inner"
    contents: dict[bytes, list[Member | Hole]] = {
        ZIP + b"outer": [Member(("dir/a.js",), b"alert()"), Member(("b.zip", "B.ZIP"), inner)],
        inner: [Member(("c.txt",), b"c")],
    }
    done, _ = walk(mixed(attachment("o.zip", ZIP + b"outer")), contents)
    assert paths(done) == ["message", "1/o.zip", "1/o.zip!/dir/a.js", "1/o.zip!/b.zip", "1/o.zip!/b.zip!/c.txt"]
    assert done.nodes[3].names == ("b.zip", "B.ZIP")
    assert gaps(done) == []


def test_a_compressed_file_names_its_content() -> None:
    """A member without a name goes by the container's, and so do its own names beside it."""
    contents: dict[bytes, list[Member | Hole]] = {
        GZ + b"1": [Member((), b"1")],
        GZ + b"2": [Member(("real.vbs",), b"2")],
    }
    done, _ = walk(mixed(attachment("a.js.gz", GZ + b"1"), attachment("b.txt.gz", GZ + b"2")), contents)
    assert [node.names for node in done.nodes[-2:]] == [("a.js",), ("b.txt", "real.vbs")]
    assert paths(done)[-2:] == ["1/a.js.gz!/a.js", "2/b.txt.gz!/b.txt"]


def test_an_archive_in_place_of_a_mail_is_opened() -> None:
    """A file that is no mail is read as one, and as what it is."""
    done, shelf = walk(ZIP + b"alone", {ZIP + b"alone": [Member(("a.js",), b"alert()")]})
    assert (done.nodes[0].path, done.nodes[0].type, len(shelf.opened)) == ("message", "zip", 1)
    assert "message!/a.js" in paths(done)


def test_holes_are_gaps() -> None:
    """At the container or at the member."""
    contents: dict[bytes, list[Member | Hole]] = {
        ZIP: [Member(("a",), b"", (Hole(Reason.ENCRYPTED, "pw"),)), Hole(Reason.UNREADABLE, "damaged")]
    }
    done, _ = walk(mixed(attachment("x.zip", ZIP)), contents)
    assert sorted(gaps(done)) == [("encrypted", "1/x.zip!/a"), ("unreadable", "1/x.zip")]


def test_mails_in_leaves_are_walked() -> None:
    """An encoded message/rfc822, and a file that is a mail."""
    inner = mixed(TEXT, attachment("deep.bin", b"\x00deep"))
    encoded = part(inner, "Content-Type: message/rfc822\r\n")
    done, _ = walk(mixed(encoded, attachment("f.eml", inner.replace(b"hello", b"other"))))
    assert paths(done)[:2] == ["message", "1"]
    assert {"1!/1", "1!/2/deep.bin", "2/f.eml", "2/f.eml!/1", "2/f.eml!/2/deep.bin"} <= set(paths(done))


def test_mailboxes_are_taken_apart() -> None:
    """Every mail of a file of several has its own parts; none is hidden by the end of the one before."""
    first = b"From x Mon Nov 23 10:00:00 2026\n" + mixed(TEXT, attachment("one.bin", b"\x001")) + b"\n"
    second = first.replace(b"boundary=b", b"boundary=c").replace(b"--b", b"--c").replace(b"one.bin", b"two.bin")
    done, _ = walk(mixed(attachment("f.mbox", first + second)))
    assert {"1/f.mbox!/#1!/2/one.bin", "1/f.mbox!/#2!/2/two.bin"} <= set(paths(done))
    assert gaps(done) == []


def test_files_in_text_beside_encoded_ones() -> None:
    """What is opened for its uuencoded files is searched like any text for others, with the names of data: URIs."""
    uri = b"data:x;name=a.bin;base64," + base64.b64encode(b"\x7fELF" + bytes(200))
    text = b"begin 644 x\n#86)C\n`\nend\n" + uri + b"\n"
    done, _ = walk(mixed(attachment("t.txt", text)), types=("uu",), contents={text: []})
    assert [node.names for node in done.nodes if node.type == "elf"] == [("a.bin",)]


def test_text_that_looks_like_a_mail_stays_text() -> None:
    """What a client shows is not opened; the same with a name is."""
    quoted = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\nhello\r\n"
    plain = b"Content-Type: text/plain\r\n\r\n" + quoted
    assert paths(walk(mixed(plain))[0]) == ["message", "1"]
    named = b'Content-Type: text/plain; name="m.eml"\r\n\r\n' + quoted
    assert paths(walk(mixed(named))[0]) == ["message", "1/m.eml", "1/m.eml!/1"]


def test_names_of_what_is_no_leaf_count() -> None:
    """A forwarded mail with a file name is a node, and so are its parts."""
    forwarded = b'Content-Type: message/rfc822; name="f.scr"\r\n\r\nSubject: x\r\n\r\nhello\r\n'
    done, _ = walk(mixed(forwarded))
    named = next(node for node in done.nodes if node.names)
    assert (named.path, named.names, named.declared, named.type) == ("1/f.scr", ("f.scr",), "message/rfc822", "mail")


def test_the_same_content_is_looked_at_once() -> None:
    """Under the same names; another name is another node to look at."""
    seen: list[str] = []

    def look(node: Node, data: bytes | memoryview) -> list[Finding]:
        seen.append(node.path)
        return []

    again = attachment("a.zip", ZIP)
    done, shelf = walk(mixed(again, again, attachment("b.zip", ZIP)), {ZIP: [Member(("m",), b"m")]}, look=look)
    assert seen == ["message", "1/a.zip", "3/b.zip", "1/a.zip!/m"]
    assert len(shelf.opened) == 2
    assert paths(done)[1:4] == ["1/a.zip", "2/a.zip", "3/b.zip"]


def test_a_quine_is_opened_once() -> None:
    """A container that holds itself under ever new names ends, without a gap: nothing in it is unseen."""
    done, shelf = walk(mixed(attachment("q.zip", ZIP)), {ZIP: [Member(("r/q.zip",), ZIP)]})
    assert (len(shelf.opened), gaps(done)) == (1, [])


def test_depth_is_limited() -> None:
    """One level more than allowed is a gap at the container that stays closed."""
    contents: dict[bytes, list[Member | Hole]] = {
        ZIP + bytes((n,)): [Member((f"{n + 1}.zip",), ZIP + bytes((n + 1,)))] for n in range(6)
    }
    done, shelf = walk(mixed(attachment("0.zip", ZIP + b"\0")), contents, limits=Limits(archive_depth=3))
    assert len(shelf.opened) == 3
    assert gaps(done) == [("limit:depth", "1/0.zip!/1.zip!/2.zip!/3.zip")]


def test_parts_of_mails_inside_are_members() -> None:
    """They are spent from the same budget as the members of archives."""
    inner = mixed(*(attachment(f"{n}.bin", b"%d" % n) for n in range(9)))
    done, _ = walk(mixed(attachment("f.eml", inner)), limits=Limits(members=4))
    assert gaps(done) == [("limit:members", "1/f.eml!/5")]


def test_no_time_left_is_a_gap() -> None:
    """After the soft deadline nothing more is looked at, and the message says so."""
    done, shelf = walk(mixed(attachment("a.zip", ZIP)), {ZIP: []}, late=True)
    assert ("limit:time" in [name for name, _ in gaps(done)], shelf.opened) == (True, [])


def test_findings_are_limited() -> None:
    """A detector that finds something everywhere cannot fill the memory, nor hide that it was cut off."""

    def look(node: Node, data: bytes | memoryview) -> list[Finding]:
        return [Finding(Kind.SIGNATURE, f"s{n}", node.path) for n in range(MAX_FINDINGS)]

    done, _ = walk(mixed(TEXT, TEXT), look=look)
    assert len(done.findings) == MAX_FINDINGS + 1
    assert gaps(done) == [("limit:matches", "message")]


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("message/partial; id=1; number=1; total=2", "partial"),
        ("message/external-body; access-type=ftp", "partial"),
        ("application/pgp-encrypted", "encrypted:pgp"),
        ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted:smime"),
        ("application/x-pkcs7-mime", "encrypted:smime"),
        ('application/pkcs7-mime; smime-type="signed-data"', "unreadable"),
        ("application/pkcs7-signature", None),
        ("application/pgp-signature", None),
        ('"message/partial"; id=1; number=1; total=2', "partial"),
        ("<message/external-body>", "partial"),
        ("'application/pgp-encrypted'", "encrypted:pgp"),
        ('application/"pkcs7-mime"; smime-type=enveloped-data', "encrypted:smime"),
        ('"application/pgp-keys"', None),
        ("multipart/encrypted; boundary=c", "encrypted:pgp"),
    ],
)
def test_opaque_types_are_gaps(head: str, reason: str | None) -> None:
    """What the declared type says cannot be read."""
    done, _ = walk(mixed(f"Content-Type: {head}\r\n\r\nzzz\r\n".encode()))
    assert sorted({name for name, _ in gaps(done)}) == ([reason] if reason else [])


def test_paths_can_be_read() -> None:
    """Control characters and endless names stay out of paths, but not out of names."""
    name = "x" * 300 + "\x1b[1m\n.exe"
    done, _ = walk(mixed(attachment("a.zip", ZIP)), {ZIP: [Member((name, "\udcff"), b"x")]})
    node = done.nodes[-1]
    assert node.path.isprintable()
    assert len(node.path) < 120
    assert node.path.endswith(".exe")
    assert node.names == (name, "?")


def test_a_name_elsewhere_is_evidence() -> None:
    """What only describes a part, or says where it is from, is told and no name of it; beside a name it is nothing."""
    other = "Content-Location: http://example.com/a/run.js\r\nContent-Description: x\r\n"
    done, _ = walk(mixed(part(b"text", other), part(b"more", other + 'Content-Disposition: x; filename="a.txt"\r\n')))
    assert [(f.name, f.part, f.detail) for f in done.findings] == [("name:elsewhere", "1", "run.js")]
    assert [node.names for node in done.nodes] == [(), (), ("a.txt",)]


@given(
    st.integers(1, 100), st.integers(1, 3000), st.integers(1, 1000), st.integers(1, 20), st.lists(st.integers(0, 500))
)
def test_bytes_left(packed: int, total: int, floor: int, ratio: int, spent: list[int]) -> None:
    """As many bytes as are left may come out, and one more reaches a limit."""
    budget = Budget(Limits(total_bytes=total, ratio_floor_bytes=floor, ratio=ratio), packed)
    for count in spent:
        if budget.spend_bytes(count) is not None:
            assert budget.left_bytes() == 0
            return
    left = budget.left_bytes()
    assert budget.spend_bytes(left) is None
    assert budget.left_bytes() == 0
    assert budget.spend_bytes(1) is not None
