"""`bartizan serve`: the gateway, until SIGTERM or SIGINT; SIGHUP has it read its configuration again."""

from __future__ import annotations

import argparse

from bartizan.cli import options
from bartizan.supervisor import serve


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    options.add_config(parser)
    parser.add_argument(
        "--listen",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="take mail here, instead of at configured listeners",
    )
    parser.add_argument("--relay", metavar="HOST:PORT", help="the next hop")
    options.add_rules(parser)
    parser.add_argument("--workers", type=int, metavar="N", help="SMTP processes (0: one for each core)")


def run(args: argparse.Namespace) -> int:
    """Serve; the exit code."""
    return serve(options.source_of(args))
