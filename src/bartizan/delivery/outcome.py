"""What a next hop's answers mean for our client (DESIGN section 5, rows "next hop").

4yz and every failure before the final dot: 451. 5yz: the same code and enhanced code, its class digit taken from the
code, with our own text. But a 5yz to MAIL, RCPT or DATA that is about our session (sequence, TLS, credentials) says
nothing of the message: 451 (docs/decisions/0009). After the dot only the next hop's own 25z is success; no answer is
451 and a possible duplicate. Enhanced codes: RFC 3463, RFC 2034, RFC 4954 section 6.

Not here: 250 itself (receipt), talking (transaction).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bartizan.delivery.receipt import Receipt, acknowledge
from bartizan.delivery.replies import HopReply
from bartizan.model.envelope import Recipient
from bartizan.model.errors import TemporaryError
from bartizan.model.reply import NEXT_HOP_DOWN, NEXT_HOP_REFUSES_US, OUTCOME_UNKNOWN, RECIPIENT_RETRY, Reply

NO_SMTPUTF8 = Reply(553, "5.6.7", "Destination does not accept internationalized addresses")

_ABOUT_US = frozenset({502, 503, 504, 530, 534, 535, 538, 555})
"""Command or parameter not implemented, bad sequence, authentication or encryption required, credentials refused."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one transaction with the next hop ended.

    `reply` is ours to give; `delivered` only after the next hop's own 2yz; `possible_duplicate` when it may have taken
    the message without our knowing; `detail` is a cleaned line for the log ("RCPT: 550 5.1.1 No such user").
    """

    reply: Reply
    delivered: bool
    possible_duplicate: bool = False
    detail: str = ""


class HopFailure(TemporaryError):
    """A connection to the next hop cannot be used any more.

    `closed`: the other side ended it (EOF or reset), as it does with a session it considers idle for too long.
    """

    def __init__(self, detail: str, *, closed: bool = False, reply: Reply = NEXT_HOP_DOWN) -> None:
        super().__init__(detail, reply)
        self.closed = closed


def delivered(recipients: tuple[Recipient, ...], answer: HopReply) -> Outcome:
    """The next hop answered the final dot with 25z."""
    if not answer.accepts:
        raise ValueError("only 25z is a delivery")
    receipt = Receipt(recipients, str(answer))
    return Outcome(acknowledge(recipients, (receipt,)), True, False, receipt.proof)


def refused(verb: str, answer: HopReply) -> Outcome:
    """The next hop answered `verb` with 4yz, 5yz, or a class that does not belong there: nothing was delivered."""
    return Outcome(as_ours(answer), False, False, f"{verb}: {answer}")


def failed(failure: HopFailure, *, dot_sent: bool) -> Outcome:
    """The connection was lost, too slow or nonsense; `dot_sent`: the final dot may have reached the next hop."""
    return Outcome(OUTCOME_UNKNOWN if dot_sent else failure.reply, False, dot_sent, str(failure))


def check_session(verb: str, answer: HopReply) -> None:
    """Raise HopFailure when the answer to MAIL, RCPT or DATA refuses our session with the next hop, not the message."""
    if answer.code in _ABOUT_US:
        raise HopFailure(f"{verb}: {answer}", reply=NEXT_HOP_REFUSES_US)


def some_refused(answers: Iterable[HopReply], *, all_refused: bool) -> Outcome:
    """RCPT was refused for some recipients: `answers` are these refusals (at least one), in order.

    All of them refused for good: the first one's code. Otherwise 451, and the sender learns which ones when it tries
    again.
    """
    answers = tuple(answers)
    detail = f"RCPT: {answers[0]}" + (f" (and {len(answers) - 1} more)" if len(answers) > 1 else "")
    if not all_refused:
        return Outcome(RECIPIENT_RETRY, False, False, detail)
    if all(answer.kind == 5 for answer in answers):
        return Outcome(as_ours(answers[0]), False, False, detail)
    return Outcome(as_ours(next(answer for answer in answers if answer.kind != 5)), False, False, detail)


def as_ours(answer: HopReply) -> Reply:
    """The reply that we give for a next hop's 4yz or 5yz; anything else is a broken next hop."""
    if answer.code == 421 or answer.kind not in (4, 5):
        return NEXT_HOP_DOWN
    rest = answer.enhanced[1:]
    if answer.kind == 5:
        return Reply(answer.code, "5" + (rest or ".0.0"), "Refused by the destination")
    return Reply(451, "4" + (rest or ".4.1"), "Deferred by the destination, try again later")
