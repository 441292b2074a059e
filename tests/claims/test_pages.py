"""A phrase on a page of HTML is found as people see it: with what is hidden and without (O10, O11)."""

from __future__ import annotations

import pytest

from claims.reading import PHRASE, Reader, mail, page

CELLS = [letter.encode() for letter in PHRASE.replace(" ", "")]

SPLIT: dict[str, bytes] = {
    "tags": b"cl<b></b>aim your <i>pri</i>ze before <span>mid</span>night",
    "tag with quotes": b"cl<b title='>' x=\">\">aim</b> your prize before midnight",
    "comments": b"cl<!-- x -->aim your pri<!-- y > z -->ze before midnight",
    "comment in comment": b"cl<!-- <!-- -->aim your prize before midnight",
    "empty comments": b"cl<!-->aim your pri<!--->ze before mid<!----!>night",
    "declaration": b"cl<!x>aim your pri<?y z?>ze before mid</>night",
    "named": b"&Tab;claim&nbsp;your&NewLine;prize&ensp;before&thinsp;midnight",
    "decimal": "".join(f"&#{ord(letter)};" for letter in PHRASE).encode(),
    "hexadecimal": "".join(f"&#X{ord(letter):X};" for letter in PHRASE).encode(),
    "no semicolon": "".join(f"&#{ord(letter)}" for letter in PHRASE).encode(),
    "leading zeros": b"&#00000000000099;laim your prize before midnight",
    "names of letters": "cla&imath;m your prize before midnight".replace("&imath;", "&#105").encode(),
    "script letters": b"&cscr;&lscr;&ascr;&iscr;&mscr; your prize before midnight",
    "zero width": "c\u200bl\u200ca\u200di\u2060m\ufeff your prize before midnight".encode(),
    "zero width references": b"cl&#8203;aim your pri&zwnj;ze before mid&zwj;night&NoBreak;",
    "soft hyphens": b"cl&shy;aim your pri&#173;ze before mid\xc2\xadnight",
    "word break": b"cl<wbr>aim your prize before mid<wbr/>night",
    "script between": b"claim your <script>var x = '</scrip' < 2;</script>prize before midnight",
    "style between": b"claim your <style>p > a { color: red }</style>prize before midnight",
    "nul": b"cl\0aim your prize before midnight",
    "isolates": "\u2068claim\u2069 your \u200eprize\u200f before midnight".encode(),
    "variation": "cl\ufe0faim your prize before mid\U000e0101night".encode(),
    "blocks": b"<p>claim your</p><div>prize</div>before<hr>midnight",
    "breaks": b"claim<br>your<br/>prize\r\nbefore\r\n\r\n<BR>midnight",
    "list": b"<ul><li>claim<li>your<li>prize<li>before<li>midnight</ul>",
    "cells": b"<table><tr><td>claim</td><td>your</td><td>prize</td></tr></table> before midnight",
    "letters in cells": b"<table><tr>" + b"".join(b"<td>%s</td>" % c for c in CELLS) + b"</tr></table>",
    "letters in rows": b"<table>" + b"".join(b"<tr><td>%s</td></tr>\r\n" % c for c in CELLS) + b"</table>",
    "letters in blocks": b"".join(b"<div style='float:left'>%s</div>" % c for c in CELLS),
    "letters in spans": b" ".join(b"<span>%s</span>" % c for c in CELLS),
    "letters in bold": b"<br>".join(b"<b>%s</b>" % c for c in CELLS),
    "pieces in cells": b"<table><tr><td>cl</td><td>aim your pr</td><td>ize before midn</td><td>ight</td></tr></table>",
    "spaced": b"c l a i m &nbsp; y o u r &nbsp; p r i z e &nbsp; before midnight",
    "spaced with references": b"&nbsp;".join(CELLS),
    "unclosed tag": b"claim your prize before midnight<b",
    "unclosed comment": b"<!-- claim your prize before midnight",
    "in the title": b"<title>claim your prize before midnight</title>",
    "in a button": b"<button>claim your prize before midnight</button>",
    "in noscript": b"<noscript>claim your prize before midnight</noscript>",
    "in a template": b"<template>claim your prize before midnight</template>",
    "in a text area": b"<textarea>claim your prize before midnight</textarea>",
    "in svg": b"<svg><text>claim your</text> <text>prize before midnight</text></svg>",
    "double": b"&amp;#99;laim your prize before midnight",
}
ATTRIBUTES = ("alt", "title", "placeholder", "aria-label", "value", "label", "summary", "ALT")
HIDERS: dict[str, bytes] = {
    "display": b'<span style="display:none">%s</span>',
    "display in capitals": b"<SPAN STYLE='DISPLAY : NONE !important'>%s</SPAN>",
    "display without quotes": b"<span style=display:none>%s</span>",
    "display behind others": b'<span style="color:red;  border:0; display: none">%s</span>',
    "display written with a comment": b'<span style="display:/**/none">%s</span>',
    "display written with a reference": b'<span style="display&#58;none">%s</span>',
    "display written with an escape": b'<span style="display:n\\6fne">%s</span>',
    "visibility": b'<span style="visibility:hidden">%s</span>',
    "visibility collapse": b'<span style="visibility: collapse;">%s</span>',
    "font size": b'<span style="font-size:0">%s</span>',
    "font size in points": b'<span style="font-size: 0pt; line-height:0">%s</span>',
    "font size of one": b'<span style="font-size:1px">%s</span>',
    "font size fraction": b'<span style="font-size:.01em">%s</span>',
    "font": b'<span style="font:0/0 a">%s</span>',
    "opacity": b'<span style="opacity:0">%s</span>',
    "opacity fraction": b'<span style="opacity: 0.0">%s</span>',
    "white": b'<span style="color:#fff">%s</span>',
    "white in words": b'<span style="color: White">%s</span>',
    "white in numbers": b'<span style="color:rgb(255, 255, 255)">%s</span>',
    "white font": b'<font size="1" color="#FFFFFF">%s</font>',
    "colour of the background": b'<span style="background-color:#123456;color:#123456">%s</span>',
    "black on black": b'<span style="color:black; background:#000">%s</span>',
    "transparent": b'<span style="color:transparent">%s</span>',
    "off the screen": b'<span style="position:absolute; left:-9999px">%s</span>',
    "indented away": b'<div style="display:inline;text-indent:-1000em">%s</div>',
    "hidden": b"<span hidden>%s</span>",
    "hidden with value": b'<span class=x hidden="">%s</span>',
    "maximal height": b'<span style="overflow:hidden;max-height:0px">%s</span>',
    "height": b'<span style="height:0;overflow:hidden">%s</span>',
    "width": b'<span style="display:inline-block;width:0;overflow:hidden">%s</span>',
    "template": b"<template>%s</template>",
    "noscript": b"<noscript>%s</noscript>",
    "clip": b'<span style="position:absolute;clip:rect(0,0,0,0)">%s</span>',
    "clip path": b'<span style="clip-path: inset(100%%)">%s</span>',
    "scale": b'<span style="transform:scale(0)">%s</span>',
    "word processor": b'<span style="mso-hide:all">%s</span>',
    "class": b"<style>.q { display: none }</style><span class=q>%s</span>",
    "one of several classes": b"<style>p.q, .x { font-size: 0 }</style><span class='a x b'>%s</span>",
    "id": b'<style>#q{visibility:hidden}</style><span id="q">%s</span>',
    "element": b"<style>s { display: none }</style><s>%s</s>",
    "nested": b'<span style="display:none"><span>%s</span>x</span>',
    "in a block": b'<div style="display:none"><div>%s</div></div>',
}
SEEN: dict[str, bytes] = {
    "padding": b'<span style="padding:0; margin:0; border:0">%s</span>',
    "line height": b'<span style="line-height:100%%">%s</span>',
    "white on blue": b'<span style="color:#fff; background:#00f">%s</span>',
    "hidden in a value": b'<span title=" hidden ">%s</span>',
    "font": b'<span style="font: 10px arial">%s</span>',
    "opacity": b'<span style="opacity:0.9">%s</span>',
}


@pytest.mark.parametrize("how", SPLIT)
def test_split(how: str, reader: Reader) -> None:
    """Nothing that a reader does not see parts a phrase."""
    assert reader.phrases(page(SPLIT[how])) == {PHRASE}


@pytest.mark.parametrize("how", SPLIT)
def test_split_under_a_text_label(how: str, reader: Reader) -> None:
    """A page that is called plain text."""
    if how != "unclosed comment":
        body = b"<html><body>" + SPLIT[how] + b"</body></html>"
        assert reader.phrases(mail(body, "text/plain; charset=utf-8")) == {PHRASE}


@pytest.mark.parametrize("how", SPLIT)
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "cp037", "utf-16le"])
def test_split_in_other_charsets(how: str, charset: str, reader: Reader) -> None:
    """The same in a charset that hides ASCII."""
    text = SPLIT[how].decode()
    if charset == "cp037" and not text.isascii():
        text = text.encode("ascii", "xmlcharrefreplace").decode()
    body = f"<html><body>{text}</body></html>".encode(charset)
    assert PHRASE in reader.phrases(mail(body, f"text/html; charset={charset}", "base64"))


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("quote", ['"', "'"])
def test_attributes(attribute: str, quote: str, reader: Reader) -> None:
    """What is shown of attributes, or read out."""
    tag = f'<img src="cid:1" {attribute} = {quote}&#99;laim your prize\r\nbefore midnight{quote}>'
    assert reader.phrases(page(tag.encode())) == {PHRASE}


def test_attributes_that_nobody_reads(reader: Reader) -> None:
    """Other attributes are no text; but an address is a link, whatever is in it."""
    assert reader.phrases(page(b'<img src="cid:1" data-alt="claim your prize before midnight">')) == set()
    assert reader.phrases(page(b'<img src="claim your prize before midnight">')) == {PHRASE}


@pytest.mark.parametrize("how", HIDERS)
def test_hidden_between(how: str, reader: Reader) -> None:
    """Hidden text that parts a phrase, and the phrase itself hidden."""
    for inside in (b"xyz", b"xyz <b>and</b> more<br>"):
        assert reader.phrases(page(b"claim your pri" + HIDERS[how] % inside + b"ze before midnight")) == {PHRASE}
    assert reader.phrases(page(HIDERS[how] % b"claim your prize before midnight")) == {PHRASE}


@pytest.mark.parametrize("how", SEEN)
def test_seen_between(how: str, reader: Reader) -> None:
    """Text that is seen does part a phrase."""
    assert reader.phrases(page(b"claim your pri" + SEEN[how] % b"xyz" + b"ze before midnight")) == set()


@pytest.mark.parametrize(
    "body",
    [
        b"<bdo dir=rtl>thgindim erofeb ezirp ruoy mialc</bdo>",
        b'claim <bdo dir="RTL">thgindim erofeb ezirp ruoy</bdo>',
        b'<span style="unicode-bidi:bidi-override;direction:rtl">thgindim erofeb ezirp ruoy mialc</span>',
        "claim \u202eezirp ruoy\u202c before midnight".encode(),
        b"claim &#8238;ezirp ruoy&#x202c; before midnight",
        b"claim &#x202E;ezirp <b>ruoy</b>&#8236; before midnight",
    ],
)
def test_turned(body: bytes, reader: Reader) -> None:
    """Text that is written from its end."""
    assert reader.phrases(page(body)) == {PHRASE}


@pytest.mark.parametrize(
    "body",
    [
        b"<table><tr><td>claim your</td><td>price</td><td>before midnight</td></tr></table>",
        b"<p>A B C D E F G claim your, prize</p>",
        b"claim your prize <b>b</b> <b>e</b> <b>for</b> midnight",
        b"<img alt='claim your'>prize before midnight",
    ],
)
def test_no_phrase(body: bytes, reader: Reader) -> None:
    """What nobody reads as the phrase is none."""
    assert reader.phrases(page(body)) == set()
