"""A real Postfix with its own configuration, queue and mailboxes; installed or unpacked, never the host's instance."""

from __future__ import annotations

import os
import pwd
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
virtual_mailbox_domains = here.example
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


class NoPostfix(Exception):
    """Postfix cannot be run here; the text says why."""


class Postfix:
    """The server, running from enter to exit; mail for here.example lands in a Maildir."""

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

    def __enter__(self) -> Self:
        self.port = free_port()
        config = self._folder / "config"
        for name in ("config", "queue", "data", "mail"):
            (self._folder / name).mkdir(mode=0o755)
        owner = pwd.getpwnam(self._owner)
        os.chown(self._folder / "data", owner.pw_uid, owner.pw_gid)
        os.chown(self._folder / "mail", 65534, 65534)
        (config / "master.cf").write_text(_MASTER.format(port=self.port))
        (config / "main.cf").write_text(
            _MAIN.format(
                folder=self._folder,
                commands=self._commands,
                daemons=self._daemons,
                base=str(self._base).rstrip("/"),
                owner=self._owner,
                group=self._group,
            )
        )
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
        raise AssertionError(
            f"fewer than {at_least} mails:\n{(self._folder / 'log').read_text(errors='replace')[-4000:]}"
        )

    def _run(self, verb: str) -> None:
        done = subprocess.run(
            [self._commands / "postfix", "-c", self._folder / "config", verb],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            log = self._folder / "log"
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise NoPostfix(f"postfix {verb} ended with {done.returncode}: {done.stderr.decode()} {said}")
