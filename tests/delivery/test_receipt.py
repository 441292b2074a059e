"""250 is written in one place, and only with a receipt for every recipient."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bartizan.delivery.outcome import delivered
from bartizan.delivery.receipt import Receipt, acknowledge
from bartizan.delivery.replies import HopReply
from bartizan.model.envelope import Recipient
from bartizan.model.reply import ACCEPTED, INTERNAL

A, B = Recipient("a@x"), Recipient("b@x")
SOURCE = Path(__file__).resolve().parents[2] / "src" / "bartizan"


def test_every_recipient_needs_a_receipt() -> None:
    """One recipient without proof, or no recipient at all, is 451."""
    assert acknowledge((A, B), (Receipt((A,), "250 ok"), Receipt((B,), "ID"))) == ACCEPTED
    assert acknowledge((A, B), (Receipt((A,), "250 ok"),)) == INTERNAL
    assert acknowledge((A,), ()) == INTERNAL
    assert acknowledge((), ()) == INTERNAL


@pytest.mark.parametrize("code", [220, 221, 354, 421, 550])
def test_only_25z_is_a_delivery(code: int) -> None:
    """No other answer can become a receipt."""
    with pytest.raises(ValueError, match="25z"):
        delivered((A,), HopReply(code, (b"x",)))
    with pytest.raises(ValueError, match="proof"):
        Receipt((A,), "")


def test_250_is_written_in_one_place() -> None:
    """In delivery and actions, only receipt.py knows the reply 250."""
    users = {
        file.name
        for package in ("delivery", "actions")
        for file in (SOURCE / package).glob("*.py")
        if re.search(r"\bACCEPTED\b|\b250\s*,", file.read_text(encoding="utf-8"))
    }
    assert {"receipt.py"} == users
