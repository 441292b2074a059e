"""Escapes as texts have them: of addresses (%41), of scripts (\\x41, \\u0041, \\101), of pages (&#65; &plus;).

In: a text. Out: the text with what they stand for, those up to 255 as bytes. A reference without its semicolon is two
digits of hexadecimal or three of decimal; programs differ about what follows.
Limits: linear. Not here: runs of nothing but escapes (spelled), the many named references that are no ASCII.
"""

from __future__ import annotations

import io
import re

_REFERENCE = rb"#[xX](?:([0-9A-Fa-f]{1,8});|([0-9A-Fa-f]{2}))|#(?:([0-9]{1,9});|([0-9]{1,3}))|([A-Za-z]{2,8});"
_REFERENCES = re.compile(rb"&(?:" + _REFERENCE + rb")")
_ESCAPES = re.compile(
    rb"[&%\\](?:(?<=&)(?:" + _REFERENCE + rb")|(?<=[%\\])u([0-9A-Fa-f]{4})|(?:(?<=%)|(?<=\\)[xX])([0-9A-Fa-f]{2})"
    rb"|(?<=\\)(?:u\{([0-9A-Fa-f]{1,8})\}|([0-7]{1,3})|([nrt/\\\"'])|(\r?\n)))"
)
DECIMAL = frozenset((3, 4))
NAMED, OCTAL, CONTROL, CONTINUED = 5, 9, 10, 11
"""Groups of the expressions; all others are hexadecimal."""
_CONTROLS = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_NAMES = {
    b"plus": b"+", b"sol": b"/", b"equals": b"=", b"lowbar": b"_", b"colon": b":", b"semi": b";", b"comma": b",",
    b"Tab": b"\t", b"NewLine": b"\n", b"amp": b"&", b"quot": b'"', b"lt": b"<", b"gt": b">", b"percnt": b"%",
    b"num": b"#", b"excl": b"!", b"lpar": b"(", b"rpar": b")", b"bsol": b"\\", b"apos": b"'", b"period": b".",
}  # fmt: skip


def unescaped(text: bytes) -> bytes:
    """Without any escapes."""
    return _replaced(_ESCAPES, text)


def unreferenced(text: bytes) -> bytes:
    """Without references."""
    return _replaced(_REFERENCES, text) if b"&" in text else text


def _replaced(escapes: re.Pattern[bytes], text: bytes) -> bytes:
    """As re.sub does it, which keeps an object for each escape until the end."""
    kept = io.BytesIO()
    at = 0
    for escape in escapes.finditer(text):
        kept.write(text[at : escape.start()])
        kept.write(_character(escape))
        at = escape.end()
    kept.write(text[at:])
    return kept.getvalue()


def _character(escape: re.Match[bytes]) -> bytes:
    group = escape.lastindex or 0
    what = escape[group]
    if group == NAMED:
        return _NAMES.get(what, escape[0])
    if group == CONTINUED:
        return b""
    if group == CONTROL:
        return _CONTROLS.get(what, what)
    value = int(what, 8 if group == OCTAL else 10 if group in DECIMAL else 16)
    return bytes((value,)) if value < 256 else chr(min(value, 0x10FFFF)).encode("utf-8", "replace")
