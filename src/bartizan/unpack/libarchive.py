"""The functions of libarchive that are called, and a reader with just the parts that are needed (its only importer).

Functions keep libarchive's names, without `archive_` and `read_`, and its return codes. Not here: what comes out of a
reader (archive.py).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from libarchive import ffi  # type: ignore[import-untyped]

OK, END, WARN = ffi.ARCHIVE_OK, ffi.ARCHIVE_EOF, ffi.ARCHIVE_WARN
FATAL = ffi.ARCHIVE_FATAL
READABLE = (OK, WARN)


def _function(name: str, result: Any, *arguments: Any) -> Any:
    """One function of libarchive, own copy: unlike the package's it logs nothing and raises nothing.

    Raises AttributeError if this libarchive is too old to have it.
    """
    function = ffi.libarchive["archive_" + name]
    function.argtypes = arguments
    function.restype = result
    return function


POINTER = ctypes.c_void_p
new = _function("read_new", POINTER)
free = _function("read_free", ctypes.c_int, POINTER)
open_memory = _function("read_open_memory", ctypes.c_int, POINTER, ctypes.c_char_p, ctypes.c_size_t)
next_header = _function("read_next_header", ctypes.c_int, POINTER, ctypes.POINTER(POINTER))
data_block = _function(
    "read_data_block",
    ctypes.c_int,
    POINTER,
    ctypes.POINTER(POINTER),
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_int64),
)
has_encrypted = _function("read_has_encrypted_entries", ctypes.c_int, POINTER)
filter_count = _function("filter_count", ctypes.c_int, POINTER)
consumed = _function("filter_bytes", ctypes.c_int64, POINTER, ctypes.c_int)
error = _function("error_string", ctypes.c_char_p, POINTER)
add_passphrase = _function("read_add_passphrase", ctypes.c_int, POINTER, ctypes.c_char_p)
is_encrypted = _function("entry_is_encrypted", ctypes.c_int, POINTER)
pathname = _function("entry_pathname", ctypes.c_char_p, POINTER)
pathname_utf8 = _function("entry_pathname_utf8", ctypes.c_char_p, POINTER)
filetype = _function("entry_filetype", ctypes.c_int, POINTER)


@contextmanager
def reader(formats: tuple[str, ...], decoder: str = "") -> Iterator[int | None]:
    """A new reader, freed at the end; None if this libarchive lacks a part or would start a program for it."""
    archive: int | None = new()
    if archive is None:
        yield None
        return
    try:
        yield archive if _support(archive, formats, decoder) else None
    finally:
        free(archive)


def _support(archive: int, formats: tuple[str, ...], decoder: str) -> bool:
    """Register formats and decoder. False if one is missing or (libarchive's warning) would start another program."""
    names = [f"read_support_format_{name}" for name in formats]
    if decoder:
        names.append(f"read_support_filter_{decoder}")
    try:
        return all(_function(name, ctypes.c_int, POINTER)(archive) == OK for name in names)
    except AttributeError:
        return False
