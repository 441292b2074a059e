"""A real Dovecot auth service: Debian's, unpacked below build/dovecot, never installed and never the host's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.auth.dovecot import Dovecot
from bartizan.auth.verifier import Answer
from bartizan.model.auth import Credentials
from bartizan.node.loop import run

pytestmark = pytest.mark.integration

BUILD = Path(__file__).resolve().parents[2] / "build" / "dovecot"
WANTED = "apt-get --simulate --no-install-recommends install dovecot-core"
CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
libexec_dir = {tree}/usr/lib/dovecot
log_path = {folder}/log
import_environment = LD_LIBRARY_PATH
protocols =
ssl = no
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
service auth {{
  unix_listener gate {{
    mode = 0666
  }}
}}
"""


def unpacked() -> Path:
    """The packages that Dovecot needs and this host lacks, unpacked; they are downloaded the first time."""
    tree = BUILD / "tree"
    if (BUILD / ".done").exists():
        return tree
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "packages").mkdir(parents=True)
    said = subprocess.run(WANTED.split(), capture_output=True, text=True, check=True).stdout
    packages = [line.split()[1] for line in said.splitlines() if line.startswith("Inst ")]
    download = ["apt-get", "-o", "APT::Sandbox::User=root", "download", *packages]
    subprocess.run(download, cwd=BUILD / "packages", capture_output=True, check=True)
    for package in (BUILD / "packages").glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    (BUILD / ".done").touch()
    return tree


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the service reaches, which does not run as we do."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def socket(folder: Path) -> Iterator[str]:
    """The socket of a service that knows ann@example.org with the password "secret"."""
    tree = unpacked()
    for name in ("run", "state"):
        (folder / name).mkdir()
    users, configuration = folder / "users", folder / "dovecot.conf"
    users.write_text("ann@example.org:{PLAIN}secret\n")
    configuration.write_text(CONFIGURATION.format(folder=folder, tree=tree))
    base = tree / "usr" / "lib" / "dovecot"
    libraries = [base, base / "modules", base / "modules" / "old-stats"]
    libraries.append(tree / "usr" / "lib" / str(sysconfig.get_config_var("MULTIARCH") or "x86_64-linux-gnu"))
    # dovecot would run doveconf from its installed place, so doveconf runs dovecot
    command = [tree / "usr/bin/doveconf", "-f", "service=master", "-c", configuration, "-m", "master", "-e"]
    command += [tree / "usr/sbin/dovecot", "-F", "-c", configuration]
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, libraries))}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            gate = folder / "run" / "gate"
            until = time.monotonic() + 20
            while not gate.is_socket():
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until
                time.sleep(0.05)
            yield str(gate)
        finally:
            process.terminate()


def test_dovecot(socket: str) -> None:
    """It takes our lines: right, wrong, unknown, and its own name for who logged in; on two connections at once."""

    async def scene() -> None:
        one, other = Dovecot(socket), Dovecot(socket)
        right, wrong = Credentials("Ann@Example.org", b"secret"), Credentials("ann@example.org", b"other")
        assert await one.check(right, "192.0.2.1") == (Answer.RIGHT, "ann@example.org")
        assert await other.check(right, "2001:db8::1") == (Answer.RIGHT, "ann@example.org")
        assert await one.check(wrong, "192.0.2.2") == (Answer.WRONG, "")
        assert await one.check(Credentials("bob", b"secret"), "192.0.2.3") == (Answer.WRONG, "")
        await one.close()
        await other.close()

    run(scene())
