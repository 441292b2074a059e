"""Evasive mails and benign ones through all that `bartizan scan` does: found or held, and accepted.

The mails are made from techniques, by end_to_end/evasions; nothing harmful but the test file of EICAR is in them. What
this stage does not find is listed below by name, and the list is exactly true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bartizan.app import examiner
from bartizan.config.load import load
from bartizan.config.resolve import Flags
from bartizan.model.finding import Kind
from bartizan.model.message import Examination
from end_to_end.evasions import (
    archives,
    benign,
    benign_files,
    boundaries,
    documents,
    headers,
    names,
    transfers,
    words,
    zips,
)
from end_to_end.evasions.sample import PHRASE, Expect, Hides, Sample

GROUPS = (headers, boundaries, transfers, names, words, zips, archives, documents, benign, benign_files)
SAMPLES = tuple(sample for group in GROUPS for sample in group.samples())
UNSEEN = {
    "H-type-name-absent": "a mail without a type is a text: clients show the lines of a part",
    "O-html-table-letters": "a table with one letter in each cell is a line of letters with spaces",
    "O-html-in-alt": "attributes are no text",
    "O-script-string": "scripts are not run",
    "O-text-backspace": "characters that a terminal would overwrite are read",
    "O-text-quoted": "the marks of quoted lines are text",
    "O-charset-overlong": "overlong UTF-8 is no character; decoders show the replacement character",
    "O-flowed-delsp": "format=flowed with DelSp joins words that are read with a space",
}
"""What is accepted though something is in it, and why."""


async def _examine(samples: Sequence[Sample], phrases: Path) -> dict[str, Examination]:
    settings = load(None, Flags(phrases=(phrases,), best_effort=True))
    async with examiner(settings) as examine:
        turns = asyncio.Semaphore(2 * settings.server.scanners)

        async def one(number: int, sample: Sample) -> Examination:
            async with turns:
                return await examine(sample.raw, f"sample{number}")

        found = await asyncio.gather(*(one(number, sample) for number, sample in enumerate(samples)))
    return {sample.id: examination for sample, examination in zip(samples, found, strict=True)}


@pytest.fixture(scope="module")
def examinations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examination]:
    """What was found in each sample, by its id."""
    phrases = tmp_path_factory.mktemp("samples") / "phrases.txt"
    phrases.write_text(PHRASE + "\n", encoding="utf-8")
    return asyncio.run(_examine(SAMPLES, phrases))


def outcome(hides: Hides, examination: Examination) -> Expect:
    """What became of a mail under the shipped rules."""
    kinds = {finding.kind for finding in examination.findings}
    blocked = any(f.kind is Kind.ATTACHMENT and f.name.startswith("block:") for f in examination.findings)
    seen = {Hides.EICAR: Kind.SIGNATURE in kinds, Hides.NAME: blocked, Hides.PHRASE: Kind.PHRASE in kinds}
    if seen.get(hides):
        return Expect.FOUND
    return Expect.HELD if blocked or kinds & {Kind.SIGNATURE, Kind.PHRASE, Kind.GAP} else Expect.CLEAN


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_sample(sample: Sample, examinations: dict[str, Examination]) -> None:
    """Found, held or accepted as the sample says; what is listed as unseen is accepted."""
    expected = Expect.CLEAN if sample.id in UNSEEN else sample.expect
    examination = examinations[sample.id]
    assert outcome(sample.hides, examination) is expected, examination.findings


def test_ids() -> None:
    """Each sample has a name of its own, and what is listed is there."""
    assert len({sample.id for sample in SAMPLES}) == len(SAMPLES)
    assert UNSEEN.keys() <= {sample.id for sample in SAMPLES if sample.hides is not Hides.NOTHING}


def test_numbers() -> None:
    """The table is as wide as it is meant to be."""
    benign_ones = sum(sample.hides is Hides.NOTHING for sample in SAMPLES)
    assert benign_ones >= 130
    assert len(SAMPLES) - benign_ones >= 700
