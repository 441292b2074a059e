"""Programs that unpack zips, each asked what files it makes of one.

In: the bytes of a zip. Out: the contents of the files that a program made, by their names. Each runs in a folder of its
own that is removed again; what it says and how it ends does not matter, only what it leaves.
They come from .ci/peers; what is missing is an error.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

TREE = Path("build/peers/tree").resolve()
SECONDS = 10
MOST = 1 << 20
COMMANDS = {
    "unzip": ("usr/bin/unzip", "-qq", "-o", "-P", "none", "a.zip", "-d", "out"),
    "7z": ("usr/bin/7zz", "x", "-y", "-bd", "-pnone", "-oout", "a.zip"),
    "bsdtar": ("usr/bin/bsdtar", "-x", "-f", "a.zip", "-C", "out"),
}
"""What each is called with, in a folder with the zip and an empty folder."""


def by_zipfile(data: bytes) -> dict[str, bytes]:
    """What Python's own module reads."""
    found: dict[str, bytes] = {}
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as zip:
        for number, info in enumerate(zip.infolist()):
            # Any failure to read one is no reason not to read the next.
            with contextlib.suppress(Exception):
                found[f"{number}/{info.filename}"] = zip.read(info, pwd=b"none")
    return found


def by_command(name: str, data: bytes) -> dict[str, bytes]:
    """What a program makes. Raises FileNotFoundError if it is not there."""
    program, *arguments = COMMANDS[name]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        out.mkdir()
        Path(folder, "a.zip").write_bytes(data)
        environment = {
            "LD_LIBRARY_PATH": str(TREE / "usr/lib/x86_64-linux-gnu"),
            "LC_ALL": "C.UTF-8",
            "PATH": "/nowhere",
        }
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                [TREE / program, *arguments], cwd=folder, env=environment, timeout=SECONDS, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return {
            os.fsencode(path.relative_to(out)).decode("utf-8", "replace"): _beginning(path)
            for path in sorted(out.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


def _beginning(path: Path) -> bytes:
    """What a file holds, up to MOST: some write gigabytes of zeros."""
    with path.open("rb") as file:
        return file.read(MOST)


def everyone(data: bytes) -> dict[str, dict[str, bytes]]:
    """What all of them make."""
    return {"zipfile": by_zipfile(data), **{name: by_command(name, data) for name in COMMANDS}}
