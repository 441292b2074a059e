"""Every reply of the table is reached by a dialogue, or stands here with where it is tested."""

from __future__ import annotations

from smtpd.dialogue import steps, unescape
from smtpd.test_dialogues import FILES

from bartizan.model import reply
from bartizan.model.reply import Reply

NOT_REACHED = {
    "TOO_MANY_SESSIONS": "needs a second connection: test_caps.py",
    "NO_SPACE": "needs messages of other sessions in flight: test_caps.py",
    "TOO_MANY_CHUNKS": "needs 10,000 chunks: test_chunking.py",
    "NEXT_HOP_DOWN": "of delivery: delivery/test_nexthop.py",
    "NEXT_HOP_REFUSES_US": "of delivery: delivery/test_session_refused.py",
    "OUTCOME_UNKNOWN": "of delivery: delivery/test_nexthop.py",
    "RECIPIENT_RETRY": "of delivery: actions/test_dispatch.py",
    "PEER_STOPPED": "of the process: test_restraint.py",
    "SCANNERS_SPARED": "of the process: test_restraint.py",
    "ETRN_PENDING": "no dialogue yet: the player has no next hop that is asked",
    "ETRN_COUNTED": "no dialogue yet: the player has no next hop that is asked",
    "ETRN_UNABLE": "no dialogue yet: the player has no next hop that is asked",
    "TOO_FAST_CLOSING": "no dialogue yet: needs a second connection",
}


def test_every_reply_is_reached() -> None:
    """Exactly those listed are not; a pattern counts only as a whole line does."""
    lines = {
        unescape(rest) + b"\r\n"
        for path in FILES
        for _, key, rest in steps(path.read_text(encoding="utf-8"))
        if key == "S:"
    }
    replies = {name: one for name, one in vars(reply).items() if isinstance(one, Reply)}
    missing = {name for name, one in replies.items() if one.encode() not in lines}
    assert missing == set(NOT_REACHED)
