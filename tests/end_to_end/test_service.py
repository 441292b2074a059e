"""Under a service manager: sockets are taken over, readiness is told, the runtime folder is the given one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from bench.gateway import Gateway
from end_to_end.client import mail
from end_to_end.recorder import Recorder

CLEAN = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nNothing to see.\r\n"
_LAUNCH = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="smtp")
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_activated_by_socket(tmp_path: Path, rules_cache: Path) -> None:
    """A connection made before the gateway runs is served; READY=1 comes first, STOPPING=1 before the end."""
    runtime = tmp_path / "run"
    runtime.mkdir()
    with (
        Recorder() as recorder,
        socket.create_server(("127.0.0.1", 0)) as passed,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
    ):
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(60)
        port = passed.getsockname()[1]
        gateway = Gateway(tmp_path / "gateway", recorder.port, workers=2, scanners=1, cache=rules_cache, port=port)
        gateway.folder.mkdir()
        gateway.config.write_text(gateway.configuration(), encoding="utf-8")
        with socket.create_connection(("127.0.0.1", port), timeout=60) as early:
            program = str(Path(sys.executable).with_name("bartizan"))
            process = subprocess.Popen(
                [sys.executable, "-c", _LAUNCH, str(passed.fileno()), program, "serve", "--config", gateway.config],
                stdin=subprocess.DEVNULL,
                pass_fds=(passed.fileno(),),
                env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "RUNTIME_DIRECTORY": str(runtime)},
            )
            try:
                states = []
                while not any(state.startswith(b"READY=1") for state in states):
                    states.append(manager.recv(4096))
                assert early.recv(4) == b"220 "
                assert [folder.name.startswith("bartizan-run-") for folder in runtime.iterdir()] == [True]
                assert mail(port, CLEAN).code == 250
                process.send_signal(signal.SIGHUP)
                assert manager.recv(4096).startswith(b"RELOADING=1\n")
                assert manager.recv(4096).startswith(b"READY=1\n")
                process.terminate()
                assert manager.recv(4096).startswith(b"STOPPING=1\n")
                assert process.wait(60) == 0
            finally:
                process.kill()
                process.wait()
    assert list(runtime.iterdir()) == []
