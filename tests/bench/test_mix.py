"""The mails of a load test are what they claim to be."""

from __future__ import annotations

import functools
import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from bench import attached, large, mix, phrases, wire
from bench.mix import Kind
from tests.bench.reading import leaves, message

REAL = mix.made_up(1, 20)
LISTED = phrases.sample(phrases.vocabulary(REAL), 50, 1)


@pytest.mark.parametrize("kind", list(Kind))
def test_mix_is_seeded(kind: Kind) -> None:
    """The same arguments give the same bytes; another seed gives others."""
    assert mix.make(REAL, 12, 7, 5, LISTED, kind) == mix.make(REAL, 12, 7, 5, LISTED, kind)
    assert mix.make(REAL, 12, 8, kind=kind)[0].data != mix.make(REAL, 12, 7, kind=kind)[0].data


def test_every_mail_has_its_token() -> None:
    """No two mails share a token, and each carries its own in a field and in its sender."""
    mails = mix.make(REAL, 100, 1, 10, LISTED)
    assert len({mail.token for mail in mails}) == 100
    assert all(message(mail)["X-Load-Token"] == mail.token for mail in mails)
    assert all(f"<{mail.token}@".encode() in mail.commands for mail in mails)


def test_average(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Small mails are left out until the rest have the average; with 0 none is."""
    folder = tmp_path_factory.mktemp("mails")
    for number in range(60):
        (folder / f"{number}").write_bytes(b"Subject: x\n\n" + b"x" * (200 * number))
    everything, fewer = mix.load(folder, 1, average=0), mix.load(folder, 1, average=7000)
    sizes = sorted(map(len, fewer))
    assert len(everything) == 60
    assert 7000 <= sum(sizes) / len(sizes) < 7300
    assert sizes[-30:] == sorted(map(len, everything))[-30:]


def test_no_mails(tmp_path: Path) -> None:
    """An empty folder is a mistake; without a folder mails are made up."""
    with pytest.raises(ValueError, match="no mails"):
        mix.load(tmp_path, 1)
    assert mix.load(tmp_path / "none", 1) == mix.load(None, 1) == mix.made_up(1)


def test_every_nth_is_bad_in_turn() -> None:
    """Of 40 mails every 5th is bad, each way twice."""
    mails = mix.make(REAL, 40, 1, 5, LISTED)
    assert [i for i, mail in enumerate(mails) if mail.bad] == list(range(4, 40, 5))
    assert Counter(mail.bad for mail in mails if mail.bad) == {"zip": 2, "vbs": 2, "html": 2, "base64": 2}


@pytest.mark.parametrize("bad", ["zip", "vbs", "html", "base64"])
def test_bad_part(bad: str) -> None:
    """A bad mail's second part holds what its kind says, its first the original text."""
    mail = next(mail for mail in mix.make(REAL, 40, 1, 5, LISTED) if mail.bad == bad)
    text, part = message(mail).iter_parts()
    assert len(text.get_content()) > 500
    content = part.get_content()
    if isinstance(content, str):
        content = content.replace("\r\n", "\n")
    if bad == "zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert archive.read(archive.namelist()[0]) == wire.test_virus() + f"\r\n{mail.token}".encode()
    elif bad == "vbs":
        assert (part.get_filename(), part["Content-Transfer-Encoding"]) == ("invoice.vbs", "base64")
    elif bad == "base64":
        assert any(phrase.upper() in content for phrase in LISTED)
    else:
        assert any("</b> \n<b>".join(phrase.split()) in content for phrase in LISTED)


def test_bad_parts_are_unique() -> None:
    """No leaf of a bad mail is in another one."""
    found = [leaf for mail in mix.make(REAL, 32, 1, 2, LISTED) for leaf in leaves(mail)]
    assert len(found) == len(set(found)) == 48


def test_attachments() -> None:
    """Every fifth mail has a file of 50 to 500 kB, the kinds take turns, programs count as bad, none comes twice."""
    mails = mix.make(REAL, 40, 1, kind=Kind.ATTACHMENTS)
    files = [next(iter(message(mail).iter_attachments())) for mail in mails[::5]]
    contents = [bytes(file.get_payload(decode=True)) for file in files]
    assert [content[:4] for content in contents] == [b"PK\x03\x04", b"PK\x03\x04", b"%PDF", b"MZ\0\0"] * 2
    assert [file.get_filename() for file in files[:4]] == ["notes.zip", "report.docx", "report.pdf", "setup.dat"]
    assert all(attached.SMALLEST <= len(content) <= attached.LARGEST + 20_000 for content in contents)
    assert [i for i, mail in enumerate(mails) if mail.bad] == [15, 35]
    members = [
        archive.read(name)
        for content in contents
        if content.startswith(b"PK")
        for archive in [zipfile.ZipFile(io.BytesIO(content))]
        for name in archive.namelist()
        if not name.startswith(("[", "_"))
    ]
    assert len(set(contents)) == len(contents)
    assert len(set(members)) == len(members) == 8
    assert sum(mail.data.count(b"\nContent-Disposition: attachment") for mail in mails) == 8


def test_large() -> None:
    """10 MB on the wire, in blocks that all mails share."""
    first, second = mix.make(REAL, 2, 1, kind=Kind.LARGE)
    assert abs(first.size - large.SIZE) < 100_000
    assert first.rest != second.rest
    assert {id(piece) for piece in first.rest[:-1]} == {id(piece) for piece in second.rest[:-1]}


def test_large_is_a_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text with the token, and a file of all blocks; no leaf comes twice."""
    monkeypatch.setattr(large, "blocks", functools.partial(large.blocks, size=300_000))
    mails = mix.make(REAL, 3, 1, kind=Kind.LARGE)
    text, file = leaves(mails[0])
    assert mails[0].token.encode() in text
    assert len(file) == 57 + 57_000 * 3
    assert len({leaf for mail in mails for leaf in leaves(mail)}) == 6
