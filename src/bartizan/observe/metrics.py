"""Every metric there is, declared once: name, what it says, its label's values. Code that counts, code that tells and
tests all read these lists.

`SMTPD` is the page of an smtpd (one for each slot; its writer is meter.Meter), `SUPERVISOR` that of the supervisor
(supervision.Supervision).

**Every recipient is accounted for.** received = relayed + quarantined + rejected + deferred + discarded + spooled +
in flight. Received are the recipients of a transaction when its DATA was answered 354. In flight is that number less
all the others, so the sum is right at any moment; that it is 0 when nothing is under way is what proves the counting.

| how a transaction ends after 354 | its recipients count as |
|---|---|
| 2yz to the final dot | each by its own fate: relayed, or quarantined (also one rejected beside others) |
| 4yz to the final dot: policy, no scanner, no space, next hop, an error of ours | deferred, whatever was decided |
| 5yz to the final dot: too big, line too long, bare line end, loop, policy, next hop | rejected |
| 552 before the dot, to a message hopelessly too big | rejected |
| 421 before the dot: silence, too slow, too many bytes in flight, drain; 451: an error of ours | deferred |
| client gone before the dot | deferred: it got no reply and tries again |
| client gone, or told 421 or 451 by timeout or drain, between dot and reply | what was done, by the rows above |
| the commit was cancelled at the end of a drain | deferred |
| the smtpd died | deferred, by its successor at the first look at the page |

Discarded and spooled stay 0 as long as nothing discards or spools.
"""

from __future__ import annotations

import enum

from bartizan.model.check import Check
from bartizan.model.finding import Kind, Reason
from bartizan.model.verdict import Action
from bartizan.observe.page import Family, Layout, Shape


class Stage(enum.StrEnum):
    """A part of a message's way whose time is measured."""

    RECEIVE = "receive"
    FIRST_PASS = "first_pass"
    SCAN = "scan"
    POLICY = "policy"
    STORE = "store"
    SEND = "send"
    TOTAL = "total"


# Looking up a member costs more than counting it: those who count at every message use these names.
RECEIVE, FIRST_PASS, SCAN, POLICY, TOTAL = Stage.RECEIVE, Stage.FIRST_PASS, Stage.SCAN, Stage.POLICY, Stage.TOTAL

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds, the upper ends of the buckets."""
NONE = "none"
"""No verdict was reached; no reply was given."""
OTHER = "other"
FATES = ("relayed", "quarantined", "rejected", "deferred", "discarded", "spooled")
REPLIES = ("2xx", "4xx", "5xx", NONE)
REFUSED_SESSIONS = ("cap", "early_talker", "proxy", "rate")

_COUNTER, _GAUGE = Shape.COUNTER, Shape.GAUGE

# Fates stand before what was received: a reader that goes upwards never sees more of them than were received.
SMTPD = Layout(
    (
        Family("recipients", _COUNTER, "Recipients by what became of their copies.", "fate", FATES),
        Family("recipients_received", _COUNTER, "Recipients of transactions whose DATA was accepted."),
        Family(
            "recipients_in_flight",
            Shape.DIFFERENCE,
            "Recipients received whose fate is not known yet.",
            of=("recipients_received", "recipients"),
        ),
        Family(
            "messages",
            _COUNTER,
            "Transactions after DATA by the most severe verdict; none: refused or lost before policy.",
            "verdict",
            (*Action, NONE),
        ),
        Family("message_replies", _COUNTER, "Transactions after DATA by class of reply.", "reply", REPLIES),
        Family("messages_in_flight", _GAUGE, "Messages between 354 and their end."),
        Family("received_bytes", _COUNTER, "Bytes of message data that arrived."),
        Family("relayed_bytes", _COUNTER, "Bytes of messages that the next hop took, each message once."),
        Family("in_flight_bytes", _GAUGE, "Bytes of messages held."),
        Family(
            "stage_seconds",
            Shape.HISTOGRAM,
            "Time by stage; first_pass is part of receive, total runs from the final dot to the reply.",
            "stage",
            tuple(Stage),
            BOUNDS,
        ),
        Family("gaps", _COUNTER, "What was not examined, by reason.", "reason", (*Reason, OTHER)),
        Family("findings", _COUNTER, "Findings by kind.", "kind", tuple(Kind)),
        Family("possible_duplicates", _COUNTER, "Messages that somebody may get twice."),
        Family("sessions_opened", _COUNTER, "SMTP connections accepted."),
        Family("sessions", _GAUGE, "SMTP connections that are open."),
        Family("sessions_refused", _COUNTER, "Connections turned away at once.", "reason", REFUSED_SESSIONS),
        Family("refusals", _COUNTER, "Connections, commands and forms refused, by check.", "check", tuple(Check)),
        Family("stressed", _GAUGE, "SMTP processes that are strict with strangers: sessions or memory run short."),
        Family("mail_without_room", _COUNTER, "MAIL commands answered 452: no room for the bytes of one more message."),
        Family("tls_sessions", _COUNTER, "Sessions over TLS, from the start or after STARTTLS."),
        Family("event_lines_lost", _COUNTER, "Lines of the event log that could not be written by an smtpd."),
        Family("store_failed", _GAUGE, "SMTP processes whose store acknowledges nothing after a failure."),
    )
)

SUPERVISOR = Layout(
    (
        Family("supervisor_heartbeat_age_seconds", Shape.AGE, "Seconds since the supervisor's last sign of life."),
        Family("draining", _GAUGE, "1 while the gateway ends."),
        Family("generation", _GAUGE, "Number of the configuration in use; each reload adds 1."),
        Family("smtpds_ready", _GAUGE, "SMTP processes that serve."),
        Family("scanners_ready", _GAUGE, "Scanners that take jobs."),
        Family("smtpd_restarts", _COUNTER, "SMTP processes replaced after their end."),
        Family("smtpd_kills", _COUNTER, "SMTP processes killed for silence."),
        Family("scanner_starts", _COUNTER, "Scanners started."),
        Family("scanner_restarts", _COUNTER, "Scanners replaced after their planned end."),
        Family("scanner_kills", _COUNTER, "Scanners killed at the deadline of a message."),
        Family("scanner_crashes", _COUNTER, "Scanners that ended by themselves, unplanned."),
        Family("reloads", _COUNTER, "Reloads by result.", "result", ("ok", "refused")),
        Family("supervisor_event_lines_lost", _COUNTER, "Lines of the event log the supervisor could not write."),
    )
)
