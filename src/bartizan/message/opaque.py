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

_SMIME_TYPE = re.compile(rb"smime-type\s*=\s*\"?\s*([a-z-]+)", re.IGNORECASE)


def reason(node: Node, header: bytes) -> Reason | None:
    """Why the content of `node` cannot be examined; None when its declared type does not say so.

    S/MIME that says it is only signed could be read, though not yet by us: unreadable. All other S/MIME is encrypted.
    """
    if node.declared in ELSEWHERE:
        return Reason.PARTIAL
    if node.declared in PGP:
        return Reason.ENCRYPTED_PGP
    if node.declared in SMIME and node.type != "p7m":
        stated = _SMIME_TYPE.search(header)
        return Reason.UNREADABLE if stated and stated[1].lower() in READABLE_SMIME else Reason.ENCRYPTED_SMIME
    return None
