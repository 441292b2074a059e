"""Rows B18 to B27 and B30 to B32: delimiter lines that two programs find in two places."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.boundaries import HARMLESS, MIXED, spoken
from evasion.mails import MIME, OCTETS, REAL, around
from evasion.sample import SCRIPT, Hides, Load, Sample, either, ids, marker, name, phrase

START = MIME + MIXED + b"boundary=b1\r\n\r\n"
PART, END = b"--b1\r\n", b"--b1--\r\n"
SHOWN = START + PART + HARMLESS
"""The begin of a mail whose first part is harmless."""

BODIES: dict[str, bytes] = {
    "B18-longer": SHOWN + b"--b1X\r\n{}--b1X--\r\n",
    "B18-blank-and-more": SHOWN + b"--b1 X\r\n{}--b1--\r\n",
    "B18-tab-and-more": SHOWN + b"--b1\tX\r\n{}--b1--\r\n",
    "B18-hyphen": SHOWN + b"--b1-\r\n{}--b1--\r\n",
    "B18-colon": SHOWN + b"--b1:\r\n{}--b1--\r\n",
    "B18-semicolon": SHOWN + b"--b1;\r\n{}--b1--\r\n",
    "B18-comment": SHOWN + b"--b1 (x)\r\n{}--b1--\r\n",
    "B18-quote": SHOWN + b'--"b1"\r\n{}--b1--\r\n',
    "B18-all-longer": START + b"--b1X\r\n" + HARMLESS + b"--b1X\r\n{}--b1X--\r\n",
    "B18-odd-case": SHOWN + b"--B1\r\n{}--B1--\r\n",
    "B18-one-hyphen": SHOWN + b"-b1\r\n{}--b1--\r\n",
    "B18-no-hyphen": SHOWN + b"b1\r\n{}--b1--\r\n",
    "B18-three-hyphens": SHOWN + b"---b1\r\n{}--b1--\r\n",
    "B18-blank-behind-hyphens": SHOWN + b"-- b1\r\n{}--b1--\r\n",
    "B18-other-hyphens": SHOWN + "\N{EN DASH}b1\r\n".encode() + b"{}--b1--\r\n",
    "B18-shorter": SHOWN + b"--b\r\n{}--b1--\r\n",
    "B20-no-parameter": MIME + b"Content-Type: multipart/mixed\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B20-other-parameter": MIME + MIXED + b"x=y\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B20-alternative": MIME + b"Content-Type: multipart/alternative\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B20-inner": START + PART + b"Content-Type: multipart/mixed\r\n\r\n--b2\r\n" + HARMLESS + b"--b2\r\n{}--b2--\r\n"
    + END,
    "B20-other-boundary": MIME + MIXED + b"boundary=b9\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B21-outer": SHOWN + PART + b"{}",
    "B21-no-line-end": SHOWN + PART + b"{}--b1--",
    "B21-half": SHOWN + PART + b"{}--b1-",
    "B21-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + HARMLESS + b"--b2\r\n{}" + END,
    "B21-both": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + HARMLESS + b"--b2\r\n{}",
    "B21-inner-then-part": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + HARMLESS + PART + b"{}" + END,
    "B22-no-hyphens": SHOWN + PART + b"{}--b1\r\n",
    "B22-one-hyphen": SHOWN + b"--b1-\r\n{}" + END,
    "B22-junk": SHOWN + b"--b1--junk\r\n{}" + END,
    "B22-junk-then-part": SHOWN + b"--b1--junk\r\n" + PART + b"{}" + END,
    "B22-blank-junk": SHOWN + b"--b1-- junk\r\n" + PART + b"{}" + END,
    "B22-three-hyphens": SHOWN + b"--b1---\r\n" + PART + b"{}" + END,
    "B22-four-hyphens": SHOWN + b"--b1----\r\n" + PART + b"{}" + END,
    "B22-blank-before-hyphens": SHOWN + b"--b1 --\r\n" + PART + b"{}" + END,
    "B22-blank-between": SHOWN + b"--b1- -\r\n" + PART + b"{}" + END,
    "B22-lf": SHOWN + b"--b1--\n" + PART + b"{}" + END,
    "B22-cr": SHOWN + b"--b1--\r" + PART + b"{}" + END,
    "B22-nul": SHOWN + b"--b1--\0\r\n" + PART + b"{}" + END,
    "B23-part": SHOWN + END + PART + b"{}" + END,
    "B23-no-delimiter": SHOWN + END + b"{}",
    "B23-behind-prose": SHOWN + END + b"\r\nThat was all.\r\n\r\n{}",
    "B23-other-delimiter": SHOWN + END + b"--b2\r\n{}--b2--\r\n",
    "B23-multipart": SHOWN + END + MIXED + b"boundary=b2\r\n\r\n--b2\r\n{}--b2--\r\n",
    "B23-behind-second-end": SHOWN + END + END + PART + b"{}" + END,
    "B23-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + HARMLESS + b"--b2--\r\n{}" + END,
    "B23-inner-part": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + HARMLESS + b"--b2--\r\n--b2\r\n{}" + END,
    "B23-end-first": START + END + PART + b"{}" + END,
    "B23-end-only": START + END + b"{}",
    "B23-far-behind": SHOWN + END + b"\r\n" * 5000 + PART + b"{}" + END,
    "B24-part": START + b"{}" + PART + HARMLESS + END,
    "B24-behind-prose": START + b"This is a multi-part message in MIME format.\r\n\r\n{}" + PART + HARMLESS + END,
    "B24-false-delimiter": START + b"--b\r\n{}" + PART + HARMLESS + END,
    "B24-other-delimiter": START + b"--b2\r\n{}--b2--\r\n" + PART + HARMLESS + END,
    "B24-delimiter-behind-blank": START + b" --b1\r\n{}" + PART + HARMLESS + END,
    "B24-no-empty-line": MIME + MIXED + b"boundary=b1\r\n--b1\r\n" + HARMLESS + PART + b"{}" + END,
    "B24-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n{}--b2\r\n" + HARMLESS + b"--b2--\r\n" + END,
    "B25-delimiter": START + PART + b"Content-Type: text/plain\r\n" + PART + b"{}" + END,
    "B25-delimiter-first": START + PART + PART + b"{}" + END,
    "B25-outer-end-in-inner-header": START + PART + MIXED + b"boundary=b2\r\n" + END + b"\r\n--b2\r\n{}--b2--\r\n",
    "B25-outer-end-in-part-of-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2\r\nX-Note: yes\r\n" + END
    + b"{}--b2--\r\n" + END,
    "B25-outer-in-inner-header": START + PART + MIXED + b"boundary=b2\r\n" + PART + b"\r\n--b2\r\n{}--b2--\r\n" + END,
    "B25-in-folded-field": START + PART + b"X-Note: yes\r\n --b1\r\n{}" + END,
    "B25-in-header-of-mail": MIME + MIXED + b"boundary=b1\r\n" + PART + b"{}" + END,
    "B27-lf-cr-before": SHOWN + b"\n\r--b1\r\n{}" + END,
    "B27-cr-before": SHOWN + b"\r--b1\r\n{}" + END,
    "B27-blank-cr-before": SHOWN + b" \r--b1\r\n{}" + END,
    "B27-text-cr-before": SHOWN + b"text\r--b1\r\n{}" + END,
    "B27-cr-cr-lf-before": SHOWN + b"text\r\r\n--b1\r\n{}" + END,
    "B27-lf-before": SHOWN + b"text\n--b1\r\n{}" + END,
    "B27-cr-behind": SHOWN + b"--b1\r{}" + END,
    "B27-lf-behind": SHOWN + b"--b1\n{}" + END,
    "B27-cr-cr-lf-behind": SHOWN + b"--b1\r\r\n{}" + END,
    "B27-lf-cr-behind": SHOWN + b"--b1\n\r{}" + END,
    "B27-lf-around": SHOWN + b"\n--b1\n{}" + END,
    "B27-cr-around": SHOWN + b"\r--b1\r{}" + END,
    "B27-cr-then-harmless": START + b"--b1\r" + HARMLESS + PART + b"{}" + END,
    "B27-cr-inside": SHOWN + b"--b\r1\r\n{}" + END,
    "B27-cr-between-hyphens": SHOWN + b"-\r-b1\r\n{}" + END,
    "B27-end-behind-cr": SHOWN + b"\r--b1--\r\n" + PART + b"{}" + END,
    "B27-nul-before": SHOWN + b"\0--b1\r\n{}" + END,
    "B27-vertical-tab-before": SHOWN + b"\x0b--b1\r\n{}" + END,
    "B27-mark-before": SHOWN + b"\xef\xbb\xbf--b1\r\n{}" + END,
    "B30-text": MIME + b"Content-Type: text/plain; boundary=b1\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B30-html": MIME + b"Content-Type: text/html; boundary=b1\r\n\r\n" + PART + HARMLESS + PART + b"{}" + END,
    "B30-octets": MIME + b"Content-Type: application/octet-stream; boundary=b1\r\n\r\n" + PART + b"{}" + END,
    "B30-image": MIME + b"Content-Type: image/png; boundary=b1\r\n\r\n" + PART + b"{}" + END,
    "B30-mail": MIME + b"Content-Type: message/rfc822; boundary=b1\r\n\r\n" + PART + b"{}" + END,
    "B30-no-type": MIME + b"Content-Disposition: inline; boundary=b1\r\n\r\n" + PART + b"{}" + END,
    "B30-of-a-part": START + PART + b"Content-Type: text/plain; boundary=b2\r\n\r\n--b2\r\n{}--b2--\r\n" + END,
    "B31-blank": SHOWN + b" --b1\r\n{}" + END,
    "B31-blanks": SHOWN + b"        --b1\r\n{}" + END,
    "B31-tab": SHOWN + b"\t--b1\r\n{}" + END,
    "B31-all": START + b" --b1\r\n" + HARMLESS + b" --b1\r\n{} --b1--\r\n",
    "B31-end": SHOWN + b" --b1--\r\n" + PART + b"{}" + END,
    "B31-nbsp": SHOWN + b"\xc2\xa0--b1\r\n{}" + END,
    "B31-quoted": SHOWN + b"> --b1\r\n{}" + END,
    "B31-zero-width": SHOWN + b"\xe2\x80\x8b--b1\r\n{}" + END,
    "B32-empty-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n" + PART + b"{}" + END,
    "B32-blank-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n\r\n\r\n" + PART + b"{}" + END,
    "B32-no-empty-line": START + PART + MIXED + b"boundary=b2\r\n" + PART + b"{}" + END,
    "B32-prose-in-inner": START + PART + MIXED + b"boundary=b2\r\n\r\nNothing.\r\n" + PART + b"{}" + END,
    "B32-end-of-inner-only": START + PART + MIXED + b"boundary=b2\r\n\r\n--b2--\r\n" + PART + b"{}" + END,
    "B32-two-empty": START + 2 * (PART + MIXED + b"boundary=b2\r\n\r\n") + PART + b"{}" + END,
    "B32-payload-in-inner": START + PART + MIXED + b"boundary=b2\r\n\r\n{}" + END,
    "B32-payload-in-outer": START + b"{}",
    "B32-inner-without-boundary": START + PART + b"Content-Type: multipart/mixed\r\n\r\n" + PART + b"{}" + END,
}  # fmt: skip
"""Where the payload's part stands: {}."""

LEGAL = ids(
    "B21-outer B21-no-line-end B21-inner B21-both B21-inner-then-part B32-empty-inner B32-blank-inner "
    "B32-prose-in-inner B32-end-of-inner-only B32-two-empty"
)
NAMELESS = ids(
    "B18-one-hyphen B18-no-hyphen B18-other-hyphens B24-behind-prose B27-mark-before B31-nbsp B31-quoted B31-zero-width"
)
"""Those that nobody takes for a header, though what is in them can be carved out."""

WORDLESS = NAMELESS
"""Those whose text nobody is shown decoded."""

NESTED: dict[str, tuple[bytes, bytes, bytes]] = {
    "same": (b"b1", b"b1", b"b1"),
    "outer-and-hyphens": (b"b1", b"b1--", b"b1--"),
    "outer-and-hyphen": (b"b1", b"b1-", b"b1-"),
    "longer": (b"b1", b"b1x", b"b1x"),
    "longer-by-blank": (b"b1", b"b1 x", b"b1 x"),
    "shorter": (b"b1x", b"b1", b"b1"),
    "shorter-by-hyphens": (b"b1--", b"b1", b"b1"),
    "odd-case": (b"b1", b"B1", b"B1"),
    "outer-used-inside": (b"b1", b"b2", b"b1"),
}
"""The outer boundary, the inner one, and what the inner part uses."""
LEGAL_NESTED = ids("odd-case")


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    payload = OCTETS + REAL + b"\r\n" + load.base64
    named = OCTETS + b"Content-Disposition: attachment; filename=" + load.name + b"\r\n\r\n" + SCRIPT
    twin, named_twin = around(payload), around(named)
    words = spoken(load)
    for how, body in BODIES.items():
        row, _, rest = how.partition("-")
        legal = how in LEGAL
        yield marker(how, body.replace(b"{}", payload), legal=legal, twin=twin)
        if how not in WORDLESS:
            yield phrase(f"{row}-phrase-{rest}", body.replace(b"{}", words), legal=legal, twin=around(words))
        if how not in NAMELESS:
            yield name(f"{row}-name-{rest}", body.replace(b"{}", named), legal=legal, twin=named_twin)
    for how, (outer, inner, use) in NESTED.items():
        legal = how in LEGAL_NESTED
        for dummy in (b"", HARMLESS):
            label = f"{how}-dummy-first" if dummy else how
            yield marker(f"B19-{label}", _nested(outer, inner, use, payload, dummy), legal=legal, twin=twin)
            mail = _nested(outer, inner, use, named, dummy)
            yield name(f"B19-name-{label}", mail, legal=legal, twin=named_twin)
    yield from _in_base64(load, twin)
    for depth, legal in ((5, True), (15, True), (40, False)):
        mail = MIME + _deep(payload, depth)
        yield either(f"B19-depth-{depth}", Hides.MARKER, mail, Reason.LIMIT_DEPTH, legal=legal, twin=twin)
    many = START + 1100 * (PART + HARMLESS) + PART + payload + END
    yield either("B21-1100-parts", Hides.MARKER, many, Reason.LIMIT_PARTS, twin=twin)


def _nested(outer: bytes, inner: bytes, use: bytes, payload: bytes, dummy: bytes) -> bytes:
    part, end = b"--" + outer + b"\r\n", b"--" + outer + b"--\r\n"
    first = b"--" + use + b"\r\n" + dummy if dummy else b""
    body = MIXED + b'boundary="' + inner + b'"\r\n\r\n' + first + b"--" + use + b"\r\n" + payload
    head = MIME + MIXED + b'boundary="' + outer + b'"\r\n\r\n'
    return head + part + HARMLESS + part + body + b"--" + use + b"--\r\n" + end


def _deep(payload: bytes, depth: int) -> bytes:
    for level in range(depth):
        label = b"--n%02d" % level
        payload = MIXED + b"boundary=" + label[2:] + b"\r\n\r\n" + label + b"\r\n" + payload + label + b"--\r\n"
    return payload


def _in_base64(load: Load, twin: bytes) -> Iterator[Sample]:
    head = OCTETS + REAL + b"\r\n"
    lines = load.base64.splitlines(keepends=True)
    for how, boundary, line in (
        ("signs", b"####+", b"--####+"),
        ("signs-end", b"####+", b"--####+--"),
        ("longer", b"b1", b"--b1####"),
        ("letters", b"AAAA", b"--AAAA"),
        ("other-boundary", b"b1", b"--b2"),
        ("end", b"b1", b"--b1--"),
        ("hyphens-only", b"b1", b"--"),
    ):
        start = MIME + MIXED + b'boundary="' + boundary + b'"\r\n\r\n'
        part, end = b"--" + boundary + b"\r\n", b"--" + boundary + b"--\r\n"
        for at in (1, len(lines) - 1):
            body = b"".join(lines[:at]) + line + b"\r\n" + b"".join(lines[at:])
            mail = start + part + HARMLESS + part + head + body + end
            yield marker(f"B26-{how}-behind-line-{at}", mail, legal=False, twin=twin)
        inner = MIXED + b"boundary=b2\r\n\r\n--b2\r\n" + head + lines[0] + line + b"\r\n" + b"".join(lines[1:])
        mail = start + part + HARMLESS + part + inner + b"--b2--\r\n" + end
        yield marker(f"B26-{how}-inside-inner", mail, legal=False, twin=twin)
