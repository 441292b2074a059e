"""The demo's mails, and that nothing in the source tree looks harmful."""

from __future__ import annotations

import email
import email.policy
import io
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan._core.text import scan_text
from bartizan.cli.samples import EICAR, PHRASE, Sample, samples
from bartizan.detect import phrases

SOURCE = Path(__file__).resolve().parents[2] / "src"


def parsed(sample: Sample) -> EmailMessage:
    """The sample as the standard library reads it."""
    message = email.message_from_bytes(sample.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_fates() -> None:
    """One is clean, three are not; all recipients differ, since they name the mails."""
    assert [sample.expected.value for sample in samples()] == ["accept"] + 3 * ["quarantine"]
    assert len({sample.recipient for sample in samples()}) == 4


def test_test_file_is_in_a_zip_in_a_tar() -> None:
    """Two containers deep, as promised."""
    [attachment] = parsed(samples()[1]).iter_attachments()
    with tarfile.open(fileobj=io.BytesIO(attachment.get_content())) as tar:
        inner = tar.extractfile("files.zip")
        assert inner is not None
        with zipfile.ZipFile(io.BytesIO(inner.read())) as archive:
            assert archive.read("test.com") == EICAR
        assert EICAR not in inner.read()


def test_script_is_base64() -> None:
    """The .vbs is encoded."""
    [attachment] = parsed(samples()[2]).iter_attachments()
    assert (attachment.get_filename(), attachment["content-transfer-encoding"]) == ("update.vbs", "base64")


def test_phrase_cannot_be_found_by_a_plain_search() -> None:
    """Tags, entities and soft line breaks are between its letters."""
    message = parsed(samples()[3])
    assert message["content-transfer-encoding"] == "quoted-printable"
    assert PHRASE.encode() not in samples()[3].raw
    assert all(word.encode() not in samples()[3].raw for word in ("claim", "prize", "before", "midnight"))


def test_phrase_is_found_in_the_text_view(tmp_path: Path) -> None:
    """What a reader of the mail sees is what is matched."""
    (tmp_path / "list.txt").write_text(f"{PHRASE}\n")
    phrases.build([tmp_path / "list.txt"], tmp_path / "phrases.bin")
    html = parsed(samples()[3]).get_payload(decode=True)
    assert isinstance(html, bytes)
    [(index, _, _)] = scan_text(html, "utf-8", True, Automaton.open(str(tmp_path / "phrases.bin")))
    assert index == 0


def test_mails_have_canonical_line_ends() -> None:
    """CRLF only, so that nothing about them is an anomaly."""
    assert all(sample.raw.replace(b"\r\n", b"").isascii() for sample in samples())
    assert all(b"\n" not in sample.raw.replace(b"\r\n", b"") for sample in samples())
    assert all(b"\r" not in sample.raw.replace(b"\r\n", b"") for sample in samples())


def test_source_tree_holds_no_test_file() -> None:
    """Scanners of other people would quarantine our source."""
    assert [path for path in SOURCE.rglob("*") if path.suffix in (".py", ".yar") and EICAR in path.read_bytes()] == []
