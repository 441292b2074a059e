"""Group B: delimiters that two programs find in two places."""

from __future__ import annotations

from collections.abc import Iterator

from end_to_end.evasions.sample import BASE64, MIME, NAME, OCTETS, SCRIPT, Sample, around, eicar, name

PAYLOAD = OCTETS + b"Content-Transfer-Encoding: base64\r\n\r\n" + BASE64
NAMED = OCTETS + b"Content-Disposition: attachment; filename=" + NAME + b"\r\n\r\n" + SCRIPT
HARMLESS = b"Content-Type: text/plain\r\n\r\nNothing here.\r\n"
MIXED = b"Content-Type: multipart/mixed; "

# (what the header says, the delimiter lines in the body)
DEFINITIONS: dict[str, tuple[bytes, bytes]] = {
    "two-good-first": (b"boundary=b1; boundary=b2", b"b1"),
    "two-good-last": (b"boundary=b2; boundary=b1", b"b1"),
    "rfc2231": (b"boundary*=us-ascii''b1", b"b1"),
    "rfc2231-continued": (b"boundary*0=b; boundary*1=1", b"b1"),
    "rfc2231-continued-reversed": (b"boundary*1=1; boundary*0=b", b"b1"),
    "rfc2231-and-plain": (b"boundary=b2; boundary*=us-ascii''b1", b"b1"),
    "rfc2231-percent": (b"boundary*=us-ascii''b%31", b"b1"),
    "rfc2231-utf16": (b"boundary*=utf-16''%00b%001", b"b1"),
    "encoded-word": (b'boundary="=?us-ascii?Q?b1?="', b"b1"),
    "encoded-word-raw": (b'boundary="=?us-ascii?Q?b1?="', b"=?us-ascii?Q?b1?="),
    "spaces-around-equals": (b"boundary = b1", b"b1"),
    "folded-equals": (b"boundary=\r\n b1", b"b1"),
    "folded-value": (b'boundary="b\r\n 1"', b"b 1"),
    "inner-space": (b'boundary="b 1"', b"b 1"),
    "inner-space-unquoted": (b"boundary=b 1", b"b 1"),
    "inner-space-cut": (b"boundary=b 1", b"b"),
    "trailing-space-definition": (b'boundary="b1 "', b"b1"),
    "trailing-space-use": (b"boundary=b1", b"b1 \t"),
    "leading-space": (b'boundary=" b1"', b" b1"),
    "leading-space-cut": (b'boundary=" b1"', b"b1"),
    "empty": (b'boundary=""', b""),
    "blank": (b'boundary=" "', b" "),
    "unclosed-quote": (b'boundary="b1', b"b1"),
    "half-quote": (b'boundary=b1"', b"b1"),
    "half-quote-kept": (b'boundary=b1"', b'b1"'),
    "quotes-inside": (b'boundary="b"1""', b"b1"),
    "quotes-cut": (b'boundary="b"1', b"b"),
    "quotes-joined": (b'boundary="b"1', b"b1"),
    "single-quotes": (b"boundary='b1'", b"b1"),
    "single-quotes-kept": (b"boundary='b1'", b"'b1'"),
    "backslash": (b'boundary="b\\1"', b"b1"),
    "backslash-kept": (b'boundary="b\\1"', b"b\\1"),
    "semicolon-quoted": (b'boundary="b;1"', b"b;1"),
    "semicolon-unquoted": (b"boundary=b;1", b"b;1"),
    "comma": (b"boundary=b,1", b"b,1"),
    "comma-cut": (b"boundary=b,1", b"b"),
    "comment-before": (b"boundary=(x)b1", b"b1"),
    "comment-before-kept": (b"boundary=(x)b1", b"(x)b1"),
    "comment-inside": (b"boundary=b(x)1", b"b1"),
    "comment-after": (b"boundary=b1(x)", b"b1"),
    "comment-in-name": (b"boun(x)dary=b1", b"b1"),
    "comment-hides": (b"(boundary=b2) boundary=b1", b"b1"),
    "comment-nested": (b"boundary((c))=b1", b"b1"),
    "no-separator": (b"x=y boundary=b1", b"b1"),
    "quoted-parameter": (b'"boundary=b1"', b"b1"),
    "inside-value": (b'x="boundary=b2"; boundary=b1', b"b1"),
    "said-twice": (b"boundary=boundary=b1", b"boundary=b1"),
    "said-twice-cut": (b"boundary=boundary=b1", b"b1"),
    "misspelt": (b"oundary=b1", b"b1"),
    "undefined": (b"x=y", b"b1"),
    "nul-inside": (b"boundary=b\x001", b"b"),
    "cr-inside": (b'boundary="b1\r"', b"b1"),
    "long": (b"boundary=" + b"b" * 200, b"b" * 200),
    "very-long": (b"boundary=" + b"b" * 5000, b"b" * 5000),
    "long-cut": (b"boundary=" + b"b" * 100 + b"c", b"b" * 70),
    "prefix-use": (b"boundary=b1", b"b1xyz"),
    "prefix-use-space": (b"boundary=b1", b"b1 xyz"),
    "odd-case-use": (b"boundary=B1", b"b1"),
    "colon-in-use": (b"boundary=b1", b"b1:"),
}


def _mail(definition: bytes, use: bytes, payload: bytes) -> bytes:
    part = b"--" + use + b"\r\n"
    return MIME + MIXED + definition + b"\r\n\r\n" + part + HARMLESS + part + payload + b"--" + use + b"--\r\n"


def _nested(inner: bytes, use: bytes, *, close: bool = True) -> bytes:
    end = b"--" + use + b"--\r\n" if close else b""
    return around(MIXED + inner + b"\r\n\r\n--" + use + b"\r\n" + PAYLOAD + end)


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, (definition, use) in DEFINITIONS.items():
        yield eicar(f"B-{how}", _mail(definition, use, PAYLOAD))
        yield name(f"B-name-{how}", _mail(definition, use, NAMED))
    start = MIME + MIXED + b"boundary=b1\r\n\r\n"
    part, end = b"--b1\r\n", b"--b1--\r\n"
    yield eicar("B-preamble", start + PAYLOAD + part + HARMLESS + end)
    yield eicar("B-preamble-false-delimiter", start + b"--b\r\n" + PAYLOAD + part + HARMLESS + end)
    yield eicar("B-epilogue", start + part + HARMLESS + end + part + PAYLOAD + end)
    yield eicar("B-epilogue-bare", start + part + HARMLESS + end + PAYLOAD)
    yield name("B-epilogue-name", start + part + HARMLESS + end + part + NAMED + end)
    yield eicar("B-no-end", start + part + HARMLESS + part + PAYLOAD)
    yield eicar("B-end-with-junk", start + part + HARMLESS + b"--b1--x\r\n" + part + PAYLOAD + end)
    yield eicar("B-end-one-hyphen", start + part + HARMLESS + b"--b1-\r\n" + PAYLOAD + end)
    yield eicar("B-end-only", start + b"--b1--\r\n" + PAYLOAD)
    yield eicar("B-no-delimiters", start + PAYLOAD)
    yield eicar("B-space-before", start + part + HARMLESS + b" --b1\r\n" + PAYLOAD + end)
    yield name("B-space-before-name", start + part + HARMLESS + b" --b1\r\n" + NAMED + end)
    yield eicar("B-tab-before", start + part + HARMLESS + b"\t--b1\r\n" + PAYLOAD + end)
    yield eicar("B-cr-before", start + part + HARMLESS + b"\r--b1\r\n" + PAYLOAD + end)
    yield eicar("B-cr-behind", start + part + HARMLESS + b"--b1\r" + PAYLOAD + end)
    yield eicar("B-lf-only-delimiter", start + part + HARMLESS + b"\n--b1\n" + PAYLOAD + end)
    yield eicar("B-one-hyphen", start + part + HARMLESS + b"-b1\r\n" + PAYLOAD + end)
    yield eicar("B-three-hyphens", start + part + HARMLESS + b"---b1\r\n" + PAYLOAD + end)
    yield eicar("B-in-part-header", start + b"--b1\r\nContent-Type: text/plain\r\n--b1\r\n" + PAYLOAD + end)
    yield eicar("B-nested-same", _nested(b"boundary=b1", b"b1"))
    yield eicar("B-nested-longer", _nested(b"boundary=b1x", b"b1x"))
    yield eicar("B-nested-outer-and-hyphens", _nested(b"boundary=b1--", b"b1--"))
    yield eicar("B-nested-shorter", _nested(b"boundary=b", b"b"))
    yield eicar("B-nested-no-end", _nested(b"boundary=b2", b"b2", close=False))
    yield eicar("B-nested-undefined", _nested(b"x=y", b"b2"))
    yield eicar("B-nested-no-delimiter", around(MIXED + b"boundary=b2\r\n\r\n" + PAYLOAD))
    yield eicar("B-nested-no-delimiter-then-part", around(MIXED + b"boundary=b2\r\n\r\n--b1\r\n" + PAYLOAD))
    other = b"Content-Type: multipart/mixed; boundary="
    yield eicar("B-two-types-first", MIME + other + b"b1\r\n" + other + b"b2\r\n\r\n" + part + PAYLOAD + end)
    yield eicar("B-two-types-last", MIME + other + b"b2\r\n" + other + b"b1\r\n\r\n" + part + PAYLOAD + end)
    split = PAYLOAD.index(b"\r\n\r\n") + 40
    yield eicar("B-in-base64", start + part + PAYLOAD[:split] + b"\r\n--b1####\r\n" + PAYLOAD[split:] + end)
    yield eicar("B-single-type", MIME + b"Content-Type: text/plain; boundary=b1\r\n\r\n" + part + PAYLOAD + end)
    deep = PAYLOAD
    for level in range(15):
        label = b"n%d" % level
        deep = MIXED + b"boundary=" + label + b"\r\n\r\n--" + label + b"\r\n" + deep + b"\r\n--" + label + b"--\r\n"
    yield eicar("B-nested-15", MIME + deep)
    for level in range(15, 40):
        label = b"n%d" % level
        deep = MIXED + b"boundary=" + label + b"\r\n\r\n--" + label + b"\r\n" + deep + b"\r\n--" + label + b"--\r\n"
    yield eicar("B-nested-40", MIME + deep)
    yield eicar("B-1100-parts", start + 1100 * (part + HARMLESS) + part + PAYLOAD + end)
