"""Canaries: every wall of every role is tried by a process that the real kernel locked down.

K: killed by the filter; R: refused; W: it works. What works is a need, or known and harmless.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bartizan.sandbox.walls import missing_walls

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")

ROLES = ("scanner", "zygote", "child", "smtpd", "admin")
TABLE = """
attempt                  scanner zygote child smtpd admin
read_file                   R       R     R     R     R
write_file                  R       R     R     R     R
overwrite_file              R       R     R     R     R
stat_file                   R       R     R     W     R
list_directory              R       R     R     R     R
unlink                      K       K     K     R     K
rename_out                  K       K     K     R     K
make_directory              K       K     K     R     K
symlink                     K       K     K     K     K
hard_link                   K       K     K     K     K
make_device                 K       K     K     K     K
make_runnable_as_owner      R       R     R     R     R
change_mode                 K       K     K     R     K
change_owner                K       K     K     R     K
write_own_memory            R       R     R     R     R
read_parents_memory         R       R     R     R     R
open_relative               R       R     R     R     R
open_by_handle              K       K     K     K     K
internet_socket             K       K     K     W     K
unix_socket                 K       K     K     W     K
netlink_socket              K       K     K     R     K
packet_socket               K       K     K     R     K
raw_socket                  K       K     K     R     K
connect                     K       K     K     R     K
bind                        K       K     K     K     K
bind_tcp                    K       K     K     K     K
close_queue                 K       K     K     W     W
block_others                K       K     K     W     W
cut_off_page                K       K     K     R     K
filter_packets              K       K     K     R     R
execute                     K       K     K     K     K
execute_memory              K       K     K     K     K
fork                        K       W     K     K     K
vfork                       K       K     K     K     K
thread                      K       K     K     W     K
executable_memory           K       K     K     R     K
make_executable             K       K     K     K     K
trace                       K       K     K     K     K
read_process                K       K     K     K     K
steal_descriptor            K       K     K     K     K
kill                        K       K     K     K     K
kill_by_pidfd               K       R     K     K     K
signal_by_owner             K       K     K     R     R
limit_parent                K       K     K     K     K
become_root                 K       K     K     K     K
make_dumpable               K       K     K     R     R
mount                       K       K     K     K     K
chroot                      K       K     K     K     K
new_namespace               K       K     K     K     K
load_program_into_kernel    K       K     K     K     K
handle_page_faults          K       K     K     K     K
read_keys                   K       K     K     K     K
add_key                     K       K     K     K     K
watch_performance           K       K     K     K     K
ring                        K       K     K     R     R
watch_files                 K       K     K     R     K
take_all_memory             R       W     R     W     R
dump_core                   R       R     R     R     R
compute                     W       W     W     W     W
decode_everything           W       W     W     W     W
map_memory_file             W       W     K     W     W
append_event                W       W     R     W     W
hand_over                   W       K     K     W     K
serve                       K       K     K     W     W
relay                       K       K     K     W     K
keep_mail                   -       -     -     W     -
write_files                 K       K     K     W     K
connect_tcp                 K       K     K     W     K
connect_scanner             K       K     K     W     K
resolve                     K       K     K     W     K
work_in_threads             K       K     K     W     K
speak_tls                   W       W     W     W     W
import_late                 R       R     R     W     R
import_library_late         R       R     R     R     R
"""
LANDLOCK_ALONE = """
attempt               landlock-scanner landlock-smtpd
read_file                   R             R
write_file                  R             R
overwrite_file              R             R
list_directory              R             R
unlink                      R             R
rename_out                  R             R
make_directory              R             R
symlink                     R             R
make_device                 R             R
read_parents_memory         R             R
open_relative               R             R
execute                     R             R
trace                       R             R
connect                     R             R
bind_tcp                    R             R
kill                        R             R
kill_by_pidfd               R             R
connect_tcp                 R             W
keep_mail                   -             W
write_files                 R             W
"""
MEANING = {"K": "killed", "R": "refused", "W": "works"}


def rows(table: str) -> list[tuple[str, str, str]]:
    """Role, attempt and expectation of every cell."""
    head, *lines = (line.split() for line in table.strip().splitlines())
    return [
        (role, name, MEANING[cell])
        for name, *cells in lines
        for role, cell in zip(head[1:], cells, strict=True)
        if cell != "-"
    ]


CELLS = rows(TABLE) + rows(LANDLOCK_ALONE)


@functools.cache
def outcomes(role: str) -> dict[str, str]:
    """What became of every attempt of a role."""
    names = [name for other, name, _ in CELLS if other == role]
    with tempfile.TemporaryDirectory() as folder:
        own, foreign = Path(folder, "own"), Path(folder, "foreign")
        command = [sys.executable, str(Path(__file__).with_name("canary.py")), role, str(own), str(foreign), *names]
        done = subprocess.run(command, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_table_is_in_the_docs() -> None:
    """Operators read the table that is tested."""
    page = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"
    assert f"```{TABLE}```" in page.read_text()


@pytest.mark.parametrize(("role", "name", "expected"), CELLS, ids=[f"{role}-{name}" for role, name, _ in CELLS])
def test_canary(role: str, name: str, expected: str) -> None:
    """The wall stands, or the way is open, as the table says."""
    assert outcomes(role)[name] == expected
