"""Rows B01 to B17 and B28 to B29: boundary parameters that two programs read as two boundaries."""

from __future__ import annotations

from collections.abc import Iterator

from evasion.mails import MIME, OCTETS, REAL, around, b64
from evasion.sample import SCRIPT, Load, Sample, ids, marker, name, phrase

HARMLESS = b"Content-Type: text/plain\r\n\r\nNothing here.\r\n"
MIXED = b"Content-Type: multipart/mixed; "
L2000 = b"b" * 2040

# (what the header says, the delimiter lines in the body)
DEFINITIONS: dict[str, tuple[bytes, bytes]] = {
    "B01-good-first": (b"boundary=b1; boundary=b2", b"b1"),
    "B01-good-last": (b"boundary=b2; boundary=b1", b"b1"),
    "B01-good-in-the-middle": (b"boundary=b2; boundary=b1; boundary=b3", b"b1"),
    "B01-quoted-first": (b'boundary="b1"; boundary=b2', b"b1"),
    "B01-quoted-last": (b'boundary=b2; boundary="b1"', b"b1"),
    "B01-odd-case-last": (b"boundary=b2; BOUNDARY=b1", b"b1"),
    "B01-odd-case-first": (b"BOUNDARY=b1; boundary=b2", b"b1"),
    "B01-empty-first": (b'boundary=""; boundary=b1', b"b1"),
    "B01-empty-last": (b'boundary=b1; boundary=""', b"b1"),
    "B01-comma": (b"boundary=b1, boundary=b2", b"b1"),
    "B03-extended": (b"boundary*=us-ascii''b1", b"b1"),
    "B03-extended-no-charset": (b"boundary*=''b1", b"b1"),
    "B03-extended-no-quotes": (b"boundary*=b1", b"b1"),
    "B03-extended-language": (b"boundary*=utf-8'en-GB'b1", b"b1"),
    "B03-extended-quoted": (b"boundary*=\"us-ascii''b1\"", b"b1"),
    "B03-extended-kept": (b"boundary*=us-ascii''b1", b"us-ascii''b1"),
    "B03-percent": (b"boundary*=us-ascii''b%31", b"b1"),
    "B03-percent-kept": (b"boundary*=us-ascii''b%31", b"b%31"),
    "B03-percent-plain": (b"boundary=b%31", b"b1"),
    "B03-percent-broken": (b"boundary*=us-ascii''b1%z", b"b1%z"),
    "B03-unknown-charset": (b"boundary*=x-none''b1", b"b1"),
    "B03-continued": (b"boundary*0=b; boundary*1=1", b"b1"),
    "B03-continued-quoted": (b'boundary*0="b"; boundary*1="1"', b"b1"),
    "B03-continued-reversed": (b"boundary*1=1; boundary*0=b", b"b1"),
    "B03-continued-first-only": (b"boundary*0=b; boundary*1=1", b"b"),
    "B03-continued-gap": (b"boundary*0=b; boundary*2=1", b"b1"),
    "B03-continued-gap-cut": (b"boundary*0=b; boundary*2=1", b"b"),
    "B03-continued-from-1": (b"boundary*1=b; boundary*2=1", b"b1"),
    "B03-continued-one": (b"boundary*0=b1", b"b1"),
    "B03-continued-index-twice": (b"boundary*0=b; boundary*1=1; boundary*1=2", b"b1"),
    "B03-continued-index-twice-last": (b"boundary*0=b; boundary*1=2; boundary*1=1", b"b1"),
    "B03-continued-leading-zero": (b"boundary*00=b; boundary*01=1", b"b1"),
    "B03-continued-extended": (b"boundary*0*=us-ascii''b; boundary*1*=%31", b"b1"),
    "B03-continued-mixed": (b"boundary*0*=us-ascii''b; boundary*1=1", b"b1"),
    "B03-continued-folded": (b"boundary*0=b;\r\n boundary*1=1", b"b1"),
    "B03-extended-and-plain": (b"boundary=b2; boundary*=us-ascii''b1", b"b1"),
    "B03-plain-and-extended": (b"boundary=b1; boundary*=us-ascii''b2", b"b1"),
    "B03-extended-then-plain": (b"boundary*=us-ascii''b1; boundary=b2", b"b1"),
    "B03-extended-then-plain-used": (b"boundary*=us-ascii''b2; boundary=b1", b"b1"),
    "B03-continued-and-plain": (b"boundary=b2; boundary*0=b; boundary*1=1", b"b1"),
    "B03-continued-and-plain-used": (b"boundary=b1; boundary*0=b; boundary*1=2", b"b1"),
    "B03-continued-and-extended": (b"boundary*=us-ascii''b2; boundary*0=b; boundary*1=1", b"b1"),
    "B03-blank-before-star": (b"boundary *=us-ascii''b1", b"b1"),
    "B03-star-kept": (b"boundary*0=b1", b"b1"),
    "B04-be": (b"boundary*=utf-16be''%00b%001", b"b1"),
    "B04-le": (b"boundary*=utf-16le''b%001%00", b"b1"),
    "B04-mark": (b"boundary*=utf-16''%FE%FF%00b%001", b"b1"),
    "B04-mark-le": (b"boundary*=utf-16''%FF%FEb%001%00", b"b1"),
    "B04-no-mark": (b"boundary*=UTF-16''%00b%001", b"b1"),
    "B04-utf32": (b"boundary*=utf-32be''%00%00%00b%00%00%001", b"b1"),
    "B04-utf7": (b"boundary*=utf-7''+AGIAMQ-", b"b1"),
    "B04-ebcdic": (b"boundary*=cp037''%82%F1", b"b1"),
    "B05-whole": (b'boundary="=?us-ascii?Q?b1?="', b"b1"),
    "B05-whole-base64": (b'boundary="=?us-ascii?B?YjE=?="', b"b1"),
    "B05-whole-utf16": (b'boundary="=?utf-16be?B?AGIAMQ==?="', b"b1"),
    "B05-whole-kept": (b'boundary="=?us-ascii?Q?b1?="', b"=?us-ascii?Q?b1?="),
    "B05-unquoted": (b"boundary==?us-ascii?Q?b1?=", b"b1"),
    "B05-unquoted-kept": (b"boundary==?us-ascii?Q?b1?=", b"=?us-ascii?Q?b1?="),
    "B05-partial": (b'boundary="b=?us-ascii?Q?1?="', b"b1"),
    "B05-partial-blank": (b'boundary="b =?us-ascii?Q?1?="', b"b 1"),
    "B05-two": (b'boundary="=?us-ascii?Q?b?= =?us-ascii?Q?1?="', b"b1"),
    "B05-beside-plain": (b'boundary=b2; boundary="=?us-ascii?Q?b1?="', b"b1"),
    "B05-of-extended": (b"boundary*=us-ascii''=?us-ascii?Q?b1?=", b"b1"),
    "B06-blanks": (b"boundary = b1", b"b1"),
    "B06-blank-before": (b"boundary =b1", b"b1"),
    "B06-blank-behind": (b"boundary= b1", b"b1"),
    "B06-blank-behind-quoted": (b'boundary= "b1"', b"b1"),
    "B06-tabs": (b"boundary\t=\tb1", b"b1"),
    "B06-fold-behind": (b"boundary=\r\n b1", b"b1"),
    "B06-fold-before": (b"boundary\r\n =b1", b"b1"),
    "B06-fold-both": (b"boundary\r\n =\r\n b1", b"b1"),
    "B06-fold-twice": (b"boundary=\r\n \r\n b1", b"b1"),
    "B06-fold-in-name": (b"boun\r\n dary=b1", b"b1"),
    "B06-vertical-tab": (b"boundary=\x0bb1", b"b1"),
    "B06-nbsp": (b"boundary=\xa0b1", b"b1"),
    "B06-lf-behind": (b"boundary=\n b1", b"b1"),
    "B06-cr-behind": (b"boundary=\r b1", b"b1"),
    "B07-inside-quoted": (b'boundary="b 1"', b"b 1"),
    "B07-inside": (b"boundary=b 1", b"b 1"),
    "B07-inside-cut": (b"boundary=b 1", b"b"),
    "B07-inside-quoted-cut": (b'boundary="b 1"', b"b"),
    "B07-inside-joined": (b'boundary="b 1"', b"b1"),
    "B07-inside-single-quoted": (b"boundary='b 1'", b"b 1"),
    "B07-inside-single-quoted-kept": (b"boundary='b 1'", b"'b 1'"),
    "B07-inside-extended": (b"boundary*=us-ascii''b%201", b"b 1"),
    "B07-inside-tab": (b'boundary="b\t1"', b"b\t1"),
    "B07-inside-two": (b'boundary="b  1"', b"b 1"),
    "B07-before-quoted": (b'boundary=" b1"', b" b1"),
    "B07-before-quoted-cut": (b'boundary=" b1"', b"b1"),
    "B07-before-extended": (b"boundary*=us-ascii''%20b1", b"b1"),
    "B07-behind-extended": (b"boundary*=us-ascii''b1%20", b"b1"),
    "B08-definition": (b'boundary="b1 "', b"b1"),
    "B08-definition-tab": (b'boundary="b1\t"', b"b1"),
    "B08-definition-kept": (b'boundary="b1 "', b"b1 "),
    "B08-definition-many": (b'boundary="b1' + b" " * 50 + b'"', b"b1"),
    "B08-use": (b"boundary=b1", b"b1 "),
    "B08-use-tab": (b"boundary=b1", b"b1 \t"),
    "B08-use-vertical-tab": (b"boundary=b1", b"b1\x0b"),
    "B08-use-form-feed": (b"boundary=b1", b"b1\x0c"),
    "B08-use-nbsp": (b"boundary=b1", b"b1\xa0"),
    "B08-use-nul": (b"boundary=b1", b"b1\0"),
    "B08-use-many": (b"boundary=b1", b"b1" + b" " * 3000),
    "B09-behind-blank": (b'boundary="b KLM"', b"b NOP"),
    "B09-behind-blank-unquoted": (b"boundary=b KLM", b"b NOP"),
    "B09-behind-tab": (b'boundary="b\tKLM"', b"b\tNOP"),
    "B09-behind-fold": (b'boundary="b\r\n KLM"', b"b NOP"),
    "B09-fold-as-blank": (b'boundary="b\r\n 1"', b"b 1"),
    "B09-fold-as-nothing": (b'boundary="b\r\n 1"', b"b1"),
    "B09-fold-cut": (b'boundary="b\r\n 1"', b"b"),
    "B09-fold-unquoted": (b"boundary=b\r\n 1", b"b1"),
    "B09-lf-inside": (b'boundary="b\n 1"', b"b 1"),
    "B10-empty": (b'boundary=""', b""),
    "B10-blank": (b'boundary=" "', b" "),
    "B10-blank-cut": (b'boundary=" "', b""),
    "B10-blanks": (b'boundary="   "', b"   "),
    "B10-tab": (b'boundary="\t"', b""),
    "B10-nothing": (b"boundary=", b""),
    "B10-semicolon": (b"boundary=;", b""),
    "B10-equals": (b"boundary==", b"="),
    "B10-empty-extended": (b"boundary*=us-ascii''", b""),
    "B10-hyphens": (b"boundary=--", b"--"),
    "B10-hyphen": (b"boundary=-", b"-"),
    "B10-no-equals": (b"boundary", b""),
    "B11-open": (b'boundary="b1', b"b1"),
    "B11-open-kept": (b'boundary="b1', b'"b1'),
    "B11-closed-only": (b'boundary=b1"', b"b1"),
    "B11-closed-only-kept": (b'boundary=b1"', b'b1"'),
    "B11-inside": (b'boundary=b"1"', b'b"1"'),
    "B11-inside-cut": (b'boundary=b"1"', b"b"),
    "B11-inside-joined": (b'boundary=b"1"', b"b1"),
    "B11-quoted-then-more": (b'boundary="b"1', b"b"),
    "B11-quoted-then-joined": (b'boundary="b"1', b"b1"),
    "B11-quoted-then-kept": (b'boundary="b"1', b'"b"1'),
    "B11-three-pairs": (b'boundary="b"1""', b"b1"),
    "B11-two-strings": (b'boundary="b" "1"', b"b1"),
    "B11-two-strings-first": (b'boundary="b" "1"', b"b"),
    "B11-doubled": (b'boundary=""b1""', b"b1"),
    "B11-escaped": (b'boundary="b\\"1"', b'b"1'),
    "B11-escaped-cut": (b'boundary="b\\"1"', b"b\\"),
    "B11-escaped-end": (b'boundary="b1\\"', b"b1"),
    "B11-escaped-around": (b'boundary=\\"b1\\"', b"b1"),
    "B11-single": (b"boundary='b1'", b"b1"),
    "B11-single-kept": (b"boundary='b1'", b"'b1'"),
    "B11-mixed": (b"boundary=\"b1'", b"b1"),
    "B11-single-inside": (b"boundary=\"'b1'\"", b"b1"),
    "B12-inside": (b'boundary="b\\1"', b"b1"),
    "B12-inside-kept": (b'boundary="b\\1"', b"b\\1"),
    "B12-unquoted": (b"boundary=b\\1", b"b1"),
    "B12-unquoted-kept": (b"boundary=b\\1", b"b\\1"),
    "B12-underscore": (b'boundary="b\\_c"', b"b_c"),
    "B12-semicolon": (b"boundary=b\\;c", b"b;c"),
    "B12-semicolon-cut": (b"boundary=b\\;c", b"b\\"),
    "B12-in-name": (b"bou\\ndary=b1", b"b1"),
    "B12-two": (b'boundary="b\\\\1"', b"b\\1"),
    "B12-end": (b"boundary=b1\\", b"b1"),
    "B13-semicolon-quoted": (b'boundary="b;1"', b"b;1"),
    "B13-semicolon-quoted-cut": (b'boundary="b;1"', b"b"),
    "B13-semicolon": (b"boundary=b;1", b"b;1"),
    "B13-semicolon-cut": (b"boundary=b;1", b"b"),
    "B13-semicolon-open-quote": (b'boundary="b;1', b"b;1"),
    "B13-comma": (b"boundary=b,1", b"b,1"),
    "B13-comma-cut": (b"boundary=b,1", b"b"),
    "B13-comma-quoted": (b'boundary="b,1"', b"b,1"),
    "B13-comma-quoted-cut": (b'boundary="b,1"', b"b"),
    "B13-comma-blank": (b"boundary=foo, faa", b"foo"),
    "B13-other-specials": (b"boundary=b@:[1]?=<>", b"b@:[1]?=<>"),
    "B13-other-specials-cut": (b"boundary=b@1", b"b"),
    "B14-before": (b"boundary=(x)b1", b"b1"),
    "B14-before-kept": (b"boundary=(x)b1", b"(x)b1"),
    "B14-before-says-boundary": (b"(boundary=b2) boundary=b1", b"b1"),
    "B14-boundary-in-comment": (b"(boundary=b1)", b"b1"),
    "B14-first-in-comment": (b"boundary=(b2)b1", b"b1"),
    "B14-inside": (b"boundary=b(x)1", b"b1"),
    "B14-inside-empty": (b"boundary=b()1", b"b1"),
    "B14-inside-kept": (b"boundary=b(x)1", b"b(x)1"),
    "B14-inside-cut": (b"boundary=b(x)1", b"b"),
    "B14-behind": (b"boundary=b1(x)", b"b1"),
    "B14-behind-kept": (b"boundary=b1(x)", b"b1(x)"),
    "B14-behind-blank": (b"boundary=b1 (x)", b"b1"),
    "B14-in-quotes": (b'boundary="b(x)1"', b"b(x)1"),
    "B14-in-quotes-read": (b'boundary="b(x)1"', b"b1"),
    "B14-quotes-in-comment": (b'boundary=("b2")"b1"', b"b1"),
    "B14-in-name": (b"boun(x)dary=b1", b"b1"),
    "B14-in-name-empty": (b"boun()dary=b1", b"b1"),
    "B14-before-equals": (b"boundary(x)=b1", b"b1"),
    "B14-nested": (b"boundary((c))=b1", b"b1"),
    "B14-open": (b"boundary=b1(x", b"b1"),
    "B14-open-before": (b"(x; boundary=b1", b"b1"),
    "B14-open-kept": (b"boundary=b1(x", b"b1(x"),
    "B14-semicolon-inside": (b"boundary=b1(;boundary=b2)", b"b1"),
    "B14-semicolon-inside-other": (b"boundary=b2(;boundary=b1)", b"b1"),
    "B14-around-semicolon": (b"(x);(y)boundary=b1", b"b1"),
    "B15-blank": (b"x=y boundary=b1", b"b1"),
    "B15-comma": (b"x=y, boundary=b1", b"b1"),
    "B15-tab": (b"x=y\tboundary=b1", b"b1"),
    "B15-fold": (b"x=y\r\n boundary=b1", b"b1"),
    "B15-nothing": (b'x="y"boundary=b1', b"b1"),
    "B15-quoted-then-blank": (b'x="y" boundary=b1', b"b1"),
    "B15-quoted-parameter": (b'"boundary=b1"', b"b1"),
    "B15-in-value": (b'x="boundary=b1"', b"b1"),
    "B15-in-value-semicolon": (b'x="; boundary=b1; y="', b"b1"),
    "B15-in-value-and-real": (b'x="boundary=b2"; boundary=b1', b"b1"),
    "B15-in-value-and-real-hidden": (b'x="; boundary=b1"; boundary=b2', b"b1"),
    "B15-real-then-in-value": (b'boundary=b1; x="; boundary=b2"', b"b1"),
    "B15-escaped-quote": (b'x="\\"; boundary=b1; y="', b"b1"),
    "B15-escaped-quote-outside": (b'x=\\"; boundary=b1', b"b1"),
    "B15-single-quotes": (b"x='; boundary=b1; y='", b"b1"),
    "B15-value-of-other": (b"x=boundary=b1", b"b1"),
    "B15-no-value-before": (b"x boundary=b1", b"b1"),
    "B15-colon": (b"x=y: boundary=b1", b"b1"),
    "B16-second": (b"boundary=boundary=b1", b"b1"),
    "B16-whole": (b"boundary=boundary=b1", b"boundary=b1"),
    "B16-first": (b"boundary=boundary=b1", b"boundary"),
    "B16-quoted": (b'boundary="boundary=b1"', b"boundary=b1"),
    "B16-quoted-second": (b'boundary="boundary=b1"', b"b1"),
    "B16-second-quoted": (b'boundary=boundary="b1"', b"b1"),
    "B16-other-inside": (b"boundary=b1=x", b"b1"),
    "B16-other-inside-kept": (b"boundary=b1=x", b"b1=x"),
    "B17-first-letter": (b"oundary=b1", b"b1"),
    "B17-last-letter": (b"boundar=b1", b"b1"),
    "B17-prefix": (b"xboundary=b1", b"b1"),
    "B17-hyphen": (b"x-boundary=b1", b"b1"),
    "B17-suffix": (b"boundaryx=b1", b"b1"),
    "B17-doubled": (b"bboundary=b1", b"b1"),
    "B17-blank": (b"bound ary=b1", b"b1"),
    "B17-quoted-name": (b'"boundary"=b1', b"b1"),
    "B17-encoded-name": (b"=?us-ascii?Q?boundary?==b1", b"b1"),
    "B17-nul": (b"boun\0dary=b1", b"b1"),
    "B17-8bit": (b"boundary\xa0=b1", b"b1"),
    "B17-lookalike": ("bound\N{CYRILLIC SMALL LETTER A}ry=b1".encode(), b"b1"),
    "B28-cr-behind": (b'boundary="b1\r"', b"b1"),
    "B28-cr-behind-kept": (b'boundary="b1\r"', b"b1\r"),
    "B28-cr-inside": (b'boundary="b\r1"', b"b"),
    "B28-cr-inside-joined": (b'boundary="b\r1"', b"b1"),
    "B28-cr-unquoted": (b"boundary=b1\r", b"b1"),
    "B28-cr-and-more": (b"boundary=b1\rx", b"b1"),
    "B28-lf-behind": (b'boundary="b1\n"', b"b1"),
    "B28-nul-before": (b'boundary="\0b1"', b"b1"),
    "B28-nul-before-kept": (b'boundary="\0b1"', b"\0b1"),
    "B28-nul-unquoted-before": (b"boundary=\0b1", b"b1"),
    "B28-nul-inside": (b"boundary=b\x001", b"b"),
    "B28-nul-inside-joined": (b"boundary=b\x001", b"b1"),
    "B28-nul-inside-kept": (b"boundary=b\x001", b"b\x001"),
    "B28-nul-behind": (b"boundary=b1\0", b"b1"),
    "B28-nul-behind-kept": (b"boundary=b1\0", b"b1\0"),
    "B28-control": (b"boundary=b\x011", b"b1"),
    "B28-8bit": (b"boundary=b\xe91", b"b\xe91"),
    "B28-utf8": ("boundary=bé1".encode(), "bé1".encode()),
    "B28-backspace": (b"boundary=bx\x081", b"b1"),
    "B29-71": (b"boundary=" + b"b" * 71, b"b" * 71),
    "B29-200": (b"boundary=" + b"b" * 200, b"b" * 200),
    "B29-990": (b"boundary=" + b"b" * 950, b"b" * 950),
    "B29-5000": (b"boundary=" + b"b" * 5000, b"b" * 5000),
    "B29-cut-at-70": (b"boundary=" + b"b" * 100 + b"c", b"b" * 70),
    "B29-different-behind-70": (b"boundary=" + b"b" * 70 + b"c", b"b" * 70 + b"d"),
    "B29-different-behind-2048": (b"boundary=" + L2000 + b"b" * 8 + b"c", L2000 + b"b" * 8 + b"d"),
    "B29-longer-use": (b"boundary=" + b"b" * 70, b"b" * 3000),
    "B29-50-kb": (b'boundary="' + b"b" * 50_000 + b'"', b"b" * 50_000),
}

LEGAL = ids(
    "B05-whole-kept B06-fold-behind B07-inside-quoted B08-use B08-use-tab B09-fold-as-blank B12-inside B12-underscore "
    "B13-comma-quoted B14-behind B14-behind-blank B14-before B14-before-says-boundary B14-first-in-comment "
    "B14-around-semicolon B15-real-then-in-value B15-in-value-and-real"
)
"""Those that everybody reads alike: extended and continued boundaries are legal too, but many know nothing of them."""


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    payload = OCTETS + REAL + b"\r\n" + load.base64
    named = OCTETS + b"Content-Disposition: attachment; filename=" + load.name + b"\r\n\r\n" + SCRIPT
    words = spoken(load)
    for how, (definition, use) in DEFINITIONS.items():
        row, _, rest = how.partition("-")
        legal = how in LEGAL
        yield marker(how, mail(definition, use, payload), legal=legal, twin=around(payload))
        yield name(f"{row}-name-{rest}", mail(definition, use, named), legal=legal, twin=around(named))
        yield phrase(f"{row}-phrase-{rest}", mail(definition, use, words), legal=legal, twin=around(words))
        inner = MIXED + definition + b"\r\n\r\n" + _parts(use, payload)
        outer = b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n" + inner + b"--outer--\r\n"
        yield marker(f"{row}-inside-{rest}", MIME + outer, legal=legal, twin=around(payload))
    yield from _two_types(payload)


def spoken(load: Load) -> bytes:
    """A part with the phrase in base64."""
    words = b"Hello,\r\n" + load.phrase.encode() + b"\r\nGood bye. Good bye. Good bye.\r\n"
    return b"Content-Type: text/plain\r\n" + REAL + b"\r\n" + b64(words)


def _parts(use: bytes, payload: bytes) -> bytes:
    part = b"--" + use + b"\r\n"
    return part + HARMLESS + part + payload + b"--" + use + b"--\r\n"


def mail(definition: bytes, use: bytes, payload: bytes) -> bytes:
    """A mail whose first part is harmless, and whose second one is `payload`."""
    return MIME + MIXED + definition + b"\r\n\r\n" + _parts(use, payload)


def _two_types(payload: bytes) -> Iterator[Sample]:
    one, other = MIXED + b"boundary=b1\r\n", MIXED + b"boundary=b2\r\n"
    twin = around(payload)
    for how, fields in {
        "first": one + other,
        "last": other + one,
        "middle": other + one + other,
        "text-between": other + b"Content-Type: text/plain\r\n" + one,
        "second-kind": other.replace(b"mixed", b"related") + one,
        "no-boundary-first": b"Content-Type: multipart/mixed\r\n" + one,
        "no-boundary-last": one + b"Content-Type: multipart/mixed\r\n",
        "odd-case": other + one.replace(b"Content-Type", b"content-type"),
    }.items():
        yield marker(f"B02-{how}", MIME + fields + b"\r\n" + _parts(b"b1", payload), legal=False, twin=twin)
    both = b"--b2\r\n" + HARMLESS + b"--b2--\r\n"
    for how, fields in {"used-first": one + other, "used-last": other + one}.items():
        body = both + _parts(b"b1", payload)
        yield marker(f"B02-both-{how}", MIME + fields + b"\r\n" + body, legal=False, twin=twin)
        body = _parts(b"b1", payload) + both
        yield marker(f"B02-both-behind-{how}", MIME + fields + b"\r\n" + body, legal=False, twin=twin)
    nested = MIXED + b"boundary=b1; boundary=b2\r\n\r\n--b1\r\n" + MIXED + b"boundary=b2\r\n\r\n"
    body = b"--b2\r\n" + payload + b"--b2--\r\n--b1--\r\n"
    yield marker("B01-nested-use", MIME + nested + body, legal=False, twin=twin)
    nested = MIXED + b"boundary=b2; boundary=b1\r\n\r\n--b1\r\n" + MIXED + b"boundary=b2\r\n\r\n"
    yield marker("B01-nested-use-last", MIME + nested + body, legal=False, twin=twin)
