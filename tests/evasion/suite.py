"""All samples with their twins, the mails that must pass."""

from __future__ import annotations

from dataclasses import dataclass

from evasion import (
    archives,
    base64s,
    benign,
    benign_files,
    boundaries,
    calendars,
    carriers,
    charsets,
    datauris,
    delimiters,
    disguises,
    documents,
    encodings,
    endings,
    fields,
    kinds,
    links,
    looks,
    masses,
    names,
    nesting,
    quoted,
    sealed,
    spellings,
    structures,
    subjects,
    texts,
    transfers,
    types,
    uucodes,
    words,
    wrapped,
    zips,
)
from evasion.sample import EVIL, HARMLESS, Sample

GROUPS = (
    encodings,
    fields,
    types,
    boundaries,
    delimiters,
    texts,
    base64s,
    quoted,
    uucodes,
    transfers,
    charsets,
    names,
    spellings,
    endings,
    looks,
    kinds,
    nesting,
    structures,
    sealed,
    calendars,
    carriers,
    datauris,
    wrapped,
    masses,
    documents,
    disguises,
    words,
    subjects,
    links,
    zips,
    archives,
)
MAILS = (benign, benign_files)


@dataclass(frozen=True, slots=True)
class Case:
    """A sample, and the mail that is like it but for the load."""

    sample: Sample
    twin: bytes


def _cases() -> tuple[Case, ...]:
    cases = []
    for group in GROUPS:
        harmless = {sample.id: sample for sample in group.cases(HARMLESS)}
        for sample in group.cases(EVIL):
            other = harmless[sample.id]
            twin = other.raw if other.legal else other.twin or HARMLESS.honest(sample.hides)
            cases.append(Case(sample, twin))
    return tuple(cases)


CASES = _cases()
HONEST = tuple(mail for group in MAILS for mail in group.mails())
"""Mails that nobody has a reason to stop: their names, and what they are."""
