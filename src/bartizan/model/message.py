"""A message and its parts, as the one-pass core read them, and the nodes that detectors look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from bartizan.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity of the message.

    `path` is numbered as IMAP does (RFC 9051 section 6.4.5): "1", "2.1"; "" for a multipart root.
    `header` and `body` are spans [start, end) into the raw message; a body excludes the line end before its delimiter.
    `declared` is the media type in lower case ("text/plain" when none was given); `encoding` the transfer encoding's
    token in lower case, `charset` as declared, `disposition` in lower case; each "" when there is none.
    `names` are all the file names the part gives itself, decoded, each once, in the order found.
    `size` and `sha256` (hexadecimal) are of the decoded content; 0 and "" for an entity that only holds others.
    `leaf` is False for multiparts and for message/rfc822 that was walked into. `flowed`: of a text, the last space of a
    line is no part of it (format=flowed with DelSp, RFC 3676).
    """

    path: str
    declared: str
    encoding: str
    charset: str
    disposition: str
    names: tuple[str, ...]
    header: tuple[int, int]
    body: tuple[int, int]
    size: int
    sha256: str
    leaf: bool
    flowed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """The raw bytes (dots unstuffed, without the terminator) and everything one pass over them found.

    `fields` are the top-level header fields as spans (name start, name end, value start, value end) into raw;
    the value runs to the end of its last folded line, without the line end. `anomalies` are the names of raised
    anomaly bits. `findings` are phrase findings and gaps (limits) of the first pass.
    `stored` says that raw came from a file rather than from SMTP: LF line ends and an mbox From_ line are no anomaly.
    """

    raw: bytes | memoryview
    parts: tuple[Part, ...]
    fields: tuple[tuple[int, int, int, int], ...]
    anomalies: tuple[str, ...]
    findings: tuple[Finding, ...]
    stored: bool = False

    @property
    def size(self) -> int:
        """Length of the raw message in bytes."""
        return len(self.raw)

    def header(self, name: bytes) -> tuple[bytes, ...]:
        """The raw values of every top-level field called `name` (any case), in order, folding kept."""
        wanted = name.lower()
        raw = self.raw
        return tuple(
            bytes(raw[value:value_end]).strip(b" \t")
            for start, end, value, value_end in self.fields
            if end - start == len(wanted) and bytes(raw[start:end]).lower() == wanted
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One thing that was looked at.

    `path` can be read by a person: "message" (the raw bytes), "2/invoice.zip" (a part and its first name),
    "2/invoice.zip!/a.js" (a member), "3!/1" (a part of a mail found in a leaf).
    `names` all names it goes by; `declared` its declared media type ("" for members); `type` the type found by magic
    (a short token of bartizan._core.sniff, "" when unknown); `size` bytes; `sha256` hexadecimal; `charset` and
    `flowed` as those of a Part.
    """

    path: str
    names: tuple[str, ...]
    declared: str
    type: str
    size: int
    sha256: str
    charset: str = ""
    flowed: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything that was found out about one message, before policy.

    `timings` are milliseconds by stage ("scan", "signatures", "unpack", ...).
    """

    findings: tuple[Finding, ...]
    nodes: tuple[Node, ...] = ()
    anomalies: tuple[str, ...] = ()
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True when nothing was left unexamined: no Gap among the findings."""
        return all(f.kind != "gap" for f in self.findings)
