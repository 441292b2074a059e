"""What a listener and its classes say of sizes, sessions and rates, from the file to what their sessions are told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.model.errors import ConfigError
from bartizan.model.rates import RateSettings
from bartizan.node.generation import Generation, publish
from bartizan.node.sessions import session_settings
from bartizan.smtpd.settings import SessionSettings

FILE = """
[limits]
message_bytes = 5000
[caps]
sessions_per_peer = 8
[rates]
messages = 100
errors = 7
[[listener]]
address = "127.0.0.1:0"
recipient_domains = ["*"]
{listener}
[[listener.class]]
peers = ["192.0.2.0/24"]
{one}
[[listener.class]]
peers = ["198.51.100.0/24"]
"""


def source(folder: Path, listener: str = "", one: str = "") -> Source:
    """A configuration file."""
    file = folder / "bartizan.toml"
    file.write_text(FILE.format(listener=listener, one=one), encoding="utf-8")
    return Source(str(file), Flags(workers=2))


def told(folder: Path, listener: str = "", one: str = "") -> tuple[SessionSettings, SessionSettings, SessionSettings]:
    """Everybody's settings, those of the class that says something, and of the one that says nothing."""
    place = tempfile.mkdtemp(dir=folder) + "/1"
    publish(1, source(folder, listener, one).load(), "", ((),), ({},), "", place, None)
    settings = session_settings(Generation.read(place), 0)
    first, second = settings.classes
    return settings, first.settings, second.settings


def sizes(*settings: SessionSettings) -> list[tuple[int, int, int, int]]:
    """Of each: what it says of messages and sessions, and the limit and cap that hold for the whole node."""
    return [
        (one.largest_message, one.peer_sessions, one.limits.message_bytes, one.caps.sessions_per_peer)
        for one in settings
    ]


def test_nothing_said(tmp_path: Path) -> None:
    """Limits, caps and rates of the node hold for all."""
    all_of_them = told(tmp_path)
    assert sizes(*all_of_them) == [(0, 0, 5000, 4)] * 3
    assert [one.rates for one in all_of_them] == [RateSettings(messages=100, errors=7)] * 3


def test_a_listener(tmp_path: Path) -> None:
    """What it says holds for its classes too; sessions are shared out to the processes, never down to none."""
    assert sizes(*told(tmp_path, "message_bytes = 1000\nsessions_per_peer = 6")) == [(1000, 3, 5000, 4)] * 3
    assert sizes(*told(tmp_path, "sessions_per_peer = 1")) == [(0, 1, 5000, 4)] * 3


def test_a_class(tmp_path: Path) -> None:
    """Its own values, 0 for those of the node; rates key by key, what is left out is as for everybody."""
    listener = "message_bytes = 1000\nsessions_per_peer = 6"
    everybody, one, other = told(tmp_path, listener, "message_bytes = 5000\nrates = { messages = 3 }")
    assert sizes(everybody, one, other) == [(1000, 3, 5000, 4), (5000, 3, 5000, 4), (1000, 3, 5000, 4)]
    assert one.rates == RateSettings(messages=3, errors=7)
    assert everybody.rates == other.rates == RateSettings(messages=100, errors=7)
    _, one, _ = told(tmp_path, listener, "message_bytes = 0\nsessions_per_peer = 0")
    assert sizes(one) == [(0, 0, 5000, 4)]


@pytest.mark.parametrize(
    ("listener", "one", "key"),
    [
        ("message_bytes = 5001", "", "listener[1].message_bytes (line 12)"),
        ("", "message_bytes = 5001", "listener[1].class[1].message_bytes (line 15)"),
        ("sessions_per_peer = -1", "", "listener[1].sessions_per_peer (line 12)"),
        ("", "rates = { messages = -1 }", "listener[1].class[1].rates (line 15)"),
        ("", "rates = { message = 1 }", "listener[1].class[1].rates.message (line 15)"),
    ],
)
def test_what_cannot_be(tmp_path: Path, listener: str, one: str, key: str) -> None:
    """More than the node takes, numbers below nothing, and keys that are none are told by their place."""
    with pytest.raises(ConfigError) as caught:
        source(tmp_path, listener, one).load()
    assert [problem.key for problem in caught.value.problems] == [key]
