"""Rows H01 to H11: the field of the transfer encoding, written so that two programs read two things.

Each variant is tried with a zip and with a text; the nearest legal shape is the same part with one plain field.
"""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, MIME, OCTETS, REAL, TEXT, around, b64
from evasion.sample import SCRIPT, Hides, Load, Sample, either, ids, marker, phrase

QP = CTE + b": quoted-printable\r\n"
SEVEN = CTE + b": 7bit\r\n"
EMPTY = CTE + b":\r\n"
JUNK = CTE + b": xyz\r\n"
NAME = b"cOnTeNt-tRaNsFeR-eNcOdInG"


def field(value: bytes) -> bytes:
    """The field with this value."""
    return CTE + b": " + value + b"\r\n"


FIELDS: dict[str, bytes] = {
    "H01-base64-then-qp": REAL + QP,
    "H01-base64-then-7bit": REAL + SEVEN,
    "H01-base64-then-binary": REAL + field(b"binary"),
    "H01-base64-then-uuencode": REAL + field(b"x-uuencode"),
    "H01-other-fields-between": REAL + b"Content-ID: <a>\r\nX-Note: yes\r\n" + QP,
    "H02-qp-then-base64": QP + REAL,
    "H02-7bit-then-base64": SEVEN + REAL,
    "H02-8bit-then-base64": field(b"8bit") + REAL,
    "H02-uuencode-then-base64": field(b"x-uuencode") + REAL,
    "H02-odd-case-last": SEVEN + NAME + b": BaSe64\r\n",
    "H03-empty-then-base64": EMPTY + REAL,
    "H03-base64-then-empty": REAL + EMPTY,
    "H03-junk-then-base64": JUNK + REAL,
    "H03-base64-then-junk": REAL + JUNK,
    "H03-blank-then-base64": field(b"   ") + REAL,
    "H03-semicolon-then-base64": field(b";") + REAL,
    "H03-quotes-then-base64": field(b'""') + REAL,
    "H03-comment-then-base64": field(b"(base64)") + REAL,
    "H04-false-true-true": SEVEN + 2 * REAL,
    "H04-true-true-false": 2 * REAL + SEVEN,
    "H04-true-false-true": REAL + QP + REAL,
    "H04-false-false-true": SEVEN + QP + REAL,
    "H04-false-true-false": QP + REAL + SEVEN,
    "H04-true-false-false": REAL + QP + SEVEN,
    "H05-qp-first": field(b"quoted-printable, base64"),
    "H05-base64-first": field(b"base64, quoted-printable"),
    "H05-no-blank": field(b"quoted-printable,base64"),
    "H05-blank-only": field(b"qp base64"),
    "H05-blank-only-base64-first": field(b"base64 quoted-printable"),
    "H05-semicolon": field(b"7bit; base64"),
    "H05-semicolon-base64-first": field(b"base64; 7bit"),
    "H05-quoted": field(b'"quoted-printable, base64"'),
    "H05-each-quoted": field(b'"7bit" "base64"'),
    "H05-tab": field(b"8bit\tbase64"),
    "H05-slash": field(b"base64/quoted-printable"),
    "H06-x": field(b"x-base64"),
    "H06-prefix": field(b"xxbase64"),
    "H06-suffix": field(b"base64xx"),
    "H06-digit-behind": field(b"base645"),
    "H06-hyphen-behind": field(b"base64-"),
    "H06-hyphen-before": field(b"-base64"),
    "H06-hyphen-inside": field(b"base-64"),
    "H06-semicolon-behind": field(b"base64;"),
    "H06-semicolon-before": field(b";base64"),
    "H06-comma-before": field(b",base64"),
    "H06-comma-behind": field(b"base64,"),
    "H06-colon-before": field(b":base64"),
    "H06-equals-before": field(b"=base64"),
    "H06-dot-behind": field(b"base64."),
    "H06-quoted": field(b'"base64"'),
    "H06-half-quoted": field(b'"base64'),
    "H06-half-quoted-behind": field(b'base64"'),
    "H06-quote-inside": field(b'ba"se"64'),
    "H06-single-quoted": field(b"'base64'"),
    "H06-angle-brackets": field(b"<base64>"),
    "H06-square-brackets": field(b"[base64]"),
    "H06-backslash": field(b"base\\64"),
    "H06-backslash-quoted": field(b'"base\\64"'),
    "H06-parameter": field(b"base64; charset=utf-8"),
    "H06-space-inside": field(b"base 64"),
    "H06-cut": field(b"base"),
    "H06-b": field(b"b"),
    "H06-8bit-behind": field(b"base64\xa0"),
    "H06-8bit-before": field(b"\xa0base64"),
    "H06-lookalike": field("b\N{CYRILLIC SMALL LETTER A}se64".encode()),
    "H06-fullwidth": field("\N{FULLWIDTH LATIN SMALL LETTER B}ase64".encode()),
    "H06-zero-width": field("ba\N{ZERO WIDTH SPACE}se64".encode()),
    "H06-percent": field(b"base%364"),
    "H06-declared-7bit": SEVEN,
    "H06-declared-binary": field(b"binary"),
    "H06-declared-qp": QP,
    "H06-absent": b"",
    "H06-other-field-name": b"Content-Encoding: base64\r\n",
    "H06-field-name-prefix": b"X-" + REAL,
    "H06-field-name-cut": b"Transfer-Encoding: base64\r\n",
    "H07-before": field(b"(7bit) base64"),
    "H07-before-no-blank": field(b"(7bit)base64"),
    "H07-behind": field(b"base64 (8bit)"),
    "H07-behind-no-blank": field(b"base64(8bit)"),
    "H07-inside": field(b"ba(x)se64"),
    "H07-inside-empty": field(b"bas()e64"),
    "H07-open": field(b"(base64"),
    "H07-open-behind": field(b"base64 (7bit"),
    "H07-closed-only": field(b"base64)"),
    "H07-nested": field(b"(a(7bit)b) base64"),
    "H07-nested-open": field(b"(a(7bit) base64"),
    "H07-escaped": field(b"(\\) 7bit) base64"),
    "H07-quote-in-comment": field(b'(") base64 (")'),
    "H07-comment-in-quotes": field(b'"(7bit)" base64'),
    "H07-whole": field(b"(base64)"),
    "H07-in-name": b"Content-Transfer-Encoding (x): base64\r\n",
    "H07-in-name-before": b"(x) Content-Transfer-Encoding: base64\r\n",
    "H07-folded": field(b"(7bit\r\n 8bit)\r\n base64"),
    "H08-base64": field(b"=?us-ascii?B?YmFzZTY0?="),
    "H08-utf8": field(b"=?UTF-8?B?YmFzZTY0?="),
    "H08-q": field(b"=?us-ascii?Q?base64?="),
    "H08-q-escaped": field(b"=?us-ascii?Q?=62ase64?="),
    "H08-quoted": field(b'"=?us-ascii?Q?base64?="'),
    "H08-partial": field(b"ba=?us-ascii?Q?se64?="),
    "H08-partial-behind": field(b"=?us-ascii?Q?ba?=se64"),
    "H08-two": field(b"=?us-ascii?Q?ba?= =?us-ascii?Q?se64?="),
    "H08-utf16": field(b"=?utf-16be?B?AGIAYQBzAGUANgA0?="),
    "H08-beside": field(b"=?us-ascii?Q?7bit?= base64"),
    "H09-folded": CTE + b":\r\n base64\r\n",
    "H09-folded-tab": CTE + b":\r\n\tbase64\r\n",
    "H09-folded-twice": CTE + b":\r\n \r\n base64\r\n",
    "H09-folded-three-times": CTE + b":\r\n \r\n\t\r\n base64\r\n",
    "H09-blank-line-behind": CTE + b": base64\r\n \r\n",
    "H09-inside": field(b"bas\r\n e64"),
    "H09-inside-tab": field(b"bas\r\n\te64"),
    "H09-before-colon": CTE + b"\r\n : base64\r\n",
    "H09-in-name": b"Content-Transfer-\r\n Encoding: base64\r\n",
    "H09-lf": CTE + b":\n base64\r\n",
    "H09-cr": CTE + b":\r base64\r\n",
    "H09-lf-inside": field(b"bas\n e64"),
    "H09-other-behind": field(b"base64\r\n 7bit"),
    "H09-other-before": field(b"7bit\r\n base64"),
    "H09-no-blank": CTE + b":\r\nbase64\r\n",
    "H10-blank-before-colon": CTE + b" : base64\r\n",
    "H10-tab-before-colon": CTE + b"\t: base64\r\n",
    "H10-2000-before-colon": CTE + b" " * 2000 + b": base64\r\n",
    "H10-vertical-tab": CTE + b"\x0b: base64\r\n",
    "H10-form-feed": CTE + b"\x0c: base64\r\n",
    "H10-control": CTE + b"\x01: base64\r\n",
    "H10-nbsp": CTE + b"\xa0: base64\r\n",
    "H10-two-colons": CTE + b":: base64\r\n",
    "H10-colon-blank-colon": CTE + b": : base64\r\n",
    "H10-colon-first": b":" + REAL,
    "H10-blank-first": b" " + REAL,
    "H10-tab-first": b"\t" + REAL,
    "H10-vertical-tab-first": b"\x0b" + REAL,
    "H10-nul-first": b"\0" + REAL,
    "H10-nul-before-colon": CTE + b"\0: base64\r\n",
    "H10-nul-in-name": b"Content-\0Transfer-Encoding: base64\r\n",
    "H10-del-first": b"\x7f" + REAL,
    "H10-no-colon": CTE + b" base64\r\n",
    "H10-no-colon-no-blank": CTE + b"base64\r\n",
    "H10-equals": CTE + b"= base64\r\n",
    "H10-semicolon-for-colon": CTE + b"; base64\r\n",
    "H10-2000-behind-colon": CTE + b":" + b" " * 2000 + b"base64\r\n",
    "H10-tab-behind-colon": CTE + b":\tbase64\r\n",
    "H10-vertical-tab-behind-colon": CTE + b":\x0bbase64\r\n",
    "H10-blank-in-name": b"Content - Transfer - Encoding: base64\r\n",
    "H10-underscores-in-name": b"Content_Transfer_Encoding: base64\r\n",
    "H11-inside": field(b"ba\0se64"),
    "H11-before": field(b"\0base64"),
    "H11-behind": field(b"base64\0"),
    "H11-behind-and-more": field(b"base64\0 7bit"),
    "H11-other-before": field(b"7bit\0base64"),
    "H11-every-character": field(b"\0".join(b"%c" % c for c in b"base64")),
    "H11-control-inside": field(b"ba\x01se64"),
    "H11-backspace": field(b"bax\x08se64"),
    "H11-escape": field(b"\x1bbase64"),
    "H11-before-colon-and-value": CTE + b"\0:\0base64\r\n",
}

LEGAL = ids(
    "H06-absent H06-declared-7bit H06-declared-binary H07-before H07-before-no-blank H07-behind H07-behind-no-blank "
    "H07-nested H07-escaped H07-folded H07-quote-in-comment H09-folded H09-folded-tab H10-tab-behind-colon "
    "H10-2000-behind-colon H06-other-field-name H06-field-name-prefix H06-field-name-cut"
)
"""Those that RFC 5322 and RFC 2045 allow."""

ALIKE = ids("H01 H02 H03 H04 H07 H09 H10 H11")
"""The rows that are about any field of structure."""
OTHER_FIELDS = ids("H06-other-field-name H06-field-name-prefix H06-field-name-cut H10-underscores-in-name")
"""Those that nobody takes for the field: base64 is found without it, quoted-printable is only what it says."""


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    words = b64(b"Hello,\r\n" + load.phrase.encode() + b"\r\nGood bye. Good bye. Good bye.\r\n")
    plain = b"Content-Type: text/plain\r\n"
    for how, lines in FIELDS.items():
        legal = how in LEGAL
        row, _, rest = how.partition("-")
        binary = around(OCTETS + lines + b"\r\n" + load.base64)
        yield marker(how, binary, legal=legal, twin=around(OCTETS + REAL + b"\r\n" + load.base64))
        single = MIME + OCTETS + lines + b"\r\n" + load.base64
        yield marker(f"{row}-mail-{rest}", single, legal=legal, twin=MIME + OCTETS + REAL + b"\r\n" + load.base64)
        if b"base64" in lines and how not in OTHER_FIELDS:
            yield from _quoted(load, f"{row}-%s-quoted-{rest}", _exchanged(lines), legal=legal)
        if row in ALIKE and b"base64" in lines and how not in OTHER_FIELDS:
            yield from _other_fields(load, row, rest, lines)
        shown = around(plain + lines + b"\r\n" + words)
        yield phrase(f"{row}-phrase-{rest}", shown, legal=legal, twin=around(plain + REAL + b"\r\n" + words))


def _other_fields(load: Load, row: str, rest: str, lines: bytes) -> Iterator[Sample]:
    """The same with the disposition, whose name is blocked, and with the type of the mail."""
    value = b"attachment; filename=" + load.name
    named = OCTETS + lines.replace(CTE, b"Content-Disposition").replace(NAME, b"cOnTeNt-DiSpOsItIoN")
    mail = around(named.replace(b"base64", value) + b"\r\n" + SCRIPT)
    yield either(f"{row}-name-{rest}", Hides.NAME, mail, Reason.AMBIGUOUS)
    kind = lines.replace(CTE, b"Content-Type").replace(NAME, b"cOnTeNt-TyPe")
    start = MIME + kind.replace(b"base64", b"multipart/mixed; boundary=b1") + b"\r\n" + TEXT + b"--b1\r\n"
    part = OCTETS + b"Content-Disposition: " + value + b"\r\n\r\n" + SCRIPT + b"--b1--\r\n"
    yield either(f"{row}-type-{rest}", Hides.NAME, start + part, Reason.AMBIGUOUS)


def _exchanged(lines: bytes) -> bytes:
    """The same field for the other encoding."""
    return b"base64".join(piece.replace(b"base64", b"quoted-printable") for piece in lines.split(b"quoted-printable"))


def _quoted(load: Load, id: str, lines: bytes, *, legal: bool) -> Iterator[Sample]:
    plain = b"Content-Type: text/plain\r\n"
    body = b"".join(b"=%02X" % byte + b"=\r\n" * (at % 20 == 19) for at, byte in enumerate(load.zip)) + b"\r\n"
    honest = around(OCTETS + QP + b"\r\n" + body)
    yield marker(id % "zip", around(OCTETS + lines + b"\r\n" + body), legal=legal, twin=honest)
    words = load.say(b"Hello,=20Bob,\r\ncl=\r\naim your =70rize before =6D=\r\nidnight\r\n")
    yield phrase(
        id % "phrase", around(plain + lines + b"\r\n" + words), legal=legal, twin=around(plain + QP + b"\r\n" + words)
    )
