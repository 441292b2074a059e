"""The account of a load test finds every loss."""

from __future__ import annotations

from collections import Counter

from bench import mix, verify

REAL = mix.made_up(1, 20)


def test_account() -> None:
    """A mail that is lost, doubled, or bad and delivered is a problem; a good one in quarantine is only named."""
    mails = mix.make(REAL, 6, 1, 6)
    tokens = [mail.token for mail in mails]
    sink = Counter([tokens[0], tokens[1], tokens[1], tokens[5]])
    result = verify.account(mails, [250, 250, 250, 250, 451, 250], sink, Counter([tokens[3]]))
    assert result.good_in_quarantine == [tokens[3]]
    assert [problem.split(" ")[0] for problem in result.problems] == [tokens[1], tokens[2], tokens[4], tokens[5]]


def test_token_in_a_dump() -> None:
    """The token is found in what smtp-sink keeps, whose line ends are LF."""
    assert verify.tokens_at_sink([b"X-Client-Addr: ::1\nX-Load-Token: 0af\nSubject: x\n\n", b"x\n"]) == {
        "0af": 1,
        "": 1,
    }
