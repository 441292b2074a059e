"""Charsets inside the sandbox: a real scanner reads as much in there as it would outside."""

from __future__ import annotations

import asyncio
import base64
import io
import zipfile
from collections.abc import Iterator
from encodings import aliases
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest

from bartizan.message import charset
from bartizan.model.limits import KIB, Limits
from bartizan.model.message import Examination
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.walls import missing_walls
from bartizan.scanner import codecs
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import PROGRAM, ScannerProcesses

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")

LIMITS = Limits(soft_seconds=60.0, hard_seconds=90.0)
LABELS = sorted({*aliases.aliases, *aliases.aliases.values(), *codecs.names()})
NAME, PHRASE = "\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{CYRILLIC SMALL LETTER ZHE}.txt", "xyzzy unknown phrase"


@pytest.fixture(scope="module")
def scanners(bundle: str) -> Iterator[tuple[ScannerProcesses, ScannerProcesses]]:
    """A locked-down scanner, and one that is not."""
    both = tuple(
        ScannerProcesses(bundle, LIMITS, count=1, sandbox=mode, log=print, program=PROGRAM)
        for mode in (Mode.REQUIRED, Mode.OFF)
    )
    try:
        for processes in both:
            processes.start()
        yield both[0], both[1]
    finally:
        for processes in both:
            processes.stop(seconds=0.0)


def encoded(text: str, label: str) -> bytes | None:
    """`text` in a charset; None where that cannot be."""
    try:
        return text.encode(label)
    except (UnicodeError, LookupError):
        return None


def mail(label: str) -> bytes:
    """An attachment whose name is in a charset, and a zip that holds a mail with text in it."""
    choices = (NAME, "\u00fc.txt", "plain.txt")
    name = next((one for one in choices if encoded(one, label)), "")
    text = encoded(PHRASE + "\r\n", label) or PHRASE.encode()
    inner = b"Subject: inner\r\nContent-Type: text/plain; charset=%s\r\n" % label.encode()
    inner += b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(text).replace(b"\n", b"\r\n")
    return _mail(label, encoded(name, label) or b"", _zip({"inner.eml": inner}))


def _mail(label: str, name: bytes, attached: bytes) -> bytes:
    disposition = f"attachment; filename*={label}''{quote_from_bytes(name)}"
    return (
        b"Subject: outer\r\nMIME-Version: 1.0\r\nContent-Type: application/zip\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n"
    ) + base64.encodebytes(attached).replace(b"\n", b"\r\n")


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def examined(processes: ScannerProcesses, raws: list[bytes]) -> list[Examination]:
    """All of `raws`, one after another."""

    async def everything() -> list[Examination]:
        pool = ScannerPool(processes.directory, LIMITS)
        try:
            return [await pool.examine(f"m{number}", raw, stored=False) for number, raw in enumerate(raws)]
        finally:
            pool.close()

    return asyncio.run(everything())


def told(examination: Examination) -> object:
    """Everything but the time it took, and how exactly a child died of a bug in a library."""
    findings = [(finding.kind, finding.name, finding.part, finding.span) for finding in examination.findings]
    return findings, examination.nodes, examination.anomalies


def test_every_charset(scanners: tuple[ScannerProcesses, ScannerProcesses]) -> None:
    """One mail for each name that Python has for a charset: the same is read inside as outside, names and text."""
    mails = [mail(label) for label in LABELS]
    inside, outside = (examined(processes, mails) for processes in scanners)
    assert [label for label, a, b in zip(LABELS, inside, outside, strict=True) if told(a) != told(b)] == []
    silent = []
    for label, examination in zip(LABELS, inside, strict=True):
        assert [finding for finding in examination.findings if finding.kind == "gap"] == []
        if charset.known(label) and not any(finding.kind == "phrase" for finding in examination.findings):
            silent.append(label)
    assert silent == []
    assert sum(charset.known(label) for label in LABELS) > 250


def test_every_name(scanners: tuple[ScannerProcesses, ScannerProcesses]) -> None:
    """A file name that says in which charset it is, in each that can hold more than ASCII."""
    letters = {label: "\u00fc\u0416\u65e5\u05d0\u03b1\u0e01\u0627" for label in LABELS if charset.known(label)}
    names = {}
    for label, choice in letters.items():
        letter = next((one for one in choice if encoded(one, label) not in (None, b"")), None)
        if letter is not None and charset.decode(encoded(letter, label) or b"", label) == letter:
            names[label] = letter + ".txt"
    mails = [_mail(label, encoded(name, label) or b"", _zip({"a": b"b"})) for label, name in names.items()]
    found = examined(scanners[0], mails)
    wrong = {
        label: one.nodes[1].names
        for (label, name), one in zip(names.items(), found, strict=True)
        if name not in one.nodes[1].names
    }
    assert wrong == {}
    assert len(names) > 200


def test_every_archive(scanners: tuple[ScannerProcesses, ScannerProcesses], corpus: Path) -> None:
    """The names in archives of every format that libarchive has, in whatever charset: the same inside as outside."""
    files = [file for file in sorted((corpus / "libarchive-fixtures").iterdir()) if file.stat().st_size < 300 * KIB]
    mails = [_mail("utf-8", file.name.encode(), file.read_bytes()) for file in files]
    inside, outside = (examined(processes, mails) for processes in scanners)
    assert [file.name for file, a, b in zip(files, inside, outside, strict=True) if told(a) != told(b)] == []
    beyond_ascii = {node.path for one in inside for node in one.nodes if not node.path.isascii()}
    assert len(beyond_ascii) > 20
