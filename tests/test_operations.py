"""What docs/operations.md and packaging/ name exists, and they say the same things."""

from __future__ import annotations

import io
import json
import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bartizan.config import manual
from bartizan.config.load import load
from bartizan.config.schema import Server, Settings, Timeouts
from bartizan.model import reply
from bartizan.model.check import Check, CheckAction
from bartizan.model.envelope import Envelope, Peer
from bartizan.model.errors import ConfigError
from bartizan.model.refusal import Refusal
from bartizan.model.reply import ACCEPTED, RELAY_DENIED, Reply
from bartizan.observe.events import EventLog, Fate
from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.smtpd.settings import SessionReport

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PACKAGING = ROOT / "packaging"
SECTIONS = list(manual.sections())


class Unit(RawConfigParser):
    """A unit of systemd: keys keep their case, and may come several times (the last one counts here)."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",), interpolation=None)
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read_string(path.read_text())


SERVICE = Unit(PACKAGING / "systemd" / "bartizan.service")["Service"]


def test_keys() -> None:
    """Every key and section that the page names is one of the configuration."""
    known = {f"{section.name}.{key.name}" for section in SECTIONS for key in section.keys}
    names = {section.name for section in SECTIONS}
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", PAGE)) - {"bartizan.socket", "bartizan.service"}
    assert len(named) > 10
    assert named - known == set()
    assert set(re.findall(r"`\[+([a-z_.]+)\]+`", PAGE)) - names == set()


def test_metrics() -> None:
    """Every metric that the page names is told."""
    known = {f"bartizan_{family.name}" for layout in (SMTPD, SUPERVISOR) for family in layout.families}
    named = {name.removesuffix("_total") for name in re.findall(r"\bbartizan_[a-z_]+", PAGE)}
    assert len(named) > 8
    assert named - known == set()


def test_events() -> None:
    """The page has every field of every event, and every kind of change in the process tree."""
    stream = io.BytesIO()
    log = EventLog(stream)
    peer = Peer("192.0.2.1", 25)
    log.message(Envelope("1", peer, "", "", ()), Fate(ACCEPTED))
    log.refusal(Refusal("", "", peer, "", "", "", "", "", Check.RELAY, CheckAction.REJECT, "", RELAY_DENIED))
    log.session("", "", "", 0.0, 0, 0, "quit")
    log.process("ready", "supervisor")
    log.problem("here", ValueError())
    logs = PAGE.partition("\n## Logs\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z_ ]+)`", logs))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {line["event"] for line in lines} - told == set()
    assert {field for line in lines for field in line} - told == set()
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src" / "bartizan").rglob("*.py")]
    kinds = {kind for text in sources for kind in re.findall(r"""events\.process(?:\(|, )"([a-z ]+)\"""", text)}
    assert {"ready", "restraint", "reload refused", "stop"} <= kinds
    assert kinds - told == set()


def test_session_ends() -> None:
    """The page has every way in which a session can end."""
    named = set(re.findall(r'"([a-z]+)"', (SessionReport.__doc__ or "").partition("one of")[2]))
    assert len(named) == 7
    assert [one for one in named if f"`{one}`" not in PAGE] == []


def test_replies() -> None:
    """Every temporary reply that the page explains is one of the table, and every 451 of the table is explained."""
    table = {one for one in vars(reply).values() if isinstance(one, Reply)}
    ours = {(one.code, one.enhanced) for one in table}
    rows = re.findall(r"^\| (45\d) ([0-9., ]+)", PAGE, re.MULTILINE)
    told = {(int(code), enhanced) for code, several in rows for enhanced in re.findall(r"\d\.\d\.\d", several)}
    assert told - ours == set()
    assert {one for one in ours if one[0] == 451} - told == set()


def test_drain_fits() -> None:
    """Unit and page allow more time to stop than a drain takes."""
    assert int(SERVICE["TimeoutStopSec"].removesuffix("s")) > Timeouts().drain + 10
    assert int(re.findall(r"--stop-timeout (\d+)", PAGE)[0]) > Timeouts().drain + 10
    assert f"`timeouts.drain` ({Timeouts().drain:.0f} s)" in PAGE


def test_unit_keeps_the_promises() -> None:
    """systemd is told when it serves, watches it, signals the supervisor alone, and survives a scanner's end."""
    keys = ("Type", "KillMode", "Restart", "OOMPolicy", "NoNewPrivileges", "ProtectSystem")
    assert [SERVICE[key] for key in keys] == ["notify", "mixed", "always", "continue", "yes", "strict"]
    assert "kill -HUP ${MAINPID}" in SERVICE["ExecReload"]
    assert int(SERVICE["WatchdogSec"].removesuffix("s")) > 0
    in_a_container = set(re.findall(r"--cap-add ([A-Z_]+)", PAGE))
    wanted = in_a_container - {"DAC_OVERRIDE"} | {"NET_BIND_SERVICE"}  # there the volume is not root's
    assert set(SERVICE["CapabilityBoundingSet"].split()) == {f"CAP_{name}" for name in wanted}


def test_users() -> None:
    """The users that packaging makes are those that the schema names by default; the Dockerfile makes the same."""
    server = Server()
    names = {server.user, server.scanner_user, server.admin_user}
    lines = (PACKAGING / "sysusers.d" / "bartizan.conf").read_text().splitlines()
    assert {line.split()[1] for line in lines if line.startswith("u")} == names
    assert set(re.findall(r"/nologin (\S+)", (ROOT / "Dockerfile").read_text())) == names


def test_folders() -> None:
    """The folders that the shipped configurations name are those that unit and image make writable."""
    for name, writable in (
        ("bartizan.toml", {"/var/lib/bartizan", "/var/cache/bartizan"}),
        ("container.toml", {"/var/lib/bartizan"}),
    ):
        named = re.findall(r'^(?:state|cache) = "([^"]+)"', (PACKAGING / name).read_text(), re.MULTILINE)
        assert len(named) == 2
        assert [path for path in named if not any(path.startswith(f"{top}/") or path == top for top in writable)] == []
    assert (SERVICE["StateDirectory"], SERVICE["CacheDirectory"]) == ("bartizan", "bartizan")


@pytest.mark.parametrize("name", ["bartizan.toml", "container.toml"])
def test_shipped_configurations(name: str, tmp_path: Path) -> None:
    """They lack what only the operator knows, and nothing else."""
    text = (PACKAGING / name).read_text()
    with pytest.raises(ConfigError) as caught:
        load(PACKAGING / name)
    keys = [problem.key.partition(" ")[0] for problem in caught.value.problems]
    assert keys == ["listener[1].recipient_domains", "next_hop.host"]
    complete = tmp_path / name
    complete.write_text(re.sub(r"^# (hostname|recipient_domains|host) =", r"\1 =", text, flags=re.MULTILINE))
    settings = load(complete)
    assert isinstance(settings, Settings)
    assert settings.next_hop is not None
    assert settings.admin.address == "127.0.0.1:8025"


def test_health_check_asks_the_shipped_address() -> None:
    """The Dockerfile's health check goes where the shipped configuration serves."""
    assert "'127.0.0.1', 8025" in (ROOT / "Dockerfile").read_text()


def test_socket_is_a_listener() -> None:
    """The address of the socket unit is that of the shipped configuration's listener."""
    listen = re.findall(r"^ListenStream=(\S+)", (PACKAGING / "systemd" / "bartizan.socket").read_text(), re.MULTILINE)
    address = re.findall(r'^address = "(\S+:25)"', (PACKAGING / "bartizan.toml").read_text(), re.MULTILINE)
    assert listen == address
