"""Every message leaves one event, whatever became of it, and every session one."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bench.gateway import Gateway
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

HEAD = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\n"


def event(gateway: Gateway, kind: str, **wanted: object) -> dict[str, Any]:
    """The one event of its kind with these values; it may be written a moment after the reply."""
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        found = [e for e in gateway.seen() if e["event"] == kind and all(e[key] == v for key, v in wanted.items())]
        if found:
            assert len(found) == 1
            return found[0]
    raise AssertionError(f"no {kind} event with {wanted}")


@pytest.mark.parametrize(
    ("name", "body", "reply", "action", "coverage"),
    [
        ("clean", b"nothing\r\n", "250 2.0.0 Ok", "accept", "complete"),
        ("phrase", b"wire the money today\r\n", "250 2.0.0 Ok", "quarantine", "complete"),
        ("bare", b"a\nb\r\n", "550 5.6.0 Bare carriage return or line feed in message", "", "none"),
    ],
)
def test_one_event_for_each_message(
    shared: tuple[Gateway, Recorder], name: str, body: bytes, reply: str, action: str, coverage: str
) -> None:
    """Accepted, held or refused for its form: size, action, reply and coverage are told."""
    gateway, _ = shared
    sender = f"event-{name}@sender.example"
    answer = mail(gateway.port, HEAD + body, sender)
    found = event(gateway, "message", sender=sender)

    assert (answer.code, reply) == (int(reply[:3]), found["reply"])
    assert (action, coverage) == (found["action"], found["coverage"])
    assert len(HEAD + body) == found["size"]
    assert found["recipients"] == ["b@here.example"]
    assert found["bundle"]


def test_one_event_for_each_session(shared: tuple[Gateway, Recorder]) -> None:
    """How it ended, how many messages it brought, how often it was refused."""
    gateway, _ = shared
    with Client(gateway.port) as client:
        client.say(b"EHLO session-event.example")
        client.mail(HEAD + b"x\r\n")
        client.say(b"NONSENSE")
        client.say(b"QUIT")
    found = event(gateway, "session", helo="session-event.example")

    assert (found["ended"], found["messages"], found["errors"]) == ("quit", 1, 1)
