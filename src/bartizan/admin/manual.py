"""The manual of health and metrics, from their declarations: `python -m bartizan.admin.manual > docs/metrics.md`.

In: the families of observe/metrics.py and the account in its docstring. Out: one Markdown page, which
tests/admin/test_manual.py holds to what is declared. Not here: what is counted, and where.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bartizan.observe import metrics
from bartizan.observe.page import Family, Shape

COMMAND = "python -m bartizan.admin.manual > docs/metrics.md"

_BEFORE = f"""\
# Health and metrics

*Written from the declarations by `{COMMAND}`; change `src/bartizan/observe/metrics.py`, not this page.*

With `address` in [`[admin]`](configuration.md#admin) a process of its own answers over HTTP. It takes no part in mail:
it reads pages of counters that the other processes write, is confined, and can be killed at any time. There is no
authentication; the address belongs on loopback or on a management network.

| path | 200 says | 503 means |
|---|---|---|
| `/health/live` | the supervisor gave a sign of life within 10 seconds | restart the gateway |
| `/health/ready` | live, not draining, an smtpd and a scanner at work, no store has failed | send mail elsewhere |
| `/metrics` | the metrics below in Prometheus' text format | |

Both health answers are JSON: `{{"status": "ok"|"fail", "wrong": [reasons]}}`. Counters go on when an smtpd or a scanner
is replaced and over reloads; they begin at 0 with a new gateway.

## The account

"""
_BETWEEN = """\

## All metrics

Every value of a label is told from the first scrape on, also at 0. Numbers are those of all smtpds together.

| metric | type | labels | says |
|---|---|---|---|
"""
_TYPES = {Shape.COUNTER: "counter", Shape.HISTOGRAM: "histogram"}


def page() -> str:
    """The whole page."""
    return _BEFORE + account() + _BETWEEN + "".join(f"{row}\n" for row in rows())


def account() -> str:
    """What observe/metrics.py says about recipients."""
    text = metrics.__doc__ or ""
    return text[text.index("**Every recipient") :]


def rows() -> Iterator[str]:
    """One for each metric."""
    yield "| `bartizan_rules_info` | info | `bundle`, `version` | The rules in force, and the version of the gateway. |"
    for layout in (metrics.SMTPD, metrics.SUPERVISOR):
        yield from map(_row, layout.families)


def _row(family: Family) -> str:
    name = f"bartizan_{family.name}{'_total' if family.shape is Shape.COUNTER else ''}"
    values = ", ".join(f"`{value}`" for value in family.values)
    label = f"`{family.label}`: {values}" if family.label else ""
    return f"| `{name}` | {_TYPES.get(family.shape, 'gauge')} | {label} | {family.help} |"


if __name__ == "__main__":
    sys.stdout.write(page())
