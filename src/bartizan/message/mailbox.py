"""Mail in files of several: the mbox formats (RFC 4155 and its relatives), in which a line "From ..." begins each.

In: the bytes of a file that begins as a mail. Out: the span of each mail, if there are more than one. A mail begins
behind an empty line, with a "From " line and a header; the same words in a text begin none. Lengths that some formats
tell are not trusted. What is quoted as ">From " stays so.
Limits: linear; the caller's budget for the number. Not here: reading the mails (walk).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.sniff import sniff

HEADER = 4096
"""Bytes of a header that are looked at."""
_BEGIN = re.compile(rb"(?:\A|\n\r?\n)(?=From [^\r\n]*+\r?\n[!-9;-~]{1,80}[ \t]*+:)")


def mails(data: bytes | memoryview) -> Iterator[tuple[int, int]]:
    """Where each mail of a mailbox begins and ends; nothing for a single mail."""
    if bytes(data[:5]) != b"From ":
        return
    text = bytes(data)
    begun = None
    several = False
    for found in _BEGIN.finditer(text):
        at = found.end()
        if sniff(memoryview(text)[at : at + HEADER]) != "mail":
            continue
        if begun is not None:
            several = True
            yield begun, at
        begun = at
    if several and begun is not None:
        yield begun, len(text)
