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
from collections.abc import Callable, Iterable
from dataclasses import replace

from bartizan._core.automaton import Automaton as Automaton
from bartizan._core.sniff import sniff
from bartizan.message import carve, opaque
from bartizan.message.adjoining import across
from bartizan.message.ambiguity import Ambiguity
from bartizan.message.containers import Containers, Item
from bartizan.message.fieldtexts import disguised
from bartizan.message.hole import Hole
from bartizan.message.loosenames import other_names, stand_ins, subject_name
from bartizan.message.mailbox import mails
from bartizan.message.meant import named_as_card, named_as_mail, pages_within
from bartizan.message.opening import Opening
from bartizan.message.parse import Parsed, from_bytes
from bartizan.message.paths import clean, inside, label
from bartizan.message.readings import readings
from bartizan.message.recoded import as_utf8
from bartizan.message.unsigned import partly_signed
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Message, Node, Part

MAX_FINDINGS = 1000
MAIL_TYPES = frozenset(("message/rfc822", "message/global", "message/news"))

Look = Callable[[Node, bytes | memoryview], Iterable[Finding]]
"""Finds things in a node."""


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
        self._opening = Opening(budget, containers, self.report, self._member)
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
        waiting = self._opening.waiting
        while self._work or waiting:
            item = self._work.popleft() if self._work else waiting[0].item
            if self._budget.spend_time() is not None:
                self.report(gap(Reason.LIMIT_TIME, item.node.path))
                self._opening.leave()
                return
            if waiting and item is waiting[0].item:
                self._opening.unlock(waiting.popleft())
            elif item.node.type in self._containers.types:
                self._opening.open(item)
            else:
                self._stored(item)

    def _member(self, node: Node, data: bytes | memoryview, above: tuple[str, ...], loose: bool) -> None:
        self._node(node, data, above, openable=True, loose=loose)

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
            self._opening.clues.subject(subject)
        self.anomalies.update(dict.fromkeys(message.anomalies))
        findings = [*message.findings, *(() if prefix else partly_signed(message))]
        if self._automaton is not None and len(self._automaton):
            findings += disguised(message, self._automaton)
            findings += across(message, parsed.contents, self._automaton)
        for finding in findings:
            self.report(replace(finding, part=inside(prefix, finding.part)) if prefix else finding)
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
        others = other_names(header)
        names = tuple(dict.fromkeys(map(clean, (*part.names, *others.found))))
        if not others.complete:
            self.report(gap(Reason.LIMIT_HEADER, prefix + (part.path or "0"), "too many file names"))
        path = prefix + (part.path or "0") + (f"/{label(names[0])}" if names else "")
        elsewhere = stand_ins(header) if part.leaf and not names else ()
        if part.leaf and not names and not part.declared.startswith("text/"):
            elsewhere += subject_name(header)
        for name in elsewhere:
            # Evidence: few programs save a part under such a name.
            self.report(Finding(Kind.STRUCTURE, "name:elsewhere", path, 0.0, clean(name)))
        sealed = opaque.kind(part.declared)
        if part.leaf:
            data = b"" if content is None else content
            node = Node(path, names, part.declared, sniff(data), part.size, part.sha256, part.charset, part.flowed)
        elif names or sealed:
            data = message.raw[part.body[0] : part.body[1]]
            kind = "mail" if part.declared in MAIL_TYPES else ""
            node = Node(path, names, part.declared, kind, len(data), hashlib.sha256(data).hexdigest())
        else:
            return names
        reason = opaque.reason(sealed, node, header) if sealed else None
        if reason is not None:
            self.report(gap(reason, path, part.declared))
        self._node(node, data, above, openable=part.leaf and not _shown(part, node))
        return names

    def _node(
        self, node: Node, data: bytes | memoryview, above: tuple[str, ...], *, openable: bool, loose: bool = False
    ) -> None:
        """Look at a node, and put it on the work list if it holds others."""
        self.nodes.append(node)
        self._opening.clues.node(node, data)
        key = node.sha256, node.names, node.declared, node.type, node.charset
        if key in self._seen:
            return
        self._seen.add(key)
        self._report_all(self._look(node, data))
        text = as_utf8(data, node.type, node.charset)
        if text and not self._found_inside(
            f"{node.path}!/@0",
            node.names,
            text,
            sniff(text),
            (*above, node.sha256),
            loose=loose,
            like=node,
            openable=openable,
        ):
            return
        holds = node.type in self._containers.types or node.type == "mail" or node.declared in MAIL_TYPES
        named = not holds and named_as_mail(node)
        if not data or node.sha256 in above:
            return
        for at in pages_within(node, data):
            page = memoryview(data)[at:]
            if not self._found_inside(f"{node.path}!/@{at}", (), page, "mail", (*above, node.sha256), loose=True):
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
        for piece in carve.pieces(data, "ics" if named_as_card(node) else node.type):
            if isinstance(piece, Hole):
                self.report(gap(piece.reason, node.path, piece.detail))
            elif piece.archive:
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
        openable: bool = True,
        like: Node | None = None,
    ) -> bool:
        """Look at bytes that were decoded out of others; `like`: they are that node, written in another charset.

        False: a limit is reached.
        """
        reason = self._budget.spend_member() or self._budget.spend_bytes(len(data))
        # What may be nothing is no level of containers; nor is the same text in another charset.
        if reason is None and len(above) > self._limits.archive_depth + (loose or like is not None):
            reason = Reason.LIMIT_DEPTH
        if reason is not None:
            self.report(gap(reason, path))
            return False
        declared, label = (like.declared, "utf-8") if like is not None else ("", "")
        node = Node(path, names, declared, kind, len(data), hashlib.sha256(data).hexdigest(), label)
        self._node(node, data, above, openable=openable, loose=loose)
        return True


def _shown(part: Part, node: Node) -> bool:
    """Text that a client shows as it is: a body that begins like a mail is not opened as one."""
    return node.type == "mail" and not part.names and part.declared.startswith("text/")
