"""Nothing but CRLF . CRLF ends a message, wherever the packets are cut (SECURITY: the end-of-data matrix)."""

from __future__ import annotations

from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest

from bartizan.smtpd.settings import BareLineEnds

NO_ENDS = {
    "lf-dot-lf": b"\n.\n",
    "cr-dot-cr": b"\r.\r",
    "cr-dot-lf": b"\r.\n",
    "lf-dot-cr": b"\n.\r",
    "lf-dot-crlf": b"\n.\r\n",
    "crlf-dot-lf": b"\r\n.\n",
    "cr-dot-crlf": b"\r.\r\n",
    "crlf-dot-cr": b"\r\n.\r",
    "crlf-nul-dot-crlf": b"\r\n\0.\r\n",
    "crlf-dot-nul-crlf": b"\r\n.\0\r\n",
    "crlf-dot-crcrlf": b"\r\n.\r\r\n",
    "lf-dotdot-crlf": b"\n..\r\n",
    "crlf-dotdot-crlf": b"\r\n..\r\n",
    "crlf-dot-space-crlf": b"\r\n. \r\n",
    "crlf-space-dot-crlf": b"\r\n .\r\n",
}
WITHOUT_BARE = {
    "crlf-nul-dot-crlf",
    "crlf-dot-nul-crlf",
    "crlf-dotdot-crlf",
    "crlf-dot-space-crlf",
    "crlf-space-dot-crlf",
}
SMUGGLED = b"MAIL FROM:<evil@evil.example>\r\nRCPT TO:<c@d.example>\r\nQUIT\r\nx"
TO_DATA = b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


@pytest.mark.parametrize("policy", list(BareLineEnds))
@pytest.mark.parametrize("name", NO_ENDS)
def test_no_end(loop: VirtualLoop, name: str, policy: BareLineEnds) -> None:
    """The commands behind it stay text; the answer comes after the one true end, and a refusal is the last one."""
    body = b"text" + NO_ENDS[name] + SMUGGLED
    refused = policy is BareLineEnds.REFUSE and name not in WITHOUT_BARE
    for cut in range(len(body) + 1):
        rig = Rig(loop, Pipeline(settings_of(bare_line_ends=policy)))
        rig.send(TO_DATA)
        assert rig.send(body[:cut]) + rig.send(body[cut:]) == b""
        answer = rig.send(b"\r\n.\r\n")
        assert answer[:4] == (b"550 " if refused else b"250 ")
        assert rig.send(b"NOOP\r\n") == (b"" if refused else b"250 2.0.0 Done\r\n")
        assert len(rig.pipeline.accepted) == (0 if refused else 1)


def test_cr_before_the_end(loop: VirtualLoop) -> None:
    """CR CRLF . CRLF holds the true end: refused for its bare CR, and what is behind it is never a command."""
    for cut in range(len(b"text\r\r\n.\r\nNOOP\r\n")):
        rig = Rig(loop, Pipeline(settings_of()))
        rig.send(TO_DATA)
        body = b"text\r\r\n.\r\nNOOP\r\n"
        answer = rig.send(body[:cut]) + rig.send(body[cut:])
        assert answer == b"550 5.6.0 Bare carriage return or line feed in message\r\n"
        assert rig.send(b"NOOP\r\n") == b""
        rig.end()
        assert rig.transport.closed
        assert rig.pipeline.accepted == []


def test_the_end(loop: VirtualLoop) -> None:
    """CRLF . CRLF is the end in whatever pieces it comes, at once after 354 too."""
    for body, raw in ((b"text\r\n.\r\n", b"text\r\n"), (b".\r\n", b""), (b"\r\n.\r\n", b"\r\n")):
        for cut in range(len(body) + 1):
            rig = Rig(loop, Pipeline(settings_of()))
            rig.send(TO_DATA)
            assert rig.send(body[:cut]) + rig.send(body[cut:]) == b"250 2.0.0 Ok\r\n"
            assert rig.pipeline.accepted[0][1] == raw
