"""What an smtpd counts: the one writer of its slot's page (metrics.SMTPD, where the table of fates is).

One Meter for each process, shared by all its sessions and its pipeline. A transaction is opened at 354 and settled
once, by whoever knows first how it ended; settling it again does nothing, so every path may settle.
Nothing here raises, waits or allocates more than one dict entry for each open transaction.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from bartizan.model.check import Check
from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.verdict import Action
from bartizan.observe.metrics import BOUNDS, NONE, OTHER, SMTPD, Stage
from bartizan.observe.page import Cells, Shape, attach, private

_CELL = SMTPD.cell
_RELAYED, _QUARANTINED = _CELL("recipients", "relayed"), _CELL("recipients", "quarantined")
_REJECTED, _DEFERRED = _CELL("recipients", "rejected"), _CELL("recipients", "deferred")
_RECEIVED = _CELL("recipients_received")
_FATES = SMTPD.span("recipients")
_MESSAGES_IN_FLIGHT = _CELL("messages_in_flight")
_NO_VERDICT = _CELL("messages", NONE)
_RECEIVED_BYTES, _RELAYED_BYTES = _CELL("received_bytes"), _CELL("relayed_bytes")
_IN_FLIGHT_BYTES = _CELL("in_flight_bytes")
_DUPLICATES = _CELL("possible_duplicates")
_OPENED, _SESSIONS = _CELL("sessions_opened"), _CELL("sessions")
_LINES_LOST = _CELL("event_lines_lost")
_STORE_FAILED = _CELL("store_failed")
_TLS = _CELL("tls_sessions")
_NO_ROOM = _CELL("mail_without_room")
_STRESSED = _CELL("stressed")
_REFUSALS = {check: _CELL("refusals", check) for check in Check}

_VERDICTS = {verdict: _CELL("messages", verdict) for verdict in (*Action, NONE)}
_REPLIES = {kind: _CELL("message_replies", f"{kind}xx") for kind in (2, 4, 5)}
_NO_REPLY = _CELL("message_replies", NONE)
_GAPS = {reason.value: _CELL("gaps", reason) for reason in Reason}
_OTHER_GAP = _CELL("gaps", OTHER)
_KINDS = {kind: _CELL("findings", kind) for kind in Kind}
_STAGES = {stage: _CELL("stage_seconds", stage) for stage in Stage}
_SUM = len(BOUNDS) + 1
_LONGEST = 1e6


class Meter:
    """Counts into `cells`, which are laid out as metrics.SMTPD."""

    __slots__ = ("_cells", "_open")

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._open: dict[str, int] = {}

    @staticmethod
    def unread() -> Meter:
        """One whose numbers nobody sees."""
        return Meter(private(SMTPD))

    @staticmethod
    def attach(descriptor: int) -> Meter:
        """The writer of the page `descriptor`, from now on; the last one, if there was one, is dead.

        Recipients it left in flight got no reply and count as deferred; nothing it had open is open any more.
        """
        cells = attach(descriptor, SMTPD)
        cells[_DEFERRED] += max(0, cells[_RECEIVED] - sum(cells[_FATES]))
        for gauge in SMTPD.positions(Shape.GAUGE):
            cells[gauge] = 0
        return Meter(cells)

    # Transactions

    def open(self, id: str, recipients: int) -> None:
        """DATA was answered 354."""
        self._open[id] = self._open.get(id, 0) + recipients
        self._cells[_RECEIVED] += recipients
        self._cells[_MESSAGES_IN_FLIGHT] += 1

    def settle(self, id: str, code: int, verdict: str = NONE, quarantined: int = 0) -> None:
        """The transaction ended with a reply of that code, 0 for none; so many copies of a 2yz are in quarantine."""
        recipients = self._open.pop(id, 0)
        if not recipients:
            return
        cells = self._cells
        cells[_MESSAGES_IN_FLIGHT] -= 1
        cells[_VERDICTS.get(verdict, _NO_VERDICT)] += 1
        kind = code // 100
        cells[_REPLIES.get(kind, _NO_REPLY)] += 1
        if kind == 2:
            held = min(quarantined, recipients)
            cells[_QUARANTINED] += held
            cells[_RELAYED] += recipients - held
        else:
            cells[_REJECTED if kind == 5 else _DEFERRED] += recipients

    def arrived(self, octets: int) -> None:
        """So much of a message came in, and no more will."""
        self._cells[_RECEIVED_BYTES] += octets

    def hold(self, octets: int) -> None:
        """So many more bytes of messages are held; negative: fewer."""
        self._cells[_IN_FLIGHT_BYTES] += octets

    def relayed(self, octets: int) -> None:
        """The next hop took a message."""
        self._cells[_RELAYED_BYTES] += octets

    def possible_duplicate(self) -> None:
        """The sender will try again what somebody has already."""
        self._cells[_DUPLICATES] += 1

    def took(self, stage: Stage, seconds: float) -> None:
        """A stage was passed."""
        cells, first = self._cells, _STAGES[stage]
        cells[first + bisect_left(BOUNDS, seconds)] += 1
        if 0.0 < seconds < _LONGEST:
            cells[first + _SUM] += int(seconds * 1e6)

    def found(self, findings: Iterable[Finding]) -> None:
        """One message was examined."""
        cells = self._cells
        for finding in findings:
            cells[_KINDS[finding.kind]] += 1
            if finding.kind is Kind.GAP:
                cells[_GAPS.get(finding.name, _OTHER_GAP)] += 1

    # Sessions

    def session_opened(self) -> None:
        """A client connected."""
        self._cells[_OPENED] += 1
        self._cells[_SESSIONS] += 1

    def session_closed(self) -> None:
        """It is gone."""
        self._cells[_SESSIONS] -= 1

    def session_refused(self, reason: str) -> None:
        """It was turned away at once: one of metrics.REFUSED_SESSIONS."""
        self._cells[_CELL("sessions_refused", reason)] += 1

    def refused(self, check: Check) -> None:
        """A check refused something."""
        self._cells[_REFUSALS[check]] += 1

    def set_stressed(self, stressed: bool) -> None:
        """Is this process strict with strangers?"""
        self._cells[_STRESSED] = int(stressed)

    def session_encrypted(self) -> None:
        """STARTTLS succeeded."""
        self._cells[_TLS] += 1

    def no_room(self) -> None:
        """MAIL was answered 452: too many bytes are in flight."""
        self._cells[_NO_ROOM] += 1

    # The process

    def line_lost(self) -> None:
        """The event log could not take a line."""
        self._cells[_LINES_LOST] += 1

    def set_store_failed(self, failed: bool) -> None:
        """The store has stopped acknowledging, or does so again."""
        self._cells[_STORE_FAILED] = failed
