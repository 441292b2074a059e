"""No open relay: every way known to write a recipient elsewhere, or one that a next hop might send elsewhere."""

from __future__ import annotations

from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest

DENIED, ADDRESS, SYNTAX = b"550 5.7.1 ", b"553 5.1.3 ", b"501 5.5.4 "
FORMS = {
    "<v@away.example>": DENIED,
    "<V@AWAY.EXAMPLE>": DENIED,
    "<v@sub.ours.example>": DENIED,
    "<v@ours.example.away.example>": DENIED,
    "<v@notours.example>": DENIED,
    "<v@example>": DENIED,
    "<postmaster@away.example>": DENIED,
    "<v@[192.0.2.9]>": DENIED,
    "<v@[127.0.0.1]>": DENIED,
    "<v@[IPv6:::1]>": DENIED,
    "<v@[IPv6:2001:db8::1]>": DENIED,
    "<v@[tag:ours.example]>": DENIED,
    "<v%away.example@ours.example>": DENIED,
    "<v%away.example%ours.example@ours.example>": DENIED,
    "<v%[192.0.2.9]@ours.example>": ADDRESS,
    '<"v%away.example"@ours.example>': DENIED,
    "<%@ours.example>": DENIED,
    "<away.example!v@ours.example>": DENIED,
    "<ours.example!away.example!v@ours.example>": DENIED,
    '<"away.example!v"@ours.example>': DENIED,
    "<away.example!v%other.example@ours.example>": DENIED,
    '<"v@away.example"@ours.example>': DENIED,
    '<"v\\@away.example"@ours.example>': DENIED,
    '<"@ours.example:v@away.example"@ours.example>': DENIED,
    "<@ours.example:v@away.example>": DENIED,
    "<@ours.example,@away.example:v@other.example>": DENIED,
    "<@away.example:v%other.example@ours.example>": DENIED,
    "<@ours.example:away.example!v@ours.example>": DENIED,
    "<v@ours.example@away.example>": ADDRESS,
    "<v@away.example@ours.example>": ADDRESS,
    "<v@away.example,ours.example>": ADDRESS,
    "<v@away.example v@ours.example>": ADDRESS,
    "<v@away.example><v@ours.example>": ADDRESS,
    "<<v@away.example>@ours.example>": ADDRESS,
    "<away.example!v>": ADDRESS,
    "<v%away.example>": ADDRESS,
    '<"v@away.example">': ADDRESS,
    "<v@away.example.@ours.example>": ADDRESS,
    "<v(@ours.example)@away.example>": ADDRESS,
    "v@away.example": SYNTAX,
    "v%away.example@ours.example": SYNTAX,
}


@pytest.mark.parametrize("form", FORMS)
def test_not_relayed(loop: VirtualLoop, form: str) -> None:
    """Refused for good, and DATA behind it finds no recipient."""
    rig = Rig(loop, Pipeline(settings_of(recipient_domains=("ours.example",))))
    rig.send(b"EHLO c\r\n")
    assert rig.send(b"MAIL FROM:<a@ours.example>\r\n") == b"250 2.1.0 Ok\r\n"
    answer = rig.send(b"RCPT TO:" + form.encode() + b"\r\n")
    assert answer.startswith(FORMS[form]), answer
    assert rig.send(b"DATA\r\n").startswith(b"554 5.5.1 ")
    assert rig.pipeline.accepted == []


@pytest.mark.parametrize("form", ["<v@ours.example>", "<v@OURS.example>", "<@away.example:v@ours.example>"])
def test_ours(loop: VirtualLoop, form: str) -> None:
    """The same session takes mail that is for us."""
    rig = Rig(loop, Pipeline(settings_of(recipient_domains=("ours.example",))))
    rig.send(b"EHLO c\r\nMAIL FROM:<a@away.example>\r\n")
    assert rig.send(b"RCPT TO:" + form.encode() + b"\r\n") == b"250 2.1.5 Ok\r\n"
