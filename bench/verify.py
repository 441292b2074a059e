"""Holds what a load test sent against what arrived: each mail exactly once, and no bad one at the next hop."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.mix import DOMAIN, Mail
from bench.wire import TOKEN_FIELD

_TOKEN = re.compile(rb"^" + TOKEN_FIELD + rb": ([0-9a-f]+)\r?$", re.MULTILINE)


@dataclass(slots=True)
class Account:
    """The result: where the mails are, and every one that is not where it should be."""

    at_next_hop: int = 0
    in_quarantine: int = 0
    bad: int = 0
    good_in_quarantine: list[str] = field(default_factory=list)
    """Tokens of mails quarantined though nothing was added to them: to be looked at, no error by itself."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why those are there, by token."""
    problems: list[str] = field(default_factory=list)


def tokens_at_sink(dumps: Iterable[bytes]) -> Counter[str]:
    """How often each token is in what smtp-sink kept; a dump without one counts as ""."""
    found: Counter[str] = Counter()
    for dump in dumps:
        match = _TOKEN.search(dump)
        found[match[1].decode() if match else ""] += 1
    return found


def tokens_in_quarantine(rows: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How often each token is in a quarantine listing, by the senders' addresses."""
    suffix = "@" + DOMAIN.decode()
    return Counter(str(row["sender"]).removesuffix(suffix) for row in rows)


def reasons(rows: Iterable[Mapping[str, Any]], tokens: Iterable[str]) -> dict[str, str]:
    """Why mails are in quarantine: rule and names of findings, for these tokens."""
    suffix = "@" + DOMAIN.decode()
    wanted = {token + suffix for token in tokens}
    return {
        row["sender"].removesuffix(suffix): f"{row['rule']}: {', '.join(sorted({f['name'] for f in row['findings']}))}"
        for row in rows
        if row["sender"] in wanted
    }


def account(mails: Sequence[Mail], codes: Sequence[int], sink: Counter[str], quarantine: Counter[str]) -> Account:
    """Compare; `codes` are the replies to `mails` in the same order, 0 where none came."""
    result = Account(sink.total(), quarantine.total(), sum(1 for mail in mails if mail.bad))
    for mail, code in zip(mails, codes, strict=True):
        there, kept = sink[mail.token], quarantine[mail.token]
        name = f"{mail.token} ({mail.bad or 'good'}, reply {code})"
        if mail.bad and there:
            result.problems.append(f"{name}: at the next hop")
        if code == 250 and there + kept != 1:
            result.problems.append(f"{name}: {there} times at the next hop, {kept} times in quarantine")
        if code != 250:
            result.problems.append(f"{name}: not taken")
        if kept and not mail.bad:
            result.good_in_quarantine.append(mail.token)
    strange = (set(sink) | set(quarantine)) - {mail.token for mail in mails}
    result.problems += [f"{token!r}: never sent" for token in sorted(strange)]
    return result
