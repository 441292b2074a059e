"""Other projects' mails: every one is examined whole, and where it is not, the reason is known by name."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from corpora.examined import GAPS, Examined, Scan, files, read

# Mails, and files that are none: those are read as mails all the same.
MAILS = {
    "james-mime4j": ("*.msg",),
    "stalwart-mail-parser": ("*.eml",),
    "mimekit": ("*.eml", "*.msg", "*.txt", "*.ntx", "*.html", "*.uu", "*.b64", "*.qp"),
    "rspamd-messages": ("*.eml*",),
    "spamassassin-t": (),
    "enmime": ("*.raw", "*.eml", "*.golden"),
    "zbateson": ("*.txt",),
    "letters": ("*.txt",),
    "postfix-ref": ("*.in*", "*.ref*"),
}
NEVER = {"crash", "timeout", "limit:time", "limit:total_bytes", "limit:members", "limit:ratio"}

# Mails that say in their file name or text what they carry, and what must be found in them.
CARRIED = {
    "rspamd-messages/test/functional/messages": {
        "bad_ext.dotted_file_name.eml": "block:exe",
        "broken_richtext.eml": "EICAR_Test_File",
        "exe_attm.eml": "block:elf",
        "next2last-digits_in_brackets.eml": "block:msi",
        "next2last-digits_in_parens.eml": "block:msi",
        "next2last-doublebad.eml": "block:scr",
        "rar-date-bad-ext.eml": "block:scr",
        "rar4.eml": "block:exe",
        "zip-doublebad.eml": "block:exe",
        "zip.eml": "block:exe",
    },
    "spamassassin-t/t/data/spam/olevbmacro": {
        "macro.eml": "report:xlsm",
        "malicemacro.eml": "report:xlsm",
        "renamedmacro.eml": "report:xlsx",
        "zippwmacro.eml": "report:xlsm",
    },
}
MEMBERS = {
    "f.zip.001.eml": "f.txt",
    "f.zip.gz.eml": "f.txt",
    "rar4.eml": "fake.exe",
    "zip.eml": "fake.exe",
}


def unexpected(corpus: str, results: dict[str, Examined]) -> dict[str, object]:
    """What differs from [explained]: the gaps of mails, and listed mails without theirs."""
    explained = {name: set(entry["gaps"]) for name, entry in GAPS["explained"].get(corpus, {}).items()}
    return {
        name: (examined.gaps, explained.get(name, set()))
        for name, examined in results.items()
        if examined.gaps != explained.get(name, set())
    }


@pytest.mark.parametrize("corpus_name", MAILS)
def test_every_mail_is_examined(corpus: Path, scan: Scan, corpus_name: str) -> None:
    """No crash, none ambiguous and no other gap but those that are explained; every gap holds the mail back."""
    mails = read(corpus / corpus_name, files(corpus / corpus_name, *MAILS[corpus_name]))
    results = scan(mails)

    assert len(results) > 70
    assert unexpected(corpus_name, results) == {}
    assert sorted(set(GAPS["explained"].get(corpus_name, {})) - set(results)) == [], "listed, and not there"
    for name, examined in results.items():
        assert not examined.gaps & NEVER, name
        assert not (examined.gaps and examined.accepted), name
        assert examined.examination.nodes[0].sha256 == hashlib.sha256(mails[name]).hexdigest()


@pytest.mark.parametrize("folder", CARRIED)
def test_what_a_mail_is_known_to_carry(corpus: Path, scan: Scan, folder: str) -> None:
    """Programs, EICAR and documents with macros are told by what they are and what they are called."""
    expected = CARRIED[folder]
    results = scan(read(corpus / folder, [corpus / folder / name for name in expected]))

    assert [name for name, examined in results.items() if expected[name] not in examined.found] == []


def test_members_are_found(corpus: Path, scan: Scan) -> None:
    """Archives are known by their content: a zip in a gzip, one called a volume, a rar."""
    folder = corpus / "rspamd-messages/test/functional/messages"
    results = scan(read(folder, [folder / name for name in MEMBERS]))

    assert [name for name, examined in results.items() if MEMBERS[name] not in examined.names] == []


def one_in_twenty(paths: list[Path]) -> list[Path]:
    """The same sample each time."""
    return sorted(random.Random(20).sample(paths, len(paths) // 20))


@pytest.mark.parametrize(
    "every",
    [pytest.param(False, id="sample"), pytest.param(True, id="all", marks=pytest.mark.torture)],
)
def test_real_mail(corpus: Path, scan: Scan, every: bool) -> None:
    """Mail as it was received, good and bad, in a sample of 150 or all of it: nothing is left unexamined."""
    folder = corpus / "spamassassin-public"
    paths = list(files(folder, "*.eml"))
    assert len(paths) == 3000
    results = scan(read(folder, paths if every else one_in_twenty(paths)))

    explained = GAPS["explained"]["spamassassin-public"]
    gaps = {name: examined.gaps for name, examined in results.items() if examined.gaps}
    assert gaps == {name: set(explained[name]["gaps"]) for name in results if name in explained}
