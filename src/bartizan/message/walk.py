"""The work list of nodes: everything in a message that must be looked at, found level by level.

In: the raw bytes, what looks at a node, what opens a container. Out: nodes, findings (gaps above all), anomalies. The
first node is the raw message; then come its parts, and whatever is inside them: members of containers, mails found in
leaves, other readings of an odd mail (readings), what stands inside other bytes (carve). Paths are those of model.Node;
`!/~N` is a reading, `!/@N` stands at offset N, `!/#N` is a mail of a mailbox. One Budget pays for all levels; content
never raises.

A node whose content, names and types were seen before in this message is not looked at again, and a container that lies
inside itself (a quine) is not opened again. Bytes that no client would open are nothing to open here either: text shown
in the message stays text even if it looks like a mail. Readings that differ in their attachments are a Gap as well.
Not here: how bytes are opened (unpack, in other processes), what findings mean (policy).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from bartizan._core.automaton import Automaton as Automaton
from bartizan._core.sniff import sniff
from bartizan.message import carve, opaque
from bartizan.message.ambiguity import Ambiguity
from bartizan.message.fieldtexts import disguised
from bartizan.message.hole import Hole as Hole
from bartizan.message.hole import Opened as Opened
from bartizan.message.locked import MOST, Locked
from bartizan.message.locked import Member as Member
from bartizan.message.loosenames import other_names
from bartizan.message.mailbox import mails
from bartizan.message.parse import Parsed, from_bytes
from bartizan.message.passwords import Clues
from bartizan.message.readings import readings
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Message, Node, Part

MAX_FINDINGS = 1000
LABEL = 100
MAIL_TYPES = frozenset(("message/rfc822", "message/global", "message/news"))
MAIL_NAMES = (".eml", ".emlx", ".mht", ".mhtml", ".nws", ".mim", ".mime")
"""How files are named that open as mails, whatever they begin with."""


Look = Callable[[Node, bytes | memoryview], Iterable[Finding]]


class Open(Protocol):
    """Opens a container of a type, spending from the Budget, with passwords to try. A Hole is about the container."""

    def __call__(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = (), /
    ) -> Generator[Member | Hole | Opened, None, None]:
        """Its members, what was not read of it, and which password did its work."""


@dataclass(frozen=True, slots=True)
class Containers:
    """What can be opened, and how.

    `types` are the sniffed types that must be opened or give a Gap. `inner_names` tells what the content of a node is
    called when the container itself names none (a compressed file); () for archives.
    """

    types: frozenset[str]
    open: Open
    inner_names: Callable[[Node], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A node that may hold others: its bytes, and the digests of all that it lies in.

    `loose`: it was found inside other bytes, and may be no container at all: that it cannot be read says nothing.
    """

    node: Node
    data: bytes | memoryview
    above: tuple[str, ...]
    loose: bool = False


class Walk:
    """The walk through one message. After `run`: `nodes`, `findings`, `anomalies` (each once), as discovered."""

    def __init__(
        self, limits: Limits, budget: Budget, look: Look, containers: Containers, automaton: Automaton | None
    ) -> None:
        """`look` finds things in a node; `automaton` is for mails found in leaves."""
        self.nodes: list[Node] = []
        self.findings: list[Finding] = []
        self.anomalies: dict[str, None] = {}
        self._limits = limits
        self._budget = budget
        self._look = look
        self._containers = containers
        self._automaton = automaton
        self._work: deque[Item] = deque()
        self._locked: deque[Locked[Item]] = deque()
        self._unlocking = MOST
        self._clues = Clues()
        self._seen: set[tuple[str, tuple[str, ...], str, str, str]] = set()

    def report(self, finding: Finding) -> None:
        """Keep a finding; the one after MAX_FINDINGS becomes a Gap, and all later ones are dropped."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        elif len(self.findings) == MAX_FINDINGS:
            self.findings.append(gap(Reason.LIMIT_MATCHES, "message", f"more than {MAX_FINDINGS} findings"))

    def _report_all(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.report(finding)

    def run(self, raw: bytes | memoryview, *, stored: bool) -> None:
        """Look at everything in the message."""
        found = sniff(raw)
        kind = found if found in self._containers.types else "mail"  # an archive that was given for a mail
        root = Node("message", (), "message/rfc822", kind, len(raw), hashlib.sha256(raw).hexdigest())
        self.nodes.append(root)
        self._report_all(self._look(root, raw))
        self._mail(raw, "", (root.sha256,), None, stored=stored)
        if kind != "mail":
            self._work.append(Item(root, raw, (root.sha256,)))
        while self._work or self._locked:
            item = self._work.popleft() if self._work else self._locked[0].item
            if self._budget.spend_time() is not None:
                self.report(gap(Reason.LIMIT_TIME, item.node.path))
                self._leave_locked()
                return
            if self._locked and item is self._locked[0].item:
                self._unlock(self._locked.popleft())
                continue
            if item.node.type in self._containers.types:
                self._container(item)
            else:
                self._stored(item)

    def _stored(self, item: Item) -> None:
        """Look at a mail that is a file, and, if it is a mailbox, at each mail in it."""
        path = f"{item.node.path}!/"
        number = 0
        for start, end in mails(item.data):
            number += 1
            if not self._found_inside(f"{path}#{number}", (), memoryview(item.data)[start:end], "mail", item.above):
                return
        # The whole as one mail: whoever opens it may take it for that, though no reading of it is the right one then.
        self._mail(item.data, path, item.above, self._automaton, stored=True, loose=item.loose or number > 0)

    def _mail(
        self,
        raw: bytes | memoryview,
        prefix: str,
        above: tuple[str, ...],
        automaton: Automaton | None,
        *,
        stored: bool,
        loose: bool = False,
    ) -> None:
        """Look at the parts of a mail, whose paths begin with `prefix`, and at what else it can be read as."""
        parsed = from_bytes(raw, automaton, self._limits, stored=stored, keep=True)
        message = parsed.message
        for subject in message.header(b"subject"):
            self._clues.subject(subject)
        self.anomalies.update(dict.fromkeys(message.anomalies))
        findings = list(message.findings)
        if self._automaton is not None and len(self._automaton):
            findings += disguised(message, self._automaton)
        for finding in findings:
            self.report(replace(finding, part=_inside(prefix, finding.part)) if prefix else finding)
        names: list[str] = []
        for part in message.parts:
            if prefix and part.leaf:
                reason = self._budget.spend_member()
                if reason is not None:
                    self.report(gap(reason, prefix + part.path))
                    return
            elif self._budget.spend_time() is not None:
                self.report(gap(Reason.LIMIT_TIME, prefix + part.path))
                return
            names += self._part(message, part, parsed.contents.get(part.path), prefix, above)
        self._readings(parsed, prefix, above, names, loose=loose)

    def _readings(self, mail: Parsed, prefix: str, above: tuple[str, ...], names: list[str], *, loose: bool) -> None:
        """Look at what else a mail can be read as; `names` are those of its parts."""
        own = prefix.removesuffix("!/") or "message"
        ambiguity = None
        number = 0
        for reading in readings(mail.message):
            if isinstance(reading, Hole):
                self.report(gap(reading.reason, own, reading.detail))
                continue
            if number == 0 and not loose:
                ambiguity = Ambiguity(names, mail.contents.values())
            number += 1
            difference = ambiguity.of(reading) if ambiguity is not None else ""
            if difference:
                self.report(gap(Reason.AMBIGUOUS, own, difference))
                ambiguity = None
            path = f"{prefix or 'message!/'}~{number}"
            names_there = tuple(map(clean, reading.names))
            # Of a whole text some lines may be encoded otherwise: that those are no uuencode says nothing.
            damaged = reading.type == "uu"
            if not self._found_inside(path, names_there, reading.data, reading.type, above, loose=damaged):
                return

    def _part(
        self, message: Message, part: Part, content: bytes | memoryview | None, prefix: str, above: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Look at a part; its names are the answer."""
        header = bytes(message.raw[part.header[0] : part.header[1]])
        others = other_names(header, named=bool(part.names))
        names = tuple(dict.fromkeys(map(clean, (*part.names, *others.found))))
        if not others.complete:
            self.report(gap(Reason.LIMIT_HEADER, prefix + (part.path or "0"), "too many file names"))
        path = prefix + (part.path or "0") + (f"/{label(names[0])}" if names else "")
        if part.leaf:
            data = b"" if content is None else content
            node = Node(path, names, part.declared, sniff(data), part.size, part.sha256, part.charset, part.flowed)
        elif names or part.declared in opaque.DECLARED:
            data = message.raw[part.body[0] : part.body[1]]
            kind = "mail" if part.declared in MAIL_TYPES else ""
            node = Node(path, names, part.declared, kind, len(data), hashlib.sha256(data).hexdigest())
        else:
            return names
        if part.declared in opaque.DECLARED:
            reason = opaque.reason(node, header)
            if reason is not None:
                self.report(gap(reason, path, part.declared))
        self._node(node, data, above, openable=part.leaf and not _shown(part, node))
        return names

    def _container(self, item: Item) -> None:
        """Look at the members of a container; what is encrypted is put off until all else was looked at."""
        locked = Locked(item)
        with closing(self._containers.open(item.node.type, item.data, self._budget)) as members:
            for found in members:
                if not (self._unlocking and locked.meet(found)):
                    self._found(locked, found)
        if not locked.later:
            return
        if locked.whole:
            self._unlocking -= 1
            self._locked.append(locked)
        else:
            self._found_all(locked, locked.later)

    def _unlock(self, locked: Locked[Item]) -> None:
        """Open a container again, with the passwords that the message offers, and look at what is new."""
        item, later, locked.later = locked.item, locked.later, []
        locked.again = True
        candidates = self._clues.candidates()
        passwords = tuple(candidate.password for candidate in candidates)
        self._budget.give_back(locked.members, locked.bytes)
        with closing(self._containers.open(item.node.type, item.data, self._budget, passwords)) as members:
            for found in members:
                if isinstance(found, Opened) and 0 <= found.number < len(candidates):
                    self._clues.worked(candidates[found.number])
                    self._opened(item, candidates[found.number].described())
                else:
                    locked.meet(found)
                    self._found(locked, found)
        if not locked.whole:
            self._found_all(locked, later)

    def _leave_locked(self) -> None:
        """No time is left: what is encrypted is told, and not looked at."""
        for locked in self._locked:
            for found in locked.later:
                for hole in (found,) if isinstance(found, Hole) else found.holes:
                    self.report(gap(hole.reason, locked.item.node.path, hole.detail))

    def _opened(self, item: Item, how: str) -> None:
        self.report(Finding(Kind.STRUCTURE, "opened:password", item.node.path, 0.0, how))

    def _found_all(self, locked: Locked[Item], found: Iterable[Member | Hole]) -> None:
        for one in found:
            self._found(locked, one)

    def _found(self, locked: Locked[Item], found: Member | Hole | Opened) -> None:
        """Look at what a container gave, unless it gave the same before it was opened once more."""
        item = locked.item
        if isinstance(found, Opened):
            self._opened(item, "password that programs try by themselves")
            return
        if isinstance(found, Hole):
            self._hole(locked, found, item.node.path)
            return
        own = self._containers.inner_names(item.node)
        names = tuple(dict.fromkeys(map(clean, (*own, *found.names))))
        path = f"{item.node.path}!/{label(names[0]) if names else '?'}"
        for hole in found.holes:
            self._hole(locked, hole, path)
        digest = hashlib.sha256(found.data).hexdigest()
        if locked.again and (names, digest) in locked.given:
            return
        locked.given.add((names, digest))
        member = Node(path, names, "", sniff(found.data), len(found.data), digest)
        # What stands between the members of something that may be no container at all is no document either.
        self._node(member, found.data, item.above, openable=True, loose=item.loose and not found.names)

    def _hole(self, locked: Locked[Item], hole: Hole, path: str) -> None:
        if locked.again and (path, hole) in locked.told:
            return
        locked.told.add((path, hole))
        if not (locked.item.loose and hole.reason is Reason.UNREADABLE):
            self.report(gap(hole.reason, path, hole.detail))

    def _node(
        self, node: Node, data: bytes | memoryview, above: tuple[str, ...], *, openable: bool, loose: bool = False
    ) -> None:
        """Look at a node, and put it on the work list if it holds others."""
        self.nodes.append(node)
        self._clues.node(node, data)
        key = node.sha256, node.names, node.declared, node.type, node.charset
        if key in self._seen:
            return
        self._seen.add(key)
        self._report_all(self._look(node, data))
        holds = node.type in self._containers.types or node.type == "mail" or node.declared in MAIL_TYPES
        named = not holds and _named_as_mail(node)
        if not data or node.sha256 in above:
            return
        if not (openable and holds):
            self._carve(node, data, above)
        if not (openable and (holds or named)):
            return
        if len(above) > self._limits.archive_depth:
            self.report(gap(Reason.LIMIT_DEPTH, node.path))
        else:
            inside = (*above, node.sha256)
            self._work.append(Item(node, data, inside, loose or named))
            if node.type in carve.OPEN_ENDED:
                for piece in carve.behind(data, node.type):
                    self._work.append(Item(replace(node, type=piece.type), piece.data, inside, loose=True))
            elif node.type in carve.ENCODINGS:
                self._carve(node, data, above)

    def _carve(self, node: Node, data: bytes | memoryview, above: tuple[str, ...]) -> None:
        """Look at what is inside a node that is no container."""
        inside = (*above, node.sha256)
        for piece in carve.pieces(data, node.type):
            if piece.archive:
                archive = replace(node, type=piece.type)
                self._work.append(Item(archive, piece.data, inside, piece.loose))
            elif not self._found_inside(
                f"{node.path}!/@{piece.at}",
                tuple(map(clean, piece.names)),
                piece.data,
                piece.type,
                inside,
                loose=piece.loose,
            ):
                return

    def _found_inside(
        self,
        path: str,
        names: tuple[str, ...],
        data: bytes | memoryview,
        kind: str,
        above: tuple[str, ...],
        *,
        loose: bool = False,
    ) -> bool:
        """Look at bytes that were decoded out of others. False: a limit is reached."""
        reason = self._budget.spend_member() or self._budget.spend_bytes(len(data))
        if reason is None and len(above) > self._limits.archive_depth:
            reason = Reason.LIMIT_DEPTH
        if reason is not None:
            self.report(gap(reason, path))
            return False
        node = Node(path, names, "", kind, len(data), hashlib.sha256(data).hexdigest())
        self._node(node, data, above, openable=True, loose=loose)
        return True


def _inside(prefix: str, path: str) -> str:
    """The path, seen from outside, of `path` in the mail whose parts begin with `prefix`."""
    return prefix.removesuffix("!/") if path in ("", "message") else prefix + path


def _named_as_mail(node: Node) -> bool:
    """A text that a mail program opens for its name."""
    return node.type in carve.TEXTS and any(name.lower().endswith(MAIL_NAMES) for name in node.names)


def _shown(part: Part, node: Node) -> bool:
    """Text that a client shows as it is: a body that begins like a mail is not opened as one."""
    return node.type == "mail" and not part.names and part.declared.startswith("text/")


def clean(name: str) -> str:
    """`name` as it can be written as UTF-8 anywhere."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode("utf-8")


def label(name: str) -> str:
    """A name as a piece of a path that people read: printable, its last LABEL characters."""
    short = name[-LABEL:]
    return short if short.isprintable() else "".join(c if c.isprintable() else "?" for c in short)
