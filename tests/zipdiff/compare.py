"""What another program takes out of a zip and we neither see nor tell of."""

from __future__ import annotations

from bartizan.detect.filenames import extensions
from bartizan.model.limits import Limits
from unpack.opening import Opened, opened

LIMITS = Limits()
CUT = 4


def seen(data: bytes) -> Opened:
    """What we make of it, with what is in zips inside of it."""
    found = opened("zip", data, LIMITS)
    for _, content in list(found.members):
        if content.startswith(b"PK"):
            inner = opened("zip", content, LIMITS)
            found.members += inner.members
            found.gaps += inner.gaps
    return found


def _has(ours: bytes, theirs: bytes, zip: bytes) -> bool:
    """Is theirs what we have, or what we have and the records behind it as they stand in the file, or the beginning of
    what we have up to a few bytes that a decoder made of its end?"""
    goes_on = ours != b"" and theirs.startswith(ours) and theirs in zip
    return theirs in ours or goes_on or (len(theirs) > CUT and ours.startswith(theirs[:-CUT]))


def missed(mine: Opened, theirs: dict[str, bytes], data: bytes) -> list[tuple[str, str]]:
    """(kind, name) of each file of theirs whose content we do not have, or whose name has an extension that ours have
    not; none if a gap says that we may not."""
    if mine.gaps:
        return []
    contents = [content for _, content in mine.members]
    known = {extension for names in mine.names for name in names for extension in extensions(name)}
    found = []
    for name, content in theirs.items():
        content = content.rstrip(b"\0")
        if content and not any(_has(other.rstrip(b"\0"), content, data) for other in contents):
            found.append(("content", name))
        elif content and not known.issuperset(extensions(name.rpartition("/")[2])):
            found.append(("name", name))
    return found
