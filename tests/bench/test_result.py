"""Figures come from what happened, and go into JSON, text, picture and page unchanged."""

from __future__ import annotations

import json
import platform
from array import array
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import perf, report, stages, tell, wall
from bench.outcome import Outcome
from bench.plot import drawing
from bench.result import Spread, from_json, measured, summary, to_json
from bench.stamp import LIBRARIES, field_of, kernel_version, stamp
from tests.bench.samples import CLOSED, FIRST, OPEN, SECOND

PAGE = Path(__file__).parent / "page.md"


def test_measured() -> None:
    """Rates and shares of what was answered; microseconds a mail; latencies from `began`."""
    times = [array("d", seconds) for seconds in ([0.0, 0.5, 1.0], [0.0, 0.6, 1.0], [0.1, 0.9, 2.0])]
    found = measured(Outcome(2.0, [250, 451, 0, 550], 7, 3_000_000, 0.5, *times), {"sink": 0.003})
    assert (found.messages, found.rate, found.mb_per_second, found.average_bytes) == (3, 1.5, 1.5, 1_000_000)
    assert (found.replies, found.deferred_share, found.unsent) == ({"2xx": 1, "4xx": 1, "5xx": 1, "lost": 1}, 0.25, 7)
    assert (found.latency.p50_ms, found.latency.p99_ms, found.latency.wait_p99_ms) == (400.0, 1000.0, 100.0)
    assert (len(found.latency.quantiles), found.cpu_us, sum(found.bins)) == (101, {"sink": 1000.0}, 3)


def test_nothing_measured() -> None:
    """A run without one reply has figures too."""
    found = measured(Outcome(1.0, [0, 0], 1), {"sink": 0.0})
    assert (found.messages, found.rate, found.latency.p99_ms, found.average_bytes) == (0, 0.0, 0.0, 0)


def test_summary() -> None:
    """The median of the runs, the least and the most; no share in an open loop."""
    assert summary([FIRST, SECOND])["p99 ms"] == Spread(145.5, 140.5, 150.5)
    assert summary([FIRST, SECOND, SECOND])["share"] == Spread(0.045, 0.045, 0.05)
    assert "share" not in OPEN.summary


def test_json() -> None:
    """What is written can be read again, and carries its circumstances."""
    text = to_json(CLOSED)
    found = json.loads(text)
    assert from_json(text) == CLOSED
    assert list(found) == ["format", "command", "stamp", "options", "sink", "mails", "caches", "runs", "summary"]
    assert (found["format"], found["caches"], found["stamp"]["commit"]) == (1, "none", "abc1234")
    assert set(found["runs"][0]) == {"straight", "gateway", "share", "stages", "hottest", "account"}
    assert found["runs"][0]["gateway"]["memory"]["unreadable"] == ["admin"]


@pytest.mark.parametrize(("change", "to"), [('"format": 1', '"format": 2'), ('"sink": "smtp-sink",', ""), ("}", "]")])
def test_no_result(change: str, to: str) -> None:
    """Another format, a missing field and what is no JSON are not read."""
    with pytest.raises(ValueError, match="not a result"):
        from_json(to_json(CLOSED).decode().replace(change, to).encode())


def test_stages() -> None:
    """Message events only, complete lines only; inner stages after outer ones; shares of the whole latency."""
    log = [
        b'{"event":"process","what":"start"}\n',
        b'{"event":"message","ms":{"scan":1.0,"signature":0.5,"send":3.0}}\n',
        b'{"event":"message","ms":{"scan":3.0,"signature":2.5,"store":2.0}}\n',
        b'{"event":"message","ms":{"scan":9',
    ]
    found = stages.stages(log, 18.0)
    assert [(one.name, one.inner, one.count, one.p99_ms) for one in found] == [
        ("scan", False, 2, 3.0),
        ("store", False, 1, 2.0),
        ("send", False, 1, 3.0),
        ("signature", True, 2, 2.5),
    ]
    assert stages.elsewhere(found) == pytest.approx(0.5, abs=0.001)


def test_stages_behind_an_offset(tmp_path: Path) -> None:
    """What was logged before measuring is left out."""
    log, before = tmp_path / "log", b'{"event":"message","ms":{"scan":1000.0}}\n'
    log.write_bytes(before + b'{"event":"message","ms":{"scan":1.0}}\n')
    assert [one.total_ms for one in stages.read(log, len(before), 1.0)] == [1.0]


def test_stamp(tmp_path: Path) -> None:
    """Of this machine and this interpreter; what a file does not say is unknown."""
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Abacus: 9000\nmodel name\t: other\n")
    (tmp_path / "os-release").write_text('PRETTY_NAME="Debian 12"\n')
    found = stamp()
    assert (found.python, found.kernel) == (platform.python_version(), kernel_version(platform.release()))
    assert set(found.libraries) == set(LIBRARIES)
    assert [kernel_version(one) for one in ("6.18.44-fc-v782", "6.1.0-28-amd64", "x")] == [
        "6.18.44",
        "6.1.0",
        "unknown",
    ]
    assert found.cores >= 1
    assert field_of(tmp_path / "cpuinfo", "model name", ":") == "Abacus: 9000"
    assert field_of(tmp_path / "os-release", "PRETTY_NAME", "=") == "Debian 12"
    assert [field_of(tmp_path / name, "x", "=") for name in ("os-release", "none")] == ["unknown", "unknown"]


def test_perf_report() -> None:
    """Only lines that name functions."""
    text = "# Overhead  Symbol\n# 5% \n\n    20.00%  libyara  [.] yr_execute\n     1.00%  libc  [k] a b   -   - \n\n"
    assert perf.functions(text) == [" 20.00%  libyara  yr_execute", "  1.00%  libc  a b"]


def test_told() -> None:
    """Nothing that an operator has to know is left out of the text."""
    text = tell.told(CLOSED)
    for said in (
        "caches: none",
        "run 2 of 2",
        "500 messages/s  2.5 MB/s",
        "985 2xx, 5 4xx, 10 lost, 3 unsent, 980 came to the sink; 4xx 0.50%",
        "p50 50.0  p95 120.0  p99 150.5  most 200.0 ms, p99 1.5 ms of it before sending",
        "smtpd 700 us  scanner 1000 us",
        "300 MiB  smtpd 100 MiB  scanner 200 MiB  not readable (needs root): admin",
        "0b0 (good, reply 451): not taken",
        "yr_execute",
    ):
        assert said in text
    lines = [line.split() for line in text.splitlines()]
    assert ["share", "0.050"] in lines
    assert ["elsewhere", "25.0%"] in lines
    assert ["share", "0.0475", "(0.045", "-", "0.05)"] in lines


def test_drawing() -> None:
    """Well-formed, a curve of latencies for each measurement and one of the gateway's replies, within the frame."""
    picture = ElementTree.fromstring(drawing([FIRST]))
    curves = picture.findall("{http://www.w3.org/2000/svg}polyline")
    points = [tuple(map(float, p.split(","))) for curve in curves for p in curve.attrib["points"].split()]
    assert [len(curve.attrib["points"].split()) for curve in curves] == [101, 101, 4]
    assert all(0 <= x <= 900 and 0 <= y <= 380 for x, y in points)


def test_page() -> None:
    """The page of two results, word for word."""
    assert report.page([CLOSED, OPEN]) == PAGE.read_text(encoding="utf-8")


def test_page_of_two_machines() -> None:
    """Each section names its own."""
    other = replace(OPEN, stamp=replace(OPEN.stamp, cpu="Other 1"))
    text = report.page([CLOSED, other])
    first, second = text.split("\n## ")[1:]
    assert ("Abacus" in first, "Other" in first) == (True, False)
    assert ("Abacus" in second, "Other" in second) == (False, True)


def test_report_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files in, page out; what is no result is named."""
    (tmp_path / "good.json").write_bytes(to_json(CLOSED))
    (tmp_path / "bad.json").write_bytes(b"{}")
    assert report.main([str(tmp_path / "good.json")]) == 0
    assert capsys.readouterr().out == report.page([CLOSED])
    assert [report.main(given) for given in ([str(tmp_path / "bad.json")], [str(tmp_path / "none")])] == [2, 2]
    assert "bad.json: not a result" in capsys.readouterr().err


def test_report_with_the_wall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of its own, behind the others; what was missed says so."""
    figures = [
        wall.Figure("all checks / none", "x", [1.3, 1.2, 1.4], 1.25),
        wall.Figure("a", "us", [3.0], float("inf")),
    ]
    (tmp_path / "good.json").write_bytes(to_json(CLOSED))
    (tmp_path / "wall.json").write_text(wall.to_json(figures, "python -m bench.wall all"))
    assert report.main([str(tmp_path / "good.json"), "--wall", str(tmp_path / "wall.json")]) == 0
    told = capsys.readouterr().out
    assert told.startswith(report.page([CLOSED]))
    assert "| all checks / none | 1.300 x | 1.200 - 1.400 | at most 1.25: missed |" in told
    assert "| a | 3.000 us | 3.000 - 3.000 |  |" in told
    assert report.main([str(tmp_path / "good.json"), "--wall", str(tmp_path / "good.json")]) == 2
