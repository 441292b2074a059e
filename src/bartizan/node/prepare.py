"""Find out whether a configuration may be followed: read, check and compile everything that it names.

In: where it comes from. Out: settings, bundle, certificates - complete, or every problem at once.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from bartizan import bundle
from bartizan.auth.passwords import PasswordFile
from bartizan.bundle import Bundle
from bartizan.config.load import Source, serve_problems
from bartizan.config.schema import Certificate as Files
from bartizan.config.schema import Listener, Settings, Tls
from bartizan.model.errors import ConfigError, Problem
from bartizan.node import lists
from bartizan.node.generation import Certificate
from bartizan.node.lists import CompiledList
from bartizan.smtpd.tls import names_of
from bartizan.wall.patterns import Patterns


@dataclass(frozen=True, slots=True)
class Prepared:
    """A configuration that may be followed; `certificates` are those of each listener, none for one without TLS, and
    `lists` its compiled allow and deny lists by name. `passwords` is the text of the password file."""

    settings: Settings
    bundle: Bundle
    certificates: tuple[tuple[Certificate, ...], ...]
    lists: tuple[dict[str, CompiledList], ...]
    passwords: str = field(default="", repr=False)


def prepare(source: Source) -> Prepared:
    """Load, check and compile what is to be served. ConfigError says everything that is wrong."""
    settings = source.load()
    if problems := serve_problems(settings):
        raise ConfigError(problems)
    return complete(settings)


def complete(settings: Settings) -> Prepared:
    """Everything that well-formed `settings` name, read and compiled. ConfigError says everything that is wrong."""
    certificates: list[tuple[Certificate, ...]] = []
    compiled: list[dict[str, CompiledList]] = []
    problems: list[Problem] = []
    for index, listener in enumerate(settings.listeners):
        try:
            certificates.append(_certificates(listener))
        except ConfigError as error:
            problems += error.problems
        try:
            compiled.append(lists.compiled(listener))
        except ConfigError as error:
            problems += error.problems
        try:
            Patterns(listener.sender_patterns)
        except ValueError as error:
            problems.append(Problem("configuration", f"listener[{index + 1}].sender_patterns", str(error)))
    passwords = ""
    try:
        passwords = _passwords(settings.auth.passwords)
    except ConfigError as error:
        problems += error.problems
    try:
        built = bundle.build(settings)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(tuple(problems))
    return Prepared(settings, built, tuple(certificates), tuple(compiled), passwords)


def _passwords(path: str) -> str:
    """The text of the password file, every line of which is good. ConfigError."""
    if not path:
        return ""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        expected = f"expected a readable text file: {getattr(error, 'strerror', None) or 'no UTF-8'}"
        raise ConfigError((Problem(path, "", expected),)) from None
    PasswordFile.parse(text, path)
    return text


def _certificates(listener: Listener) -> tuple[Certificate, ...]:
    """Those of a listener, the default first. ConfigError."""
    tls = listener.tls
    if tls is None:
        return ()
    further = tuple(_certificate(files) for files in tls.more)
    for files, certificate in zip(tls.more, further, strict=True):
        if not certificate.names:
            expected = "expected a certificate for a server with a DNS name in it: nobody could ask for this one"
            raise ConfigError((Problem(files.certificate, "", expected),))
    return (_certificate(tls), *further)


def _certificate(files: Tls | Files) -> Certificate:
    """Chain and key as they are now. The copy is tried again, since the files may have changed since the settings were
    checked, and an smtpd that cannot use it would not serve. ConfigError."""
    try:
        pem = Path(files.certificate).read_bytes().rstrip() + b"\n" + Path(files.key).read_bytes()
    except OSError as error:
        expected = f"expected a readable file: {error.strerror}"
        raise ConfigError((Problem(str(error.filename), "", expected),)) from None
    descriptor = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as copy:
            copy.write(pem)
        path = f"/proc/self/fd/{descriptor}"
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, password=_no_password)
        return Certificate(pem, names_of(path))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        what = getattr(error, "reason", None) or str(error)
        expected = f"expected a chain that fits the key in {files.key}, also while both are read: {what}"
        raise ConfigError((Problem(files.certificate, "", expected),)) from None
    finally:
        os.close(descriptor)


def _no_password() -> str:
    """Instead of the question that OpenSSL would ask at the terminal."""
    raise ValueError("the key is encrypted")
