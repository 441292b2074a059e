"""Rows E26 to E29: a phrase in charsets that shift, that are wide, unknown, or not the declared ones."""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Callable, Iterator

from evasion.mails import REAL, around, attached, b64, text
from evasion.sample import Hides, Load, Sample

LABELLED = (
    "utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be cp037 cp273 cp424 cp500 cp875 cp1026 cp1140 iso-2022-jp "
    "iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ext iso-2022-kr hz shift_jis euc-jp gb2312 gbk gb18030 "
    "big5 big5-hkscs euc-kr cp949 johab koi8-r koi8-u windows-1250 windows-1251 windows-1256 iso-8859-1 iso-8859-5 "
    "iso-8859-15 macintosh mac-cyrillic cp437 cp850 tis-620 viscii utf-8 us-ascii"
)
"""Charsets by their labels."""
ALIASES = {
    "UTF16": "utf-16", "utf_16": "utf-16", "unicode": "utf-16", "csUnicode": "utf-16-be", "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16-be", "unicodeFFFE": "utf-16-be", "UTF-16LE": "utf-16-le", "utf-16be": "utf-16-be",
    "ISO-10646-UCS-4": "utf-32-be", "ucs-4": "utf-32-be", "utf32": "utf-32", "ebcdic-cp-us": "cp037", "IBM037": "cp037",
    "ibm-500": "cp500", "ebcdic-cp-be": "cp500", "csIBM1026": "cp1026", "IBM01140": "cp1140",
    "csISO2022JP": "iso-2022-jp", "HZ-GB-2312": "hz", "x-sjis": "shift_jis", "x-utf-16le": "utf-16-le",
    "IBM00037": "cp037", "CCSID00500": "cp500", "IBM01047": "cp037", "ibm-1047": "cp037", "cp1025": "cp037",
    "IBM-870": "cp037", "ebcdic-us": "cp037", "EBCDIC-CP-DK": "cp037", "ebcdic-de-273+euro": "cp037", "1148": "cp500",
    "ibm1140": "cp1140", "OSF10020025": "cp037", "x-ibm-anything": "cp500", "IBM-Thai": "cp037",
    "UCS-2LE": "utf-16-le", "UNICODEBIG": "utf-16-be", "UCS-4": "utf-32-be", "cp1200": "utf-16-le",
}  # fmt: skip
"""Other labels of them."""
UTF7 = ("utf-7", "UTF-7", "utf7", "unicode-1-1-utf-7", "csUnicode11UTF7", "x-unicode-2-0-utf-7", "x-utf-7")
UNKNOWN = (
    "x-nothing x-user-defined utf-9 utf-8859 none unknown-8bit iso-8859-99 default ? utf-8,utf-16 scsu bocu-1 cesu-8"
)


def shifted(phrase: str, pattern: str, end: str = "-", begin: str = "+") -> bytes:
    """The characters that `pattern` finds as UTF-7 (or as that of IMAP, `begin` "&")."""

    def one(found: re.Match[str]) -> str:
        letters = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=")
        return begin + (letters.replace("/", ",") if begin == "&" else letters) + end

    return re.sub(pattern, one, phrase).encode()


def shown(
    id: str, body: bytes, charset: str = "", *, kind: str = "plain", legal: bool = True, encoded: bool = True
) -> Sample:
    """A phrase in a text of this charset."""
    label = f'; charset="{charset}"' if charset else ""
    head = f"Content-Type: text/{kind}{label}\r\n".encode()
    mail = text(b64(body), head + REAL) if encoded else text(body + b"\r\n", head)
    return Sample(id, Hides.PHRASE, mail, legal=legal)


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _utf7(load)
    yield from _labelled(load)
    yield from _mislabelled(load)
    yield from _shifts(load)


def _utf7(load: Load) -> Iterator[Sample]:
    phrase = load.phrase
    forms = {
        "vowels": shifted(phrase, "[aeiou]"), "one-letter": shifted(phrase, "(?<=cla)i"),
        "blanks": shifted(phrase, " "),
        "words": shifted(phrase, r"\w+"), "all": shifted(phrase, ".+"), "each": shifted(phrase, "."),
        "no-end": shifted(phrase, r"\w+(?= )", ""), "plain": phrase.encode(), "codec": phrase.encode("utf-7"),
        "plus": phrase.encode() + b" 2 +- 2",
    }  # fmt: skip
    for how, body in forms.items():
        yield shown(f"E26-{how}", body, "utf-7", encoded=False)
        yield shown(f"E26-{how}-in-base64", body, "utf-7")
        yield shown(f"E26-{how}-page", b"<p>" + body + b"</p>", "utf-7", kind="html")
        yield shown(f"E26-{how}-no-label", body, encoded=False)
        yield shown(f"E26-{how}-labelled-ascii", body, "us-ascii", encoded=False)
    for label in UTF7:
        yield shown(f"E26-label-{label}", forms["vowels"], label, encoded=False)
        yield shown(f"E26-label-{label}-all", forms["all"], label, encoded=False)
    tags = f"+ADw-p+AD4-{phrase}+ADw-/p+AD4-".encode()
    yield shown("E26-tags", tags, "utf-7", kind="html", encoded=False)
    yield shown("E26-tags-inside", phrase.replace("i", "+ADw-b+AD4-i+ADw-/b+AD4-").encode(), "utf-7", kind="html")
    page = b'<html><head><meta charset="utf-7"></head>\r\n<p>%b</p></html>' % forms["vowels"]
    yield shown("E26-named-in-page", page, kind="html", encoded=False)
    equiv = b'<meta http-equiv="Content-Type" content="text/html; charset=utf-7">\r\n<p>%b</p>' % forms["vowels"]
    yield shown("E26-named-by-equivalent", equiv, kind="html", encoded=False)
    yield shown("E26-marked", b"+/v8-" + forms["vowels"], encoded=False)
    yield shown("E26-marked-labelled", b"+/v8-" + forms["all"], "utf-7", encoded=False)
    yield shown("E26-of-imap", shifted(phrase, "[aeiou]", begin="&"), "utf-7-imap", encoded=False)
    yield shown("E26-of-imap-x", shifted(phrase, r"\w+", begin="&"), "x-imap4-modified-utf7", encoded=False)
    yield Sample("E26-file", Hides.PHRASE, attached(forms["vowels"], b"a.txt", b"text/plain; charset=utf-7"))


def _labelled(load: Load) -> Iterator[Sample]:
    phrase = load.phrase
    letter = f"Hello,\n{phrase}\n"
    for charset in LABELLED.split():
        codec = {"viscii": "ascii"}.get(charset, charset)
        body = letter.encode(codec)
        yield shown(f"E27-{charset}", body, charset)
        yield shown(f"E27-{charset}-page", f"<p>{phrase}</p>".encode(codec), charset, kind="html")
        kind = f"text/plain; charset={charset}".encode()
        yield Sample(f"E27-{charset}-file", Hides.PHRASE, attached(body, b"a.txt", kind))
    for label, codec in ALIASES.items():
        yield shown(f"E27-label-{label}", letter.encode(codec), label)
    for label in ("IBM930", "cp1390", "x-EBCDIC-JapaneseAndKana"):
        kana = letter.encode("cp037").translate(bytes.maketrans(phrase.encode("cp037"), bytes(map(_kana, phrase))))
        yield shown(f"E27-label-{label}", kana, label)
        page = "<p>".encode("cp037") + kana
        yield shown(f"E27-label-{label}-page", page, label, kind="html")
    for at, label in enumerate(UNKNOWN.split()):
        yield shown(f"E27-unknown-{at}", letter.encode(), label, encoded=False)
        yield shown(f"E27-unknown-{at}-8-bit", b"caf\xe9 " + letter.encode(), label)
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield shown(f"E27-unknown-of-{codec}", letter.encode(codec), "x-nothing")
    wide = letter.encode("utf-16-le")
    for how, field in {
        "flowed": "text/plain; format=flowed; charset=utf-16le", "blanks": 'text/plain; charset=" utf-16le "',
        "single-quotes": "text/plain; charset='utf-16le'", "capitals": "TEXT/PLAIN; CHARSET=UTF-16LE",
        "ext": "text/plain; charset*=us-ascii''utf-16le", "continued": "text/plain; charset*0=utf-; charset*1=16le",
    }.items():  # fmt: skip
        mail = text(b64(wide), f"Content-Type: {field}\r\n".encode() + REAL)
        yield Sample(f"E27-field-{how}", Hides.PHRASE, mail, legal=how in ("flowed", "capitals"))
    for how, line in {"type": b"", "subtype": b"Content-Type: text/x-other; charset=utf-16\r\n"}.items():
        yield Sample(f"E27-no-{how}", Hides.PHRASE, text(b64(letter.encode("utf-16")), line + REAL))
    part = b"Content-Type: text/plain; charset=cp037\r\n" + REAL + b"\r\n" + b64(letter.encode("cp037"))
    yield Sample("E27-second-part", Hides.PHRASE, around(part))
    raw = phrase.encode("utf-16-be").replace(b"\n", b"")
    yield shown("E27-utf-16-not-encoded", raw, "utf-16be", encoded=False, legal=False)


def _kana(letter: str) -> int:
    """A small letter, or a blank, in the EBCDIC of Japan."""
    places = (*range(0x62, 0x6A), *range(0x71, 0x79), 0x8B, 0x9B, 0xAB, *range(0xB3, 0xBA), 0x40)
    return places["abcdefghijklmnopqrstuvwxyz ".index(letter)]


def _mislabelled(load: Load) -> Iterator[Sample]:
    phrase = load.phrase
    letter = f"Hello,\n{phrase}\n"
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        for label in ("", "us-ascii", "utf-8", "iso-8859-1", "windows-1251", "utf-16le", "utf-16be", "utf-32", "cp037"):
            mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(codec, b"")
            yield shown(f"E28-{codec}-labelled-{label or 'nothing'}", letter.encode(codec), label)
            if mark:
                yield shown(f"E28-{codec}-marked-labelled-{label or 'nothing'}", mark + letter.encode(codec), label)
    wide = load.say(b"claim your prize before midnight").decode()
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in wide)
    if not load.evil:
        wide = wide.replace("\uff42\uff45\uff46\uff4f\uff52\uff45", "\uff42\uff45\uff48\uff49\uff4e\uff44")
    for label in (
        "",
        "us-ascii",
        "iso-8859-1",
        "windows-1252",
        "utf-16",
        "utf-7",
        "x-nothing",
        "koi8-r",
        "shift_jis",
        "cp037",
    ):
        how = label or "nothing"
        yield shown(f"E28-utf-8-labelled-{how}", b"caf\xc3\xa9 " + phrase.encode(), label)
        yield shown(f"E28-utf-8-marked-labelled-{how}", b"\xef\xbb\xbf" + phrase.encode(), label)
        yield shown(f"E28-utf-8-of-fullwidth-labelled-{how}", wide.encode(), label)
    for label in ("utf-8", "us-ascii", "utf-16", "shift_jis", "gb18030", "utf-7"):
        yield shown(f"E28-latin-1-labelled-{label}", b"caf\xe9 " + phrase.encode(), label)
        yield shown(f"E28-broken-utf-8-labelled-{label}", b"\xc3 \xff\xfe \xed\xa0\x80 " + phrase.encode(), label)
    for codec in ("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"):
        body = wide.encode(codec)
        yield shown(f"E28-{codec}-labelled-right", body, codec)
        yield shown(f"E28-{codec}-labelled-utf-8", body, "utf-8")
        yield shown(f"E28-{codec}-no-label", body)
    page = '<meta charset="{}"><p>{}</p>'
    for named in ("utf-8", "iso-8859-1", "utf-16", "cp037"):
        body = page.format(named, phrase).encode()
        yield shown(f"E28-page-names-{named}", body, "us-ascii", kind="html")
        yield shown(f"E28-page-names-{named}-no-label", body, kind="html")
    xml = '<?xml version="1.0" encoding="utf-16"?>' + f"<p>{phrase}</p>"
    yield shown("E28-xml-names-utf-16", xml.encode(), "utf-8", kind="html")
    yield shown("E28-two-labels", phrase.encode("utf-16-le"), 'us-ascii"; charset="utf-16le', legal=False)
    yield shown("E28-two-labels-reversed", phrase.encode("utf-16-le"), 'utf-16le"; charset="us-ascii', legal=False)


def _shifts(load: Load) -> Iterator[Sample]:
    words = load.say(b"claim your prize before midnight")

    def inside(escape: bytes) -> bytes:
        return re.sub(rb"(?<=[lrz])(?=[aie])", escape, words)

    escapes = {
        "ascii": b"\x1b(B", "roman": b"\x1b(J", "twice": b"\x1b(B\x1b(B", "kanji-and-back": b"\x1b$B\x1b(B",
        "kana-and-back": b"\x1b(I\x1b(B", "old-kanji": b"\x1b$@\x1b(J", "latin-1": b"\x1b.A",
        "chinese": b"\x1b$A\x1b(B",
        "korean": b"\x1b$(C\x1b(B", "new-kanji": b"\x1b$(D\x1b(B",
    }  # fmt: skip
    for how, escape in escapes.items():
        for label in ("iso-2022-jp", "iso-2022-jp-2", "", "utf-8"):
            if how in ("latin-1", "chinese", "korean") and label == "iso-2022-jp":
                continue
            yield shown(f"E29-{how}-labelled-{label or 'nothing'}", inside(escape), label, encoded=False)
    wide = {
        code: "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in load.phrase)
        for code in ("iso-2022-jp", "iso-2022-kr", "hz")
    }
    for code, letters in wide.items():
        yield shown(f"E29-fullwidth-{code}", letters.encode(code), code, encoded=False)
        yield shown(f"E29-fullwidth-{code}-no-label", letters.encode(code), encoded=False)
    yield shown("E29-korean-shifts", b"\x1b$)C" + inside(b"\x0e\x0f"), "iso-2022-kr", encoded=False)
    yield shown("E29-hz-empty", inside(b"~{~}"), "hz-gb-2312", encoded=False)
    yield shown("E29-hz-line", inside(b"~\r\n"), "hz-gb-2312", encoded=False)
    yield shown("E29-hz-lf", inside(b"~\n"), "hz-gb-2312")
    yield shown("E29-hz-line-page", b"<p>" + inside(b"~\r\n") + b"</p>", "hz-gb-2312", kind="html", encoded=False)
    yield shown("E29-hz-line-and-empty", inside(b"~{~}~\r\n"), "hz", encoded=False)
    yield shown("E29-chinese-shifts", b"\x1b$)A" + inside(b"\x0e\x0f"), "iso-2022-cn", encoded=False)
    yield shown("E29-chinese-designated", inside(b"\x1b$)A\x0e\x0f"), "x-cp50227", encoded=False)
    for label in ("", "utf-8", "iso-2022-cn", "x-ctext"):
        yield shown(f"E29-coding-system-labelled-{label or 'nothing'}", inside(b"\x1b%G"), label, encoded=False)
        yield shown(f"E29-colours-labelled-{label or 'nothing'}", inside(b"\x1b[1;31m"), label, encoded=False)
    forms: dict[str, Callable[[int], bytes]] = {
        "2": lambda c: bytes([0xC0 | c >> 6, 0x80 | c & 63]),
        "3": lambda c: bytes([0xE0, 0x80 | c >> 6, 0x80 | c & 63]),
        "4": lambda c: bytes([0xF0, 0x80, 0x80 | c >> 6, 0x80 | c & 63]),
        "5": lambda c: bytes([0xF8, 0x80, 0x80, 0x80 | c >> 6, 0x80 | c & 63]),
        "6": lambda c: bytes([0xFC, 0x80, 0x80, 0x80, 0x80 | c >> 6, 0x80 | c & 63]),
    }
    for how, form in forms.items():
        body = form(words[0]) + words[1:]
        yield shown(f"E29-overlong-{how}", body, "utf-8", encoded=False)
        yield shown(f"E29-overlong-{how}-all", b"".join(map(form, words)), "utf-8")
        yield shown(f"E29-overlong-{how}-no-label", body, encoded=False)
    stray = {
        "continuation": b"\x80",
        "lead": b"\xc3",
        "invalid": b"\xff",
        "cut-3": b"\xe2\x80",
        "surrogate": b"\xed\xa0\x80",
    }
    for how, octets in stray.items():
        yield shown(f"E29-stray-{how}-behind", words + b" " + octets, "utf-8")
        yield shown(f"E29-stray-{how}-first", octets + b" " + words, "utf-8")
