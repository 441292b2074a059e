"""`bartizan quarantine`: list, show, release, delete and purge held mail.

An entry is named by its id or the beginning of one that fits no other. Release hands the exact bytes to the configured
next hop and reports its answer; an entry is marked as released only after the next hop took it.
Not here: how entries are kept (delivery.store), who may do this (file permissions of the state directory).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

from bartizan.actions import quarantine
from bartizan.actions.hide import Hiding
from bartizan.actions.own_fields import OwnFields
from bartizan.cli import console, options, words
from bartizan.config.load import serve_problems
from bartizan.config.schema import Settings
from bartizan.delivery.outcome import Outcome
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import Entry, Filter, MessageStore, State, UnknownEntry
from bartizan.model.envelope import Recipient
from bartizan.model.errors import ConfigError, TemporaryError
from bartizan.node import outlets
from bartizan.observe.clean import clean
from bartizan.observe.codec import to_json

Send = Callable[[str, tuple[Recipient, ...]], Awaitable[Outcome]]
"""Sends the entry with this id to these recipients, or to its own ones when there are none."""

_DAY = 86_400.0
_PAGE = 1000


class NotOne(Exception):
    """What was typed names no entry, or several; the text is for people."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    options.add_config(parser)
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    listing = tasks.add_parser("list", help="what is held, the newest first")
    listing.add_argument("--sender", default="", metavar="A", help="only of this envelope sender")
    listing.add_argument("--recipient", default="", metavar="B", help="only for this recipient")
    listing.add_argument("--state", choices=[state.value for state in State], help="only in this state")
    listing.add_argument("--limit", type=int, default=_PAGE, metavar="N", help=f"at most so many (default {_PAGE})")
    listing.add_argument("--json", action="store_true", help="one JSON object a line for each entry")
    show = tasks.add_parser("show", help="one entry: envelope, reason, findings")
    show.add_argument("id", metavar="ID")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--raw", action="store_true", help="the message itself, byte for byte, instead")
    form.add_argument("--json", action="store_true", help="as one JSON object")
    release = tasks.add_parser("release", help="deliver through the next hop")
    release.add_argument("--to", action="append", default=[], metavar="B", help="to this address instead")
    release.add_argument("--relay", metavar="HOST:PORT", help="through this next hop")
    release.add_argument("--again", action="store_true", help="also what was released before")
    delete = tasks.add_parser("delete", help="delete for good")
    for task in (release, delete):
        task.add_argument("ids", nargs="+", metavar="ID")
    purge = tasks.add_parser("purge", help="delete everything older than so many days")
    purge.add_argument("--older-than", type=_days, required=True, metavar="DAYS")
    for task in (listing, show, release, delete, purge):
        options.add_config(task, again=True)


def run(args: argparse.Namespace) -> int:
    """Do it; 0 when all was done, 1 when something was not, 2 when it cannot run."""
    settings = options.settings_of(args)
    if args.task == "release" and (problems := serve_problems(settings)):
        raise ConfigError(problems)
    store = outlets.quarantine(settings)
    try:
        if args.task == "release":
            return asyncio.run(_release(store, args, settings))
        return _TASKS[args.task](store, args)
    except (NotOne, TemporaryError) as problem:
        console.complain(f"bartizan quarantine: {problem}")
        return 1
    finally:
        store.close()


def list_entries(store: MessageStore, args: argparse.Namespace) -> int:
    """Print what is held."""
    state = State(args.state) if args.state else None
    sender, recipient = options.bare(args.sender), options.bare(args.recipient)
    wanted = Filter(state=state, sender=sender, recipient=recipient, limit=args.limit)
    entries = store.entries(wanted)
    if args.json:
        for entry in entries:
            sys.stdout.buffer.write(to_json(_as_json(entry)) + b"\n")
        sys.stdout.buffer.flush()
        return 0
    rows = [
        (
            entry.id,
            _when(entry.stored_at),
            entry.state.value,
            f"<{clean(entry.envelope.sender)}>",
            _recipients(entry),
            words.why(entry.findings) or clean(entry.rule if entry.envelope.id else entry.reason),
        )
        for entry in entries
    ]
    if rows:
        console.table(("id", "since", "state", "from", "to", "why"), rows)
    console.line(words.count(len(rows), "entry", "entries"))
    return 0


def show(store: MessageStore, args: argparse.Namespace) -> int:
    """Print one entry, or the message itself."""
    entry, raw = store.load(_one(store, args.id).id)
    if args.raw:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return 0
    if args.json:
        sys.stdout.buffer.write(to_json(_as_json(entry)) + b"\n")
        sys.stdout.buffer.flush()
        return 0
    envelope = entry.envelope
    console.table(
        ("", "entry"),
        [
            ("id", entry.id),
            ("state", entry.state.value),
            ("since", _when(entry.stored_at)),
            ("transaction", envelope.id),
            ("peer", f"{clean(envelope.peer.address)} ({clean(envelope.helo)}) {clean(envelope.tls)}".strip()),
            ("from", f"<{clean(envelope.sender)}>"),
            ("to", _recipients(entry)),
            ("size", f"{entry.size} bytes"),
            ("sha256", entry.sha256),
            ("action", clean(entry.reason)),
            ("rule", clean(entry.rule)),
            ("content score", f"{entry.score:g}"),
        ],
    )
    rows = [
        (one.kind.value, clean(one.name), clean(one.part, 4000), f"{one.score:g}", clean(one.detail))
        for one in words.in_order(entry.findings)
    ]
    console.table(("kind", "name", "where", "score", "detail"), rows)
    return 0


async def _release(store: SqliteStore, args: argparse.Namespace, settings: Settings) -> int:
    hop = outlets.next_hop(settings)
    own_fields = OwnFields.of(settings.rules, (settings.server.hostname, *settings.server.authserv_ids))
    hiding = Hiding(settings.hide, settings.server.hostname)

    async def send(id: str, recipients: tuple[Recipient, ...]) -> Outcome:
        hostname = settings.server.hostname
        return await quarantine.release(
            id, store.awaited(), hop, hostname=hostname, recipients=recipients, own_fields=own_fields, hiding=hiding
        )

    try:
        return await release(store, args, send)
    finally:
        await hop.close()


async def release(store: MessageStore, args: argparse.Namespace, send: Send) -> int:
    """Have each entry that `args` names sent, and tell how the next hop answered."""
    done = True
    for name in args.ids:
        try:
            entry = _one(store, name)
            if entry.state is State.RELEASED and not args.again:
                raise NotOne(f"{entry.id} was released before; --again releases it once more")
            outcome = await send(entry.id, tuple(Recipient(options.bare(text)) for text in args.to))
        except (NotOne, UnknownEntry, TemporaryError) as problem:
            console.complain(f"{clean(name)}: {problem}")
            done = False
            continue
        fate = "released" if outcome.delivered else "not released"
        unsure = outcome.possible_duplicate and not outcome.delivered
        doubt = "; it may have been delivered all the same" if unsure else ""
        console.line(f"{entry.id}: {fate}: {clean(outcome.detail or outcome.reply.text)}{doubt}")
        done = done and outcome.delivered
    return 0 if done else 1


def delete(store: MessageStore, args: argparse.Namespace) -> int:
    """Delete entries; nothing is deleted when one of the names is wrong."""
    ids = [_one(store, name).id for name in args.ids]
    gone = store.remove(ids)
    console.line(f"{gone} deleted")
    return 0 if gone == len(set(ids)) else 1


def purge(store: MessageStore, args: argparse.Namespace) -> int:
    """Delete what is older than so many days."""
    gone = store.purge(time.time() - args.older_than * _DAY)
    console.line(f"{gone} deleted")
    return 0


_TASKS: dict[str, Callable[[MessageStore, argparse.Namespace], int]] = {
    "list": list_entries,
    "show": show,
    "delete": delete,
    "purge": purge,
}


def _one(store: MessageStore, name: str) -> Entry:
    """The entry with this id, or the only one whose id begins so. NotOne otherwise."""
    found = []
    for entry in _all(store):
        if entry.id == name:
            return entry
        if name and entry.id.startswith(name):
            found.append(entry)
    if len(found) > 1:
        raise NotOne(f"{clean(name)} fits {len(found)} entries")
    if not found:
        raise NotOne(f"there is no entry {clean(name)}")
    return found[0]


def _all(store: MessageStore) -> Iterator[Entry]:
    before = ""
    while page := store.entries(Filter(before=before, limit=_PAGE)):
        yield from page
        before = page[-1].id


def _as_json(entry: Entry) -> dict[str, object]:
    envelope = entry.envelope
    return {
        "id": entry.id,
        "state": entry.state,
        "stored_at": entry.stored_at,
        "changed_at": entry.changed_at,
        "transaction": envelope.id,
        "peer": envelope.peer.address,
        "helo": clean(envelope.helo),
        "sender": clean(envelope.sender),
        "recipients": [clean(one.address) for one in entry.recipients],
        "direction": envelope.direction,
        "size": entry.size,
        "sha256": entry.sha256,
        "action": clean(entry.reason),
        "rule": clean(entry.rule),
        "score": entry.score,
        "findings": [words.finding_json(finding) for finding in words.in_order(entry.findings)],
    }


def _days(text: str) -> float:
    days = float(text)
    if not days >= 0:
        raise argparse.ArgumentTypeError(f"expected 0 or more days, found {text}")
    return days


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _recipients(entry: Entry) -> str:
    return ", ".join(f"<{clean(one.address)}>" for one in entry.recipients)
