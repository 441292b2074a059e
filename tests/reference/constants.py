"""Twin of bartizan._core.constants: what a script spells out, by regular expressions."""

from __future__ import annotations

import re

NUMBERS = re.compile(
    rb"(?<!\w)(?:0[xX][0-9A-Fa-f]{1,3}|[0-9]{1,3})(?!\w)(?:\s{0,8},\s{0,8}(?:0[xX][0-9A-Fa-f]{1,3}|[0-9]{1,3})(?!\w))*"
)
ESCAPES = re.compile(rb"(?:(?:%|\\[xX]|&#[xX])[0-9A-Fa-f]{2};?)+")
PAIR = re.compile(rb"(?:%|\\[xX]|&#[xX])([0-9A-Fa-f]{2})")
JOIN = re.compile(rb"[\"']\s{0,8}[+&]\s{0,8}[\"']")
JUNK = re.compile(rb"[^A-Za-z0-9+/=\s].*")


def numbers(data: bytes, least: int) -> list[bytes]:
    """The bytes of all lists of at least `least` numbers; one above 255 ends a list and is in none."""
    found: list[bytes] = []
    for each in NUMBERS.finditer(data):
        values = [int(n, 16) if b"x" in n.lower() else int(n) for n in (n.strip() for n in each[0].split(b","))]
        run: list[int] = []
        for value in (*values, 256):
            if value <= 255:
                run.append(value)
                continue
            if len(run) >= least:
                found.append(bytes(run))
            run = []
    return found


def escapes(data: bytes, least: int) -> list[bytes]:
    """The bytes of all runs of at least `least` escapes."""
    runs = [bytes(int(pair, 16) for pair in PAIR.findall(run[0])) for run in ESCAPES.finditer(data)]
    return [run for run in runs if len(run) >= least]


def joined(data: bytes) -> bytes | None:
    """The text with its strings joined; None when there is nothing to join."""
    found = JOIN.sub(b"", data)
    return None if found == data else found


def without_junk(data: bytes) -> bytes:
    """The text without what is neither of base64 nor white space, and all that follows such a byte on its line."""
    return JUNK.sub(b"", data)
