"""Containers with something encrypted in them are opened once more, with the passwords that the message offers."""

from __future__ import annotations

import pytest

from bartizan.message.containers import Hole, Member
from bartizan.message.locked import MOST
from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.limits import Limits
from bartizan.model.message import Node
from message.test_walk import TEXT, ZIP, attachment, gaps, mixed, part, paths, walk

SEALED = ZIP + b"sealed"
SECRET = "Sesame-4711"
LOCKED = [Member(("a.txt",), b"plain"), Member(("b.vbs",), b"", (Hole(Reason.ENCRYPTED, "encrypted entry"),))]
UNLOCKED: list[Member | Hole] = [Member(("a.txt",), b"plain"), Member(("b.vbs",), b"evil")]
HINT = f"Content-Type: text/plain\r\n\r\nThe password is {SECRET}.\r\n".encode()


def test_a_password_in_the_text_opens_a_container() -> None:
    """What it opens is looked at once, in place of what could not be read, and how it was opened is told."""
    looked: list[tuple[str, bytes]] = []

    def look(node: Node, data: bytes | memoryview) -> list[Finding]:
        looked.append((node.path, bytes(data)))
        return []

    raw = mixed(attachment("o.zip", SEALED), HINT)
    done, shelf = walk(raw, {SEALED: [*LOCKED]}, opens={(SEALED, SECRET): UNLOCKED}, look=look)
    assert gaps(done) == []
    assert paths(done) == ["message", "1/o.zip", "2", "1/o.zip!/a.txt", "1/o.zip!/b.vbs"]
    assert looked[-2:] == [("1/o.zip!/a.txt", b"plain"), ("1/o.zip!/b.vbs", b"evil")]
    (found,) = done.findings
    assert (found.kind, found.name, found.part) == (Kind.STRUCTURE, "opened:password", "1/o.zip")
    assert found.detail == f"password from the text: S{'*' * 10}"
    assert shelf.tried[0] == ()
    assert shelf.tried[1][0] == SECRET


def test_without_the_password_the_gap_stays() -> None:
    """Once, and the names of what is encrypted are looked at."""
    done, shelf = walk(mixed(attachment("o.zip", SEALED), TEXT), {SEALED: [*LOCKED]})
    assert gaps(done) == [("encrypted", "1/o.zip!/b.vbs")]
    assert paths(done) == ["message", "1/o.zip", "2", "1/o.zip!/a.txt", "1/o.zip!/b.vbs"]
    assert len(shelf.opened) == 2


def test_nothing_is_opened_twice_that_is_not_encrypted() -> None:
    """Damage, PGP and S/MIME ask for no password."""
    holes: list[Member | Hole] = [
        Hole(Reason.UNREADABLE),
        Member(("a",), b"", (Hole(Reason.ENCRYPTED_PGP),)),
        Hole(Reason.ENCRYPTED_SMIME),
    ]
    assert walk(mixed(attachment("o.zip", SEALED), HINT), {SEALED: holes})[1].tried == [()]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?q?password=3A_Sesame-4711?=\r\n" + mixed(attachment("o.zip", SEALED)),
        mixed(attachment(f"pass {SECRET}.zip", SEALED)),
        mixed(attachment("o.zip", SEALED), attachment(f"{SECRET}.png", b"\x89PNG\r\n\x1a\n")),
        mixed(part(f'<p>Hi<img src=x alt="pw: {SECRET}">'.encode(), "Content-Type: text/html\r\n"), part(SEALED)),
        mixed(HINT, attachment("m.eml", mixed(attachment("o.zip", SEALED)))),
        mixed(attachment("o.zip", SEALED), attachment("m.eml", mixed(HINT))),
        mixed(attachment("o.zip", SEALED), attachment("p.zip", ZIP + b"note")),
    ],
    ids=["subject", "own name", "other name", "alternative text", "mail around", "mail beside", "text in a zip"],
)
def test_passwords_come_from_everywhere(raw: bytes) -> None:
    """All that is in the message counts, wherever the container is."""
    contents: dict[bytes, list[Member | Hole]] = {
        SEALED: [*LOCKED],
        ZIP + b"note": [Member(("readme.txt",), f"pw = {SECRET}\n".encode())],
    }
    done, _ = walk(raw, contents, opens={(SEALED, SECRET): UNLOCKED})
    assert gaps(done) == []
    assert [finding.name for finding in done.findings] == ["opened:password"]


def test_what_opened_one_container_is_tried_first_on_the_next() -> None:
    """Whatever else stands before it."""
    other = ZIP + b"other"
    raw = mixed(
        b"Content-Type: text/plain\r\n\r\npassword: wrong1 password: wrong2 password: right3\r\n",
        attachment("1.zip", SEALED),
        attachment("2.zip", other),
    )
    opens = {(SEALED, "right3"): UNLOCKED, (other, "right3"): UNLOCKED}
    done, shelf = walk(raw, {SEALED: [*LOCKED], other: [*LOCKED]}, opens=opens)
    assert gaps(done) == []
    assert [passwords[:1] for passwords in shelf.tried] == [(), (), ("wrong1",), ("right3",)]


def test_a_second_reading_that_breaks_off_loses_nothing() -> None:
    """What the first one could not read is a gap, and so is the end of the second."""
    broken: list[Member | Hole] = [Hole(Reason.TIMEOUT)]
    done, _ = walk(mixed(attachment("o.zip", SEALED), HINT), {SEALED: [*LOCKED]}, opens={(SEALED, SECRET): broken})
    assert gaps(done) == [("timeout", "1/o.zip"), ("encrypted", "1/o.zip!/b.vbs")]
    assert "1/o.zip!/b.vbs" in paths(done)


def test_few_containers_are_opened_twice() -> None:
    """More than that stay gaps."""
    sealed = [ZIP + b"%d" % number for number in range(MOST + 5)]
    raw = mixed(HINT, *(attachment(f"{number}.zip", data) for number, data in enumerate(sealed)))
    done, shelf = walk(raw, {data: [*LOCKED] for data in sealed}, opens={(data, SECRET): UNLOCKED for data in sealed})
    assert len(gaps(done)) == 5
    assert len([passwords for passwords in shelf.tried if passwords]) == MOST


def test_a_second_reading_costs_no_more_members() -> None:
    """What the first one took from the budget is given back."""
    members: list[Member | Hole] = [Member((f"{number}",), b"%d" % number) for number in range(9)]
    done, shelf = walk(mixed(attachment("o.zip", SEALED)), {SEALED: [*members, *LOCKED]}, limits=Limits(members=13))
    assert len(shelf.opened) == 2
    assert shelf.reason is None
    assert gaps(done) == [("encrypted", "1/o.zip!/b.vbs")]
