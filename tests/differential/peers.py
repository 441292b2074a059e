"""Other parsers of mail, each asked what leaves and names it finds.

In: the bytes of a mail. Out: a View, or one with `error` for what a parser refuses, dies of, or needs too long for.
Parsers of other languages run as one process that reads mails from its standard input, or as one process a mail that
writes files. All come from .ci/peers; what is missing is an error.
Not here: which differences matter (compare).
"""

from __future__ import annotations

import base64
import contextlib
import email
import email.policy
import email.utils
import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from differential.view import View, marks

HOME = Path("build/peers")
PATIENCE = 5
"""Seconds for one mail."""


class Peer(Protocol):
    """A parser."""

    name: str

    def view(self, raw: bytes) -> View:
        """What it sees of a mail."""

    def close(self) -> None:
        """End its process, if it has one."""


def _seen(leaves: Iterable[bytes], names: Iterable[str], error: str = "") -> View:
    found: set[bytes] = set()
    for leaf in leaves:
        found |= marks(leaf, zipped=True)
    return View(frozenset(found), frozenset(names), error=error)


class Library:
    """A parser of this process."""

    def __init__(self, name: str, read: Callable[[bytes], tuple[list[bytes], list[str]]]) -> None:
        """`read` gives leaves and names, and may raise anything."""
        self.name = name
        self._read = read

    def view(self, raw: bytes) -> View:
        """What it sees of a mail."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _seen(*self._read(raw))
        except Exception as problem:
            return View(error=f"{type(problem).__name__}: {problem}")

    def close(self) -> None:
        """Nothing to end."""


def python(policy: email.policy.Policy[Any]) -> Callable[[bytes], tuple[list[bytes], list[str]]]:
    """Python's own parser under a policy."""

    def read(raw: bytes) -> tuple[list[bytes], list[str]]:
        leaves: list[bytes] = []
        names: list[str] = []
        mail: Message[Any, Any] = email.message_from_bytes(raw, policy=policy)
        for part in mail.walk():
            # The two ways to ask, and a part about which one of them raises may answer the other.
            with contextlib.suppress(Exception):
                names.append(str(part.get_filename("")))
            with contextlib.suppress(Exception):
                name = part.get_param("name", "")
                names.append(email.utils.collapse_rfc2231_value(name))
            with contextlib.suppress(Exception):
                payload = part.get_payload(decode=True)
                if isinstance(payload, bytes):
                    leaves.append(payload)
        return leaves, names

    return read


def fast_mail_parser() -> Callable[[bytes], tuple[list[bytes], list[str]]]:
    """A parser in Rust, with its own module for Python."""
    sys.path.append(str((HOME / "python").resolve()))
    fast = importlib.import_module("fast_mail_parser")

    def read(raw: bytes) -> tuple[list[bytes], list[str]]:
        leaves: list[bytes] = []
        parts = list(fast.walk(fast.parse_email_tree(raw, mode="lazy")))
        for part in parts:
            # One leaf that it refuses to decode does not hide the others.
            with contextlib.suppress(fast.ParseError):
                leaves.append(part.content or b"")
        return leaves, [part.filename for part in parts]

    return read


class Process:
    """A parser that answers from a process of its own, which is started again when it dies or hangs."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], *, unix: bool) -> None:
        """`unix`: it expects the line ends that mail has in files."""
        self.name = name
        self._command = command
        self._environment = os.environ | environment
        self._unix = unix
        self._process: subprocess.Popen[bytes] | None = None

    def view(self, raw: bytes) -> View:
        """What it sees of a mail."""
        text = raw.replace(b"\r\n", b"\n") if self._unix else raw
        process = self._process = self._process or subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=self._environment,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(len(text).to_bytes(4, "big") + text)
            answer = json.loads(self._read(process, int.from_bytes(self._read(process, 4), "big")))
        except (OSError, ValueError) as problem:
            self.close()
            return View(error=str(problem) or type(problem).__name__)
        return _seen(map(base64.b64decode, answer["leaves"]), answer["names"], answer["error"])

    def _read(self, process: subprocess.Popen[bytes], size: int) -> bytes:
        assert process.stdout is not None
        found = b""
        while len(found) < size:
            if not select.select([process.stdout], [], [], PATIENCE)[0]:
                raise OSError("too slow")
            more = process.stdout.read(size - len(found))
            if not more:
                raise OSError("ended")
            found += more
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            with self._process:
                pass
            self._process = None


class Files:
    """A parser that writes what it finds into a folder, one process a mail."""

    def __init__(self, name: str, command: Callable[[Path, Path], list[str]]) -> None:
        """`command` takes the mail's file and the folder."""
        self.name = name
        self._command = command
        self._folder = tempfile.TemporaryDirectory(
            prefix="differential-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None
        )

    def view(self, raw: bytes) -> View:
        """What it writes, and under which names."""
        home = Path(self._folder.name)
        mail = home / "mail"
        mail.write_bytes(raw.replace(b"\r\n", b"\n"))
        with tempfile.TemporaryDirectory(dir=home) as found:
            folder = Path(found)
            error = ""
            try:
                subprocess.run(
                    self._command(mail, folder),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=PATIENCE,
                    cwd=folder,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                error = "too slow"
            paths = [Path(top, name) for top, _, names in os.walk(folder) for name in names]
            # An empty file is one that only its name begins.
            files = [path for path in paths if path.is_file() and path.stat().st_size and path.name != "_headers_"]
            return _seen([path.read_bytes() for path in files], [_utf8(path.name) for path in files], error)

    def close(self) -> None:
        """Remove the folder."""
        self._folder.cleanup()


def _utf8(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


class Peers:
    """All parsers, as a context that ends their processes."""

    def __init__(self) -> None:
        tree = (HOME / "tree/usr").resolve()
        node = (HOME / "node").resolve()
        for path in (
            tree / "bin/ripmime",
            tree / "bin/munpack",
            tree / "share/perl5/MIME/Parser.pm",
            node / "node_modules/mailparser",
        ):
            if not path.exists():
                raise FileNotFoundError(f"{path} is missing: run .ci/peers")
        here = Path(__file__).parent
        self.all: tuple[Peer, ...] = (
            Library("python compat32", python(email.policy.compat32)),
            Library("python default", python(email.policy.default)),
            Library("fast_mail_parser", fast_mail_parser()),
            Process("mailparser", ["node", str(here / "peer.cjs"), str(node)], {}, unix=False),
            Process("MIME-tools", ["perl", str(here / "peer.pl")], {"PERL5LIB": str(tree / "share/perl5")}, unix=True),
            Files(
                "ripmime", lambda mail, folder: [str(tree / "bin/ripmime"), "-q", "-i", str(mail), "-d", str(folder)]
            ),
            Files(
                "munpack", lambda mail, folder: [str(tree / "bin/munpack"), "-q", "-t", "-C", str(folder), str(mail)]
            ),
        )

    def __enter__(self) -> Peers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for peer in self.all:
            peer.close()
