"""Find out whether a configuration may be followed: read, check and compile everything that it names.

In: where it comes from. Out: settings, bundle, certificates - complete, or every problem at once.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

from bartizan import bundle
from bartizan.bundle import Bundle
from bartizan.config.load import Source, serve_problems
from bartizan.config.schema import Listener, Settings
from bartizan.model.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class Prepared:
    """A configuration that may be followed; `certificates` holds chain and key (PEM) for each listener with TLS."""

    settings: Settings
    bundle: Bundle
    certificates: tuple[bytes | None, ...]


def prepare(source: Source) -> Prepared:
    """Load, check and compile what is to be served. ConfigError says everything that is wrong."""
    settings = source.load()
    if problems := serve_problems(settings):
        raise ConfigError(problems)
    return complete(settings)


def complete(settings: Settings) -> Prepared:
    """Everything that well-formed `settings` name, read and compiled. ConfigError says everything that is wrong."""
    certificates: list[bytes | None] = []
    problems: list[Problem] = []
    for listener in settings.listeners:
        try:
            certificates.append(_certificate(listener))
        except ConfigError as error:
            problems += error.problems
    try:
        built = bundle.build(settings)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(tuple(problems))
    return Prepared(settings, built, tuple(certificates))


def _certificate(listener: Listener) -> bytes | None:
    """Chain and key of a listener. The copy is tried again, since the files may have changed since the settings were
    checked, and an smtpd that cannot use it would not serve. ConfigError."""
    tls = listener.tls
    if tls is None:
        return None
    try:
        pem = Path(tls.certificate).read_bytes().rstrip() + b"\n" + Path(tls.key).read_bytes()
    except OSError as error:
        expected = f"expected a readable file: {error.strerror}"
        raise ConfigError((Problem(str(error.filename), "", expected),)) from None
    copy = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        os.write(copy, pem)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(f"/proc/self/fd/{copy}", password=_no_password)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        what = getattr(error, "reason", None) or str(error)
        expected = f"expected a chain that fits the key in {tls.key}, also while both are read: {what}"
        raise ConfigError((Problem(tls.certificate, "", expected),)) from None
    finally:
        os.close(copy)
    return pem


def _no_password() -> str:
    """Instead of the question that OpenSSL would ask at the terminal."""
    raise ValueError("the key is encrypted")
