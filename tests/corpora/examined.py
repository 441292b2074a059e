"""What the corpus tests ask of an examination, mails around files, and the list of known gaps.

A file meets its expectation or is listed in known_gaps.toml, and a listed one that meets it fails the test: the list
can only be true. Not here: the examinations themselves (conftest.py).
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bartizan.model.limits import Limits
from bartizan.model.message import Examination, Node
from bartizan.model.verdict import Action

TIGHT = Limits(members=10, member_bytes=32 * 1024, total_bytes=48 * 1024, archive_depth=2)
"""Limits that many archives reach."""
GAPS = tomllib.loads(Path(__file__).with_name("known_gaps.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Examined:
    """One examination and what the shipped policy makes of it."""

    examination: Examination
    action: Action

    @property
    def accepted(self) -> bool:
        """Would it be delivered as it is?"""
        return self.action is Action.ACCEPT

    @property
    def gaps(self) -> set[str]:
        """Why something was not examined."""
        return {finding.name for finding in self.examination.findings if finding.kind == "gap"}

    @property
    def found(self) -> set[str]:
        """The names of all findings that are no gaps."""
        return {finding.name for finding in self.examination.findings if finding.kind != "gap"}

    @property
    def digests(self) -> set[str]:
        """The SHA-256 of everything that was looked at."""
        return {node.sha256 for node in self.examination.nodes}

    @property
    def names(self) -> set[str]:
        """Every name of everything that was looked at."""
        return {name for node in self.examination.nodes for name in node.names}

    @property
    def members(self) -> list[Node]:
        """What came out of containers."""
        return [node for node in self.examination.nodes if "!/" in node.path]


Scan = Callable[[Mapping[str, bytes]], dict[str, Examined]]


def files(folder: Path, *patterns: str) -> Iterator[Path]:
    """The files below a folder whose names match one of the patterns, sorted; all of them without a pattern."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (not patterns or any(path.match(pattern) for pattern in patterns)):
            yield path


def read(folder: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    """The bytes of files, by their path from the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def attached(name: str, content: bytes) -> bytes:
    """A mail that carries a file: its name as RFC 2231 has it."""
    head = (
        "From: a@example.com\r\nTo: b@example.com\r\nSubject: file\r\nMIME-Version: 1.0\r\n"
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n filename*=utf-8''{quote(Path(name).name, safe='')}\r\n\r\n"
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def attachments(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each file in a mail of its own."""
    return {name: attached(name, content) for name, content in contents.items()}


def listed(table: str, corpus: str) -> dict[str, str]:
    """File name to reason of one table of known_gaps.toml."""
    found: dict[str, str] = GAPS.get(table, {}).get(corpus, {})
    return found


def assert_known(corpus: str, failing: Mapping[str, Examined]) -> None:
    """Exactly the listed files do not meet their expectation: `unread` ones are held, `unseen` ones would pass."""
    for table, accepted in (("unread", False), ("unseen", True)):
        now = {name for name, examined in failing.items() if examined.accepted is accepted}
        known = set(listed(table, corpus))
        assert sorted(now - known) == [], f"not met, and not listed in [{table}.{corpus}] of known_gaps.toml"
        assert sorted(known - now) == [], f"no longer so: take it out of [{table}.{corpus}] of known_gaps.toml"
