"""Rows H12 to H16 and H22 to H27: lines of a header that one program takes for a field and another does not."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, MIME, OCTETS, REAL, TEXT, TOP, around, attached, b64, single
from evasion.sample import Hides, Load, Sample, either, ids, marker, name, phrase

NOTE = b"X-Note: yes"
DISPOSITION = b"Content-Disposition: attachment; filename=invoice.vbs\r\n"
TYPE = b"Content-Type: multipart/mixed; boundary=b1\r\n"

LINES: dict[str, bytes] = {
    "H12-behind-cr": NOTE + b"\r{}",
    "H12-behind-cr-blank": NOTE + b"\r {}",
    "H12-behind-two-crs": NOTE + b"\r\r{}",
    "H12-behind-cr-then-other": NOTE + b"\r{}X-More: yes\r\n",
    "H12-cr-at-both-ends": NOTE + b"\r{cut}\rX-More: yes\r\n",
    "H12-behind-cr-of-subject": b"Subject: yes\r{}",
    "H12-behind-cr-of-empty-field": b"X-Note:\r{}",
    "H12-behind-nul": NOTE + b"\0{}",
    "H12-behind-vertical-tab": NOTE + b"\x0b{}",
    "H12-behind-form-feed": NOTE + b"\x0c{}",
    "H12-behind-unicode-line": NOTE + b"\xe2\x80\xa8{}",
    "H12-behind-next-line": NOTE + b"\xc2\x85{}",
    "H13-no-colon": b"X-Note yes\r\n {}",
    "H13-no-colon-tab": b"X-Note yes\r\n\t{}",
    "H13-blank-name": b"X Note: yes\r\n {}",
    "H13-colon-only": b": yes\r\n {}",
    "H13-8bit-name": b"X-N\xf6te: yes\r\n {}",
    "H13-of-a-field": NOTE + b"\r\n {}",
    "H13-of-a-blank-line": NOTE + b"\r\n \r\n {}",
    "H13-first-of-part": b" {}",
    "H13-first-of-part-tab": b"\t{}",
    "H14-cr": NOTE + b"\r{}",
    "H14-lf": NOTE + b"\n{}",
    "H14-lf-cr": NOTE + b"\n\r{}",
    "H14-cr-cr-lf": NOTE + b"\r\r\n{}",
    "H14-cr-lf-cr": NOTE + b"\r\n\r{}",
    "H14-lf-cr-lf": NOTE + b"\n\r\n{}",
    "H14-cr-lf-lf": NOTE + b"\r\n\n{}",
    "H14-cr-cr": NOTE + b"\r\r{}",
    "H14-lf-lf": NOTE + b"\n\n{}",
    "H14-nul-cr-lf": NOTE + b"\0\r\n{}",
    "H14-cr-nul-lf": NOTE + b"\r\0\n{}",
    "H14-cr-lf-nul": NOTE + b"\r\n\0{}",
    "H14-blank-cr-lf": NOTE + b" \r\n{}",
    "H14-cr-blank-lf": NOTE + b"\r \n{}",
    "H14-cr-lf-blank": NOTE + b"\r\n {}",
    "H14-nothing": NOTE + b"{}",
    "H14-all-cr": NOTE + b"\r{cut}\r",
    "H14-all-lf": NOTE + b"\n{cut}\n",
    "H14-lf-around": NOTE + b"\r\n{cut}\n",
    "H14-cr-behind": NOTE + b"\r\n{cut}\r\r\n",
    "H15-letters": b"XXXXXXXX\r\n{}",
    "H15-words": b"this is no field\r\n{}",
    "H15-8bit": b"\x81\x82\x83\r\n{}",
    "H15-controls": b"\x01\x02\r\n{}",
    "H15-nul": b"\0\r\n{}",
    "H15-blank": NOTE + b"\r\n \r\n{}",
    "H15-tab": NOTE + b"\r\n\t\r\n{}",
    "H15-vertical-tab": b"\x0b\r\n{}",
    "H15-many": 20 * b"XXXXXXXX\r\n" + b"{}",
    "H15-from-line": b"From ann@example.com Thu Jan  1 12:00:00 2026\r\n{}",
    "H15-quoted-from-line": b">From ann@example.com Thu Jan  1 12:00:00 2026\r\n{}",
    "H15-delimiter-like": b"--\r\n{}",
    "H15-colon": b":\r\n{}",
    "H15-at-both-ends": b"XXXXXXXX\r\n{}XXXXXXXX\r\n",
    "H16-name-twice": b"{name}:{}",
    "H16-name-twice-blank": b"{name}: {}",
    "H16-name-three-times": b"{name}:{name}:{}",
    "H16-other-name": b"X-Note:{}",
    "H16-other-name-blank": b"X-Note: {}",
    "H16-name-half": b"Content-{}",
    "H23-behind-empty-line": b"\r\n{}",
    "H23-behind-empty-line-and-field": NOTE + b"\r\n\r\n{}",
    "H23-behind-two-empty-lines": b"\r\n\r\n{}",
    "H23-behind-lf": b"\n{}",
    "H23-behind-blank-line": b" \r\n{}",
    "H23-behind-vertical-tab-line": b"\x0b\r\n{}",
    "H23-behind-cr-line": b"\r\r\n{}",
    "H23-behind-empty-line-folded": b"\r\n {}",
    "H27-utf8-mark": b"\xef\xbb\xbf{}",
    "H27-utf16-mark-le": b"\xff\xfe{}",
    "H27-utf16-mark-be": b"\xfe\xff{}",
    "H27-8bit-field-before": b"X-N\xf6te: gr\xfc\xdfe\r\n{}",
    "H27-8bit-value-before": b"X-Note: gr\xfc\xdfe\r\n{}",
    "H27-broken-utf8-before": b"X-Note: \xc3\x28\xe2\x82\r\n{}",
    "H27-overlong-line-end": b"X-Note: \xc0\x8d\xc0\x8a{}",
    "H27-overlong-before": b"X-Note: \xc1\xa3\r\n{}",
    "H27-surrogate-before": b"X-Note: \xed\xa0\x80\r\n{}",
    "H27-utf7-mark": b"+/v8-{}",
    "H27-nbsp-first": b"\xc2\xa0{}",
    "H27-zero-width-first": b"\xe2\x80\x8b{}",
}
"""Where the field stands: {} a whole line, {cut} one without its end, {name} its name."""

LEGAL = ids("H27-8bit-value-before H13-of-a-field H14-blank-cr-lf H16-other-name-blank H16-other-name")

SEPARATORS: dict[str, bytes] = {
    "none": b"",
    "space": b" \r\n",
    "spaces": b" " * 50 + b"\r\n",
    "tab": b"\t\r\n",
    "vertical-tab": b"\x0b\r\n",
    "form-feed": b"\x0c\r\n",
    "nul": b"\0\r\n",
    "control": b"\x01\r\n",
    "nbsp": b"\xa0\r\n",
    "cr": b"\r",
    "lf": b"\n",
    "cr-cr": b"\r\r",
    "lf-lf": b"\n\n",
    "lf-cr": b"\n\r",
    "cr-cr-lf": b"\r\r\n",
    "cr-lf-cr-cr-lf": b"\r\n\r\r\n",
    "cr-lf-lf": b"\r\n\n",
    "lf-cr-lf": b"\n\r\n",
    "cr-lf-cr": b"\r\n\r",
    "two": b"\r\n\r\n",
    "three": b"\r\n\r\n\r\n",
    "nul-cr-lf-nul": b"\0\r\n\0\r\n",
    "space-then-empty": b" \r\n\r\n",
    "empty-then-space": b"\r\n \r\n",
    "junk": b"no field\r\n",
    "junk-then-empty": b"no field\r\n\r\n",
    "colon": b":\r\n",
    "dot": b"..\r\n",
    "hyphens": b"--\r\n",
}
"""What stands between the last field and the body."""


def placed(template: bytes, line: bytes) -> bytes:
    """The lines of a template with the field in its place."""
    label, _, _ = line.partition(b":")
    return template.replace(b"{name}", label).replace(b"{cut}", line.removesuffix(b"\r\n")).replace(b"{}", line)


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    words = b64(b"Hello,\r\n" + load.phrase.encode() + b"\r\nGood bye. Good bye. Good bye.\r\n")
    disposition = load.named(DISPOSITION)
    script = b"Nothing much.\r\n"
    plain = b"Content-Type: text/plain\r\n"
    twin = around(OCTETS + REAL + b"\r\n" + load.base64)
    for how, template in LINES.items():
        row, _, rest = how.partition("-")
        legal = how in LEGAL
        yield marker(how, around(OCTETS + placed(template, REAL) + b"\r\n" + load.base64), legal=legal, twin=twin)
        shown = around(plain + placed(template, REAL) + b"\r\n" + words)
        yield phrase(f"{row}-phrase-{rest}", shown, legal=legal)
        named = around(OCTETS + placed(template, disposition) + b"\r\n" + script)
        yield name(f"{row}-name-{rest}", named, legal=legal, twin=around(OCTETS + disposition + b"\r\n" + script))
        mail = MIME + placed(template, TYPE) + b"\r\n" + TEXT + b"--b1\r\n" + OCTETS + disposition
        yield name(f"{row}-type-{rest}", mail + b"\r\n" + script + b"--b1--\r\n", legal=False)
    yield from _separators(load, twin)
    yield from _part_starts(load, twin)
    yield from _long(load)
    yield from _marks(load, twin)


def _separators(load: Load, twin: bytes) -> Iterator[Sample]:
    words = load.phrase.encode() + b"\r\n"
    for how, line in SEPARATORS.items():
        legal = how in ("two", "three", "empty-then-space")
        part = OCTETS + REAL + line + load.base64
        yield marker(f"H22-part-{how}", around(part), legal=legal, twin=twin)
        yield marker(f"H22-mail-{how}", MIME + part, legal=legal, twin=twin)
        yield phrase(f"H22-text-{how}", MIME + b"Content-Type: text/plain\r\n" + line + words, legal=legal)
    start = load.base64[:4]
    for how, junk, rest in (
        ("four-characters", start, load.base64[4:]),
        ("junk-four-characters", b"ABCD", load.base64),
        ("junk-and-equals", b"JB=", load.base64),
        ("junk-four-and-blank", b"ABCD ", load.base64),
        ("three-characters", load.base64[:3], load.base64[3:]),
        ("one-character", load.base64[:1], load.base64[1:]),
        ("first-line", load.base64[:76], load.base64[78:]),
    ):
        part = OCTETS + REAL + junk + b"\r\n\r\n" + rest
        yield either(f"H24-{how}", Hides.MARKER, around(part), Reason.UNREADABLE, Reason.AMBIGUOUS, twin=twin)
        mail = MIME + OCTETS + REAL + junk + b"\r\n\r\n" + rest
        yield either(f"H24-mail-{how}", Hides.MARKER, mail, Reason.UNREADABLE, Reason.AMBIGUOUS, twin=twin)


def _part_starts(load: Load, twin: bytes) -> Iterator[Sample]:
    payload = OCTETS + REAL + b"\r\n" + load.base64
    named = OCTETS + load.named(DISPOSITION) + b"\r\nNothing much.\r\n"
    for how, line in {
        "empty-line": b"\r\n",
        "two-empty-lines": b"\r\n\r\n",
        "cr": b"\r",
        "lf": b"\n",
        "space-line": b" \r\n",
        "space-lf": b" \n",
        "tab-line": b"\t\r\n",
        "colon": b":\r\n",
        "colon-lf": b":\n",
        "cr-cr-lf": b"\r\r\n",
        "nul-line": b"\0\r\n",
        "vertical-tab-line": b"\x0b\r\n",
        "space": b" ",
        "nul": b"\0",
    }.items():
        yield marker(f"H25-{how}", around(line + payload), legal=False, twin=twin)
        yield name(f"H25-name-{how}", around(line + named), legal=False)
        yield marker(f"H25-mail-{how}", line + MIME + payload, legal=False, twin=twin)
        mail = line + MIME + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + TEXT + b"--b1\r\n"
        yield name(f"H25-mail-name-{how}", mail + named + b"--b1--\r\n", legal=False)
        file = attached(mail + named + b"--b1--\r\n", b"mail.eml")
        yield name(f"H25-file-name-{how}", file, legal=False)


def _long(load: Load) -> Iterator[Sample]:
    payload = OCTETS + REAL + b"\r\n" + load.base64
    multipart = b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + TEXT + b"--b1\r\n" + payload + b"--b1--\r\n"
    limit = Reason.LIMIT_HEADER
    for how, before, legal in (
        ("70-kb", b"X-Long: " + b"a" * 70_000 + b"\r\n", False),
        ("60-kb", b"X-Long: " + b"a" * 60_000 + b"\r\n", False),
        ("200-kb", b"X-Long: " + b"a" * 200_000 + b"\r\n", False),
        ("4-mb", b"X-Long: " + b"a" * 4_000_000 + b"\r\n", False),
        ("folded-60-kb", b"X-Long: a" + b"\r\n aaaaaaaaa" * 5_400 + b"\r\n", True),
        ("folded-2-mb", b"X-Long: a" + b"\r\n aaaaaaaaa" * 180_000 + b"\r\n", False),
        ("1500-fields", b"X-Note: yes\r\n" * 1_500, True),
        ("3000-fields", b"X-Note: yes\r\n" * 3_000, False),
        ("100000-fields", b"X-Note: yes\r\n" * 100_000, False),
        ("name-70-kb", b"X-" + b"a" * 70_000 + b": yes\r\n", False),
    ):
        yield either(f"H26-mail-{how}", Hides.MARKER, MIME + before + payload, limit, legal=legal)
        yield either(f"H26-multipart-{how}", Hides.MARKER, MIME + before + multipart, limit, legal=legal)
        yield either(f"H26-part-{how}", Hides.MARKER, around(before + payload), limit, legal=legal)
    parameters = b"Content-Type: multipart/mixed" + b"; x=y" * 20_000 + b"; boundary=b1\r\n\r\n"
    mail = MIME + parameters + TEXT + b"--b1\r\n" + payload + b"--b1--\r\n"
    yield either("H26-20000-parameters", Hides.MARKER, mail, limit)
    value = CTE + b":" + b" " * 100_000 + b"base64\r\n"
    yield either("H26-value-behind-100-kb", Hides.MARKER, around(OCTETS + value + b"\r\n" + load.base64), limit)


def _marks(load: Load, twin: bytes) -> Iterator[Sample]:
    payload = OCTETS + REAL + b"\r\n" + load.base64
    yield marker("H12-all-cr-mail", single(OCTETS + REAL, load.base64).replace(b"\r\n", b"\r"), legal=False, twin=twin)
    yield marker("H12-all-cr-multipart", around(payload).replace(b"\r\n", b"\r"), legal=False, twin=twin)
    yield marker("H14-all-lf-mail", single(OCTETS + REAL, load.base64).replace(b"\r\n", b"\n"))
    yield marker("H14-all-lf-multipart", around(payload).replace(b"\r\n", b"\n"))
    yield marker("H14-all-cr-cr-lf", around(payload).replace(b"\r\n", b"\r\r\n"), legal=False, twin=twin)
    yield marker("H14-all-lf-cr", around(payload).replace(b"\r\n", b"\n\r"), legal=False, twin=twin)
    for how, mark in (
        ("utf8", b"\xef\xbb\xbf"),
        ("utf16", b"\xff\xfe"),
        ("nul", b"\0"),
        ("twice", 2 * b"\xef\xbb\xbf"),
    ):
        yield marker(f"H27-mark-before-mail-{how}", mark + around(payload), legal=False, twin=twin)
        yield marker(f"H27-mark-before-single-{how}", mark + MIME + payload, legal=False, twin=twin)
        kind = b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
        mail = mark + kind + TEXT + b"--b1\r\n" + payload + b"--b1--\r\n"
        yield marker(f"H27-mark-before-only-type-{how}", mail, legal=False, twin=twin)
    yield marker("H27-8bit-top", TOP.replace(b"The papers", b"Gr\xfc\xdfe") + around(payload)[len(TOP) :])
    yield marker("H27-utf8-top", TOP.replace(b"The papers", "Grüße 你好".encode()) + around(payload)[len(TOP) :])
