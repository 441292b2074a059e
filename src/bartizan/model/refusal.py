"""One refusal of the wall, for events and reports."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.check import Check, CheckAction
from bartizan.model.envelope import Peer
from bartizan.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Refusal:
    """One command, connection or message that was refused, and by which check of which listener. `recipient` is ""
    before RCPT, `id` before MAIL was accepted; `action` is what the listener says of the check."""

    id: str
    listener: str
    peer: Peer
    helo: str
    tls: str
    login: str
    sender: str
    recipient: str
    check: Check
    action: CheckAction
    detail: str
    reply: Reply
