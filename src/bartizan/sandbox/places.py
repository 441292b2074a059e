"""Files of the system that a process needs to find hosts and to check certificates; all of them public.

`network` is for the profile of smtpd, `prepare` for the time before the lock-down. Host name files are named one by
one, since beside them lie others that are nobody's business; when an editor or a daemon replaces one of them, the new
file is out of reach: `Hosts.replaced` says so, and the process should end and begin anew.

Known gaps: name services other than files and DNS work only as far as they are asked over a Unix socket.
"""

from __future__ import annotations

import ctypes
import encodings.idna  # noqa: F401  a first use would look for it
import importlib
import os
import socket
import ssl
import sysconfig
import time
from contextlib import suppress

HOSTS = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services")
_MORE = (
    "/dev/null",
    "/dev/urandom",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/pki/ca-trust/extracted",
    "/etc/ssl/certs",
)
_CODEC_LIBRARIES = ("cn", "hk", "iso2022", "jp", "kr", "tw")


def network() -> tuple[str, ...]:
    """What stays readable for names, certificates, time, and Python's standard library (modules that are written in
    Python; libraries cannot be loaded any more)."""
    found = ssl.get_default_verify_paths()
    trusted = [found.cafile, found.capath, found.openssl_cafile, found.openssl_capath]
    elsewhere = [os.path.dirname(os.path.realpath(path)) for path in HOSTS if _is_of_a_daemon(path)]
    return (*HOSTS, *elsewhere, *_MORE, *(path for path in trusted if path), sysconfig.get_paths()["stdlib"])


def prepare() -> None:
    """Load the libraries that are loaded at a first use and cannot be later: for charsets, names, threads that end."""
    for name in (*(f"_codecs_{name}" for name in _CODEC_LIBRARIES), "_multibytecodec", "unicodedata"):
        with suppress(ImportError):
            importlib.import_module(name)
    with suppress(OSError):
        ctypes.CDLL("libgcc_s.so.1")  # glibc ends the process where a thread ends itself and this cannot be loaded
    with suppress(OSError):
        socket.getaddrinfo("localhost", None)
    time.tzset()


class Hosts:
    """Remembers which files told of hosts when it was made."""

    def __init__(self) -> None:
        self._known = self._files()

    def replaced(self) -> bool:
        """One of them is another file now."""
        return self._files() != self._known

    @staticmethod
    def _files() -> tuple[tuple[int, int] | None, ...]:
        return tuple(_identity(path) for path in HOSTS if not _is_of_a_daemon(path))


def _is_of_a_daemon(path: str) -> bool:
    """It lies in the folder of a daemon that manages it, all of which may be read."""
    return os.path.realpath(path).startswith("/run/")


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
