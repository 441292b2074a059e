"""What detectors report: findings, and gaps (what was not examined, and why)."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """The family of a finding."""

    SIGNATURE = "signature"
    PHRASE = "phrase"
    ATTACHMENT = "attachment"
    STRUCTURE = "structure"
    DATA = "data"
    AUTH = "auth"
    SESSION = "session"
    """The client or the envelope: what a check of the wall found (model/check.py)."""
    GAP = "gap"


class Reason(enum.StrEnum):
    """Why something was not examined: the closed list of gap names."""

    ENCRYPTED = "encrypted"
    ENCRYPTED_PGP = "encrypted:pgp"
    ENCRYPTED_SMIME = "encrypted:smime"
    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    TIMEOUT = "timeout"
    CRASH = "crash"
    PARTIAL = "partial"
    """message/partial and message/external-body: the content is not in this message."""
    LIMIT_TIME = "limit:time"
    LIMIT_DEPTH = "limit:depth"
    LIMIT_PARTS = "limit:parts"
    LIMIT_HEADER = "limit:header"
    LIMIT_MEMBERS = "limit:members"
    LIMIT_MEMBER_BYTES = "limit:member_bytes"
    LIMIT_TOTAL_BYTES = "limit:total_bytes"
    LIMIT_RATIO = "limit:ratio"
    LIMIT_MATCHES = "limit:matches"
    """A signature string or phrase list matched so often that the engine gave up on it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about one node.

    `name` says what (signature name, phrase, `block:vbs`, gap reason), `part` is the node's path,
    `score` its weight for the content score (0.0: decided by kind alone), `detail` a cleaned sentence for people,
    `span` the evidence as byte offsets [start, end) into the node's bytes; into the raw message for phrases that were
    found in mail text.
    """

    kind: Kind
    name: str
    part: str
    score: float = 0.0
    detail: str = ""
    span: tuple[int, int] | None = None


def gap(reason: Reason, part: str, detail: str = "") -> Finding:
    """The Finding that says `part` was not (completely) examined."""
    return Finding(Kind.GAP, reason.value, part, 0.0, detail)
