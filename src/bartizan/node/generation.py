"""One configuration in force, numbered, with the private folder that the processes which follow it read.

In the folder lie the settings, the sockets of the generation's scanners, and copies of the listeners' certificates. A
process follows one generation at a time, so that a decision never mixes two.
Not here: what may be followed (prepare.py), when one follows another (reload.py).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bartizan.config.schema import Settings
from bartizan.node.lists import CompiledList
from bartizan.observe import codec
from bartizan.sandbox.users import Account
from bartizan.smtpd.tls import Chain

FILE = "generation"
PASSWORDS = "passwords"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Chain and key (PEM) as they are presented, and the names that clients may ask for."""

    pem: bytes
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Generation:
    """A configuration in force; `bundle` is its bundle's content hash, `directory` where its scanners are found,
    `names` those of each certificate of each listener, `lists` the names of the allow and deny lists of each."""

    number: int
    settings: Settings
    bundle: str
    directory: str
    names: tuple[tuple[tuple[str, ...], ...], ...]
    lists: tuple[tuple[str, ...], ...]

    @staticmethod
    def read(directory: str) -> Generation:
        """The generation that was published in `directory`. OSError, ValueError when there is none."""
        return codec.unpack(Path(directory, FILE).read_bytes(), Generation)

    def chains(self, index: int) -> tuple[Chain, ...]:
        """The certificates of the listener number `index`, the default first; none for one without TLS."""
        return tuple(
            Chain(os.path.join(self.directory, _certificate(index, which)), names)
            for which, names in enumerate(self.names[index])
        )

    def passwords(self) -> str:
        """The text of the password file; "" without one. OSError."""
        return Path(self.directory, PASSWORDS).read_text(encoding="utf-8")

    def tables(self, index: int) -> dict[str, str]:
        """The compiled files of the lists of the listener number `index`, by name."""
        return {name: os.path.join(self.directory, _list(index, name)) for name in self.lists[index]}


def publish(
    number: int,
    settings: Settings,
    bundle: str,
    certificates: Sequence[Sequence[Certificate]],
    lists: Sequence[Mapping[str, CompiledList]],
    passwords: str,
    directory: str,
    account: Account | None,
) -> Generation:
    """The generation `number`, in the new folder `directory`, which then `account` may read. OSError."""
    os.mkdir(directory, 0o700)
    names = tuple(tuple(certificate.names for certificate in those) for those in certificates)
    generation = Generation(number, settings, bundle, directory, names, tuple(tuple(those) for those in lists))
    files = {
        _certificate(index, which): certificate.pem
        for index, those in enumerate(certificates)
        for which, certificate in enumerate(those)
    }
    tables = {_list(index, name): one.data for index, those in enumerate(lists) for name, one in those.items()}
    for name, content in {FILE: codec.pack(generation), PASSWORDS: passwords.encode(), **files, **tables}.items():
        _write(os.path.join(directory, name), content, account)
    if account is not None:
        os.chown(directory, -1, account.gid)
        os.chmod(directory, 0o750)
    return generation


def _certificate(index: int, which: int) -> str:
    return f"listener-{index}-{which}.pem"


def _list(index: int, name: str) -> str:
    return f"listener-{index}-{name}.list"


def _write(path: str, content: bytes, account: Account | None) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400), "wb") as file:
        file.write(content)
        if account is not None:
            os.fchown(file.fileno(), -1, account.gid)
            os.fchmod(file.fileno(), 0o440)
