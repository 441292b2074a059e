"""Loads every codec before the sandbox closes: in it a first use would fail, since nothing can be opened."""

from __future__ import annotations

import encodings
import importlib
import pkgutil
from contextlib import suppress


def names() -> tuple[str, ...]:
    """The module name of every codec that Python ships, those of other systems too."""
    return tuple(module.name for module in pkgutil.iter_modules(encodings.__path__) if module.name != "aliases")


def preload() -> None:
    """Import them all, with the tables they need."""
    for name in (*(f"encodings.{codec}" for codec in names()), "stringprep", "unicodedata"):
        with suppress(ImportError):  # codecs of other systems
            importlib.import_module(name)
