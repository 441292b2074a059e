"""Containers that are recognised and not opened here: each is a gap, so that policy can answer.

Not here: what is encrypted (the openers of its format).
"""

from __future__ import annotations

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink

UNREADABLE: dict[str, str] = {
    "ace": "ACE archive",
    "alz": "ALZ archive",
    "arj": "ARJ archive",
    "chm": "compiled help file",
    "dmg": "macOS disk image",
    "egg": "EGG archive",
    "grz": "grzip file",
    "lrz": "lrzip file",
    "lzo": "lzop file",
    "sis": "Symbian package",
    "szdd": "file compressed by MS-DOS COMPRESS",
    "vhd": "virtual disk",
    "vhdx": "virtual disk",
    "wim": "Windows image",
    "zpaq": "ZPAQ archive",
}


def open_unreadable(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Say that a container of `type`, a key of UNREADABLE, was not opened."""
    sink.gap(Reason.UNREADABLE, f"{UNREADABLE[type]}: cannot be opened")
