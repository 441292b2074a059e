"""The entry point `bartizan`: the table of commands, and what they all do with an error.

Only the module of the command that was asked for is imported. Exit codes: 0 well, 1 something was not accepted or not
done, 2 could not run.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from bartizan import __version__
from bartizan.model.errors import ConfigError, TemporaryError

COMMANDS = {
    "serve": "take mail over SMTP, look into it, pass on what policy allows",
    "scan": "look into mails in files and say what policy makes of them",
    "check": "report every error of the configuration at once",
    "rules": "compile signatures, say which always run, hold the choice against all",
    "explain": "say why policy decides what it decides about one mail",
    "quarantine": "list, show, release, delete and purge held mail",
    "report": "say what was refused, and which known partners are refused now",
    "password": "make a line for the password file of who may log in",
    "demo": "run the gateway on embedded defaults with sample mails",
}


class Command(Protocol):
    """What each command's module provides."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the exit code."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` (without the program's name; default: the process's); the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="bartizan", description="SMTP edge gateway that looks into every message.")
    parser.add_argument("--version", action="version", version=f"bartizan {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    chosen: Command | None = None
    for name, purpose in COMMANDS.items():
        sub = commands.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
        if words and words[0] == name:
            chosen = _module(name)
            chosen.arguments(sub)
    args = parser.parse_args(words)
    if chosen is None:
        parser.error("the command comes first")
    return _guarded(chosen, args)


def _module(name: str) -> Command:
    module: object = import_module(f"bartizan.cli.{name}")
    return module  # type: ignore[return-value]  # held to the protocol by the tests


def _guarded(command: Command, args: argparse.Namespace) -> int:
    try:
        return command.run(args)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return 2
    except TemporaryError as error:
        print(f"bartizan: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:  # the reader of our output has gone: `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except OSError as error:
        print(f"bartizan: {error.filename or ''}{': ' if error.filename else ''}{error.strerror}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
