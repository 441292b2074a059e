"""`bartizan demo`: the gateway with a next hop of its own and four sample mails, and a table of what became of them.

Everything lives under var/demo in the working directory: the configuration it runs with, the phrase list, the event
log, the quarantine, and the Maildir of what was accepted. The gateway is `bartizan serve` in a process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path

from bartizan.cli import console
from bartizan.cli.backstage import Backstage, DemoError
from bartizan.cli.samples import SENDER, Sample, samples
from bartizan.config import address
from bartizan.model.errors import ConfigError, Problem

HOME = Path("var/demo")
ADDRESS = "127.0.0.1:2525"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--once", action="store_true", help="stop after the table; 0 if all went as expected")
    parser.add_argument("--listen", default=ADDRESS, metavar="HOST:PORT", help=f"loopback address (default {ADDRESS})")


def run(args: argparse.Namespace) -> int:
    """Play; 0 when every sample met its expected fate (or after Ctrl-C), 1 when one did not, 2 when it cannot run."""
    host, port = _free(args.listen)
    backstage = Backstage(HOME, host, port)
    try:
        with _until_terminated(), backstage.running():
            good = _show(backstage, host, port)
            if args.once:
                return 0 if good else 1
            console.line(f"Serving on {args.listen}; accepted mail is in {backstage.maildir}. Ctrl-C ends it.")
            backstage.wait()
    except DemoError as problem:
        console.complain(f"bartizan demo: {problem}")
        return 2
    except KeyboardInterrupt:
        console.line("Stopped.")
    return 0


def _free(text: str) -> tuple[str, int]:
    """The address to listen on; ConfigError when it is not on loopback or already taken."""
    try:
        host, port = address.split(text)
    except ValueError as problem:
        raise ConfigError((Problem("command line", "--listen", str(problem)),)) from None
    if not address.is_loopback(host) or port == 0:
        raise ConfigError((Problem("command line", "--listen", "expected a port on loopback"),))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        expected = f"expected a free address, but {text} cannot be listened on ({reason}); choose another one"
        raise ConfigError((Problem("command line", "--listen", expected),)) from None
    return host, port


def _show(backstage: Backstage, host: str, port: int) -> bool:
    """Send the samples, print what became of each; did each meet its expected fate?"""
    rows, good = [], True
    for sample in samples():
        reply = _send(sample, host, port)
        event = backstage.event_for(sample.recipient)
        action = str(event.get("action", "unknown"))
        good = good and action == sample.expected.value
        reasons = backstage.why(event) if event else f"SMTP reply: {reply}"
        rows.append((sample.subject, action, reasons, backstage.whereabouts(event, sample)))
    console.table(("mail", "verdict", "why", "where it is now"), rows, "What became of the sample mails")
    return good


def _send(sample: Sample, host: str, port: int) -> str:
    """Give one mail to the gateway; its reply, as text."""
    try:
        with smtplib.SMTP(host, port, timeout=90) as client:
            client.ehlo("demo.example.com")
            client.mail(SENDER)
            client.rcpt(sample.recipient)
            code, text = client.data(sample.raw)
    except (OSError, smtplib.SMTPException) as problem:
        return f"none: {problem}"
    return f"{code} {text.decode('ascii', 'replace')}"


@contextlib.contextmanager
def _until_terminated() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
