"""Starts a Debian root as a host with systemd: name spaces of its own, systemd as process 1, loopback only.

In: a root that has systemd (debian.py makes roots, `prepare` installs). Needs root. Not here: what is tested in it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from integration import debian
from integration.spaces import Spaces

_SYSTEMD = "/lib/systemd/systemd"
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}

_BOOT = """\
set -e
root=$1
shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
cd "$root"
pivot_root . mnt
umount -l mnt
exec /usr/bin/env -i container=test "$@"
"""


def prepare(root: Path, packages: str) -> None:
    """Make `root` a Debian 12 with systemd and `packages`, a machine of its own. NoDebian."""
    debian.make(root)
    install = f"apt-get install --yes --no-install-recommends systemd {packages}"
    debian.run(root, f"apt-get update && {install} && rm -f /etc/machine-id", {"DEBIAN_FRONTEND": "noninteractive"})
    debian.run(root, "systemd-machine-id-setup", {})


class Machine:
    """The running host, from enter to exit."""

    def __init__(self, root: Path, folder: Path) -> None:
        """`folder` is where its console is written to."""
        self._root = root
        self._folder = folder

    def __enter__(self) -> Self:
        program = [_SYSTEMD, "--system", "--unit=multi-user.target"]
        self._spaces = Spaces(self._folder / "console", ["sh", "-c", _BOOT, "sh", self._root, *program], {})
        try:
            self._spaces.started(program)
            self._spaces.until(lambda: self.run("systemctl is-system-running").stdout.strip() == "running", 60.0)
        except BaseException:
            self._spaces.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spaces.close()

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a shell command there as root."""
        return self._spaces.run(["/bin/sh", "-c", command], _ENVIRONMENT)

    def output(self, command: str) -> str:
        """What a shell command there writes. AssertionError, with the journal of bartizan, when it fails."""
        done = self.run(command)
        if done.returncode:
            journal = self.run("journalctl --no-pager --unit bartizan --lines 60").stdout
            raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}\n{journal}")
        return done.stdout

    def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until `holds`. AssertionError when time is up before."""
        self._spaces.until(holds, seconds)

    def host_pid(self, pid: int) -> int:
        """The host's number of the process that is `pid` in there. ProcessLookupError."""
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                status = (entry / "status").read_text()
                same = (entry / "ns" / "pid").readlink() == Path(f"/proc/{self._spaces.pid}/ns/pid").readlink()
            except OSError:
                continue
            numbers = next(line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:"))
            if same and numbers[-1] == str(pid):
                return int(entry.name)
        raise ProcessLookupError(pid)

    def network(self) -> AbstractContextManager[None]:
        """What the calling thread opens inside the block is in the machine's network."""
        return self._spaces.network()
