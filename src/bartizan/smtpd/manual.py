"""The page about the dialogue, from its tables: `python -m bartizan.smtpd.manual > docs/dialogue.md`.

In: the verbs and states of transaction.py, the table of replies. Out: one Markdown page with the diagram of states,
each verb in each state, and every reply; tests/smtpd/test_manual.py holds it to the tables. Not here: what a verb does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bartizan.model import reply as replies
from bartizan.model.reply import Reply
from bartizan.smtpd.transaction import FOREIGN, VERBS, State, Verb

COMMAND = "python -m bartizan.smtpd.manual > docs/dialogue.md"

_BEFORE = f"""\
# The dialogue

*Written from the tables by `{COMMAND}`; change `src/bartizan/smtpd/transaction.py` and `src/bartizan/model/reply.py`,
not this page.*

Which command is taken when, and everything that a client can be answered. A command that is refused changes nothing.
What a listener does not offer ([`[listener.esmtp]`](configuration.md#listeneresmtp)) is answered 502 in any state.
Dialogues that show all of this are in `tests/smtpd/dialogues/`.

## States

A session begins in *{State.CONNECTED.value}*. RSET, HELO and EHLO forget sender and recipients together; DATA and the
last BDAT hand the message over and lead back, whatever becomes of it.

"""
_VERBS = """
## Verbs

→ names the state that it leads to, · stays; 503 is out of order. *Last* must be the last of a group of commands.

"""
_REPLIES = """
## Replies

The whole table. A rule of the policy may have a text of its own, and of the next hop's refusals the code is passed on.

| reply | text |
|---|---|
"""


def page() -> str:
    """The whole page."""
    head = f"| verb | {' | '.join(state.value for state in State)} | |"
    verbs = "\n".join([head, "|---" * (len(State) + 2) + "|", *_rows()])
    said = "\n".join(f"| {one.code} {one.enhanced} | {one.text} |" for one in _replies())
    foreign = f"\nFirst words of HTTP ({', '.join(sorted(FOREIGN))}) end the session as shipped.\n"
    return f"{_BEFORE}```mermaid\n{_diagram()}\n```\n{_VERBS}{verbs}\n{foreign}{_REPLIES}{said}\n"


def _diagram() -> str:
    """Where commands lead that lead anywhere; several between the same two states share a line."""
    names = {state: f"s{number}" for number, state in enumerate(State)}
    arrows: dict[tuple[State, State], list[str]] = {}
    for name, verb in VERBS.items():
        for state in verb.allowed:
            to = _leads_to(name, verb, state)
            if verb.leads_to is not None or to is not state:
                arrows.setdefault((state, to), []).append(name)
    lines = ["stateDiagram-v2", f"    [*] --> {names[State.CONNECTED]}"]
    lines += [f"    {short}: {state.value}" for state, short in names.items()]
    lines += [f"    {names[one]} --> {names[other]}: {', '.join(verbs)}" for (one, other), verbs in arrows.items()]
    return "\n".join(lines)


def _rows() -> Iterator[str]:
    for name, verb in VERBS.items():
        cells = []
        for state in State:
            if state not in verb.allowed:
                cells.append("503")
            else:
                to = _leads_to(name, verb, state)
                cells.append("·" if to is state else f"→ {to.value}")
        yield f"| {name} | {' | '.join(cells)} | {'last' if verb.last else ''} |"


def _leads_to(name: str, verb: Verb, state: State) -> State:
    """Where a verb leads from a state that it is allowed in. RSET leads back, if anything was said."""
    if name == "RSET" and state is not State.CONNECTED:
        return State.GREETED
    return verb.leads_to or state


def _replies() -> list[Reply]:
    """Every reply of the table once, by code."""
    table = {one for one in vars(replies).values() if isinstance(one, Reply)}
    return sorted(table, key=lambda one: (one.code, one.enhanced, one.text))


if __name__ == "__main__":
    sys.stdout.write(page())
