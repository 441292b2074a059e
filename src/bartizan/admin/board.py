"""The pages of all processes of the node, as the admin process sees them: read-only, and numbers only."""

from __future__ import annotations

import mmap
import string
from collections.abc import Sequence

from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.observe.page import Reader, Reading, added_up

HASH = 64
"""Bytes of the file that names the rules: hexadecimal digits, then zeros."""


class Board:
    """Where everything that is told comes from."""

    def __init__(self, pages: Sequence[int], supervisor_page: int, bundle: int) -> None:
        """Maps the pages and the file `bundle` that names the rules; the descriptors may be closed afterwards.
        OSError or ValueError when a page is none."""
        self._smtpds = [Reader(page, SMTPD) for page in pages]
        self._supervisor = [Reader(supervisor_page, SUPERVISOR)]
        self._bundle = mmap.mmap(bundle, HASH, prot=mmap.PROT_READ)

    @property
    def bundle(self) -> str:
        """The content hash of the rules in force, hexadecimal; empty while it is not known."""
        name = self._bundle[:].rstrip(b"\0").decode("latin-1")
        return name if set(name) <= set(string.hexdigits) else ""

    def smtpds(self) -> Reading:
        """What all smtpds counted, added up."""
        return added_up(SMTPD, self._smtpds)

    def supervisor(self) -> Reading:
        """What the supervisor says."""
        return added_up(SUPERVISOR, self._supervisor)
