"""A real Exim that sends all it takes to one relay, with its own configuration and queue; installed or unpacked.

It runs where the account that it was built for exists (in a mount name space), and as process 1 of its processes, so
that none of them outlives it. Never the host's instance. Needs root, and unshare and nsenter of util-linux.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.gateway import tree
from bench.sink import free_port, program, wait_for

_ACCOUNT = "Debian-exim"
_NUMBER = 61_998
"""The account's user and group; nobody on the host has it."""

_INSIDE = """\
mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group && shift && exec "$@"
"""

_CONFIG = """\
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/spool/pid
primary_hostname = outer.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
disable_ipv6 = true
keep_environment =
tls_advertise_hosts =
chunking_advertise_hosts =
acl_smtp_rcpt = accept
acl_smtp_data = accept
queue_only = true
log_selector = +pipelining
begin routers
everything:
  driver = manualroute
  route_list = * 127.0.0.1
  transport = relay
  self = send
begin transports
relay:
  driver = smtp
  port = {relay_port}
  allow_localhost
{tls}
begin retry
* * F,4d,1s
"""

_TLS = """\
  hosts_require_tls = *
  tls_verify_certificates = {authority}
  tls_verify_hosts = *
"""

_NO_TLS = """\
  hosts_avoid_tls = *
"""


class Exim:
    """The daemon, running from enter to exit. What it takes waits in the queue until `flush`."""

    def __init__(self, folder: Path) -> None:
        """`folder` must be one that other users may enter. FileNotFoundError where there is no Exim."""
        self._folder = folder
        self._program = program("exim4")
        self.port = free_port()

    def relay(self, port: int, authority: Path | None) -> None:
        """Send to this port of loopback from now on: over verified TLS and nothing else, or without TLS."""
        self._config.write_text(
            _CONFIG.format(
                program=self._program,
                folder=self._folder,
                port=self.port,
                relay_port=port,
                tls=_TLS.format(authority=authority) if authority else _NO_TLS,
            )
        )

    def __enter__(self) -> Self:
        if not self._config.exists():
            raise ValueError("relay() says where to")
        for name in ("spool", "log"):
            (self._folder / name).mkdir()
            os.chown(self._folder / name, _NUMBER, _NUMBER)
        self._account("passwd", f"{_ACCOUNT}:x:{_NUMBER}:{_NUMBER}::/:/usr/sbin/nologin")
        self._account("group", f"{_ACCOUNT}:x:{_NUMBER}:")
        spaces = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork"]
        with (self._folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [*spaces, "sh", "-c", _INSIDE, "sh", self._folder, *self._command, "-bdf"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(self.port, self._process)
        except RuntimeError as error:
            self.__exit__(None, None, None)
            raise RuntimeError(f"{error}\n{(self._folder / 'output').read_text(errors='replace')}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Process 1 has changed its user and so outlives unshare; its end is that of all others, and of unshare.
        for pid in reversed(tree(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(30)

    def flush(self) -> None:
        """Try to deliver all that waits, routes first, so that mails for the same relay share connections."""
        self._run("-qqff")

    def waiting(self) -> int:
        """How many messages are in the queue."""
        return int(self._run("-bpc"))

    def log(self) -> str:
        """What it wrote of its doings, and of what went wrong with itself."""
        logs = (self._folder / "log" / name for name in ("mainlog", "paniclog"))
        return "".join(log.read_text(errors="replace") for log in logs if log.exists())

    def pipelined(self) -> int:
        """Deliveries whose commands it sent without waiting for each answer (L in its log)."""
        return len(re.findall(r" => .* L ", self.log()))

    def chunked(self) -> int:
        """Deliveries by BDAT (K in its log)."""
        return len(re.findall(r" => .* K ", self.log()))

    def reused(self) -> int:
        """Deliveries over a connection that an earlier one had used."""
        return len(re.findall(r" => .* \[127\.0\.0\.1\]\* ", self.log()))

    @property
    def _config(self) -> Path:
        return self._folder / "exim.conf"

    @property
    def _command(self) -> list[str | Path]:
        return [self._program, "-C", self._config]

    def _account(self, name: str, line: str) -> None:
        """The host's list of accounts with this one in it."""
        others = [other for other in Path("/etc", name).read_text().splitlines() if not other.startswith(_ACCOUNT)]
        (self._folder / name).write_text("\n".join([*others, line, ""]))

    def _run(self, *arguments: str) -> str:
        """The output of another Exim beside the daemon. RuntimeError when it fails."""
        target = tree(self._process.pid)[1]
        done = subprocess.run(
            ["nsenter", f"--target={target}", "--mount", "--pid", *self._command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"exim {arguments} ended with {done.returncode}: {done.stderr}\n{self.log()[-2000:]}")
        return done.stdout
