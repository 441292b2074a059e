"""`bartizan serve`: the gateway, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse

from bartizan.cli import options
from bartizan.config.load import serve_problems
from bartizan.model.errors import ConfigError
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
    settings = options.settings_of(args)
    if problems := serve_problems(settings):
        raise ConfigError(problems)
    return serve(settings)
