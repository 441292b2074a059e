"""Rows H17 to H21 and H28: what kind of part it is, said twice, wrongly or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from evasion.mails import MIME, OCTETS, REAL, TEXT, TOP, around
from evasion.sample import SCRIPT, Load, Sample, ids, marker, name

CT = b"Content-Type: "
MIXED = CT + b"multipart/mixed; boundary=b1\r\n"
PLAIN = CT + b"text/plain\r\n"


def mixed(type: bytes, parameters: bytes = b"boundary=b1") -> bytes:
    """The field for some type."""
    return CT + type + b"; " + parameters + b"\r\n"


FIELDS: dict[str, bytes] = {
    "H17-text-then-multipart": PLAIN + MIXED,
    "H17-multipart-then-text": MIXED + PLAIN,
    "H17-octets-then-multipart": OCTETS + MIXED,
    "H17-multipart-then-octets": MIXED + OCTETS,
    "H17-html-then-multipart": CT + b"text/html\r\n" + MIXED,
    "H17-image-then-multipart": CT + b"image/png\r\n" + MIXED,
    "H17-empty-then-multipart": CT + b"\r\n" + MIXED,
    "H17-multipart-then-empty": MIXED + CT + b"\r\n",
    "H17-text-multipart-text": PLAIN + MIXED + PLAIN,
    "H17-type-then-boundary": CT + b"multipart/mixed\r\n" + CT + b"boundary=b1\r\n",
    "H17-list": CT + b"text/plain, multipart/mixed; boundary=b1\r\n",
    "H17-list-semicolon": CT + b"text/plain; multipart/mixed; boundary=b1\r\n",
    "H17-rfc822-then-multipart": CT + b"message/rfc822\r\n" + MIXED,
    "H18-first-letter-missing": mixed(b"ultipart/mixed"),
    "H18-x-multipart": mixed(b"x-multipart/mixed"),
    "H18-singlepart": mixed(b"singlepart/mixed"),
    "H18-multiparts": mixed(b"multiparts/mixed"),
    "H18-multi-part": mixed(b"multi-part/mixed"),
    "H18-invalid-subtype": mixed(b"multipart/invalid"),
    "H18-x-subtype": mixed(b"multipart/x-mixed"),
    "H18-empty-subtype": mixed(b"multipart/"),
    "H18-no-subtype": mixed(b"multipart"),
    "H18-no-type": mixed(b"/mixed"),
    "H18-subtype-only": mixed(b"mixed"),
    "H18-two-slashes": mixed(b"multipart//mixed"),
    "H18-two-subtypes": mixed(b"multipart/mixed/mixed"),
    "H18-blank-around-slash": mixed(b"multipart / mixed"),
    "H18-blank-inside": mixed(b"multi part/mixed"),
    "H18-quoted": mixed(b'"multipart/mixed"'),
    "H18-each-quoted": mixed(b'"multipart"/"mixed"'),
    "H18-single-quoted": mixed(b"'multipart/mixed'"),
    "H18-half-quoted": mixed(b'"multipart/mixed'),
    "H18-backslash": mixed(b"multi\\part/mixed"),
    "H18-backslash-for-slash": mixed(b"multipart\\mixed"),
    "H18-encoded-word": mixed(b"=?us-ascii?Q?multipart/mixed?="),
    "H18-encoded-word-base64": mixed(b"=?us-ascii?B?bXVsdGlwYXJ0L21peGVk?="),
    "H18-encoded-word-partial": mixed(b"multi=?us-ascii?Q?part?=/mixed"),
    "H18-comment-before": mixed(b"(text/plain) multipart/mixed"),
    "H18-comment-inside": mixed(b"multi(x)part/mixed"),
    "H18-comment-around-slash": mixed(b"multipart(x)/(y)mixed"),
    "H18-comment-behind": mixed(b"multipart/mixed (text/plain)"),
    "H18-comment-open": mixed(b"multipart/mixed (x"),
    "H18-semicolon-first": CT + b"; multipart/mixed; boundary=b1\r\n",
    "H18-nul-inside": mixed(b"multi\0part/mixed"),
    "H18-nul-first": mixed(b"\0multipart/mixed"),
    "H18-nul-behind": mixed(b"multipart/mixed\0"),
    "H18-8bit-behind": mixed(b"multipart/mixed\xa0"),
    "H18-lookalike": mixed("multip\N{CYRILLIC SMALL LETTER A}rt/mixed".encode()),
    "H18-folded": mixed(b"\r\n multipart/mixed"),
    "H18-folded-inside": mixed(b"multi\r\n part/mixed"),
    "H18-folded-twice": mixed(b"\r\n \r\n multipart/mixed"),
    "H18-text": mixed(b"text/plain"),
    "H18-octets": mixed(b"application/octet-stream"),
    "H18-image": mixed(b"image/png"),
    "H18-comma-behind": CT + b"multipart/mixed, boundary=b1\r\n",
    "H18-no-semicolon": CT + b"multipart/mixed boundary=b1\r\n",
    "H18-colon-for-semicolon": CT + b"multipart/mixed: boundary=b1\r\n",
    "H18-two-semicolons": CT + b"multipart/mixed;; boundary=b1\r\n",
    "H18-field-space-colon": b"Content-Type : multipart/mixed; boundary=b1\r\n",
    "H18-field-cut": b"Content-Typ: multipart/mixed; boundary=b1\r\n",
    "H18-field-no-hyphen": b"ContentType: multipart/mixed; boundary=b1\r\n",
    "H18-field-twice": b"Content-Type:Content-Type: multipart/mixed; boundary=b1\r\n",
    "H19-field": b"cONTENT-tYPE: multipart/mixed; boundary=b1\r\n",
    "H19-type": mixed(b"mULtipart/MiXed"),
    "H19-parameter": mixed(b"multipart/mixed", b"bOuNDaRY=b1"),
    "H19-all": b"CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=b1\r\n",
    "H20-nothing": b"",
    "H20-boundary-only": CT + b"boundary=b1\r\n",
    "H20-semicolon-and-boundary": CT + b"; boundary=b1\r\n",
    "H20-empty": CT + b"\r\n",
    "H20-boundary-of-other-field": b"Content-Disposition: inline; boundary=b1\r\n",
    "H20-parameters-only": CT + b"charset=utf-8; boundary=b1\r\n",
    "H28-colon-in-name": mixed(b"multipart/mixed", b"x:y=1; boundary=b1"),
    "H28-8bit-name": mixed(b"multipart/mixed", b"\xff\xfe=1; boundary=b1"),
    "H28-8bit-value": mixed(b"multipart/mixed", b"x=\xff\xfe; boundary=b1"),
    "H28-utf8-name": mixed(b"multipart/mixed", "naïve=1; boundary=b1".encode()),
    "H28-no-equals": mixed(b"multipart/mixed", b"x; boundary=b1"),
    "H28-no-name": mixed(b"multipart/mixed", b"=x; boundary=b1"),
    "H28-no-value": mixed(b"multipart/mixed", b"x=; boundary=b1"),
    "H28-two-equals": mixed(b"multipart/mixed", b"x==y; boundary=b1"),
    "H28-blank-in-name": mixed(b"multipart/mixed", b"x y=1; boundary=b1"),
    "H28-blank-in-value": mixed(b"multipart/mixed", b"x=1 2; boundary=b1"),
    "H28-open-quote": mixed(b"multipart/mixed", b'x="; boundary=b1'),
    "H28-quote-inside": mixed(b"multipart/mixed", b'x=a"b; boundary=b1'),
    "H28-junk-behind-quote": mixed(b"multipart/mixed", b'x="a"b; boundary=b1'),
    "H28-backslash-at-end": mixed(b"multipart/mixed", b'x="a\\"; boundary=b1'),
    "H28-open-comment": mixed(b"multipart/mixed", b"x=(; boundary=b1"),
    "H28-brackets": mixed(b"multipart/mixed", b"x=[1]; <y>=@; boundary=b1"),
    "H28-nul-name": mixed(b"multipart/mixed", b"\0x=1; boundary=b1"),
    "H28-control": mixed(b"multipart/mixed", b"x\x01=1; boundary=b1"),
    "H28-cr": mixed(b"multipart/mixed", b"x=1;\rboundary=b1"),
    "H28-percent": mixed(b"multipart/mixed", b"x*=%; boundary=b1"),
    "H28-broken-extended": mixed(b"multipart/mixed", b"x*=utf-8''%zz; boundary=b1"),
    "H28-star-only": mixed(b"multipart/mixed", b"*=1; boundary=b1"),
    "H28-300-before": mixed(b"multipart/mixed", b"x=y; " * 300 + b"boundary=b1"),
    "H28-commas": mixed(b"multipart/mixed", b"x=1, y=2, boundary=b1"),
    "H28-empty-ones": mixed(b"multipart/mixed", b";;; ; boundary=b1"),
}

LEGAL = ids(
    "H18-invalid-subtype H18-x-subtype H18-comment-before H18-comment-behind H18-folded H19-field H19-type "
    "H19-parameter H19-all"
)

VERSIONS: dict[str, bytes] = {
    "absent": b"",
    "2": b"MIME-Version: 2.0\r\n",
    "0": b"MIME-Version: 0.9\r\n",
    "comment": b"MIME-Version: 1.0 (by hand)\r\n",
    "comment-before": b"MIME-Version: (by hand) 1.0\r\n",
    "comment-inside": b"MIME-Version: 1.(x)0\r\n",
    "empty": b"MIME-Version:\r\n",
    "junk": b"MIME-Version: none\r\n",
    "twice": 2 * b"MIME-Version: 1.0\r\n",
    "two": b"MIME-Version: 1.0\r\nMIME-Version: 2.0\r\n",
    "folded": b"MIME-Version:\r\n 1.0\r\n",
    "misspelt": b"Mime_Version: 1.0\r\n",
}


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    payload = OCTETS + REAL + b"\r\n" + load.base64
    named = OCTETS + b"Content-Disposition: attachment; filename=" + load.name + b"\r\n\r\n" + SCRIPT
    for how, field in FIELDS.items():
        row, _, rest = how.partition("-")
        legal = how in LEGAL
        start = MIME + field + b"\r\n" + TEXT + b"--b1\r\n"
        yield marker(how, start + payload + b"--b1--\r\n", legal=legal, twin=around(payload))
        yield name(f"{row}-name-{rest}", start + named + b"--b1--\r\n", legal=legal, twin=around(named))
        inner = field + b"\r\n--b1\r\n" + payload + b"--b1--\r\n"
        outer = around(inner, kind=b"multipart/mixed; boundary=b0", end=b"").replace(b"--b1", b"--b0", 2)
        yield marker(f"{row}-inside-{rest}", outer + b"--b0--\r\n", legal=legal, twin=around(payload))
    for how, line in VERSIONS.items():
        yield marker(f"H21-{how}", TOP + line + payload)
        yield name(f"H21-name-{how}", TOP + line + MIXED + b"\r\n" + TEXT + b"--b1\r\n" + named + b"--b1--\r\n")
    parts = {
        "part": OCTETS.replace(b"Content-Type", b"cOnTeNt-tYpE") + REAL,
        "encoding": OCTETS + b"cOnTeNt-tRaNsFeR-eNcOdInG: BaSe64\r\n",
    }
    for how, head in parts.items():
        yield marker(f"H19-{how}", around(head + b"\r\n" + load.base64))
    for how, head in {
        "text-then-octets": PLAIN + OCTETS,
        "octets-then-text": OCTETS + PLAIN,
        "two-names-first": CT + b"image/png; name=%s\r\n" + CT + b"image/png; name=a.png\r\n",
        "two-names-last": CT + b"image/png; name=a.png\r\n" + CT + b"image/png; name=%s\r\n",
    }.items():
        if b"%s" in head:
            yield name(f"H17-part-{how}", around(head.replace(b"%s", load.name) + b"\r\n" + SCRIPT), legal=False)
        part = head.replace(b"%s", b"b.png") + REAL + b"\r\n" + load.base64
        yield marker(f"H17-part-payload-{how}", around(part), legal=False, twin=around(payload))
