# ruff: noqa: RUF001
"""A phrase in plain text is found in the disguises that people see through (O11, O12)."""

from __future__ import annotations

import pytest

from claims.reading import FOREIGN, PHRASE, Reader, mail, subject

RUSSIAN = FOREIGN[0]
LOOK_ALIKES = str.maketrans("aeopcyxi", "аеорсухі")
GREEK = str.maketrans("aeoiv", "αεοιν")


def shifted(start: int) -> str:
    """The phrase in letters that begin elsewhere."""
    return PHRASE.translate({code: code - 0x61 + start for code in range(0x61, 0x7B)})


DISGUISES: dict[str, str] = {
    "capitals": PHRASE.upper(),
    "wrapped": "claim your\r\nprize before\r\nmidnight",
    "wrapped and indented": "claim your\r\n    prize before\r\n\tmidnight",
    "far apart": "claim" + " " * 5000 + "your" + "\r\n" * 3000 + "prize\t\tbefore midnight",
    "kinds of blanks": "claim\u00a0your\u2003prize\u3000before\u1680midnight",
    "zero width": "c\u200bl\u200ca\u200di\u2060m\ufeff your prize before midnight",
    "soft hyphens": "cl\u00adaim your pri\u00adze before mid\u00adnight",
    "combining": "c\u0301l\u0302a\u0323\u0324im your prize before midnight",
    "strike-through": "\u0336".join(PHRASE),
    "look-alikes": PHRASE.translate(LOOK_ALIKES),
    "greek": PHRASE.translate(GREEK),
    "fullwidth": shifted(0xFF41).replace(" ", "\u3000"),
    "bold": shifted(0x1D41A),
    "script": shifted(0x1D4EA),
    "double-struck": shifted(0x1D552),
    "monospace": shifted(0x1D68A),
    "circled": shifted(0x24D0),
    "parenthesised": shifted(0x249C),
    "squared": shifted(0x1F130),
    "negative circled": shifted(0x1F150),
    "negative squared": shifted(0x1F170),
    "regional": shifted(0x1F1E6),
    "tags": "cl\U000e0061aim your prize before midnight",
    "superscript": "\u1d9c\u02e1\u1d43\u2071\u1d50 your prize before midnight",
    "small capitals": "\u1d04\u029f\u1d00\u026a\u1d0d your prize before midnight",
    "dotless": "cla\u0131m your prize before midnight",
    "stroke": "claim yo\u0289r prize before midnight".replace("\u0289", "u"),
    "nul": "cl\0aim your prize before midnight",
    "controls": "cl\x01aim your pri\x7fze before midnight",
    "hangul filler": "cl\u3164aim your prize before midnight",
    "backspace": "clx\baim your prixy\b\bze before midnight",
    "backspace twice": "claim your price\b\b\b\b\bprize before midnight",
    "quoted": "> claim your\r\n> prize before midnight",
    "quoted twice": ">> claim your\r\n> > prize before\r\n>>midnight",
    "quoted and indented": "x\r\n >claim your\r\n\t> \t >prize before\r\n  >  >> midnight",
    "spaced": "c l a i m y o u r p r i z e b e f o r e m i d n i g h t",
    "spaced words": "c l a i m   y o u r   p r i z e   b e f o r e   m i d n i g h t",
    "one word spaced": "claim your p r i z e before midnight",
    "widely spaced": "  ".join(PHRASE.replace(" ", "")),
    "dotted": "c.l.a.i.m your p.r.i.z.e before midnight",
    "dashed": "c-l-a-i-m- y_o_u_r_ p*r*i*z*e b/e/f/o/r/e midnight",
    "dashed and spaced": " - ".join(PHRASE.replace(" ", "")),
    "spaced capitals": "C L A I M  Y O U R prize before midnight",
    "spaced full-width": " ".join(shifted(0xFF41).replace(" ", "")),
    "letters in lines": "\r\n".join(PHRASE.replace(" ", "")),
    "turned": "claim \u202eezirp ruoy\u202c before midnight",
    "turned to the end": "\u202ethgindim erofeb ezirp ruoy mialc\r\nhello",
}


@pytest.mark.parametrize("how", DISGUISES)
def test_disguised(how: str, reader: Reader) -> None:
    """As it is, and in base64 and quoted-printable."""
    body = f"Hello,\r\n\r\n{DISGUISES[how]}\r\nbye".encode()
    for encoding in ("8bit", "base64", "quoted-printable"):
        assert reader.phrases(mail(body, encoding=encoding)) == {PHRASE}, encoding


@pytest.mark.parametrize("how", DISGUISES)
def test_disguised_in_utf_16(how: str, reader: Reader) -> None:
    """In a charset that hides ASCII."""
    body = f"Hello,\r\n\r\n{DISGUISES[how]}\r\nbye".encode("utf-16")
    assert reader.phrases(mail(body, "text/plain; charset=utf-16", "base64")) == {PHRASE}


@pytest.mark.parametrize("how", sorted(DISGUISES.keys() - {"letters in lines", "turned to the end"}))
def test_disguised_in_the_subject(how: str, reader: Reader) -> None:
    """In the subject, as UTF-8 and as an encoded word."""
    text = DISGUISES[how].replace("\r\n", "\r\n ")
    if "> " in text or "| " in text or "  " in text:
        return
    assert reader.phrases(subject(text.encode())) == {PHRASE}
    quoted = "".join(f"={byte:02X}" for byte in text.replace("\r\n", "").encode())
    assert reader.phrases(subject(f"=?utf-8?Q?{quoted}?=".encode())) == {PHRASE}


@pytest.mark.parametrize(
    "body",
    [
        b"claim yo \r\nur prize before mid \r\nnight",
        b"> claim yo \r\n> ur prize be \r\n> fore midnight",
        b"claim your  \r\nprize before \r\n mid \r\nnight",
        b"claim your prize be \nfore midnight",
    ],
)
@pytest.mark.parametrize("flowed", ["format=flowed; delsp=yes", "Format=Flowed; DelSp=Yes", 'delsp="yes"'])
def test_flowed(body: bytes, flowed: str, reader: Reader) -> None:
    """Lines whose last space is deleted."""
    for encoding in ("8bit", "base64", "quoted-printable"):
        assert reader.phrases(mail(body, f"text/plain; charset=utf-8; {flowed}", encoding)) == {PHRASE}
    if b"yo " in body or b"be " in body:
        assert reader.phrases(mail(body, "text/plain; charset=utf-8; format=flowed")) == set()


def test_spaced_in_another_script(reader: Reader) -> None:
    """Letters of any script may stand apart."""
    assert reader.phrases(mail(" ".join(RUSSIAN.replace(" ", "")).encode())) == {RUSSIAN}
    assert reader.phrases(mail(" ".join(RUSSIAN).encode("koi8-r"), "text/plain; charset=koi8-r")) == {RUSSIAN}


@pytest.mark.parametrize(
    "body",
    [
        b"claimyourprizebeforemidnight",
        b"a b c d claimyourprizebeforemidnight",
        b"claim your pri\r\n\r\nze before midnight",
        b"claim, your prize; before midnight e. g. at U.S.A. I.B.M. x y z",
        b"claim your >prize before midnight",
        b"claim your prize before midnigh",
    ],
)
def test_no_phrase(body: bytes, reader: Reader) -> None:
    """What is another text is none."""
    assert reader.phrases(mail(body)) == set()
