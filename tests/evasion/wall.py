"""The rows that are no mails: which tests show them, and what these say when they are run."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

SMUGGLING = "tests/smtpd/test_smuggling.py::test_no_end"
DIALOGUE = "tests/smtpd/test_dialogues.py::test_dialogue"
ENDS = (
    "lf-dot-lf cr-dot-cr cr-dot-lf lf-dot-cr lf-dot-crlf crlf-dot-lf cr-dot-crlf crlf-dot-cr crlf-nul-dot-crlf "
    "crlf-dot-nul-crlf crlf-dot-crcrlf"
)


def _dialogues(names: str) -> tuple[str, ...]:
    return tuple(f"{DIALOGUE}[{name}-" for name in names.split())


SHOWN_BY: dict[str, tuple[str, ...]] = {
    **{f"P{number:02}": (f"{SMUGGLING}[{end}-",) for number, end in enumerate(ENDS.split(), 1)},
    "P12": ("tests/smtpd/test_smuggling.py::test_cr_before_the_end",),
    "P13": (f"{SMUGGLING}[lf-dotdot-crlf-",),
    "P14": ("tests/smtpd/test_tls.py::test_anything_behind_starttls_is_an_attack", *_dialogues("starttls_injection")),
    "P15": _dialogues("early_talker early_talker_refused early_talker_deferred data_refused_out_of_turn pipelining"),
    "P16": _dialogues("addresses bad_addresses source_route_refused relaying"),
    "P17": ("tests/wall/test_form.py::test_doubled", "tests/wall/test_form.py::test_eight_bit"),
    "P18": (
        "tests/actions/test_own_fields.py::test_results_in_our_name",
        "tests/actions/test_own_fields.py::test_our_prefix",
    ),
    "P19": ("tests/message/test_unsigned.py::test_lengths",),
    "P20": _dialogues("bad_parameters too_big too_big_by_far"),
    "P21": (
        "tests/smtpd/test_timeouts.py::test_command_timeout_counts_commands",
        "tests/smtpd/test_timeouts.py::test_data_rate",
        "tests/smtpd/test_timeouts.py::test_data_idle",
        *_dialogues("data_too_slow starttls_timeout"),
    ),
    "P22": _dialogues("too_many_recipients hard_recipients soft_recipients too_many_errors unknown_commands"),
}
"""The tests of each row, by the beginning of their ids: each beginning must be that of a test."""


@dataclass(slots=True)
class Outcome:
    """What the tests of a row said: how many passed, the ids of those that did not, how long they took."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Some ran, and all passed."""
        return self.passed > 0 and not self.failed


class _Listener:
    """Takes down what pytest tells of each test."""

    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for each phase of each test."""
        if report.when == "call" or report.failed:
            self.reports.append(report)


def run() -> dict[str, Outcome]:
    """Run the tests of all rows."""
    listener = _Listener()
    files = sorted({test.partition("::")[0] for tests in SHOWN_BY.values() for test in tests})
    options = ["-p", "no:terminal", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib"]
    pytest.main([*options, *files], plugins=[listener])
    outcomes = {}
    for row, tests in SHOWN_BY.items():
        outcome = outcomes[row] = Outcome()
        for test in tests:
            matching = [report for report in listener.reports if report.nodeid.startswith(test)]
            outcome.failed += [report.nodeid for report in matching if not report.passed] if matching else [test]
            outcome.passed += sum(report.passed for report in matching)
            outcome.seconds += sum(report.duration for report in matching)
    return outcomes
