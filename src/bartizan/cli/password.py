"""`bartizan password`: make a line for the password file.

In: a login, and the password typed twice without being shown, or as one line of standard input. Out: `login:hash` on
standard output, everything else on standard error. The password is no argument: others could see it.
Not here: the file itself (bartizan.auth.passwords), which the operator writes.
"""

from __future__ import annotations

import argparse
import getpass
import sys

from bartizan.auth.argon import make
from bartizan.auth.canonical import PASSWORD_MOST, login_error, password_error
from bartizan.model.errors import ConfigError, Problem


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("login", metavar="LOGIN", help="the login, usually the mail address")


def run(args: argparse.Namespace) -> int:
    """Print the line; 0, or 2 when there is no such login or password."""
    login: str = args.login
    if ":" in login or login.startswith("#") or login != login.strip():
        raise _wrong("login", "a login has no colon, no # in front and no space around it")
    _refuse("login", login_error(login))
    password = _typed() if sys.stdin.isatty() else _line()
    _refuse("password", password_error(password))
    print(f"{login}:{make(password)}")
    return 0


def _typed() -> bytes:
    first = getpass.getpass("Password: ", sys.stderr)
    if getpass.getpass("The same again: ", sys.stderr) != first:
        raise _wrong("password", "they are not the same")
    return first.encode("utf-8", "surrogateescape")


def _line() -> bytes:
    line = sys.stdin.buffer.readline(PASSWORD_MOST + 3)  # one more than the longest with CRLF
    return line.removesuffix(b"\n").removesuffix(b"\r")


def _refuse(what: str, error: str | None) -> None:
    if error is not None:
        raise _wrong(what, error)


def _wrong(what: str, error: str) -> ConfigError:
    return ConfigError((Problem("bartizan password", what, error),))
