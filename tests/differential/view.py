"""What one parser sees of a mail, reduced to what can be compared: marks, and names."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from zlib import error as ZlibError

from bartizan.detect.attachments import BLOCK

MARK = re.compile(rb"MK[A-Z0-9]{10}")
"""What the leaves of the grammar have in them."""


@dataclass(frozen=True, slots=True)
class View:
    """The marks in all leaves, and all names; of ours why it is `held` and its `anomalies`, of a peer's its `error`."""

    marks: frozenset[bytes] = frozenset()
    names: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    anomalies: frozenset[str] = frozenset()
    error: str = ""

    def blocked(self) -> frozenset[str]:
        """The names that end in an extension of the shipped list, in small letters, without what a shell would drop."""
        return frozenset(plain for name in self.names if (plain := _plain(name)).rpartition(".")[2] in BLOCK)


def _plain(name: str) -> str:
    return " ".join(name.replace("\\", "/").rpartition("/")[2].split()).strip(" \"'").rstrip(" .").casefold()


def marks(data: bytes, *, zipped: bool) -> set[bytes]:
    """The marks in a leaf; with `zipped` in the zip that it is, too."""
    found = set(MARK.findall(data))
    if zipped and b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    found.update(MARK.findall(archive.read(entry)))
        except (zipfile.BadZipFile, ZlibError, ValueError, OSError, NotImplementedError, EOFError):
            pass
    return found
