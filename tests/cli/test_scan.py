"""bartizan scan, over a stand-in for the scanners."""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli import scan
from bartizan.config.load import load
from bartizan.model.limits import Limits


def run(examiner: Any, *words: str, limits: Limits | None = None) -> int:
    """Scan with these arguments; the exit code."""
    parser = argparse.ArgumentParser()
    scan.arguments(parser)
    args = parser.parse_args(words)
    settings = replace(load(), limits=limits or Limits())
    return asyncio.run(scan.scan(settings, args, examiner()))


def objects(capsysbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, Any]]:
    """The JSON objects printed."""
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_json_object(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The keys and values that programs rely on."""
    (tmp_path / "a.eml").write_bytes(b"bad")
    code = run(examiner, "--json", str(tmp_path / "a.eml"))
    [found] = objects(capsysbinary)
    assert found.pop("took_ms") >= 0
    assert code == 1
    assert found == {
        "file": str(tmp_path / "a.eml"),
        "verdict": "quarantine",
        "rule": "policy/default.toml:9 signature",
        "score": 11.0,
        "coverage": "complete",
        "anomalies": [],
        "findings": [
            {"kind": "phrase", "name": "x", "part": "1", "score": 1.0, "detail": ""},
            {"kind": "signature", "name": "eicar", "part": "2/a.zip!/b", "score": 10.0, "detail": "r.yar"},
        ],
        "parts": [
            {
                "path": "message",
                "names": [],
                "declared": "",
                "type": "mail",
                "size": 3,
                "sha256": hashlib.sha256(b"bad").hexdigest(),
            }
        ],
    }


def test_order_of_files(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """A folder is walked sorted, and the answers keep that order though later mails are done sooner."""
    (tmp_path / "b").mkdir()
    names = [f"b/{number:02}" for number in range(20)] + ["a.eml", "c.eml"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    assert run(examiner, "--json", str(tmp_path)) == 0
    assert [one["file"] for one in objects(capsysbinary)] == [str(tmp_path / name) for name in sorted(names)]
    assert examiner.most == min(len(os.sched_getaffinity(0)), len(names))


def test_gap_is_partial(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """What was not examined shows as coverage, and is not accepted."""
    (tmp_path / "a").write_bytes(b"locked")
    assert run(examiner, "--json", str(tmp_path / "a")) == 1
    [found] = objects(capsysbinary)
    assert (found["coverage"], found["verdict"], found["findings"][0]["name"]) == ("partial", "quarantine", "encrypted")


def test_standard_input(
    examiner: Any, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` is standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello\0")))
    assert run(examiner, "--json", "-") == 0
    [found] = objects(capsysbinary)
    assert (found["file"], found["parts"][0]["size"], found["anomalies"]) == ("-", 6, ["nul-byte"])


def test_unreadable_file(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """It is told on standard error, the others are scanned, and the exit code is 2."""
    (tmp_path / "good").write_bytes(b"hello")
    assert run(examiner, "--json", str(tmp_path / "absent"), str(tmp_path / "good")) == 2
    captured = capsysbinary.readouterr()
    assert b"absent: No such file" in captured.err.replace(b"\n", b"")
    assert captured.out.count(b"\n") == 1


def test_folder_of_odd_things(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An empty file is a mail, a name may be any bytes; a link to nowhere is told; what is no file is left out."""
    (tmp_path / "empty").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff\nname")).write_bytes(b"bad")
    (tmp_path / "gone").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    assert run(examiner, "--json", str(tmp_path)) == 2
    captured = capsysbinary.readouterr()
    found = [json.loads(line) for line in captured.out.splitlines()]
    assert [(one["file"][len(str(tmp_path)) :], one["verdict"]) for one in found] == [
        ("/empty", "accept"),
        ("/odd\N{REPLACEMENT CHARACTER}\nname", "quarantine"),
    ]
    assert captured.err.replace(b"\n", b"").endswith(b"gone: No such file or directory")


def test_no_scanner(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """A mail that could not be examined is never told to be accepted."""
    (tmp_path / "a").write_bytes(b"broken")
    assert run(examiner, "--json", str(tmp_path / "a")) == 2
    captured = capsysbinary.readouterr()
    assert (captured.out, b"not examined" in captured.err) == (b"", True)


def test_larger_than_the_largest_message(
    examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """It is not examined, which is a gap."""
    (tmp_path / "a").write_bytes(b"x" * 101)
    assert run(examiner, "--json", str(tmp_path / "a"), limits=Limits(message_bytes=100)) == 1
    [found] = objects(capsysbinary)
    assert (found["coverage"], found["findings"][0]["name"]) == ("partial", "limit:total_bytes")


def test_table_for_people(examiner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, why and file, then how many of each; nothing in a name is taken for markup."""
    (tmp_path / "[red]a").write_bytes(b"bad")
    (tmp_path / "b\u202e").write_bytes(b"good")
    assert run(examiner, str(tmp_path)) == 1
    out = capsys.readouterr().out
    assert "quarantine" in out
    assert "2 messages: 1 accept, 1 quarantine" in out
    assert "\u202e" not in out
    assert "[red]" in "".join(out.split())


def test_folder_without_files(examiner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to scan is not an error."""
    assert run(examiner, str(tmp_path)) == 0
    assert capsys.readouterr().out == "0 messages\n"


def test_same_output_each_time(examiner: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Three runs differ in took_ms only."""
    for number in range(10):
        (tmp_path / str(number)).write_bytes((b"bad", b"locked", b"fine")[number % 3])
    outputs = []
    for _ in range(3):
        run(examiner, "--json", str(tmp_path))
        outputs.append([{**one, "took_ms": 0} for one in objects(capsysbinary)])
    assert outputs[0] == outputs[1] == outputs[2]
