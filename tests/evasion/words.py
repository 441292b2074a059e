"""Rows O10 to O12: a listed phrase that people read and a plain search does not find."""

from __future__ import annotations

from collections.abc import Iterator

from evasion.mails import CTE, MIME, REAL, TOP, around, attached, b64, text, zipped
from evasion.sample import Load, Sample, phrase

PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
QP = CTE + b": quoted-printable\r\n"

HTMLS: dict[str, bytes] = {
    "tags": b"cl<b></b>aim your <i>pri</i>ze before <span>mid</span>night",
    "tags-in-every-word": b"c<b>l</b>a<i>i</i>m y<u>o</u>ur pr<s></s>ize before mi<q></q>dnight",
    "tags-unknown": b"cl<xyz></xyz>aim your <o:p/>prize before midnight",
    "tags-broken": b"cl<b <i>aim your prize before midnight",
    "comments": b"cl<!-- x -->aim your pri<!-- y > z -->ze before midnight",
    "comments-conditional": b"cl<!--[if mso]><![endif]-->aim your prize before midnight",
    "comments-bang": b"cl<!-- x --!>aim your prize before midnight",
    "entities": b"&#99;laim your &#x70;rize&nbsp;before midni&#103;ht",
    "entities-no-semicolon": b"&#99laim your prize before midnight",
    "entities-long": b"&#0000000099;laim your prize before midnight",
    "entities-hex-upper": b"&#X63;laim your prize before midnight",
    "zero-width": "cl\N{ZERO WIDTH SPACE}aim your pri\N{ZERO WIDTH JOINER}ze before midnight".encode(),
    "zero-width-entities": b"cl&#8203;aim your pri&zwnj;ze before midnight",
    "accents": "cláim <b>yö</b>ur prïze before mídnìght".encode(),
    "soft-hyphen": b"cl&shy;aim your pri&#173;ze before midnight",
    "word-break": b"cl<wbr>aim your prize before mid<wbr/>night",
    "line-breaks": b"claim<br>your<br/>prize\r\nbefore\r\n\r\nmidnight",
    "table": b"<table><tr><td>claim</td><td>your</td><td>prize</td></tr></table> before midnight",
    "paragraphs": b"<p>claim your</p><p>prize before</p><p>midnight</p>",
    "lists": b"<ul><li>claim your<li>prize before<li>midnight</ul>",
    "tags-namespaced": b"cl<x:y z='>'></x:y>aim your prize before midnight",
    "tags-nul": b"cl<\0b></b>aim your prize before midnight",
    "tags-slash": b"cl</x>aim your prize before midnight",
    "tags-entity-in-attribute": b"cl<b title='&gt;'></b>aim your prize before midnight",
    "tags-over-lines": b"cl<b\r\n title='x'\r\n></b>aim your prize before midnight",
    "entities-tab": b"claim&Tab;your&NewLine;prize before midnight",
    "entities-spaces": b"claim&ensp;your&emsp;prize&thinsp;before&#8239;midnight",
    "entities-letters": b"&#x1d41c;laim your prize before midnight",
    "entities-invisible": b"cl&#x2060;&InvisibleTimes;&lrm;aim your prize before midnight",
    "ruby": b"<ruby>claim<rt></rt></ruby> your prize before midnight",
    "details": b"<details><summary>More</summary>claim your prize before midnight</details>",
    "marquee": b"<marquee>claim your prize before midnight</marquee>",
    "noscript": b"<noscript>claim your prize before midnight</noscript>",
    "svg-text": b"<svg><text x='0'>claim your</text><text x='99'>prize before midnight</text></svg>",
    "svg-text-pieces": b"<svg><text>claim<tspan dy='9'>your</tspan><tspan>prize</tspan></text><TEXT>before</TEXT>"
    b"<text>midnight</text></svg>",
    "preformatted": b"<pre>claim  your\r\nprize before\r\n\r\nmidnight</pre>",
    "inline-blocks": b"<span>cl</span><span>aim</span> your <b>pri</b><b>ze</b> before midnight",
    "opacity-0": b'<p style="opacity:0">claim your prize before midnight</p>',
    "off-the-page": b'<p style="position:absolute;left:-9999px">claim your prize before midnight</p>',
    "no-height": b'<p style="max-height:0;overflow:hidden">claim your prize before midnight</p>',
    "hidden-by-class": b"<style>.x{display:none}</style>cl<i class=x>xyz</i>aim your prize before midnight",
    "visibility-between": b'cl<i style="visibility:hidden;font-size:0">xyz</i>aim your prize before midnight',
    "font-size-1": b'cl<i style="font-size:1px;color:white">xyz</i>aim your prize before midnight',
    "hidden": b'<div style="display:none">claim your prize before midnight</div>',
    "hidden-attribute": b"<div hidden>claim your prize before midnight</div>",
    "white-on-white": b'<p style="color:#fff;background:#fff">claim your prize before midnight</p>',
    "font-size-0": b'<span style="font-size:0">claim your prize before midnight</span>',
    "hidden-between": b'claim <span style="display:none">xyz</span>your prize before midnight',
    "hidden-inside-word": b'cl<span style="display:none">xyz</span>aim your prize before midnight',
    "font-size-0-between": b'claim <span style="font-size:0">xyz</span>your prize before midnight',
    "white-between": b'claim <font color="#ffffff">xyz</font> your prize before midnight',
    "hidden-many": b"<i hidden>x</i>" * 2000 + b"cl<i hidden>xyz</i>aim your prize before midnight",
    "hidden-long": b"cl<i hidden>" + b"long and longer " * 5000 + b"</i>aim your prize before midnight",
    "hidden-ended-around": b"<b>cl<span hidden>xyz</b>aim your prize before midnight</span>",
    "hidden-end-in-block": b"cl<span hidden><div></span>xyz</div></span>aim your prize before midnight",
    "hidden-end-in-cell": b"cl<i hidden><table><td></i>xyz</table></i>aim your prize before midnight",
    "hidden-paragraph": b"<p>claim your<p hidden>xyz<b>xyz<p>prize before midnight",
    "hidden-by-attribute": b"<style>[q]{display:none}</style>cl<i q>xyz</i>aim your prize before midnight",
    "hidden-by-first-child": b"<style>i:first-child{display:none}</style><p>cl<i>xyz</i>aim your prize before midnight",
    "hidden-by-own-element": b"<style>x-y{display:none}</style>cl<x-y>xyz</x-y>aim your prize before midnight",
    "hidden-class-behind-bracket": (
        b"<style>.x{display:none}</style>cl<i title='>' class=x>xyz</i>aim your prize before midnight"
    ),
    "attribute-with-bracket": b'claim <a title="x > y">your</a> prize before midnight',
    "unclosed-tag": b"claim your prize before midnight<b",
    "in-title": b"<title>claim your prize before midnight</title>",
    "in-alt": b'<img src="cid:1" alt="claim your prize before midnight">',
    "in-textarea": b"<textarea>claim your prize before midnight</textarea>",
    "in-button": b'<input type="button" value="claim your prize before midnight">',
    "upper": b"CLAIM YOUR PRIZE BEFORE MIDNIGHT",
    "style-between": b"claim your <style>p { color: red }</style>prize before midnight",
    "script-between": b"claim your <script>var x = 1 < 2;</script>prize before midnight",
    "cdata": b"claim your <![CDATA[ x ]]>prize before midnight",
    "declaration": b"claim your <?php x ?>prize <!x>before midnight",
    "bidi": (
        "claim your \N{LEFT-TO-RIGHT MARK}prize \N{RIGHT-TO-LEFT OVERRIDE}\N{POP DIRECTIONAL FORMATTING}before midnight"
    ).encode(),
    "nested-comment-end": b"claim your <!--> prize before midnight <!-- -->",
    "generated-by-style": b'<style>p:before{content:"claim your prize "}</style><p>before midnight</p>',
}

TEXTS: dict[str, bytes] = {
    "O10-zero-width": "cl\N{ZERO WIDTH NON-JOINER}aim your pr\N{WORD JOINER}ize before midnight".encode(),
    "O10-soft-hyphen": "cl\N{SOFT HYPHEN}aim your prize before midnight".encode(),
    "O10-nul": b"cl\0aim your prize before midnight",
    "O10-control": b"cl\x01aim your prize before midnight",
    "O10-backspace": b"clx\x08aim your prize before midnight",
    "O10-hangul-filler": "cl\N{HANGUL FILLER}aim your prize before midnight".encode(),
    "O10-byte-order-mark": "cl\N{ZERO WIDTH NO-BREAK SPACE}aim your prize before midnight".encode(),
    "O10-tag-characters": "cl\U000e0061aim your prize before midnight".encode(),
    "O10-variation": "cl\N{VARIATION SELECTOR-16}aim your prize before midnight".encode(),
    "O10-mongolian": "cl\N{MONGOLIAN VOWEL SEPARATOR}aim your prize before midnight".encode(),
    "O11-latin-alpha": "cl\N{LATIN SMALL LETTER ALPHA}im your prize before midnight".encode(),
    "O11-dotless": "cla\N{LATIN SMALL LETTER DOTLESS I}m your prize before midnight".encode(),
    "O11-long-s": "claim your prize before midnight".replace("i", "\N{MATHEMATICAL SANS-SERIF SMALL I}").encode(),
    "O11-capital-lookalikes": "\N{CYRILLIC CAPITAL LETTER ES}LAIM YOUR PRIZE BEFORE MIDNIGHT".encode(),
    "O11-mixed-alphabets": "cl\N{GREEK SMALL LETTER ALPHA}im your pr\u0456ze before midnight".encode(),
    "O11-superscript": "cl\N{FEMININE ORDINAL INDICATOR}im your prize before midnight".encode(),
    "O11-small-capitals": "claim y\N{LATIN LETTER SMALL CAPITAL O}ur prize before midnight".encode(),
    "O11-overlay": "c\N{COMBINING LONG STROKE OVERLAY}laim your prize before midnight".encode(),
    "O11-enclosing": "c\N{COMBINING ENCLOSING CIRCLE}laim your prize before midnight".encode(),
    "O11-plain": b"claim your prize before midnight",
    "O11-upper": b"CLAIM YOUR PRIZE BEFORE MIDNIGHT",
    "O11-cyrillic": "cl\N{CYRILLIC SMALL LETTER A}im y\N{CYRILLIC SMALL LETTER O}ur prize before midnight".encode(),
    "O11-greek": "claim y\N{GREEK SMALL LETTER OMICRON}ur prize before midnight".encode(),
    "O11-combining": "cla\N{COMBINING DOT BELOW}im your prize before midnight".encode(),
    "O11-many-combining": ("cla" + 20 * "\N{COMBINING ACUTE ACCENT}" + "im your prize before midnight").encode(),
    "O11-accents": "cláim yöur prïze before mídnìght".encode(),
    "O11-accents-everywhere": "ćľãīm ŷőũŗ přĩžé before mĭďňĩğħť".encode(),
    "O11-strokes": "cłáim yøur prïze before m\N{LATIN SMALL LETTER DOTLESS I}đnìght".encode(),
    "O11-dots-below": "cḷạim yọur prịze before miḍnight ÿ ñ".encode(),
    "O11-leet": b"cl4im y0ur pr1ze before midn1ght",
    "O11-leet-at-ends": b"cla1m y0ur priz3 before m1dnigh7",
    "O11-ligature": "claim your prize before midn\N{LATIN SMALL LETTER DOTLESS I}ght".encode(),
    "O11-armenian": "claim y\N{ARMENIAN SMALL LETTER OH}ur prize before midnight".encode(),
    "O11-cherokee": "\N{LATIN LETTER SMALL CAPITAL C}laim your prize before midnight".encode(),
    "O12-line-wrapped": b"claim your\r\nprize before\r\nmidnight",
    "O12-double-spaces": b"claim  your   prize\tbefore midnight",
    "O12-many-lines": b"claim your\r\n\r\n\r\nprize before\r\n\r\nmidnight",
    "O12-no-break-space": "claim\N{NO-BREAK SPACE}your prize before midnight".encode(),
    "O12-ideographic-space": "claim\N{IDEOGRAPHIC SPACE}your prize before midnight".encode(),
    "O12-line-separator": "claim your\N{LINE SEPARATOR}prize before midnight".encode(),
    "O12-quoted": b"> claim your\r\n> prize before midnight",
    "O12-dots": b"claim.your.prize.before.midnight",
    "O12-underscores": b"claim_your_prize_before_midnight",
    "O12-hyphens": b"claim-your-prize-before-midnight",
    "O12-hyphenated": b"claim your prize before mid-\r\nnight",
}


def styles(load: Load) -> dict[str, bytes]:
    """The phrase in other alphabets of the same letters."""
    offsets = {"fullwidth": 0xFEE0, "mathematical": 0x1D41A - 0x61, "circled": 0x24D0 - 0x61}
    offsets |= {"script": 0x1D4EA - 0x61, "monospace": 0x1D68A - 0x61}
    letters = range(0x61, 0x7B)
    return {how: load.phrase.translate({c: c + by for c in letters}).encode() for how, by in offsets.items()}


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    words = load.phrase.encode()
    for how, body in HTMLS.items():
        yield phrase(f"O10-html-{how}", text(b"<html><body>" + load.say(body) + b"</body></html>\r\n", HTML))
    turned = f"\N{RIGHT-TO-LEFT OVERRIDE}{load.phrase[::-1]}".encode()
    for how, body in {"": turned, "-entity": b"&#x202e;" + load.phrase[::-1].encode()}.items():
        yield phrase(f"O10-html-reversed-by-override{how}", text(b"<html><body>" + body + b"</body></html>\r\n", HTML))
    letters = b"<table><tr>" + b"".join(b"<td>%c</td>" % c for c in words if c != 32) + b"</tr></table>"
    yield phrase("O10-html-table-letters", text(b"<html><body>" + letters + b"</body></html>\r\n", HTML))
    script = b"<html><script>document.write('" + words + b"')</script></html>"
    yield phrase("O10-html-script-string", text(script, HTML))
    for how, body in {**{how: load.say(body) for how, body in TEXTS.items()}, **_styled(load)}.items():
        yield phrase(how, text(b"Hello,\r\n\r\n" + body + b"\r\n"))
    yield from _places(load)
    yield from _breaks(load)


def _styled(load: Load) -> dict[str, bytes]:
    return {f"O11-{how}": body for how, body in styles(load).items()}


def _places(load: Load) -> Iterator[Sample]:
    words = load.phrase.encode()
    tagged = load.say(b"<html>cl<b></b>aim your prize before midnight</html>")
    yield phrase("O10-html-as-plain", text(tagged + b"\r\n"))
    yield phrase("O10-html-attachment", attached(tagged, b"a.html", b"text/html"))
    yield phrase("O10-html-as-octets", attached(tagged, b"a.bin"))
    enriched = load.say(b"cl<bold></bold>aim your prize before midnight")
    yield phrase("O10-enriched", text(enriched, b"Content-Type: text/enriched\r\n"))
    yield phrase(
        "O10-alternative", around(HTML + b"\r\n" + tagged + b"\r\n", kind=b"multipart/alternative; boundary=b1")
    )
    yield phrase("O12-as-octets", attached(b"Hello, " + words, b"a.bin"))
    yield phrase("O12-attachment", attached(b"Hello, " + words, b"a.txt", b"text/plain"))
    yield phrase("O12-in-zip", attached(zipped(("a.txt", b"Hello, " + words)), b"a.zip"))
    yield phrase("O12-utf-16-in-zip", attached(zipped(("a.txt", load.phrase.encode("utf-16"))), b"a.zip"))
    yield phrase("O12-unknown-type", text(words, b"Content-Type: text/x-anything\r\n"))
    yield phrase("O12-no-type", MIME + b"\r\n" + words + b"\r\n")
    yield phrase("O12-no-mime", TOP + b"\r\n" + words + b"\r\n")
    plain = around(PLAIN + b"\r\nHello\r\n")
    yield phrase("O12-preamble", plain.replace(b"\r\n\r\n--b1", b"\r\n\r\n" + words + b"\r\n--b1", 1))
    yield phrase("O12-epilogue", plain + words + b"\r\n")


def _breaks(load: Load) -> Iterator[Sample]:
    words = load.phrase.encode()
    for how, body in {
        "soft-breaks": b"cl=\r\naim your pri=\r\nze before midnight\r\n",
        "hexadecimal": b"=63=6c=61=69=6D your prize=20before midnight\r\n",
        "space-before-break": b"claim =\r\nyour =  \r\nprize before midnight\r\n",
        "every-letter": b"c=\r\nl=\r\na=\r\ni=\r\nm=\r\n your prize before midnight\r\n",
    }.items():
        yield phrase(f"O12-qp-{how}", text(load.say(body), PLAIN + QP))
    for width in (4, 8, 60, 76):
        yield phrase(f"O12-base64-lines-of-{width}", text(b64(b"Hello. " + words, width), PLAIN + REAL))
    for front in (57, 4_090, 65_530, 131_060):
        body = b"Hello, Bob.\r\n" * (front // 13) + b"x" * (front % 13)
        yield phrase(f"O12-behind-{front}", text(body + b" " + words + b"\r\n"))
        yield phrase(f"O12-behind-{front}-base64", text(b64(body + b" " + words), PLAIN + REAL))
    flowed = b"Content-Type: text/plain; format=flowed\r\n"
    yield phrase("O12-flowed", text(load.say(b"claim your \r\nprize before \r\nmidnight\r\n"), flowed))
    body = load.say(b"claim yo \r\nur prize before mid \r\nnight\r\n")
    yield phrase("O12-flowed-delsp", text(body, flowed.replace(b"\r", b"; delsp=yes\r")))
    event = b"BEGIN:VCALENDAR\r\nDESCRIPTION:claim your pri\r\n ze before midnight\r\nEND:VCALENDAR\r\n"
    yield phrase("O12-calendar", text(load.say(event), b"Content-Type: text/calendar\r\n"))
    half = around(PLAIN + b"\r\n" + words[16:] + b"\r\n").replace(b"Please see the papers.", words[:16])
    yield phrase("O12-across-parts", half)
    page = HTML + b"\r\n<p>" + words[16:] + b"</p>\r\n"
    yield phrase("O12-across-text-and-page", around(page).replace(b"Please see the papers.", words[:16]))
    image = b"Content-Type: image/gif\r\n\r\nGIF89a\r\n--b1\r\n"
    yield phrase("O12-across-image", around(image + page).replace(b"Please see the papers.", words[:16]))
    three = PLAIN + b"\r\n" + words[5:16] + b"\r\n--b1\r\n" + page
    yield phrase("O12-across-three", around(three).replace(b"Please see the papers.", words[:5]))
    both = around(
        PLAIN + b"\r\n" + words[:16] + b"\r\n--b2\r\n" + HTML + b"\r\n" + words[:16] + b"\r\n--b2--\r\n--b1\r\n" + page
    )
    inner = b"Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\n" + PLAIN
    yield phrase("O12-across-alternatives", both.replace(PLAIN, inner, 1))
