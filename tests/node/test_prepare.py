"""A configuration may be followed only when all it names is there and fits together."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.model.errors import ConfigError, Problem
from bartizan.node.builder import Builder
from bartizan.node.generation import Certificate, Generation, publish
from bartizan.node.prepare import Prepared, prepare
from bartizan.node.reload import as_far_as_possible


def certificate(folder: Path, name: str = "here") -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    chain, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "9",
    ]
    subprocess.run(
        [*command, "-days", "9", "-subj", f"/CN={name}", "-keyout", key, "-out", chain], check=True, capture_output=True
    )
    return chain, key


def source(
    folder: Path, cache: Path, *, more: str = "", address: str = "127.0.0.1:0", hop: str = "127.0.0.1"
) -> Source:
    """A configuration with a next hop."""
    text = f"""
[server]
cache = "{cache}"
state = "state"
[[listener]]
address = "{address}"
recipient_domains = ["*"]
{more}
[next_hop]
host = "{hop}"
"""
    file = folder / "bartizan.toml"
    file.write_text(text)
    return Source(str(file), Flags())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled rules, kept for this module."""
    return tmp_path_factory.mktemp("cache")


def test_the_certificate_is_copied(tmp_path: Path, cache: Path) -> None:
    """What was checked is what is used, whatever happens to the files later."""
    chain, key = certificate(tmp_path)
    found = prepare(source(tmp_path, cache, more=f'tls = {{ certificate = "{chain}", key = "{key}" }}'))
    assert found.certificates == ((Certificate(chain.read_bytes() + key.read_bytes(), ()),),)


def test_a_key_that_does_not_fit_is_refused(tmp_path: Path, cache: Path) -> None:
    """Named by its file, before anybody is told to use it."""
    chain, _ = certificate(tmp_path)
    _, key = certificate(tmp_path, "other")
    with pytest.raises(ConfigError, match=r"here\.crt.*fits the key"):
        prepare(source(tmp_path, cache, more=f'tls = {{ certificate = "{chain}", key = "{key}" }}'))


def test_an_encrypted_key_is_refused(tmp_path: Path, cache: Path) -> None:
    """Nobody is there to type its password."""
    chain, key = certificate(tmp_path)
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "ec", "-in", key, "-aes128", "-passout", "pass:secret", "-out", locked],
        check=True,
        capture_output=True,
    )
    with pytest.raises(ConfigError, match="without a password"):
        prepare(source(tmp_path, cache, more=f'tls = {{ certificate = "{chain}", key = "{locked}" }}'))


def built(source: Source) -> Prepared | tuple[Problem, ...]:
    """What the builder's process answers."""
    builder = Builder(source)
    builder._process.wait(60)
    result = builder.result()
    assert result is not None
    return result


def test_the_builder_answers_what_prepare_does(tmp_path: Path, cache: Path) -> None:
    """In a process of its own."""
    wanted = source(tmp_path, cache)
    assert built(wanted) == prepare(wanted)


def test_the_builder_answers_every_problem(tmp_path: Path, cache: Path) -> None:
    """Nothing is raised in the supervisor."""
    result = built(source(tmp_path, cache, more='trusted = ["nonsense", "rubbish"]'))
    assert isinstance(result, tuple)
    assert len(result) == 2


def test_a_builder_that_dies_is_a_problem(tmp_path: Path, cache: Path) -> None:
    """Killed for want of memory, say."""
    builder = Builder(source(tmp_path, cache))
    builder._process.kill()
    builder._process.wait(60)
    result = builder.result()
    assert isinstance(result, tuple)
    assert "exit code -9" in str(result[0])


def test_a_published_generation_is_read_as_it_was(tmp_path: Path, cache: Path) -> None:
    """By whoever is told its folder."""
    prepared = prepare(source(tmp_path, cache))
    generation = publish(
        3,
        prepared.settings,
        prepared.bundle.hash,
        prepared.certificates,
        prepared.lists,
        prepared.passwords,
        str(tmp_path / "3"),
        None,
    )
    assert Generation.read(str(tmp_path / "3")) == generation


def test_what_only_a_restart_can_change_stays(tmp_path: Path, cache: Path) -> None:
    """The rest is taken, and what waits is named."""
    old = prepare(source(tmp_path, cache))
    new = prepare(source(tmp_path, cache, address="127.0.0.1:1", hop="127.0.0.2"))
    taken, waiting = as_far_as_possible(new, old)
    assert waiting == ("listener",)
    assert taken.settings.listeners == old.settings.listeners
    assert taken.settings.next_hop == new.settings.next_hop
