"""A real Postfix with its own configuration, queue and mailboxes; installed or unpacked, never the host's instance.

It keeps mail for here.example in a Maildir, or sends all it takes to one relay.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.sink import ROOT, free_port

_TREE = ROOT / "build" / "mail-tools" / "tree"

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
flush unix n - n - 0 flush
showq unix n - n - - showq
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
meta_directory = {base}/etc/postfix
shlib_directory = {base}/usr/lib/postfix
import_environment = MAIL_CONFIG TZ LANG=C LD_LIBRARY_PATH
mail_owner = {owner}
setgid_group = {group}
default_privs = nobody
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = inner.example
mydestination =
local_transport = error:nothing is local
alias_maps =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {kept}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{
  {{nobody@here.example = 550 5.1.1 No such user}}
  {{later@here.example = 450 4.2.1 Try later}} }}, permit_mynetworks, reject
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
message_size_limit = 20000000
biff = no
"""

_RELAY = """\
relayhost = [127.0.0.1]:{port}
smtp_connection_cache_destinations = 127.0.0.1
debug_peer_list = 127.0.0.1
debug_peer_level = 1
"""

_TLS = """\
smtp_tls_security_level = secure
smtp_tls_CAfile = {authority}
smtp_tls_secure_cert_match = localhost
smtp_tls_connection_reuse = yes
smtp_tls_loglevel = 1
"""

_SAID = re.compile(r"/smtp\[(\d+)\]: ([<>]) 127\.0\.0\.1\[127\.0\.0\.1\]:\d+: (\w*)")
"""What its SMTP client says (>) and is told (<), logged for debug_peer_list: process, direction, first word."""


class NoPostfix(Exception):
    """Postfix cannot be run here; the text says why."""


class Postfix:
    """The server, running from enter to exit. Mail for here.example lands in a Maildir, unless `relay` was called."""

    def __init__(self, folder: Path) -> None:
        """`folder` must be one that other users may enter. Raises NoPostfix."""
        if os.geteuid() != 0:
            raise NoPostfix("Postfix needs root to start")
        installed = shutil.which("postfix", path="/usr/sbin")
        unpacked = _TREE / "usr" / "sbin" / "postfix"
        if not installed and not unpacked.exists():
            raise NoPostfix("neither installed nor unpacked: make build/mail-tools/.done")
        base = Path("/") if installed else _TREE
        self._base = base
        self._commands = base / "usr" / "sbin"
        self._daemons = base / "usr" / "lib" / "postfix" / "sbin"
        users = {user.pw_name for user in pwd.getpwall()}
        self._owner, self._group = ("postfix", "postdrop") if "postfix" in users else ("daemon", "mail")
        self._folder = folder
        self._environment = dict(os.environ)
        if not installed:
            wrapper = (ROOT / "build" / "mail-tools" / "bin" / "smtp-sink").read_text()
            paths = wrapper.partition("LD_LIBRARY_PATH='")[2].partition("'")[0]
            self._environment["LD_LIBRARY_PATH"] = paths
        self.port = 0
        self._relay = ""

    def relay(self, port: int, authority: Path | None, *, keep: bool = False) -> None:
        """Send everything to this port of loopback from now on: over verified TLS and nothing else, or without TLS.

        With `keep` what the relay refuses for good is tried again instead of bounced.
        """
        self._relay = _RELAY.format(port=port) + (_TLS.format(authority=authority) if authority else "")
        if keep:
            self._relay += "soft_bounce = yes\n"
        if self.port:
            self._configure()
            self._run("reload")

    def __enter__(self) -> Self:
        self.port = free_port()
        config = self._folder / "config"
        for name in ("config", "queue", "data", "mail"):
            (self._folder / name).mkdir(mode=0o755)
        owner = pwd.getpwnam(self._owner)
        os.chown(self._folder / "data", owner.pw_uid, owner.pw_gid)
        os.chown(self._folder / "mail", 65534, 65534)
        (config / "master.cf").write_text(_MASTER.format(port=self.port))
        self._configure()
        self._run("start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("stop")

    def mails(self, seconds: float = 30.0, at_least: int = 1) -> list[bytes]:
        """What has been delivered, once there are `at_least` so many; line ends are LF."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = sorted((self._folder / "mail").glob("all/new/*"))
            if len(found) >= at_least:
                return [path.read_bytes() for path in found]
            time.sleep(0.1)
        raise AssertionError(f"fewer than {at_least} mails:\n{self.log()[-4000:]}")

    def flush(self) -> None:
        """Try to deliver all that waits, without waiting for the outcome."""
        self._run("-f", program="postqueue")

    def waiting(self) -> int:
        """How many messages are in the queue."""
        return len(self._run("-j", program="postqueue").splitlines())

    def log(self) -> str:
        """What it wrote of its doings."""
        log = self._folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def pipelined(self) -> int:
        """Transactions whose commands, from MAIL to DATA, it sent before it read an answer."""
        said: dict[str, str] = {}
        for process, direction, word in _SAID.findall(self.log()):
            said[process] = said.get(process, "") + (direction + word if direction == ">" else direction)
        return sum(len(re.findall(">MAIL(>RCPT)+>DATA<", one)) for one in said.values())

    def chunked(self) -> int:
        """Deliveries by BDAT."""
        return sum(word == "BDAT" for _, direction, word in _SAID.findall(self.log()) if direction == ">")

    def reused(self) -> int:
        """Deliveries over a connection that an earlier one had used."""
        return self.log().count(", conn_use=")

    def _configure(self) -> None:
        main = _MAIN.format(
            folder=self._folder,
            commands=self._commands,
            daemons=self._daemons,
            base=str(self._base).rstrip("/"),
            owner=self._owner,
            group=self._group,
            kept="" if self._relay else "here.example",
        )
        (self._folder / "config" / "main.cf").write_text(main + self._relay)

    def _run(self, verb: str, program: str = "postfix") -> str:
        """The output of one of its commands. NoPostfix when it fails."""
        done = subprocess.run(
            [self._commands / program, "-c", self._folder / "config", verb],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise NoPostfix(f"{program} {verb} ended with {done.returncode}: {done.stderr} {self.log()[-2000:]}")
        return done.stdout
