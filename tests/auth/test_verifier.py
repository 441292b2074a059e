"""Comparing beside the loop: shared, bounded, remembered; what compares is a fake that the test lets go."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bartizan.auth import verifier as module
from bartizan.auth.verifier import Answer, Verifier
from bartizan.model.clock import Clock
from bartizan.node.loop import run
from lookups import Time, at_once


class Compare:
    """Says which hash and password belong together: those that are the same; waits until it may go on."""

    def __init__(self, waits: bool = False) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.go_on = threading.Event()
        if not waits:
            self.go_on.set()

    def __call__(self, text: str, password: bytes) -> bool:
        self.asked.append((text, password))
        assert self.go_on.wait(10)
        if password == b"broken":
            raise MemoryError
        return text.encode() == password


def play(
    compare: Compare,
    scene: Callable[[Verifier], Coroutine[Any, Any, None]],
    clock: Clock | None = None,
    **settings: Any,
) -> Verifier:
    """Play a scene on the loop that serves; the verifier, closed."""
    verifier = Verifier(compare=compare, clock=clock or Time().clock, **settings)

    async def all_of_it() -> None:
        try:
            await scene(verifier)
        finally:
            compare.go_on.set()
            verifier.close()

    run(all_of_it())
    return verifier


def test_right_is_remembered_wrong_is_not() -> None:
    """The second time a right password needs no thread, no loop and no time; a wrong one is compared again."""
    compare, time = Compare(), Time()

    async def scene(verifier: Verifier) -> None:
        for _ in range(2):
            assert await verifier.verify("a", b"a") is Answer.RIGHT
            assert await verifier.verify("a", b"b") is Answer.WRONG

    verifier = play(compare, scene, time.clock, remember=300.0)
    assert compare.asked == [("a", b"a"), ("a", b"b"), ("a", b"b")]
    time.now += 299
    assert at_once(verifier.verify("a", b"a")) is Answer.RIGHT


def test_remembered_for_a_while() -> None:
    """When the time is over it is compared again."""
    compare, time = Compare(), Time()

    async def scene(verifier: Verifier) -> None:
        await verifier.verify("a", b"a")
        time.now += 300
        await verifier.verify("a", b"a")

    play(compare, scene, time.clock, remember=300.0)
    assert len(compare.asked) == 2


def test_nothing_is_remembered() -> None:
    """If the operator says so."""
    compare = Compare()

    async def scene(verifier: Verifier) -> None:
        await verifier.verify("a", b"a")
        await verifier.verify("a", b"a")

    play(compare, scene, remember=0.0)
    assert len(compare.asked) == 2


def test_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory has a limit: the oldest goes first."""
    monkeypatch.setattr(module, "REMEMBERED", 2)
    compare = Compare()

    async def scene(verifier: Verifier) -> None:
        for name in ("a", "b", "c", "c", "b", "a"):
            await verifier.verify(name, name.encode())

    play(compare, scene)
    assert [text for text, _ in compare.asked] == ["a", "b", "c", "a"]


def test_another_hash_or_login_is_another_question() -> None:
    """A password that was right for the old hash is not for the new one, nor for another login's."""
    compare = Compare()

    async def scene(verifier: Verifier) -> None:
        assert await verifier.verify("a", b"a", "ann") is Answer.RIGHT
        assert await verifier.verify("b", b"a", "ann") is Answer.WRONG
        assert await verifier.verify("a", b"a", "bob") is Answer.RIGHT

    play(compare, scene)
    assert len(compare.asked) == 3


def test_the_same_question_is_compared_once() -> None:
    """A client with many connections logs in on all of them at the cost of one."""
    compare = Compare(waits=True)

    async def scene(verifier: Verifier) -> None:
        asking = [asyncio.ensure_future(verifier.verify("a", b"a")) for _ in range(20)]
        await asyncio.sleep(0)
        asking[0].cancel()
        await asyncio.sleep(0)
        assert verifier.waiting == 1
        compare.go_on.set()
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert answers[1:] == [Answer.RIGHT] * 19

    play(compare, scene)
    assert len(compare.asked) == 1


def test_a_full_queue() -> None:
    """What is over it is not answered now; when there is room again, it is."""
    compare = Compare(waits=True)

    async def scene(verifier: Verifier) -> None:
        asking = [asyncio.ensure_future(verifier.verify(str(one), b"x")) for one in range(5)]
        await asyncio.sleep(0)
        assert at_once(verifier.verify("more", b"x")) is Answer.UNKNOWN
        compare.go_on.set()
        assert await asyncio.gather(*asking) == [Answer.WRONG] * 5
        assert await verifier.verify("more", b"more") is Answer.RIGHT

    play(compare, scene, threads=2, queue=3)


def test_what_fails_is_not_wrong() -> None:
    """No memory to hash in is our trouble, not the client's."""
    compare = Compare()

    async def scene(verifier: Verifier) -> None:
        assert await verifier.verify("a", b"broken") is Answer.UNKNOWN
        assert verifier.waiting == 0

    play(compare, scene)


def test_closed() -> None:
    """Whoever waits for a thread is told so, and whoever comes later."""
    compare = Compare(waits=True)

    async def scene(verifier: Verifier) -> None:
        asking = [asyncio.ensure_future(verifier.verify(str(one), b"1")) for one in range(3)]
        await asyncio.sleep(0)
        verifier.close()
        compare.go_on.set()
        answers = await asyncio.gather(*asking)
        assert answers[1:] == [Answer.UNKNOWN] * 2
        assert await verifier.verify("4", b"4") is Answer.UNKNOWN

    play(compare, scene, threads=1)
