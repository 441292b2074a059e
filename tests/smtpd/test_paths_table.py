"""Paths and parameters of MAIL and RCPT, each with its exact code: what is taken, and exactly as what it is known."""

from __future__ import annotations

from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest

from bartizan.model.offer import Offer

ALL = Offer(eight_bit=True, smtputf8=True, dsn=True, size=5000)
PATH, SYNTAX, PARAMETER, BIG, NEEDS_UTF8 = "553 5.1.3", "501 5.5.4", "555 5.5.4", "552 5.3.4", "553 5.6.7"
GOOD = {
    "<a@b>": "a@b",
    "<A.B+c=d@E.Example>": "A.B+c=d@E.Example",
    "<user%other.example@d.example>": "user%other.example@d.example",
    "<other.example!user@d.example>": "other.example!user@d.example",
    "<'a|b`c@d.example>": "'a|b`c@d.example",
    '<"a b"@d.example>': '"a b"@d.example',
    '<"a@b"@d.example>': '"a@b"@d.example',
    '<"a\\"b"@d.example>': '"a\\"b"@d.example',
    '<"">@x"@d.example>': None,
    '<"<>"@d.example>': '"<>"@d.example',
    '<"> SIZE=9"@d.example>': '"> SIZE=9"@d.example',
    "<@r.example:a@b.example>": "a@b.example",
    "<@r.example,@s.example:a@b.example>": "a@b.example",
    "<@r.example>": None,
    "<@r.example:>": None,
    "<@r.example a@b.example>": None,
    "<@r.example,a@b.example>": None,
    "<@[192.0.2.1]:a@b.example>": None,
    "<a@[192.0.2.1]>": "a@[192.0.2.1]",
    "<a@[192.0.2.001]>": None,
    "<a@[192.0.2]>": None,
    "<a@[IPv6:2001:db8::192.0.2.1]>": "a@[IPv6:2001:db8::192.0.2.1]",
    "<a@[ipv6:::]>": "a@[ipv6:::]",
    "<a@[IPv6:1::2::3]>": None,
    "<a@[IPv6:fe80::1%eth0]>": None,
    "<a@[IPv6:fe80::1%]>": None,
    "<a@[x-new:any.thing]>": "a@[x-new:any.thing]",
    "<a@[x-new:b@c.example]>": None,
    "<a@[x-new:b[c]>": None,
    "<a@[::1]>": None,
    "<a@[192.0.2.1>": None,
    "<a@192.0.2.1>": "a@192.0.2.1",
    "<a@b.example.>": None,
    "<a@.b.example>": None,
    "<a@b_c.example>": "a@b_c.example",
    "<a@b-.example>": None,
    "<a@xn--bcher-kva.example>": "a@xn--bcher-kva.example",
    "<a(comment)@b.example>": None,
    "<(comment)a@b.example>": None,
    "<a@b.example(comment)>": None,
    "<a @b.example>": None,
    "<a@ b.example>": None,
    "< a@b.example>": None,
    "<a@b.example >": None,
    "<a;b@c.example>": None,
    "<a,b@c.example>": None,
    "<a:b@c.example>": None,
    "<a\\b@c.example>": None,
    "<a@b@c.example>": None,
    "<a>b@c.example>": None,
    "<a<b@c.example>": None,
    '<"a@c.example>': None,
    '<a"b"@c.example>': None,
    '<"a"."b"@c.example>': None,
    "<a.@c.example>": None,
    f"<{'a' * 255}@c.example>": f"{'a' * 255}@c.example",
    f"<{'a' * 256}@c.example>": None,
    f"<a@{'b' * 63}.example>": f"a@{'b' * 63}.example",
    f"<a@{'b' * 64}.example>": None,
    f"<a@{'b.' * 127}e>": f"a@{'b.' * 127}e",
    f"<a@{'b.' * 128}e>": None,
}
"""The mailbox, None for 553."""

MAIL = {
    "": "250", " ": "250", " SIZE=0": "250", " SIZE=5000": "250", " size=005000": "250", " SIZE=5001": BIG,
    " SIZE=18446744073709551616": BIG, " SIZE=+1": SYNTAX, " SIZE=1.5": SYNTAX, " SIZE=0x10": SYNTAX,
    " SIZE =1": SYNTAX, " SIZE= 1": SYNTAX, " SIZE=1 size=2": SYNTAX, " SIZE=\N{ARABIC-INDIC DIGIT ONE}": SYNTAX,
    "  SIZE=1  BODY=7BIT ": "250", " BODY=7bit": "250", " BODY=8BITMIME": "250", " BODY=BINARYMIME": PARAMETER,
    " BODY=8BITMIMES": SYNTAX, " BODY=7BIT BODY=8BITMIME": SYNTAX,
    " BODY=8B\N{LATIN SMALL LETTER DOTLESS I}TMIME SMTPUTF8": SYNTAX, " BODY=": SYNTAX, " SMTPUTF8": "250",
    " smtputf8": "250", " SMTPUTF8=": SYNTAX, " SMTPUTF8 SMTPUTF8": SYNTAX,
    " \N{LATIN SMALL LETTER LONG S}IZE=1": SYNTAX, " RET=FULL": "250", " RET=HDRS ENVID=x": "250", " RET=": SYNTAX,
    " RET=FULL RET=FULL": SYNTAX, " ENVID=a+2Bb": "250", " ENVID=a+2bb": SYNTAX, " ENVID=a b": PARAMETER,
    " ENVID=a=b": SYNTAX, f" ENVID={'x' * 100}": "250", f" ENVID={'x' * 101}": SYNTAX, " NOTIFY=NEVER": PARAMETER,
    " ORCPT=rfc822;a": PARAMETER, " AUTH=<>": PARAMETER, " X=1": PARAMETER, " XVERP": PARAMETER, " BY=9;R": PARAMETER,
    " HOLDFOR=9": PARAMETER, " REQUIRETLS": PARAMETER, " MT-PRIORITY=3": PARAMETER, " PRDR": PARAMETER, " =": SYNTAX,
    " -X": SYNTAX, " <b@c.example>": SYNTAX, "SIZE=1": PATH, ">": PATH, ",<b@c.example>": PATH,
}  # fmt: skip
RCPT = {
    " NOTIFY=NEVER": "250", " NOTIFY=SUCCESS,FAILURE,DELAY": "250", " notify=delay": "250",
    " NOTIFY=NEVER,NEVER": SYNTAX, " NOTIFY=SUCCESS,": SYNTAX, " NOTIFY=,": SYNTAX, " NOTIFY=ALL": SYNTAX,
    " NOTIFY=NEVER NOTIFY=NEVER": SYNTAX, " NOTIFY=SUCCESS,SUCCESS,SUCCESS,SUCCESS": SYNTAX,
    " ORCPT=rfc822;b+40c.example": "250", " ORCPT=rfc822;": SYNTAX, " ORCPT=;a": SYNTAX,
    " ORCPT=rfc822;a ORCPT=rfc822;a": SYNTAX, f" ORCPT=rfc822;{'x' * 493}": "250", f" ORCPT=rfc822;{'x' * 494}": SYNTAX,
    " NOTIFY=NEVER ORCPT=x;y": "250", " SIZE=1": PARAMETER, " RET=FULL": PARAMETER, " SMTPUTF8": PARAMETER,
    " X-EVIL": PARAMETER, " ": "250", " <x@y.example>": SYNTAX, " MAIL FROM:<x@y.example>": PARAMETER,
}  # fmt: skip


def greeted(loop: VirtualLoop, offer: Offer = ALL, hello: bytes = b"EHLO c\r\n") -> Rig:
    """A session that was offered everything."""
    rig = Rig(loop, Pipeline(settings_of(dsn=1), offer=offer))
    rig.send(hello)
    return rig


def say(rig: Rig, line: str) -> str:
    """The one reply to a command."""
    answer = rig.send(line.encode() + b"\r\n").decode()
    assert answer.count("\r\n") == 1
    return answer


@pytest.mark.parametrize("path", GOOD)
def test_paths(loop: VirtualLoop, path: str) -> None:
    """MAIL and RCPT read the same paths, and keep the same mailbox."""
    rig = greeted(loop)
    mailbox = GOOD[path]
    assert say(rig, f"MAIL FROM:{path}").startswith(PATH if mailbox is None else "250 2.1.0")
    if mailbox is None:
        say(rig, "MAIL FROM:<x@y.example>")
    assert say(rig, f"RCPT TO:{path}").startswith(PATH if mailbox is None else "250 2.1.5")
    if mailbox is not None:
        say(rig, "DATA")
        say(rig, ".")
        envelope = rig.pipeline.accepted[0][0]
        assert (envelope.sender, [one.address for one in envelope.recipients]) == (mailbox, [mailbox])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("MAIL FROM:<>", "250 2.1.0"),
        ("MAIL FROM: <>", "250 2.1.0"),
        ("mail from:<>", "250 2.1.0"),
        ("MAIL  FROM:<>", "250 2.1.0"),
        ("MAIL FROM:< >", PATH),
        ("MAIL FROM:<<>>", PATH),
        ("MAIL FROM:<>x", PATH),
        ("MAIL FROM:", SYNTAX),
        ("MAIL FROM: ", SYNTAX),
        ("MAIL FROM", SYNTAX),
        ("MAIL <>", SYNTAX),
        ("MAIL FROM <>", SYNTAX),
        ("MAIL FROM:a@b.example", SYNTAX),
        ("MAIL FROM:A <a@b.example>", SYNTAX),
        ('MAIL FROM:"A" <a@b.example>', SYNTAX),
        ("MAIL FROM:<postmaster>", PATH),
        ("MAIL FROM:<@>", PATH),
        ("MAIL FROM:<\N{NO-BREAK SPACE}@b.example>", NEEDS_UTF8),
        ("MAIL FROM:<ü@b.example>", NEEDS_UTF8),
        ("MAIL FROM:<ü@b.example> SMTPUTF8", "250 2.1.0"),
        ("MAIL FROM:<a@b\N{IDEOGRAPHIC FULL STOP}example> SMTPUTF8", "250 2.1.0"),
        ("MAIL FROM:<a@b.example> SMTPUTF8 ENVID=ü", SYNTAX),
    ],
)
def test_senders(loop: VirtualLoop, line: str, expected: str) -> None:
    """Forms of MAIL."""
    assert say(greeted(loop), line).startswith(expected)


@pytest.mark.parametrize("parameters", MAIL)
def test_mail_parameters(loop: VirtualLoop, parameters: str) -> None:
    """After a good path; a refused command leaves the way free for a good one."""
    rig = greeted(loop)
    expected = MAIL[parameters]
    assert say(rig, f"MAIL FROM:<a@b.example>{parameters}").startswith(expected)
    assert say(rig, "MAIL FROM:<a@b.example>").startswith("503 5.5.1" if expected == "250" else "250 2.1.0")


@pytest.mark.parametrize("parameters", RCPT)
def test_rcpt_parameters(loop: VirtualLoop, parameters: str) -> None:
    """The same for RCPT; what is refused is no recipient."""
    rig = greeted(loop)
    say(rig, "MAIL FROM:<>")
    assert say(rig, f"RCPT TO:<a@b.example>{parameters}").startswith(RCPT[parameters])
    assert say(rig, "DATA").startswith("354" if RCPT[parameters] == "250" else "554 5.5.1")


@pytest.mark.parametrize("parameter", ["SIZE=1", "BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=x", "NOTIFY=NEVER"])
def test_only_what_was_offered(loop: VirtualLoop, parameter: str) -> None:
    """After HELO nothing, after EHLO what the next hop offers, and SIZE which is ours."""
    verb = "RCPT TO:<c@d.example>" if parameter == "NOTIFY=NEVER" else "MAIL FROM:<a@b.example>"
    for hello, offer, taken in (
        (b"EHLO c\r\n", ALL, True),
        (b"EHLO c\r\n", Offer(), parameter == "SIZE=1"),
        (b"HELO c\r\n", ALL, False),
    ):
        rig = greeted(loop, offer, hello)
        if verb.startswith("RCPT"):
            say(rig, "MAIL FROM:<>")
        assert say(rig, f"{verb} {parameter}").startswith("250" if taken else PARAMETER), hello
