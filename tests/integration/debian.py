"""Bare Debian 12 roots, made by debootstrap once and unpacked as often as needed, and commands that run in them.

Package sources, their keys and proxies, pip's settings and certificates are the host's, the network is too. What apt
and pip download is kept under build/debian for the next root. Every command gets its own mounts and processes, which
end with it, so nothing is left to take down. Needs root. Not here: what an image is (image.py), starting it
(container.py).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.sink import ROOT

CACHE = ROOT / "build" / "debian"
_BASE = CACHE / "bookworm-minbase.tar"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_APT = ("sources.list", "sources.list.d", "preferences.d", "keyrings", "trusted.gpg.d", "auth.conf", "auth.conf.d")
_SETTINGS = (
    *(f"/etc/apt/{name}" for name in _APT),
    *("/usr/share/keyrings", "/etc/ssl/certs", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"),
    *("/etc/pip.conf", "/etc/xdg/pip", "/root/.config/pip", "/root/.pip", "/etc/resolv.conf", "/etc/hosts"),
)
_VARIABLES = ("ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle", "http_proxy", "https_proxy", "no_proxy", "ci")

_IN_ROOT = """\
set -e
root=$1 cache=$2
shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for pair in archives:/var/cache/apt/archives pip:/root/.cache/pip; do
    mkdir -p "$root${pair#*:}"
    mount --bind "$cache/${pair%%:*}" "$root${pair#*:}"
done
exec chroot "$root" /usr/bin/env -i "$@"
"""


class NoDebian(Exception):
    """No Debian root can be made here; the text says why."""


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder for roots, on the disk that temporary files are on; removed with everything in it."""
    path = Path(tempfile.mkdtemp(prefix="bartizan-debian-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def make(root: Path) -> None:
    """A bare Debian 12 with the host's settings at `root`, a folder that does not exist yet. Raises NoDebian."""
    if os.geteuid() != 0:
        raise NoDebian("needs root")
    if not all(map(shutil.which, ("debootstrap", "unshare", "nsenter"))):
        raise NoDebian("needs debootstrap, and unshare and nsenter of util-linux")
    root.mkdir(parents=True)
    subprocess.run(["tar", "--numeric-owner", "-xpf", _base(), "-C", root], check=True)
    _copy_settings(root)


def run(root: Path, command: str, environment: Mapping[str, str], directory: str = "/") -> None:
    """Run `command` with a shell as root's user in `root`; AssertionError, with what it wrote, when it fails."""
    settings = [
        f"{name}={value}" for name, value in os.environ.items() if name.lower() in _VARIABLES or name.startswith("PIP_")
    ]
    given = [f"{name}={value}" for name, value in {"PATH": _PATH, "HOME": "/root", **environment}.items()]
    for name in ("archives/partial", "pip"):
        (CACHE / name).mkdir(parents=True, exist_ok=True)
    spaces = ["unshare", "--mount", "--propagation", "private", "--pid", "--ipc", "--fork", "--kill-child"]
    shell = ["/bin/sh", "-c", 'cd "$0" && eval "$1"', directory, command]
    with _alone():
        done = subprocess.run(
            [*spaces, "sh", "-c", _IN_ROOT, "sh", root, CACHE, *settings, *given, *shell],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    if done.returncode:
        raise AssertionError(f"{command}\nended with {done.returncode}:\n{done.stdout[-6000:]}")


def _base() -> Path:
    """The tar file of the bare system, made now if it is not there."""
    with _alone():
        if not _BASE.exists():
            _bootstrap()
    return _BASE


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else uses the cache meanwhile; apt would not wait."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bootstrap() -> None:
    sources = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Codename: bookworm"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    with folder() as work:
        done = subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", work / "root", *sources[:1]],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NoDebian(f"debootstrap ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        new = _BASE.with_suffix(".new")
        leave_out = ("--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*")
        subprocess.run(["tar", "--numeric-owner", *leave_out, "-cf", new, "-C", work / "root", "."], check=True)
        new.rename(_BASE)


def _copy_settings(root: Path) -> None:
    (root / "etc/apt/sources.list").unlink(missing_ok=True)
    for path in map(Path, _SETTINGS):
        target = root / path.relative_to("/")
        if path.is_dir():
            shutil.copytree(path, target, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        elif path.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(path, target)
    for path in [Path("/etc/apt/apt.conf"), *Path("/etc/apt/apt.conf.d").glob("*")]:
        if path.is_file() and "Acquire" in path.read_text(errors="replace"):
            shutil.copy(path, root / path.relative_to("/"))
