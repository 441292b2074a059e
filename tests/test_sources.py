"""The sources keep the style that reviews would otherwise have to ask for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINES = 400

# Files that may be longer, and why.
LONGER = {
    "src/_core/mime.pyx": "one resumable state machine",
    "src/_core/markup.pyx": "one resumable state machine",
    "src/_core/transfer.pyx": "four decoders that share their chunk handling",
}

PYTHON = sorted(p for folder in ("src", "tests", "bench") for p in (ROOT / folder).rglob("*.py"))
CYTHON = sorted((ROOT / "src").rglob("*.pyx"))
TEXT = sorted(
    path
    for folder in ("src", "tests", "bench", "docs", ".ci")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and path.suffix not in {".so", ".pyc", ".bin", ".c"}
)


def name(path: Path) -> str:
    """The path from the repository's root."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON + CYTHON, ids=name)
def test_length(path: Path) -> None:
    """A file beyond the ceiling says why in LONGER."""
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LINES or LONGER.get(name(path))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_docstring(path: Path) -> None:
    """Every module says what it is for, and so does every public class and function of the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "no module docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


@pytest.mark.parametrize("path", CYTHON, ids=name)
def test_cython_docstring(path: Path) -> None:
    """Every module of the core says what it is for."""
    source = re.sub(r"^(#.*\n|\s*\n)*", "", path.read_text(encoding="utf-8"))
    assert source.startswith('"""')


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_no_silent_except(path: Path) -> None:
    """No handler catches everything without naming it, and none that names everything does nothing."""
    bad = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (all(isinstance(s, ast.Pass) for s in node.body) and _everything(node.type)))
    ]
    assert bad == []


def _everything(kind: ast.expr) -> bool:
    """Does this handler catch Exception or BaseException?"""
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(n, ast.Name) and n.id in ("Exception", "BaseException") for n in names)


def test_no_test_virus_verbatim() -> None:
    """The EICAR string is put together where it is needed: no scanner may trip over the repository."""
    parts = (b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST", b"FILE!")
    assert [name(path) for path in TEXT if b"-".join(parts) in path.read_bytes()] == []


def test_nothing_left_to_do() -> None:
    """Work that is missing has an issue, not a comment."""
    words = re.compile(rb"\b(TO" + rb"DO|FIX" + rb"ME|XX" + rb"X)\b")
    assert [name(path) for path in TEXT if words.search(path.read_bytes())] == []


def test_no_paths_of_one_machine() -> None:
    """Nothing refers to where one developer keeps the repository."""
    path_b = b"/" + b"work/"
    assert [name(path) for path in TEXT if path_b in path.read_bytes()] == []
