"""The client of a Dovecot auth service: answers, lost connections, services that fail or are none."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from auth.dovecot_service import HELLO, Answering, Service, by_password
from bartizan.auth.dovecot import PAUSE, Dovecot
from bartizan.auth.verifier import Answer
from bartizan.model.auth import Credentials
from bartizan.node.loop import run
from lookups import Time, at_once, turns

ANN = Credentials("Ann@example.org", b"secret")
WRONG = Credentials("Ann@example.org", b"other")
HERE = "192.0.2.1"
RIGHT = (Answer.RIGHT, "ann@example.org")
UNKNOWN = (Answer.UNKNOWN, "")
Scene = Callable[[Service, Dovecot], Coroutine[Any, Any, None]]


def play(
    scene: Scene, answering: Answering = by_password, hello: bytes = HELLO, time: Time | None = None, **settings: Any
) -> Service:
    """Play a scene with a service and a client; the service, closed."""
    with tempfile.TemporaryDirectory() as folder:
        service = Service(f"{folder}/auth", answering, hello)

        async def all_of_it() -> None:
            client = Dovecot(service.path, clock=(time or Time()).clock, **settings)
            try:
                await scene(service, client)
            finally:
                await client.close()

        run(all_of_it())
    return service


def silent(number: int, login: str, password: str) -> bytes:
    """Never answers."""
    return b""


def test_right_and_wrong() -> None:
    """One connection for all questions; who logged in is named by the service; it is told where the client is."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == RIGHT
            assert await client.check(WRONG, "2001:db8::1") == (Answer.WRONG, "")
            answers = await asyncio.gather(*[client.check(one, HERE) for one in (ANN, WRONG) * 10])
            assert answers == [RIGHT, (Answer.WRONG, "")] * 10

    service = play(scene)
    assert service.connections == 1
    assert service.questions[0].split("\t")[:5] == ["PLAIN", "service=smtp", "nologin", "secured", "rip=192.0.2.1"]
    assert "rip=2001:db8::1" in service.questions[1]
    assert service.cancelled == []


def test_answers_in_any_order() -> None:
    """Each question gets its own answer."""
    kept: list[tuple[int, str, str]] = []

    def last_first(*question: Any) -> bytes:
        kept.append(question)
        return b"".join(by_password(*one) for one in reversed(kept)) if len(kept) == 3 else b""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            answers = await asyncio.gather(*[client.check(one, HERE) for one in (ANN, WRONG, ANN)])
            assert answers == [RIGHT, (Answer.WRONG, ""), RIGHT]

    play(scene, last_first)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("OK\t{}", (Answer.RIGHT, "Ann@example.org")),
        ("OK\t{}\tuser=\001tx", (Answer.RIGHT, "Ann@example.org")),
        ("OK\t{}\tuser=a\0011b", (Answer.RIGHT, "Ann@example.org")),
        ("OK\t{}\tuser=a\001bc", (Answer.RIGHT, "abc")),
        ("FAIL\t{}\tuser=ann\ttemp", UNKNOWN),
        ("FAIL\t{}\tcode=temp_fail", UNKNOWN),
        ("FAIL\t{}\tuser=temp\tauthz", (Answer.WRONG, "")),
        ("FAIL\t{}\tuser_disabled", (Answer.WRONG, "")),
        ("CONT\t{}\tc29ycnk=", UNKNOWN),
        ("NEWS\t{}\nOK\t99\nOK\t{}\tuser=bob", (Answer.RIGHT, "bob")),
        ("OK\tx", UNKNOWN),
        ("OK", UNKNOWN),
    ],
)
def test_what_the_service_may_say(line: str, expected: tuple[Answer, str]) -> None:
    """Its own failure is no wrong password; a name that nobody can have is not taken; unknown lines are skipped."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == expected

    play(scene, lambda number, *_: line.replace("{}", str(number)).encode() + b"\n")


@pytest.mark.parametrize(
    ("hello", "reason"),
    [
        (HELLO.replace(b"VERSION\t1", b"VERSION\t2"), "not version 1 of the protocol"),
        (HELLO.replace(b"PLAIN", b"EXTERNAL"), "the service does not offer PLAIN"),
        (b"DONE\n", "not version 1 of the protocol"),
        (b"220 mail.example.org ESMTP\r\n" + b"x" * 20_000, "a line that is too long"),
        (b"\xff\0VERSION\nVERSION\tone\n", "VERSION without a number"),
    ],
)
def test_no_such_service(hello: bytes, reason: str) -> None:
    """What does not introduce itself as the protocol has it is asked nothing."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == UNKNOWN
            assert client.reason == reason

    assert play(scene, hello=hello).questions == []


def test_nobody_there() -> None:
    """Nobody could say; for a second nothing is tried, which needs no loop; then it is."""
    time = Time()

    async def scene(service: Service, client: Dovecot) -> None:
        assert await client.check(ANN, HERE) == UNKNOWN
        assert client.reason == "No such file or directory"
        async with service:
            assert await client.check(ANN, HERE) == UNKNOWN
            time.now += PAUSE
            assert await client.check(ANN, HERE) == RIGHT

    assert play(scene, time=time).connections == 1


def test_a_service_that_starts_anew() -> None:
    """A connection that was lost is made again, also for the question that found it dead."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == RIGHT
            service.hang_up()
            await turns()
            assert await client.check(ANN, HERE) == RIGHT
            asking = asyncio.ensure_future(client.check(ANN, HERE))
            service.hang_up()
            assert await asking == RIGHT

    assert play(scene).connections == 3


def test_a_service_that_dies_of_a_question() -> None:
    """It is asked once more over a new connection, not for ever."""

    async def scene(service: Service, client: Dovecot) -> None:
        def dies(number: int, login: str, password: str) -> bytes:
            service.hang_up()
            return b""

        service.answering = dies
        async with service:
            assert await client.check(ANN, HERE) == UNKNOWN
            assert client.reason == "connection lost"

    assert play(scene).connections == 1


def test_no_answer_in_time() -> None:
    """The question is withdrawn; a connection without a sign of life is given up, too."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == UNKNOWN
            assert client.reason == "no answer in time"
            service.answering = by_password
            assert await client.check(ANN, HERE) == RIGHT

    assert play(scene, silent, timeout=0.3).connections == 2


def test_no_introduction_in_time() -> None:
    """A service that accepts and says nothing."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            answers = await asyncio.gather(*[client.check(ANN, HERE) for _ in range(5)])
            assert answers == [UNKNOWN] * 5
            assert client.reason == "no answer in time"

    assert play(scene, hello=b"VERSION\t1\t2\n", timeout=0.05).connections == 1


def test_too_many_questions() -> None:
    """What is over the limit is answered at once."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            asking = [asyncio.ensure_future(client.check(ANN, HERE)) for _ in range(3)]
            await turns()
            assert at_once(client.check(ANN, HERE)) == UNKNOWN
            assert client.reason == "too many questions under way"
            await client.close()
            assert await asyncio.gather(*asking) == [UNKNOWN] * 3
            assert await client.check(ANN, HERE) == UNKNOWN

    play(scene, silent, most=3)


def test_a_client_that_leaves() -> None:
    """Its question is withdrawn; the connection serves the others."""

    async def scene(service: Service, client: Dovecot) -> None:
        async with service:
            assert await client.check(ANN, HERE) == RIGHT
            service.answering = silent
            service.asked.clear()
            asking = asyncio.ensure_future(client.check(ANN, HERE))
            await service.asked.wait()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            service.answering = by_password
            assert await client.check(ANN, HERE) == RIGHT

    service = play(scene)
    assert (service.connections, service.cancelled) == (1, ["2"])
