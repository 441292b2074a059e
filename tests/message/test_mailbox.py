"""Files of several mails are taken apart where a mail begins, and nowhere else."""

from __future__ import annotations

import pytest

from bartizan.message.mailbox import mails

MAIL = b"From a@example.org Mon Nov 23 10:00:00 2026\nFrom: a@example.org\nTo: b@example.org\nSubject: x\n\n"


def split(data: bytes) -> list[bytes]:
    """The mails."""
    return [data[start:end] for start, end in mails(data)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_mails(end: bytes) -> None:
    """Each from its "From " line to the next one's."""
    given = [(MAIL + text).replace(b"\n", end) for text in (b"one\n\n", b"two\n>From x\n\n", b"three\n")]
    assert split(b"".join(given)) == given


@pytest.mark.parametrize(
    "text",
    [
        b"one\n",
        b"one\nFrom a line on: no empty line\n",
        b"one\n\nFrom here on it is prose\nwith lines\n",
        b"one\n\nFrom here on\nColour: it is prose\n\n",
        b"one\n\n>" + MAIL + b"two\n",
    ],
)
def test_a_single_mail(text: bytes) -> None:
    """The word in a text, a mail that is quoted."""
    assert split(MAIL + text) == []


def test_no_mailbox() -> None:
    """A mail without a "From " line, or no mail at all."""
    assert split(MAIL.partition(b"\n")[2] + b"\n" + MAIL) == []
    assert split(b"") == []
