"""Every sample is found or held as its row asks, every twin delivered; the table of rows is complete.

All go through what `bartizan scan` does, scanners and shipped policy included. What is accepted though something is in
it is listed by name (unseen.UNSEEN), and that list is exactly true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bartizan.app import examiner
from bartizan.model.limits import MIB
from bartizan.model.message import Examination
from bartizan.policy.rules import Policy
from evasion import decide
from evasion.rows import BOUNDARIES, DOCUMENTS, ENCODINGS, HEADERS, MAILS, NAMES, ROWS, STRUCTURES
from evasion.sample import EVIL, Expect, Hides
from evasion.suite import CASES, HONEST, Case
from evasion.unseen import UNSEEN

LARGE = MIB
"""Bytes above which a sample is left to `make torture`; `make evasion` measures all."""
REPORT = Path(__file__).parents[2] / "docs/evasion.md"


class Answers:
    """What was found in every mail, each examined once."""

    def __init__(self, folder: Path, mails: Sequence[bytes]) -> None:
        """Have them examined; the files of the rules go to `folder`."""
        self._settings = decide.settings(folder)
        self.policy: Policy = decide.policy(self._settings)
        self._found: Mapping[bytes, Examination] = asyncio.run(self._examine(dict.fromkeys(mails)))

    def __getitem__(self, mail: bytes) -> Examination:
        """What was found in this mail."""
        return self._found[mail]

    async def _examine(self, mails: Mapping[bytes, None]) -> Mapping[bytes, Examination]:
        async with examiner(self._settings) as examine:
            turns = asyncio.Semaphore(2 * self._settings.server.scanners)

            async def one(number: int, mail: bytes) -> Examination:
                async with turns:
                    return await examine(mail, f"mail{number}")

            found = await asyncio.gather(*(one(number, mail) for number, mail in enumerate(mails)))
        return dict(zip(mails, found, strict=True))


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """The samples and twins that are tested, and honest mails."""
    chosen = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    mails = [mail for case in chosen if isinstance(case, Case) for mail in (case.sample.raw, case.twin)]
    return Answers(tmp_path_factory.mktemp("evasion"), mails + [mail for _, mail in HONEST])


each_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.sample.id, marks=[pytest.mark.torture] * (len(case.sample.raw) > LARGE))
        for case in CASES
    ],
)


@each_case
def test_sample(case: Case, answers: Answers) -> None:
    """Stopped for what is in it, or for the stated reason; what is listed as unseen is accepted."""
    examination = answers[case.sample.raw]
    if case.sample.id in UNSEEN:
        assert decide.delivered(examination, answers.policy), "seen now: take it off the list"
    else:
        assert decide.passes(case.sample, examination, answers.policy), (examination.findings, examination.anomalies)


@each_case
def test_twin(case: Case, answers: Answers) -> None:
    """Delivered, examined completely."""
    examination = answers[case.twin]
    assert decide.delivered(examination, answers.policy), examination.findings


@pytest.mark.parametrize(("name", "mail"), HONEST, ids=[name for name, _ in HONEST])
def test_honest_mail(name: str, mail: bytes, answers: Answers) -> None:
    """Delivered, examined completely."""
    examination = answers[mail]
    assert decide.delivered(examination, answers.policy), (name, examination.findings)


def test_rows() -> None:
    """Each row of the groups about content has a sample, and each sample a row."""
    assert [len(group) for group in (HEADERS, BOUNDARIES, ENCODINGS, NAMES, STRUCTURES)] == [28, 32, 29, 22, 18]
    assert {f"O{number}" for number in range(10, 15)} <= DOCUMENTS.keys()
    assert {case.sample.row for case in CASES} == MAILS.keys()


def test_ids() -> None:
    """Each mail has a name of its own, and what is listed is there."""
    ids = [case.sample.id for case in CASES]
    assert len(set(ids)) == len(ids)
    assert UNSEEN.keys() <= set(ids)
    assert len(dict(HONEST)) == len(HONEST)


def test_held_for_a_reason() -> None:
    """Who may be held says for what, and who is told what is told."""
    assert [
        case.sample.id
        for case in CASES
        if (case.sample.expect in (Expect.HELD, Expect.EITHER)) is not bool(case.sample.reasons)
        or (case.sample.expect is Expect.TOLD) is not bool(case.sample.told)
    ] == []


def test_twins_differ() -> None:
    """A twin is another mail, and carries no load."""
    for case in CASES:
        assert case.twin != case.sample.raw, case.sample.id
        for load in (EVIL.marker, EVIL.eicar, EVIL.phrase.encode(), EVIL.base64, EVIL.link.encode()):
            assert load not in case.twin, case.sample.id
        if case.sample.hides is Hides.NAME:
            assert EVIL.name not in case.twin, case.sample.id


def test_numbers() -> None:
    """The suite is as wide as it is meant to be."""
    assert len(HONEST) >= 130
    assert len(CASES) >= 700


def test_report() -> None:
    """The report tells of every row."""
    lines = REPORT.read_text(encoding="utf-8").splitlines()
    assert [row for row in ROWS if not any(line.startswith(f"| {row} |") for line in lines)] == []
