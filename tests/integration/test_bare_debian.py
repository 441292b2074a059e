"""The README's two commands on a bare Debian 12."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("bare_debian.sh")
SECONDS = 3600


@pytest.mark.integration
def test_bare_debian() -> None:
    """`make run ARGS=--once` and `make test` work where only Python 3 and make were installed before."""
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        pytest.skip("needs root and debootstrap")
    done = subprocess.run([SCRIPT], stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
    assert done.returncode == 0
