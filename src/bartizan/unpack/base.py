"""The list of containers: from the type that magic numbers tell to the function that opens it.

Runs only in short-lived children of the sandbox, but for RECOGNISED: what is opened here is hostile, and the C library
that opens it has had holes every year. In: a type, the bytes, a Sink, Limits. Out: members and gaps, to the Sink.
Content never raises; a container is never silently empty.

Not here: recursion, total limits and time (message/walk and the parent process).
"""

from __future__ import annotations

from collections.abc import Callable

from bartizan.model.limits import Limits
from bartizan.unpack import (
    activemime,
    apple,
    archive,
    binhex,
    cms,
    encoded,
    iso,
    ole,
    onenote,
    pdf,
    pgp,
    recognised,
    rtf,
    shortcut,
    streams,
    tnef,
)
from bartizan.unpack.sink import Sink as Sink

Opener = Callable[[str, memoryview, Sink, Limits], None]

OPENERS: dict[str, Opener] = {
    **dict.fromkeys(archive.ARCHIVES, archive.open_archive),
    **dict.fromkeys(archive.DECODERS, archive.open_stream),
    **dict.fromkeys(streams.STREAMS, streams.open_stream),
    **dict.fromkeys(iso.IMAGES, iso.open_image),
    **dict.fromkeys(ole.OLE, ole.open_ole),
    **dict.fromkeys(encoded.ENCODED, encoded.open_encoded),
    **dict.fromkeys(recognised.UNREADABLE, recognised.open_unreadable),
    "pdf": pdf.open_pdf,
    "rtf": rtf.open_rtf,
    "tnef": tnef.open_tnef,
    "p7m": cms.open_cms,
    "pgp": pgp.open_pgp,
    "applefile": apple.open_apple,
    "macbin": apple.open_macbinary,
    "one": onenote.open_onenote,
    "lnk": shortcut.open_shortcut,
    "mso": activemime.open_activemime,
}
CONTAINERS = frozenset(OPENERS)
"""Types that must be opened, or give a gap."""
RECOGNISED = frozenset(recognised.UNREADABLE)
"""Those of CONTAINERS that nothing is read out of: some of their own bytes tell the gap, so no child is needed."""
EMPTY: dict[str, Callable[[memoryview], bool]] = {"pgp": pgp.holds_nothing}
"""For those of CONTAINERS that often hold nothing: whether their bytes say so, and no child is needed."""
STREAMS = frozenset(archive.DECODERS) | frozenset(streams.STREAMS) | {"p7m", "pgp"}
"""Containers of one thing, which goes by `inner_names` of the container's names beside any name of its own."""

SUFFIXES: dict[str, str] = {
    "gz": "",
    "tgz": "tar",
    "taz": "tar",
    "svgz": "svg",
    "bz2": "",
    "bz": "",
    "tbz": "tar",
    "tbz2": "tar",
    "xz": "",
    "txz": "tar",
    "lzma": "",
    "tlz": "tar",
    "lz": "",
    "lz4": "",
    "zst": "",
    "tzst": "tar",
    "z": "",
}
WRAPPERS = frozenset(("p7m", "p7s", "p7z", "tsd", "pgp", "gpg", "asc"))
"""Suffixes of what wraps a file, and often a mail, which has no name."""


def prepare() -> None:
    """Load what opening needs from the file system; called once, before the sandbox closes it."""
    archive.prepare()
    iso.prepare()
    ole.prepare()
    rtf.prepare()
    pdf.prepare()
    binhex.prepare()
    tnef.prepare()


def open_container(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Open a container of `type`, one of CONTAINERS, and give its members and gaps to `sink`.

    Raises KeyError for any other type, and what the sink raises; never for what is in `data`.
    """
    OPENERS[type](type, data, sink, limits)


def inner_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """What the content of a compressed stream is called, from the container's names: "a.tar.gz" holds "a.tar"."""
    found: list[str] = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        suffix = suffix.strip().lower()
        inner = SUFFIXES.get(suffix) if dot and stem else None
        if inner is not None:
            found.append(f"{stem}.{inner}" if inner else stem)
        elif suffix in WRAPPERS and "." in stem:
            found.append(stem)
    return tuple(dict.fromkeys(found))
