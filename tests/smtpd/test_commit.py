"""Between the final dot and its reply: what waits, what goes on without the client, and how failures are answered."""

from __future__ import annotations

import asyncio
from smtpd.house import TO_DATA, Pipeline, Rig, VirtualLoop, rig_of, settings_of

import pytest

from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.reply import INTERNAL, NEXT_HOP_DOWN, REJECTED
from bartizan.smtpd.office import Office


def test_commit_waits(loop: VirtualLoop) -> None:
    """Commands behind the dot wait for the answer, and the kernel keeps what comes then."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    assert rig.send(b".\r\nNOOP\r\n") == b""
    assert rig.transport.reading
    assert rig.send(b"RSET\r\n") == b""
    assert not rig.transport.reading
    rig.pipeline.gate.set()
    loop.turn()
    assert rig.read() == b"250 2.0.0 Ok\r\n250 2.0.0 Done\r\n250 2.0.0 Done\r\n"
    assert rig.transport.reading


def test_commit_outlives_the_connection(loop: VirtualLoop) -> None:
    """A client that is gone after its dot does not undo the message; its octets are held until the end."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    rig.send(b"text\r\n.\r\n")
    rig.lose()
    assert rig.office.admission.sessions == 0
    assert rig.office.admission.octets == 9
    assert len(rig.office.tasks) == 1
    rig.pipeline.gate.set()
    loop.turn()
    assert [raw for _, raw in rig.pipeline.accepted] == [b"text\r\n"]
    assert rig.office.admission.octets == 0
    assert len(rig.office.tasks) == 0


def test_a_message_behind_a_commit(loop: VirtualLoop) -> None:
    """The next transaction up to DATA arrives while the last message is decided on: its message is read."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    rig.send(b"one\r\n.\r\n")
    assert rig.send(TO_DATA) == b""
    assert not rig.transport.reading
    rig.pipeline.gate.set()
    loop.turn()
    assert rig.read().endswith(b"354 End data with <CR><LF>.<CR><LF>\r\n")
    assert rig.transport.reading
    assert rig.send(b"two\r\n.\r\n") == b"250 2.0.0 Ok\r\n"


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (TemporaryError("no route", NEXT_HOP_DOWN), NEXT_HOP_DOWN),
        (TemporaryError("disk"), INTERNAL),
        (PermanentError("no", REJECTED), REJECTED),
        (RuntimeError("secret"), INTERNAL),
        (asyncio.CancelledError(), None),
    ],
)
def test_errors_of_submit(loop: VirtualLoop, error: BaseException, answer: object) -> None:
    """Errors that carry a reply give it, others are 451; each is told once, and the session goes on."""
    rig = rig_of(loop)
    rig.pipeline.reply = error
    rig.send(TO_DATA)
    got = rig.send(b".\r\n")
    if answer is None:
        assert got.startswith(b"421 4.3.2 ")
        return
    assert got == answer.encode()  # type: ignore[attr-defined]
    assert [problem for _, problem in rig.pipeline.problems] == [error]
    assert rig.send(b"NOOP\r\n") == b"250 2.0.0 Done\r\n"


def test_a_failing_stream(loop: VirtualLoop) -> None:
    """A receiver that fails ends the session with 451: where the message ends is unknown."""

    class Broken:
        received = 0
        too_big = False

        def feed(self, data: bytes) -> int:
            raise RuntimeError("secret")

    pipeline = Pipeline(settings_of())
    services = pipeline.services()
    object.__setattr__(services, "new_stream", lambda _: Broken())
    rig = Rig(loop, pipeline, Office(pipeline.settings, services, loop))
    rig.send(b"HELO c\r\n")
    rig.send(TO_DATA)
    assert rig.send(b"text") == INTERNAL.encode()
    assert rig.transport.ended
    assert rig.office.admission.octets == 0
