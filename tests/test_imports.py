"""The arrows between packages point one way, and each third-party library enters through one module."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parent.parent / "src" / "bartizan"

ANYTHING = frozenset({"*"})

# DESIGN section 3. A name with a dot is one module of a package.
ARROWS: dict[str, frozenset[str]] = {
    "model": frozenset(),
    "config": frozenset({"model"}),
    "observe": frozenset({"model"}),
    "policy": frozenset({"model", "tables"}),
    "message": frozenset({"model", "_core"}),
    "unpack": frozenset({"model", "_core", "message"}),
    "detect": frozenset({"model", "_core", "message"}),
    "sandbox": frozenset({"model"}),
    "scanner": frozenset({"model", "observe", "message", "unpack", "detect", "sandbox"}),
    "dns": frozenset({"model", "observe"}),
    "engines": frozenset({"model", "observe"}),
    "tables": frozenset({"model", "_core"}),
    "auth": frozenset({"model", "_core", "message", "dns"}),
    "smime": frozenset({"model", "_core", "message"}),
    "delivery": frozenset({"model", "observe", "_core", "dns", "tables"}),
    "actions": frozenset({"model", "observe", "message", "smime", "delivery"}),
    "restraint": frozenset({"model"}),
    "pipeline": frozenset({"model", "observe", "scanner.pool", "engines", "policy", "actions", "restraint"}),
    "wall": frozenset({"model", "_core", "dns", "tables"}),
    "smtpd": frozenset({"model", "observe", "_core", "dns", "auth", "tables", "wall"}),
    "milter": frozenset({"model", "observe", "_core", "dns", "auth", "tables"}),
    "bundle": frozenset({"model", "config", "detect", "policy"}),
    "app": ANYTHING,
    "cli": ANYTHING,
    "node": ANYTHING,
    "supervisor": ANYTHING,
    "admin": ANYTHING,
    "__init__": frozenset(),
    "__main__": ANYTHING,
}

# Each third-party library and the one module that imports it.
LIBRARIES = {
    "aiodns": "dns.client",
    "pycares": "dns.client",
    "idna": "dns.name",
    "aiosmtpd": "smtpd.session",
    "cryptography": "unpack.aes",
    "libarchive": "unpack.libarchive",
    "yara": "detect.engine",
    "ahocorasick": "detect.phrases",
    "uvloop": "node.loop",
    "msgspec": "observe.codec",
    "pydantic": "config.shape",
    "annotated_types": "config.schema",
    "rich": "cli.console",
    "starlette": "admin.app",
    "uvicorn": "admin.server",
    "prometheus_client": "admin.exposition",
    "re2": "wall.patterns",
    "argon2": "auth.argon",
    "msoffcrypto": "unpack.officekeys",
}


def imports(path: Path) -> set[str]:
    """The full dotted names that a source file imports, wherever in it; `from a import b` gives "a" and "a.b"."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno}: relative import"
            module = node.module or ""
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def module_name(path: Path) -> str:
    """The dotted name of a source file below bartizan."""
    return ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__")


def wrong_arrows(path: Path) -> list[str]:
    """What this file imports of ours and may not."""
    package = module_name(path).split(".")[0]
    allowed = ARROWS[package]
    if allowed is ANYTHING:
        return []
    wrong = []
    for name in imports(path):
        if name == "bartizan" or not name.startswith("bartizan."):
            continue
        target = name.removeprefix("bartizan.")
        inside = {".".join(target.split(".")[: n + 1]) for n in range(target.count(".") + 1)}
        # "from bartizan.scanner import pool" also names "bartizan.scanner": that is the way to an allowed module.
        on_the_way = any(a.startswith(target + ".") for a in allowed)
        if not inside & (allowed | {package}) and not on_the_way:
            wrong.append(target)
    return sorted(wrong)


FILES = sorted(path for path in SOURCES.rglob("*.py") if "_core" not in path.relative_to(SOURCES).parts)


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_arrow(path: Path) -> None:
    """A module imports only what its package may import."""
    package = module_name(path).split(".")[0]
    assert package in ARROWS, f"{package} is not in the table of DESIGN section 3"
    assert wrong_arrows(path) == []


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_library(path: Path) -> None:
    """A third-party library is imported only by its one module."""
    used = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"bartizan"}
    allowed = {library for library, module in LIBRARIES.items() if module == module_name(path)}
    assert used - allowed == set()


def test_model_is_standard_library_only() -> None:
    """The vocabulary needs nothing that has to be installed."""
    used = {name.split(".")[0] for path in (SOURCES / "model").glob("*.py") for name in imports(path)}
    assert used - set(sys.stdlib_module_names) == {"bartizan"}


def test_a_wrong_arrow_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test itself: an arrow from model to delivery is found, one to itself is none."""
    monkeypatch.setattr(f"{__name__}.SOURCES", tmp_path)
    (tmp_path / "model").mkdir()
    path = tmp_path / "model" / "wrong.py"
    path.write_text("def f():\n    from bartizan.delivery import nexthop\nimport bartizan.model.reply\nimport os\n")
    assert wrong_arrows(path) == ["delivery", "delivery.nexthop"]
