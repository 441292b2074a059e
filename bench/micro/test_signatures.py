"""What one signature call costs: nearly nothing (one rule), and with the public rule sets over a small and a real node.

What is timed is asserted: the rules that should match do, and no others.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.detect.signatures import Ran, Report, SignatureDetector, compile
from bartizan.model.message import Node
from bench import mix

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
NODE = Node("2/a.txt", ("a.txt",), "text/plain", "text", 0, "")
NAMELESS = Node("2", (), "application/octet-stream", "", 0, "")
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"-".join((b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST", b"FILE!$H+H*"))
TEXT = b"The quick brown fox jumps over the lazy dog.\r\n" * 100


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> SignatureDetector:
    """The shipped rule alone."""
    out = tmp_path_factory.mktemp("rules") / "out.yac"
    assert compile([], out, skip_broken=False).rules == 1
    return SignatureDetector.load(out)


@dataclass(frozen=True)
class Compiled:
    """Both public rule sets, the file they were compiled into, and how long that took."""

    report: Report
    file: Path
    seconds: float


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Compiled once for all, since it takes seconds."""
    if not CORPUS.is_dir():
        pytest.skip("../shared/corpus is not here")
    out = tmp_path_factory.mktemp("rules") / "out.yac"
    began = time.perf_counter()
    report = compile([CORPUS / "yara" / name for name in ("signature-base", "reversinglabs")], out, skip_broken=False)
    return Compiled(report, out, time.perf_counter() - began)


@pytest.fixture(scope="module")
def public(compiled: Compiled) -> SignatureDetector:
    """Both public rule sets of the corpus."""
    return SignatureDetector.load(compiled.file)


@pytest.mark.parametrize("data", [b"x" * 10, TEXT], ids=["10-bytes", "4.7-kB"])
@pytest.mark.parametrize("rules", ["shipped", "public"])
def test_clean(benchmark: BenchmarkFixture, request: pytest.FixtureRequest, rules: str, data: bytes) -> None:
    """A node without a match."""
    detector: SignatureDetector = request.getfixturevalue(rules)
    assert benchmark(detector.look, NODE, data) == []


@pytest.mark.parametrize("rules", ["shipped", "public"])
def test_hit(benchmark: BenchmarkFixture, request: pytest.FixtureRequest, rules: str) -> None:
    """A node with the test file in it."""
    detector: SignatureDetector = request.getfixturevalue(rules)
    found = benchmark(detector.look, NODE, TEXT + EICAR)
    assert ("EICAR_Test_File", (len(TEXT), len(TEXT) + 68)) in [(finding.name, finding.span) for finding in found]


def test_plain_nodes_cost_less(public: SignatureDetector) -> None:
    """The same text, once as it is and once behind MZ: without the modules of programs a call takes less than 0.7."""
    seconds = {b"": 0.0, b"MZ": 0.0}
    for _ in range(3):
        for prefix in seconds:
            began = time.process_time()
            for _ in range(30):
                assert public.look(NAMELESS, prefix + TEXT) == []
            seconds[prefix] += time.process_time() - began

    assert seconds[b""] < 0.7 * seconds[b"MZ"]


@pytest.mark.parametrize(("ran", "times"), [(Ran.PLAIN, 1.3), (Ran.ALL, 6.0)])
def test_routed_nodes_cost_less(public: SignatureDetector, ran: Ran, times: float) -> None:
    """A mail that has nothing of what rules need, beside one call with all plain rules, and with all rules."""
    mails = [mail.data for mail in mix.make(mix.made_up(1), 200, 1, 0, ["one two three"])]
    assert all(public.route(mail) is Ran.ALWAYS for mail in mails)
    seconds = {"routed": float("inf"), "whole": float("inf")}
    for _ in range(5):
        began = time.process_time()
        assert all(public.look(NAMELESS, mail) == [] for mail in mails)
        seconds["routed"] = min(seconds["routed"], time.process_time() - began)
        began = time.process_time()
        assert all(public.run(ran, NAMELESS, mail) == [] for mail in mails)
        seconds["whole"] = min(seconds["whole"], time.process_time() - began)
    print(f"{ran}: {seconds['whole'] / seconds['routed']:.1f} times a routed call")

    assert seconds["whole"] > times * seconds["routed"]


def test_compile(compiled: Compiled) -> None:
    """Compiling both public sets, as every start with a new bundle does, in one go and without leaving one out."""
    print(f"compiled {compiled.report.rules} rules in {compiled.seconds:.1f} s")
    assert compiled.report.rules > 7000
    assert compiled.report.skipped == ()
