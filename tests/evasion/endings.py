"""Rows F07 to F10 again: a parameter that one program ends, or begins, elsewhere than another."""

from __future__ import annotations

from collections.abc import Iterator

from evasion.names import both
from evasion.sample import Load, Sample, ids

DISPOSITIONS: dict[str, bytes] = {
    "F07-half-end-blank": b'filename="=?utf-8?Q?invoice.vbs? ="',
    "F07-half-end-folded": b'filename="=?utf-8?Q?invoice.vbs?\r\n ="',
    "F07-half-end-unquoted": b"filename==?utf-8?Q?invoice.vbs?",
    "F07-half-end-second": b'filename="=?utf-8?Q?invoice?= =?utf-8?Q?.vbs?"',
    "F07-half-end-piece": b'filename*0="=?utf-8?Q?invoice"; filename*1=".vbs?"',
    "F07-lone-equals": b'filename="=?utf-8?Q?invoice.vbs=?="',
    "F07-lone-equals-unquoted": b"filename==?utf-8?Q?invoice=2Evbs=?=",
    "F07-quote-in-word": b'filename="=?utf-8?Q?invoice.vbs=22.png?="',
    "F08-blank-behind": b"filename=invoice.vbs a.png",
    "F08-tab-behind": b"filename=invoice.vbs\ta.png",
    "F08-fold-behind": b"filename=invoice.vbs\r\n a.png",
    "F08-comma-blank-behind": b"filename=invoice.vbs, a.png",
    "F08-at-behind": b"filename=invoice.vbs@a.png",
    "F08-equals-behind": b"filename=invoice.vbs=a.png",
    "F08-question-behind": b"filename=invoice.vbs?a.png",
    "F08-colon-behind": b"filename=invoice.vbs:a.png",
    "F08-slash-then-png": b"filename=invoice.vbs/a.png",
    "F08-bracket-behind": b"filename=invoice.vbs[1].png",
    "F08-angle-behind": b"filename=invoice.vbs<a.png>",
    "F08-quote-behind": b'filename=invoice.vbs"a.png',
    "F08-square-brackets": b"filename=[invoice.vbs]",
    "F08-braces": b"filename={invoice.vbs}",
    "F08-single-then-png": b"filename='invoice.vbs'.png",
    "F08-semicolon-blank": b'filename="invoice.vbs; a.png"',
    "F08-semicolon-pair": b'filename="invoice.vbs\\;.png"',
    "F08-semicolon-fold": b'filename="invoice.vbs\r\n ;.png"',
    "F08-semicolon-before-quote": b'filename="invoice.vbs" ; .png"',
    "F08-semicolon-extended": b"filename*=\"utf-8''invoice.vbs;.png\"",
    "F08-quote-pair": b'filename="invoice.vbs\\".png"',
    "F08-quote-percent": b"filename*=utf-8''invoice.vbs%22.png",
    "F09-whole": b"filename=(invoice.vbs)",
    "F09-whole-opened-twice": b"filename=((invoice.vbs)",
    "F09-unopened-then-open": b"filename=invoice.vbs)(.png",
    "F09-unopened-extended": b"filename*=utf-8''invoice.vbs)",
    "F09-unopened-before": b"x=y); filename=invoice.vbs)",
    "F09-quoted-blank": b'filename="invoice.vbs (.png)"',
    "F09-quoted-inside": b'filename="invoice.v(x)bs"',
    "F09-quoted-twice": b'filename="invoice(1).v(x)bs(.png)"',
    "F09-open-behind-key": b"filename(=invoice.vbs",
    "F09-closed-behind-key": b"filename)=invoice.vbs",
    "F10-quoted-key-and-value": b'"filename"="invoice.vbs"',
    "F10-quoted-key-blanks": b'"filename" = "invoice.vbs"',
    "F10-single-quoted-key": b"'filename'=invoice.vbs",
    "F10-half-quoted-key": b'filename"=invoice.vbs',
    "F10-quoted-key-star": b"\"filename*\"=utf-8''invoice.v%62s",
    "F10-quoted-key-then-star": b"\"filename\"*=utf-8''invoice.v%62s",
    "F10-quoted-pieces": b'"filename*0"=invoice; "filename*1"=.vbs',
    "F10-key-in-brackets": b"<filename>=invoice.vbs",
    "F10-backslash": b"filename\\=invoice.vbs",
    "F10-zero-width": b"filename\xe2\x80\x8b=invoice.vbs",
    "F10-mark-behind": b"filename\xef\xbb\xbf=invoice.vbs",
    "F10-ideographic-blank": b"filename\xe3\x80\x80=\xe3\x80\x80invoice.vbs",
    "F10-next-line": b"filename\x85=\x85invoice.vbs",
    "F10-control": b"filename\x01=\x01invoice.vbs",
    "F10-nbsp-behind-value": b"filename=invoice.vbs\xc2\xa0",
}
"""The parameters of a disposition; what is in it of the extension, names.named changes."""

LEGAL = ids("F08-semicolon-blank F08-semicolon-pair F08-quote-pair F09-quoted-blank F09-quoted-inside F09-quoted-twice")
HELD = ids("F09-whole F09-whole-opened-twice")
"""Where readings differ."""


def cases(load: Load) -> Iterator[Sample]:
    """All of these."""
    for how, template in DISPOSITIONS.items():
        yield from both(load, how, template, legal=how in LEGAL, held=how in HELD)
