"""Group H: header fields written so that two programs read two things."""

from __future__ import annotations

from collections.abc import Iterator

from end_to_end.evasions.sample import (
    BASE64,
    MIME,
    NAME,
    OCTETS,
    PHRASE,
    SCRIPT,
    TEXT,
    TOP,
    Expect,
    Sample,
    around,
    b64,
    eicar,
    name,
    phrase,
    single,
)

CTE = b"Content-Transfer-Encoding"
REAL = CTE + b": base64\r\n"

ENCODINGS: dict[str, bytes] = {
    "qp-then-base64": CTE + b": quoted-printable\r\n" + REAL,
    "base64-then-qp": REAL + CTE + b": quoted-printable\r\n",
    "7bit-then-base64": CTE + b": 7bit\r\n" + REAL,
    "empty-then-base64": CTE + b":\r\n" + REAL,
    "junk-then-base64": CTE + b": xyz\r\n" + REAL,
    "three-false-false-true": 2 * (CTE + b": 8bit\r\n") + REAL,
    "list": CTE + b": quoted-printable, base64\r\n",
    "list-reversed": CTE + b": base64, quoted-printable\r\n",
    "two-words": CTE + b": qp base64\r\n",
    "x-base64": CTE + b": x-base64\r\n",
    "prefix": CTE + b": xxbase64\r\n",
    "suffix": CTE + b": base64-\r\n",
    "semicolon": CTE + b": base64;\r\n",
    "leading-semicolon": CTE + b": ;base64\r\n",
    "comma": CTE + b": ,base64\r\n",
    "quoted": CTE + b': "base64"\r\n',
    "single-quoted": CTE + b": 'base64'\r\n",
    "backslash": CTE + b": base\\64\r\n",
    "comment-before": CTE + b": (7bit) base64\r\n",
    "comment-after": CTE + b": base64 (8bit)\r\n",
    "comment-inside": CTE + b": ba(x)se64\r\n",
    "comment-open": CTE + b": (base64\r\n",
    "encoded-word": CTE + b": =?us-ascii?B?YmFzZTY0?=\r\n",
    "encoded-word-q": CTE + b": =?us-ascii?Q?base64?=\r\n",
    "folded": CTE + b":\r\n base64\r\n",
    "folded-twice": CTE + b":\r\n \r\n base64\r\n",
    "folded-inside": CTE + b": ba\r\n se64\r\n",
    "fold-before-colon": CTE + b"\r\n : base64\r\n",
    "space-before-colon": CTE + b" : base64\r\n",
    "tab-before-colon": CTE + b"\t: base64\r\n",
    "vertical-tab": CTE + b"\x0b: base64\r\n",
    "two-colons": CTE + b":: base64\r\n",
    "space-before-name": b" " + REAL,
    "nul-before-name": b"\0" + REAL,
    "nul-after-name": CTE + b"\0: base64\r\n",
    "nul-in-value": CTE + b": ba\0se64\r\n",
    "nul-before-value": CTE + b": \0base64\r\n",
    "no-colon": CTE + b" base64\r\n",
    "odd-case": b"cOnTeNt-tRaNsFeR-eNcOdInG: BaSe64\r\n",
    "utf8-bom": b"\xef\xbb\xbf" + REAL,
    "behind-cr": b"X-Note: yes\r" + REAL,
    "behind-bad-fold": b"X-Note yes\r\n " + REAL,
    "behind-junk-line": b"XXXXXXXX\r\n" + REAL,
    "behind-8bit-line": b"\x81\x82\x83\r\n" + REAL,
    "behind-space-line": b"X-Note: yes\r\n \r\n" + REAL,
    "name-twice": CTE + b":" + REAL,
    "many-spaces": CTE + b":" + b" " * 2000 + b"base64\r\n",
    "long-field-before": b"X-Long: " + b"a" * 70000 + b"\r\n" + REAL,
    "8bit-in-value": CTE + b": base64\xa0\r\n",
    "lookalike": CTE + ": b\N{CYRILLIC SMALL LETTER A}se64\r\n".encode(),
    "absent": b"",
    "declared-7bit": CTE + b": 7bit\r\n",
    "declared-binary": CTE + b": binary\r\n",
    "declared-qp": CTE + b": quoted-printable\r\n",
    "lf-cr": b"X-Note: yes\n\r" + REAL,
    "cr-cr-lf": b"X-Note: yes\r\r\n" + REAL,
    "cr-only-lines": b"X-Note: yes\r" + CTE + b": base64\r",
}

SEPARATORS: dict[str, bytes] = {
    "space-line": b" \r\n",
    "tab-line": b"\t\r\n",
    "lone-cr": b"\r\r\n",
    "lone-lf": b"\n",
    "vt-line": b"\x0b\r\n",
    "nul-line": b"\0\r\n",
    "none": b"",
    "two": b"\r\n\r\n",
}

TYPES: dict[str, bytes] = {
    "text-then-multipart": b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b1\r\n",
    "multipart-then-text": b"Content-Type: multipart/mixed; boundary=b1\r\nContent-Type: text/plain\r\n",
    "name-overlaps": b"Content-Type:Content-Type: multipart/mixed; boundary=b1\r\n",
    "misspelt": b"Content-Type: ultipart/mixed; boundary=b1\r\n",
    "no-subtype": b"Content-Type: multipart; boundary=b1\r\n",
    "empty-subtype": b"Content-Type: multipart/; boundary=b1\r\n",
    "x-multipart": b"Content-Type: x-multipart/mixed; boundary=b1\r\n",
    "quoted": b'Content-Type: "multipart/mixed"; boundary=b1\r\n',
    "backslash": b"Content-Type: multi\\part/mixed; boundary=b1\r\n",
    "encoded-word": b"Content-Type: =?us-ascii?Q?multipart/mixed?=; boundary=b1\r\n",
    "odd-case": b"Content-Type: mULtipart/MiXed; BOUNDARY=b1\r\n",
    "boundary-only": b"Content-Type: boundary=b1\r\n",
    "absent": b"",
    "space-around-slash": b"Content-Type: multipart / mixed; boundary=b1\r\n",
    "space-before-colon": b"Content-Type : multipart/mixed; boundary=b1\r\n",
    "comment-before": b"Content-Type: (text/plain) multipart/mixed; boundary=b1\r\n",
    "bad-parameter-before": b"Content-Type: multipart/mixed; x:y=1; boundary=b1\r\n",
    "8bit-parameter-before": b"Content-Type: multipart/mixed; \xff\xfe=1; boundary=b1\r\n",
    "behind-cr": b"X-Note: yes\rContent-Type: multipart/mixed; boundary=b1\r\n",
    "bom": b"\xef\xbb\xbfContent-Type: multipart/mixed; boundary=b1\r\n",
    "unclosed-quote": b'Content-Type: multipart/mixed; x="; boundary=b1\r\n',
    "single-type": b"Content-Type: text/plain; boundary=b1\r\n",
    "behind-junk": b"no field at all\r\nContent-Type: multipart/mixed; boundary=b1\r\n",
}


def samples() -> Iterator[Sample]:
    """All of the group."""
    words = b64(b"Hello,\r\n" + PHRASE.encode() + b"\r\nGood bye. Good bye. Good bye.\r\n")
    for how, lines in ENCODINGS.items():
        yield phrase(f"H-encoding-phrase-{how}", around(b"Content-Type: text/plain\r\n" + lines + b"\r\n" + words))
        yield eicar(f"H-encoding-{how}", around(OCTETS + lines + b"\r\n" + BASE64))
    for how, line in SEPARATORS.items():
        yield eicar(f"H-separator-{how}", around(OCTETS + REAL + line + BASE64))
        yield eicar(f"H-separator-of-mail-{how}", MIME + OCTETS + REAL + line + BASE64)
    payload = OCTETS + REAL + b"\r\n" + BASE64
    named = OCTETS + b"Content-Disposition: attachment; filename=" + NAME + b"\r\n\r\n" + SCRIPT
    for how, field in TYPES.items():
        start = MIME + field + b"\r\n" + TEXT + b"--b1\r\n"
        yield eicar(f"H-type-{how}", start + payload + b"--b1--\r\n")
        yield name(f"H-type-name-{how}", start + named + b"--b1--\r\n")
    yield eicar("H-encoding-behind-blank-line", around(OCTETS + b"\r\n" + REAL + b"\r\n" + BASE64))
    yield eicar("H-part-begins-blank", around(b"\r\n" + payload))
    yield eicar("H-part-begins-space", around(b" \r\n" + payload))
    yield eicar("H-part-begins-colon", around(b":\r\n" + payload))
    yield eicar("H-no-mime-version", TOP + OCTETS + REAL + b"\r\n" + BASE64)
    yield eicar("H-mail-begins-blank", b"\r\n" + MIME + OCTETS + REAL + b"\r\n" + BASE64)
    junk = OCTETS + REAL + BASE64[:4] + b"\r\n\r\n" + BASE64[4:]
    yield eicar("H-junk-as-field", around(junk), Expect.HELD)
    yield eicar("H-mail-lf-only", single(OCTETS + REAL, BASE64).replace(b"\r\n", b"\n"))
    yield eicar("H-mail-cr-only", single(OCTETS + REAL, BASE64).replace(b"\r\n", b"\r"))
    yield eicar("H-multipart-cr-only", around(payload).replace(b"\r\n", b"\r"))
    yield eicar("H-nul-mail", b"\0" + around(payload))
    for how, head in (
        ("two-dispositions", b"Content-Disposition: inline\r\nContent-Disposition: attachment; filename=" + NAME),
        ("disposition-space", b"Content-Disposition : attachment; filename=" + NAME),
        ("disposition-nul", b"Content-Disposition\0: attachment; filename=" + NAME),
        ("disposition-cr", b"X-Note: a\rContent-Disposition: attachment; filename=" + NAME),
        ("disposition-bad-fold", b"X-Note a\r\n Content-Disposition: attachment; filename=" + NAME),
        ("disposition-bom", b"\xef\xbb\xbfContent-Disposition: attachment; filename=" + NAME),
        ("disposition-name-twice", b"Content-Disposition:Content-Disposition: attachment; filename=" + NAME),
        ("disposition-behind-blank-line", b"\r\nContent-Disposition: attachment; filename=" + NAME),
    ):
        yield name(f"H-{how}", around(OCTETS + head + b"\r\n\r\n" + SCRIPT))
