"""Group O10-O13: a listed phrase that people read and a plain search does not find."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from end_to_end.evasions.sample import MIME, PHRASE, TOP, Sample, around, attached, b64, phrase, text, zipped

WORDS = PHRASE.encode()
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
QP = b"Content-Transfer-Encoding: quoted-printable\r\n"
B64 = b"Content-Transfer-Encoding: base64\r\n"

HTMLS: dict[str, bytes] = {
    "tags": b"cl<b></b>aim your <i>pri</i>ze before <span>mid</span>night",
    "comments": b"cl<!-- x -->aim your pri<!-- y > z -->ze before midnight",
    "entities": b"&#99;laim your &#x70;rize&nbsp;before midni&#103;ht",
    "entities-no-semicolon": b"&#99laim your prize before midnight",
    "entities-long": b"&#0000000099;laim your prize before midnight",
    "zero-width": "cl\N{ZERO WIDTH SPACE}aim your pri\N{ZERO WIDTH JOINER}ze before midnight".encode(),
    "zero-width-entities": b"cl&#8203;aim your pri&zwnj;ze before midnight",
    "soft-hyphen": b"cl&shy;aim your pri&#173;ze before midnight",
    "word-break": b"cl<wbr>aim your prize before mid<wbr/>night",
    "line-breaks": b"claim<br>your<br/>prize\r\nbefore\r\n\r\nmidnight",
    "table": b"<table><tr><td>claim</td><td>your</td><td>prize</td></tr></table> before midnight",
    "table-letters": b"<table><tr>" + b"".join(b"<td>%c</td>" % c for c in WORDS if c != 32) + b"</tr></table>",
    "paragraphs": b"<p>claim your</p><p>prize before</p><p>midnight</p>",
    "hidden": b'<div style="display:none">claim your prize before midnight</div>',
    "hidden-between": b'claim <span style="display:none">xyz</span>your prize before midnight',
    "font-size-0": b'claim <span style="font-size:0">xyz</span>your prize before midnight',
    "attribute-with-bracket": b'claim <a title="x > y">your</a> prize before midnight',
    "unclosed-tag": b"claim your prize before midnight<b",
    "in-title": b"<title>claim your prize before midnight</title>",
    "in-alt": b'<img src="cid:1" alt="claim your prize before midnight">',
    "upper": b"CLAIM YOUR PRIZE BEFORE MIDNIGHT",
    "style-between": b"claim your <style>p { color: red }</style>prize before midnight",
    "script-between": b"claim your <script>var x = 1 < 2;</script>prize before midnight",
    "cdata": b"claim your <![CDATA[ x ]]>prize before midnight",
    "declaration": b"claim your <?php x ?>prize <!x>before midnight",
    "bidi": (
        "claim your \N{LEFT-TO-RIGHT MARK}prize \N{RIGHT-TO-LEFT OVERRIDE}\N{POP DIRECTIONAL FORMATTING}before midnight"
    ).encode(),
    "nested-comment-end": b"claim your <!--> prize before midnight <!-- -->",
}

TEXTS: dict[str, bytes] = {
    "plain": WORDS,
    "upper": WORDS.upper(),
    "line-wrapped": b"claim your\r\nprize before\r\nmidnight",
    "double-spaces": b"claim  your   prize\tbefore midnight",
    "no-break-space": "claim\N{NO-BREAK SPACE}your prize before midnight".encode(),
    "ideographic-space": "claim\N{IDEOGRAPHIC SPACE}your prize before midnight".encode(),
    "zero-width": "cl\N{ZERO WIDTH NON-JOINER}aim your pr\N{WORD JOINER}ize before midnight".encode(),
    "soft-hyphen": "cl\N{SOFT HYPHEN}aim your prize before midnight".encode(),
    "cyrillic": "cl\N{CYRILLIC SMALL LETTER A}im y\N{CYRILLIC SMALL LETTER O}ur prize before midnight".encode(),
    "greek": "claim y\N{GREEK SMALL LETTER OMICRON}ur prize before midnight".encode(),
    "fullwidth": WORDS.decode().translate({c: c + 0xFEE0 for c in range(0x61, 0x7B)}).encode(),
    "mathematical": WORDS.decode().translate({c: c - 0x61 + 0x1D41A for c in range(0x61, 0x7B)}).encode(),
    "combining": "cla\N{COMBINING DOT BELOW}im your prize before midnight".encode(),
    "circled": WORDS.decode().translate({c: c - 0x61 + 0x24D0 for c in range(0x61, 0x7B)}).encode(),
    "tag-characters": "cl\U000e0061aim your prize before midnight".encode(),
    "variation": "cl\N{VARIATION SELECTOR-16}aim your prize before midnight".encode(),
    "nul": b"cl\0aim your prize before midnight",
    "control": b"cl\x01aim your prize before midnight",
    "backspace": b"clx\x08aim your prize before midnight",
    "quoted": b"> claim your\r\n> prize before midnight",
    "hangul-filler": "cl\N{HANGUL FILLER}aim your prize before midnight".encode(),
}

CHARSETS = (
    "utf-16 utf-16-le utf-16-be utf-32 utf-7 cp037 cp500 cp1026 iso-2022-jp iso-2022-kr hz shift_jis gb18030 big5 "
    "euc-kr koi8-r windows-1251 iso-8859-15 macintosh"
)


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, body in HTMLS.items():
        yield phrase(f"O-html-{how}", text(b"<html><body>" + body + b"</body></html>\r\n", HTML))
    for how, body in TEXTS.items():
        yield phrase(f"O-text-{how}", text(b"Hello,\r\n\r\n" + body + b"\r\n"))
    for charset in CHARSETS.split():
        head = f"Content-Type: text/plain; charset={charset}\r\n".encode() + B64
        yield phrase(f"O-charset-{charset}", text(b64(f"Hello,\n{PHRASE}\n".encode(charset)), head))
    yield phrase("O-charset-utf-16-no-label", text(b64(PHRASE.encode("utf-16")), b"Content-Type: text/plain\r\n" + B64))
    yield phrase(
        "O-charset-utf-16le-no-mark", text(b64(PHRASE.encode("utf-16-le")), b"Content-Type: text/plain\r\n" + B64)
    )
    yield phrase(
        "O-charset-utf-16-labelled-ascii",
        text(b64(PHRASE.encode("utf-16")), b"Content-Type: text/plain; charset=us-ascii\r\n" + B64),
    )
    yield phrase("O-charset-utf-8-labelled-utf-16", text(WORDS, b"Content-Type: text/plain; charset=utf-16\r\n"))
    yield phrase("O-charset-ascii-labelled-utf-7", text(WORDS, b"Content-Type: text/plain; charset=utf-7\r\n"))
    seven = PHRASE.replace("i", "+AGk-").encode()
    yield phrase("O-charset-utf-7-escapes", text(seven, b"Content-Type: text/plain; charset=utf-7\r\n"))
    yield phrase("O-charset-unknown", text(WORDS, b"Content-Type: text/plain; charset=x-nothing\r\n"))
    yield phrase(
        "O-charset-two",
        text(
            b64(PHRASE.encode("utf-16-le")), b"Content-Type: text/plain; charset=us-ascii; charset=utf-16le\r\n" + B64
        ),
    )
    shifted = b"cl\x1b(Baim your pri\x1b(B\x1b(Bze before midnight"
    yield phrase("O-charset-iso-2022-jp-shifts", text(shifted, b"Content-Type: text/plain; charset=iso-2022-jp\r\n"))
    yield phrase("O-charset-overlong", text(b"\xc1\xa3laim your prize before midnight", PLAIN))
    yield phrase("O-charset-latin1-labelled-utf-8", text(b"caf\xe9 claim your prize before midnight", PLAIN))
    yield phrase("O-qp-soft-breaks", text(b"cl=\r\naim your pri=\r\nze before midnight\r\n", PLAIN + QP))
    yield phrase("O-qp-hex", text(b"=63=6c=61=69=6D your prize=20before midnight\r\n", PLAIN + QP))
    yield phrase("O-qp-space-before-break", text(b"claim =\r\nyour =  \r\nprize before midnight\r\n", PLAIN + QP))
    yield phrase("O-base64-lines", text(b64(b"Hello. " + WORDS, 4), PLAIN + B64))
    yield phrase(
        "O-flowed",
        text(b"claim your \r\nprize before \r\nmidnight\r\n", b"Content-Type: text/plain; format=flowed\r\n"),
    )
    yield phrase(
        "O-flowed-delsp",
        text(
            b"claim yo \r\nur prize before mid \r\nnight\r\n", b"Content-Type: text/plain; format=flowed; delsp=yes\r\n"
        ),
    )
    yield phrase("O-html-as-plain", text(b"<html>cl<b></b>aim your prize before midnight</html>\r\n"))
    yield phrase(
        "O-html-attachment", attached(b"<html>cl<b></b>aim your prize before midnight</html>", b"a.html", b"text/html")
    )
    yield phrase("O-html-as-octets", attached(b"<html>cl<b></b>aim your prize before midnight</html>", b"a.bin"))
    yield phrase("O-text-as-octets", attached(b"Hello, " + WORDS, b"a.bin"))
    yield phrase("O-text-attachment", attached(b"Hello, " + WORDS, b"a.txt", b"text/plain"))
    yield phrase("O-text-in-zip", attached(zipped(("a.txt", b"Hello, " + WORDS)), b"a.zip"))
    yield phrase("O-utf-16-in-zip", attached(zipped(("a.txt", PHRASE.encode("utf-16"))), b"a.zip"))
    yield phrase("O-markdown-type", text(WORDS, b"Content-Type: text/x-anything\r\n"))
    yield phrase(
        "O-enriched", text(b"cl<bold></bold>aim your prize before midnight", b"Content-Type: text/enriched\r\n")
    )
    yield phrase("O-no-type", MIME + b"\r\n" + WORDS + b"\r\n")
    yield phrase("O-no-mime", TOP + b"\r\n" + WORDS + b"\r\n")
    yield phrase(
        "O-calendar",
        text(
            b"BEGIN:VCALENDAR\r\nDESCRIPTION:claim your pri\r\n ze before midnight\r\nEND:VCALENDAR\r\n",
            b"Content-Type: text/calendar\r\n",
        ),
    )
    word = base64.b64encode(WORDS)
    heads: dict[str, bytes] = {
        "plain": b"Subject: " + WORDS,
        "base64": b"Subject: =?utf-8?B?" + word + b"?=",
        "split": b"Subject: =?utf-8?Q?claim_yo?=\r\n =?utf-8?Q?ur_prize_before_midnight?=",
        "two-charsets": b"Subject: =?utf-8?Q?claim_yo?= =?iso-8859-1?Q?ur_prize_before_midnight?=",
        "cut-base64": b"Subject: =?utf-8?B?" + word[:10] + b"?= =?utf-8?B?" + word[10:] + b"?=",
        "folded": b"Subject: claim your\r\n prize before\r\n midnight",
        "from": b"From: =?utf-8?Q?claim_your_prize_before_midnight?= <x@example.com>",
        "utf-16": b"Subject: =?utf-16le?B?" + base64.b64encode(PHRASE.encode("utf-16-le")) + b"?=",
        "utf-7": b"Subject: =?utf-7?Q?" + seven.replace(b" ", b"_") + b"?=",
        "lower-case-field": b"SUBJECT : claim your prize before midnight",
        "second": b"Subject: hello\r\nSubject: claim your prize before midnight",
    }
    for how, line in heads.items():
        yield phrase(f"O-subject-{how}", line + b"\r\nTo: a@example.com\r\nMIME-Version: 1.0\r\n\r\nHello.\r\n")
    inner = b"Content-Type: message/rfc822\r\n\r\n" + heads["base64"] + b"\r\nFrom: a@b\r\n\r\nHello.\r\n"
    yield phrase("O-subject-of-inner-mail", around(inner))
    yield phrase(
        "O-preamble", around(PLAIN + b"\r\nHello\r\n").replace(b"\r\n\r\n--b1", b"\r\n\r\n" + WORDS + b"\r\n--b1", 1)
    )
    yield phrase("O-epilogue", around(PLAIN + b"\r\nHello\r\n") + WORDS + b"\r\n")
    yield phrase(
        "O-alternative-html",
        around(
            HTML + b"\r\n<p>cl<b></b>aim your prize before midnight</p>\r\n", kind=b"multipart/alternative; boundary=b1"
        ),
    )
    yield phrase(
        "O-script-string",
        text(b"<html><script>document.write('claim your prize before midnight')</script></html>", HTML),
    )
