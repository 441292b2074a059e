"""Parts that cannot be examined because of what they say they are: encrypted mail, and mail whose content is elsewhere.

In: a node and its header. Out: the Reason of the Gap, or None. A signature beside the text it signs (detached,
application/pkcs7-signature or a PGP signature) hides nothing. RFC 2046 5.2.2 and 5.2.3, RFC 3156, RFC 8551 section 3.2.
Not here: sealed content found by its bytes, which is a container like any other (unpack), PGP armour within a text
(carve).
"""

from __future__ import annotations

import re

from bartizan.model.finding import Reason
from bartizan.model.message import Node

ELSEWHERE = frozenset(("message/partial", "message/external-body"))
PGP = frozenset(("multipart/encrypted", "application/pgp-encrypted"))
SMIME = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
DECLARED = ELSEWHERE | PGP | SMIME
"""Every declared type that `reason` knows."""
READABLE_SMIME = frozenset((b"signed-data", b"certs-only", b"compressed-data"))

_TYPE = re.compile(r"[a-z0-9.+-]++/[a-z0-9.+-]++")
_SIGNS = re.compile(r"[^a-z0-9/.+-]++")
_SMIME_TYPE = re.compile(rb"smime-type\s*=\s*\"?\s*([a-z-]+)", re.IGNORECASE)


def kind(declared: str) -> str:
    """The one of DECLARED that a type is meant to be; "" for all others.

    Programs that want no clean type take one in quotes, or with signs in it or around it.
    """
    if declared in DECLARED:
        return declared
    if _TYPE.fullmatch(declared):
        return ""
    letters = _SIGNS.sub("", declared)
    return next((known for known in sorted(DECLARED) if known in letters), "")


def reason(kind: str, node: Node, header: bytes) -> Reason | None:
    """Why the content of `node`, declared as `kind`, cannot be examined; None when there is no reason.

    S/MIME that says it is only signed could be read, though not yet by us: unreadable. All other S/MIME is encrypted.
    """
    if kind in ELSEWHERE:
        return Reason.PARTIAL
    if kind in PGP:
        return Reason.ENCRYPTED_PGP
    if kind in SMIME and node.type != "p7m":
        stated = _SMIME_TYPE.search(header)
        return Reason.UNREADABLE if stated and stated[1].lower() in READABLE_SMIME else Reason.ENCRYPTED_SMIME
    return None
