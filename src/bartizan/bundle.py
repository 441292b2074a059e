"""Everything compiled that a decision depends on, in one directory named by the hash of what went into it.

In: settings. Out: `<cache>/bundle/<hash>/` with phrases.bin, signatures.yac and its other forms, attachments.json and
manifest.json. It is built beside its place and renamed into it, so that it is there whole or not at all; it never
changes, and is used again as long as its files are those the manifest lists. Nobody but its owner may write there:
compiled signatures are code.
Not here: loading it (detect.base), removing old ones (an operator may delete the cache at any time).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import bartizan
from bartizan.config.schema import Settings
from bartizan.detect import attachments, phrases, signatures
from bartizan.model.errors import ConfigError, Problem

FORMAT = 4
PHRASES = "phrases.bin"
SIGNATURES = "signatures.yac"
ATTACHMENTS = "attachments.json"
FILES = (
    PHRASES,
    SIGNATURES,
    *(signatures.beside(Path(SIGNATURES), which).name for which in signatures.FORMS),
    ATTACHMENTS,
)
MANIFEST = "manifest.json"
_LIBRARIES = ("yara-python", "pyahocorasick")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that is in place: its `directory`, content `hash` (hexadecimal), what it holds, and the broken signature
    files that were left out."""

    directory: str
    hash: str
    phrases: int
    signatures: int
    skipped: tuple[Problem, ...] = ()


def build(settings: Settings) -> Bundle:
    """The bundle of `settings`, made if it is not there yet. ConfigError lists what does not compile."""
    sources = tuple(map(Path, settings.signatures.paths))
    lists = tuple(map(Path, settings.phrases.files))
    name = _hash(settings, sources, lists)
    home = Path(settings.server.cache) / "bundle"
    _private(home)
    place = home / name
    return _read(place, name) or _make(place, name, settings, sources, lists)


def _hash(settings: Settings, sources: tuple[Path, ...], lists: tuple[Path, ...]) -> str:
    """The content hash: of every input file, every rule and every version that shapes the result."""
    digest = hashlib.sha256()

    def add(*texts: str) -> None:
        digest.update(json.dumps(texts).encode() + b"\n")

    add("format", str(FORMAT), bartizan.__version__, platform.machine(), *(version(name) for name in _LIBRARIES))
    add("attachments", json.dumps(_attachment_lists(settings)), str(settings.signatures.skip_broken))
    add("policy", json.dumps([asdict(settings.policy), [asdict(rule) for rule in settings.rules]], sort_keys=True))
    shipped = Path(str(files("bartizan.detect") / "eicar.yar"))
    for kind, paths in (("signatures", (shipped, *sources)), ("phrases", lists)):
        for file in (file for path in paths for file in _files_in(path)):
            with contextlib.suppress(OSError):  # compiling says what is wrong with it
                add(kind, str(file), _digest(file))
    return digest.hexdigest()


def _files_in(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in signatures.SUFFIXES and file.is_file())


def _attachment_lists(settings: Settings) -> dict[str, list[str]]:
    """The block and report lists: shipped or replaced, then changed."""
    chosen = settings.attachments
    block = set(attachments.BLOCK if chosen.block is None else chosen.block)
    report = set(attachments.REPORT if chosen.report is None else chosen.report)
    return {
        "block": sorted((block | set(chosen.block_add)) - set(chosen.block_remove)),
        "report": sorted((report | set(chosen.report_add)) - set(chosen.report_remove)),
    }


def _make(place: Path, name: str, settings: Settings, sources: tuple[Path, ...], lists: tuple[Path, ...]) -> Bundle:
    """Compile into a temporary directory and rename it to `place`; another process may be first."""
    work = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        problems: list[Problem] = []
        listed, rules, skipped = 0, 0, tuple[Problem, ...]()
        try:
            listed = phrases.build(lists, work / PHRASES)
        except ConfigError as error:
            problems += error.problems
        try:
            report = signatures.compile(sources, work / SIGNATURES, settings.signatures.skip_broken)
            rules, skipped = report.rules, report.skipped
        except ConfigError as error:
            problems += error.problems
        if problems:
            raise ConfigError(tuple(problems))
        (work / ATTACHMENTS).write_text(json.dumps(_attachment_lists(settings)), "utf-8")
        manifest = {
            "hash": name,
            "phrases": listed,
            "signatures": rules,
            "skipped": [asdict(problem) for problem in skipped],
            "versions": {library: version(library) for library in _LIBRARIES},
            "files": {file: _digest(work / file) for file in FILES},
        }
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        _readable(work)
        try:
            work.rename(place)
        except OSError:
            made = _read(place, name)
            if made is not None:
                return made
            _set_aside(place)
            work.rename(place)
        return Bundle(str(place), name, listed, rules, skipped)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _set_aside(place: Path) -> None:
    """A damaged bundle goes away; whoever still has its files open keeps them."""
    grave = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
    place.rename(grave / "bundle")
    shutil.rmtree(grave, ignore_errors=True)


def _read(place: Path, name: str) -> Bundle | None:
    """The bundle at `place` if it is there and undamaged."""
    try:
        manifest = json.loads((place / MANIFEST).read_text("utf-8"))
        if manifest["hash"] != name or any(_digest(place / file) != sha for file, sha in manifest["files"].items()):
            return None
        _readable(place)
        skipped = tuple(Problem(**problem) for problem in manifest["skipped"])
        return Bundle(str(place), name, int(manifest["phrases"]), int(manifest["signatures"]), skipped)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _readable(place: Path) -> None:
    """For the account of the scanners, who start in this directory; the way to it may be closed."""
    place.chmod(0o755)
    for file in (*FILES, MANIFEST):
        (place / file).chmod(0o644)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private(home: Path) -> None:
    """Make the cache, for its owner alone; ConfigError when somebody else could write there."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = home.stat()
    except OSError as error:
        raise ConfigError((Problem(str(home), "", f"expected a cache directory: {error.strerror}"),)) from None
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
        expected = "expected a cache directory that belongs to this user and that nobody else may write to"
        raise ConfigError((Problem(str(home), "", expected),))
