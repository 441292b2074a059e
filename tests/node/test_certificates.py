"""Several certificates and balancers of a listener, from the file to what its sessions are told."""

from __future__ import annotations

import ipaddress
import ssl
from pathlib import Path
from smtpd.test_tls_names import made, shake

import pytest

from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.model.errors import ConfigError
from bartizan.node.generation import Generation, publish
from bartizan.node.prepare import _certificates
from bartizan.node.sessions import session_settings

LISTENER = """
[[listener]]
address = "127.0.0.1:0"
recipient_domains = ["*"]
proxy = ["192.0.2.10", "10.0.0.0/24"]
[listener.tls]
mode = "{mode}"
certificate = "first.crt"
key = "first.key"
[[listener.tls.more]]
certificate = "{more}.crt"
key = "{more}.key"
"""


def source(folder: Path, more: str = "second", mode: str = "implicit", proxy: str = "192.0.2.10") -> Source:
    """A configuration file beside its certificates."""
    file = folder / "bartizan.toml"
    file.write_text(LISTENER.format(mode=mode, more=more).replace("192.0.2.10", proxy), encoding="utf-8")
    return Source(str(file), Flags())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With some certificates in it."""
    for name, alternatives in (("first", "DNS:mx.example"), ("second", "DNS:*.second.example"), ("nobody", "")):
        made(tmp_path, name, alternatives)
    return tmp_path


def test_from_file_to_session(folder: Path) -> None:
    """Paths count from the file's folder; each certificate is copied with its names, and presented for them."""
    settings = source(folder).load()
    certificates = tuple(_certificates(listener) for listener in settings.listeners)
    assert [one.names for one in certificates[0]] == [("mx.example",), ("*.second.example",)]
    assert [one.pem for one in certificates[0]] == [(folder / f"{n}.pem").read_bytes() for n in ("first", "second")]

    generation = published(folder, source(folder))
    told = session_settings(generation, 0)
    assert told.tls_at_once
    assert told.balancers == (ipaddress.ip_network("192.0.2.10"), ipaddress.ip_network("10.0.0.0/24"))
    assert told.tls is not None
    wanted = (folder / "second.crt").read_text(encoding="ascii")
    assert shake(told.tls, "a.second.example")[0] == ssl.PEM_cert_to_DER_cert(wanted)


def published(folder: Path, source: Source) -> Generation:
    """As a generation that is written and read."""
    settings = source.load()
    certificates = tuple(_certificates(listener) for listener in settings.listeners)
    publish(1, settings, "", certificates, ({},) * len(certificates), "", str(folder / "1"), None)
    return Generation.read(str(folder / "1"))


def test_starttls_is_not_at_once(folder: Path) -> None:
    """The mode that is the default."""
    assert not session_settings(published(folder, source(folder, mode="starttls")), 0).tls_at_once


def test_one_that_nobody_can_ask_for(folder: Path) -> None:
    """Told by its file."""
    (listener,) = source(folder, "nobody").load().listeners
    with pytest.raises(ConfigError, match=r"nobody\.crt.*DNS name"):
        _certificates(listener)


MISTAKES = {
    "file": ({"more": "missing"}, r"listener\[1\]\.tls\.more\[1\]\.certificate \(line 11\).*readable"),
    "mode": ({"mode": "smtps"}, r"listener\[1\]\.tls\.mode .*'starttls' or 'implicit'"),
    "proxy": ({"proxy": "balancer.example"}, r"listener\[1\]\.proxy\[1\].*network"),
}


@pytest.mark.parametrize(("words", "told"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(folder: Path, words: dict[str, str], told: str) -> None:
    """Each is told with its key and line."""
    with pytest.raises(ConfigError, match=told):
        source(folder, **words).load()
