"""What a data: URI is called: by parameters of its type, or by the `download` attribute of the link that it stands in.

In: the bytes around the base64 of the URI. Out: names. Limits: BEFORE and AFTER bytes are looked at.
Not here: its content (carve).
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

BEFORE = 600
AFTER = 300
_URI = re.compile(rb"data:([^,<>]{0,400}?);\s*+base64\s*+,\s*+$", re.IGNORECASE)
_PARAMETER = re.compile(rb";\s*+(?:file)?name=([^;,]{1,300})", re.IGNORECASE)
_DOWNLOAD = re.compile(rb"\bdownload\s*+=\s*+(?:\"([^\"]{1,300})|'([^']{1,300})|([^\s\"'>]{1,300}))", re.IGNORECASE)


def uri_names(before: bytes, after: bytes) -> tuple[str, ...]:
    """The names of what stands between the two as base64; () if it is no data: URI, or has none."""
    uri = _URI.search(before)
    if uri is None:
        return ()
    found = [unquote(name.decode("utf-8", "replace").strip("\"' ")) for name in _PARAMETER.findall(uri[1])]
    tag = before[before.rfind(b"<") + 1 : uri.start()] + b" " + after.partition(b">")[0].lstrip(b"\"'")
    for link in _DOWNLOAD.finditer(tag):
        found.append(unescape((link[1] or link[2] or link[3]).decode("utf-8", "replace")))
    return tuple(dict.fromkeys(name for name in found if name))
