"""Rows of H and B once more, with text that means nothing unless its header is read: pages, charsets, subjects.

A program that takes the line for a field, or the part for a part, shows its user the phrase. Text is no attachment:
that another reading of it differs is no Gap, so it has to be found.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from evasion import boundaries, delimiters, fields, types
from evasion.mails import MIME, REAL, TEXT, around, b64
from evasion.sample import Load, Sample, ids, phrase

LINES = ids(
    "H12-behind-cr H12-cr-at-both-ends H13-no-colon H13-first-of-part H14-cr H14-lf-cr H14-cr-cr H15-letters H15-8bit "
    "H15-blank H16-name-twice H23-behind-empty-line H27-utf8-mark"
)
TYPES = ids(
    "H17-text-then-multipart H17-multipart-then-text H18-first-letter-missing H18-quoted H18-comment-inside "
    "H20-boundary-only H20-nothing H28-colon-in-name H28-open-quote"
)
DEFINITIONS = ids(
    "B01-good-first B01-good-last B03-extended B03-continued B04-be B05-whole B06-blanks B06-fold-in-name "
    "B07-inside-cut B08-definition B09-fold-as-nothing B10-empty B10-nothing B11-open B11-quoted-then-more "
    "B12-inside-kept B12-semicolon B13-semicolon B13-comma-cut B14-inside B14-open B15-blank "
    "B15-in-value-and-real-hidden B16-second B16-first B17-first-letter B28-nul-inside B28-cr-behind B29-cut-at-70 "
    "B29-different-behind-2048"
)
BODIES = ids(
    "B18-longer B18-blank-and-more B20-no-parameter B20-other-boundary B22-one-hyphen B22-junk-then-part B23-part "
    "B24-part B25-delimiter B27-cr-before B27-cr-behind B30-text B31-blank B32-payload-in-inner "
    "B32-inner-without-boundary"
)
HTML = b"Content-Type: text/html\r\n"
EBCDIC = b"Content-Type: text/plain; charset=cp037\r\n"


def cases(load: Load) -> Iterator[Sample]:
    """All of them."""
    page = b"Hi.\r\n" + load.say(b"cl<b></b>aim your pri<i></i>ze before midnight") + b"\r\n"
    wide = b64(f"Hello,\n{load.phrase}\n".encode("cp037"))
    for kind, part in {"page": HTML + b"\r\n" + page, "charset": EBCDIC + REAL + b"\r\n" + wide}.items():
        for id, mail in _mails(part).items():
            row, _, rest = id.partition("-")
            yield phrase(f"{row}-{kind}-{rest}", mail, legal=False, twin=around(part))
    subject = b"Subject: =?utf-8?B?" + base64.b64encode(load.phrase.encode()) + b"?=\r\n"
    for id in sorted(LINES):
        row, _, rest = id.partition("-")
        template = fields.LINES[id]
        shown = around(fields.placed(template, HTML) + b"\r\n" + page)
        yield phrase(f"{row}-page-{rest}", shown, legal=False, twin=around(HTML + b"\r\n" + page))
        mail = around(REAL + fields.placed(template, EBCDIC) + b"\r\n" + wide)
        yield phrase(f"{row}-charset-{rest}", mail, legal=False, twin=around(EBCDIC + REAL + b"\r\n" + wide))
        mail = MIME + fields.placed(template, subject) + b"\r\nHello.\r\n"
        yield phrase(f"{row}-subject-{rest}", mail, legal=False, twin=subject + MIME + b"\r\nHello.\r\n")


def _mails(part: bytes) -> dict[str, bytes]:
    """The mails with this part, by the id of their technique."""
    mails = {id: boundaries.mail(*boundaries.DEFINITIONS[id], part) for id in sorted(DEFINITIONS)}
    mails |= {id: delimiters.BODIES[id].replace(b"{}", part) for id in sorted(BODIES)}
    for id in sorted(TYPES):
        mails[id] = MIME + types.FIELDS[id] + b"\r\n" + TEXT + b"--b1\r\n" + part + b"--b1--\r\n"
    return mails
