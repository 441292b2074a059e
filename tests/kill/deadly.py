"""Gateways whose scanners do what a mail's subject says (hook/sitecustomize.py), and such mails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.gateway import Gateway
from end_to_end.client import Client
from end_to_end.recorder import Recorder

HOOK = Path(__file__).parent / "hook"
WORKERS = 2

Start = Callable[..., tuple[Gateway, Recorder]]


def mail(subject: str, token: str) -> bytes:
    """A mail that says what its scanner is to do."""
    return f"Subject: {subject}\r\nFrom: <{token}@sender.example>\r\n\r\n{token}\r\n".encode()


def send(gateway: Gateway, raw: bytes, sender: str, source: str = "127.0.0.1") -> int:
    """One mail over a connection of its own; the reply's code."""
    with Client(gateway.port, source) as client:
        return client.mail(raw, f"{sender}@sender.example").code
