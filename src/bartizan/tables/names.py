"""How domains and mailboxes compare.

In: the text of a domain or mailbox, from a list or from a peer; anything at all. Out: the octets that stand for it in a
table. Domains compare as lower-case A-labels (RFC 5890) without a last dot; a label that IDNA does not know stays as it
is, so that the domains above it still compare. Local parts compare in lower case, in Unicode's NFC, and without the
quotes that RFC 5321 section 4.1.2 allows around them: `"Ann"@example.com` is ann@example.com.
Limits: of what is longer than NAME_MOST characters, or than DOMAIN_MOST in A-labels, only the end counts; a local part
of more than LOCAL_MOST octets is nobody's. Never raises.
Not here: what an entry of a list may look like (entry.py); sub-addresses (`ann+news` is not `ann`).
"""

from __future__ import annotations

import re
import unicodedata
from encodings import idna

NAME_MOST = 1024
DOMAIN_MOST = 253
LABEL_MOST = 63
LOCAL_MOST = 256
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # full stops that IDNA takes for dots (RFC 3490 section 3.1)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def domain_key(name: str) -> bytes:
    """The octets that stand for a domain; empty for the root and for no name."""
    if len(name) > NAME_MOST:
        name = name[-NAME_MOST:]
    if not name.isascii():
        name = _ascii_name(name)
    return name.lower().rstrip(".").encode("utf-8", "surrogatepass")


def local_key(local: str) -> bytes:
    """The octets that stand for a local part; empty for none, and for one that is too long."""
    if len(local) > LOCAL_MOST * 2:
        return b""
    if local.startswith('"') and local.endswith('"') and len(local) > 1:
        local = _ESCAPED.sub(r"\1", local[1:-1])
    local = (
        local.lower() if local.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    )
    key = local.encode("utf-8", "surrogatepass")
    return key if len(key) <= LOCAL_MOST else b""


def split_mailbox(address: str) -> tuple[str, str]:
    """Local part and domain, parted at the last @; without an @ it is all local part."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (address, "")


def _ascii_name(name: str) -> str:
    """The labels as A-labels, the last ones first, until there are more than a domain can have."""
    labels: list[str] = []
    room = DOMAIN_MOST
    for label in reversed(name.translate(_DOTS).split(".")):
        if room < -1:  # what is kept is longer than any entry
            break
        labels.append(_ascii_label(label))
        room -= len(labels[-1]) + 1
    return ".".join(reversed(labels))


def _ascii_label(label: str) -> str:
    if label.isascii() or len(label) > LABEL_MOST:
        return label
    try:
        return idna.ToASCII(label).decode("ascii")
    except UnicodeError:
        return label
