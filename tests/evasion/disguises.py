"""Rows E25 and S14 once more: encodings that only a script knows, and base64 that it puts together.

Whoever writes the script chooses: what stands between two numbers, which signs are taken out again, what is turned.
"""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from evasion.mails import attached, text
from evasion.sample import Load, Sample, marker
from evasion.uucodes import PROSE

PAGE = b'<html><script>var a = "%b";\r\nsave(decode(a));</script></html>\r\n'
LINK = b'<html><a href="data:application/zip%b">x</a></html>\r\n'
Z85 = bytes.maketrans(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
)


def cases(load: Load) -> Iterator[Sample]:
    """All of these."""
    for how, body in (_numbers(load) | _letters(load)).items():
        yield marker(f"E25-{how}-in-text", text(PROSE + body + b"\r\n\r\nAnn\r\n"))
        yield marker(f"E25-{how}-in-file", attached(body + b"\r\n", b"note.txt", b"text/plain"))
        if b'"' not in body:
            yield marker(f"E25-{how}-in-script", attached(PAGE % body, b"a.html", b"text/html"))
    for how, body in _scripts(load).items():
        yield marker(f"E25-{how}", attached(body, b"a.html", b"text/html"))
        yield marker(f"E25-{how}-shown", text(PROSE + body))
    for how, address in _addresses(load).items():
        yield marker(f"S14-{how}", attached(LINK % address, b"a.html", b"text/html"))
        yield marker(f"S14-{how}-shown", text(LINK % address, b"Content-Type: text/html\r\n"))


def _numbers(load: Load) -> dict[str, bytes]:
    mark, data = load.marker, load.zip
    return {
        "numbers-in-calls": b" & ".join(b"Chr(%d)" % c for c in mark),
        "numbers-in-calls-folded": b" & _\r\n".join(b"Chr(%d)" % c for c in mark),
        "numbers-in-basic": b"&".join(b"Chr(&H%x)" % c for c in mark),
        "numbers-of-php": b".".join(b"chr(0x%02x)" % c for c in mark),
        "numbers-semicolons": b";".join(b"%d" % c for c in data),
        "numbers-lines": b"\r\n".join(b"%d" % c for c in data),
        "numbers-words": b"x".join(b"%03d" % c for c in mark),
        "hex-of-zip-dashes": data.hex("-").upper().encode(),
        "hex-of-zip-commas": data.hex(",").encode(),
        "hex-of-zip-fours": data.hex(" ", 2).encode(),
        "hex-of-zip-eights": data.hex(" ", 4).encode(),
        "hex-with-letters": data.hex("g").encode(),
        "hex-in-braces": b"".join(b"{%02x}" % c for c in mark),
        "hex-dollars": b" ".join(b"$%02X" % c for c in mark),
        "hex-registry": b",\\\r\n  ".join(
            b",".join(b"%02x" % c for c in data[at : at + 20]) for at in range(0, len(data), 20)
        ),
        "hex-reversed": data.hex()[::-1].encode(),
        "dump": b"".join(
            b"%08x: %b  %b\r\n" % (at, data[at : at + 16].hex(" ", 2).encode(), b"." * 16)
            for at in range(0, len(data), 16)
        ),
        "dump-wide": b"".join(
            b"%08x  %b  |%b|\r\n" % (at, data[at : at + 16].hex(" ").encode(), b"." * 16)
            for at in range(0, len(data), 16)
        ),
        "dump-short": b"".join(
            b"%04x\t%b\r\n" % (at, data[at : at + 16].hex(" ").encode()) for at in range(0, len(data), 16)
        ),
        "octal-of-zip": b"".join(b"\\%03o" % c for c in data),
        "units": b"".join(b"%%u%02x%02x" % (high, low) for low, high in zip(data[::2], data[1::2], strict=False)),
        "units-narrow": b"".join(b"\\u%04x" % c for c in data),
        "units-braces": b"".join(b"\\u{%x}" % c for c in mark),
        "entities-of-zip": b"".join(b"&#%d;" % c for c in data),
        "entities-padded": b"".join(b"&#%07d;" % c for c in mark),
        "escapes-of-some": b"".join(b"%c" % c if at % 3 else b"\\x%02x" % c for at, c in enumerate(mark)),
        "escapes-of-some-octal": b"".join(b"%c" % c if at % 3 else b"\\%03o" % c for at, c in enumerate(mark)),
        "escapes-of-some-percent": b"".join(b"%c" % c if at % 3 else b"%%%02x" % c for at, c in enumerate(mark)),
        "escapes-of-some-entities": b"".join(b"%c" % c if at % 3 else b"&#%d;" % c for at, c in enumerate(mark)),
    }  # fmt: skip


def _letters(load: Load) -> dict[str, bytes]:
    mark, data = load.marker, load.zip
    flat = base64.b64encode(data)
    turn = codecs.lookup("rot13")
    return {
        "base32-lower": base64.b32encode(data).lower(),
        "base32-hex": base64.b32hexencode(data),
        "base32-of-text": base64.b32encode(mark + mark),
        "base85-rfc1924": base64.b85encode(data),
        "base85-z85": base64.b85encode(data + bytes(-len(data) % 4)).translate(Z85),
        "ascii85-lines": b"\r\n".join(_cut(base64.a85encode(data), 72)),
        "ascii85-adobe-lines": base64.a85encode(data, adobe=True, wrapcol=40),
        "base64-swapped": flat.swapcase(),
        "base64-shifted": b"x" + flat,
        "base64-shifted-twice": b"ab" + flat,
        "base64-reversed-lines": b"\r\n".join(_cut(flat[::-1], 64)),
        "base64-reversed-rot13": turn.encode(flat.decode())[0][::-1].encode(),
        "rot13-of-base64-lines": b"\r\n".join(_cut(turn.encode(flat.decode())[0].encode(), 64)),
        "base64-json": flat.replace(b"/", b"\\/"),
        "base64-newlines": b"\\n".join(_cut(flat, 60)),
        "base64-newlines-windows": b"\\r\\n".join(_cut(flat, 76)),
        "base64-soft-breaks": b"=\r\n".join(_cut(flat, 75)),
        "base64-pipes": b"|".join(_cut(flat, 50)),
        "base64-breaks": b"<br>\r\n".join(_cut(flat, 60)),
        "base64-spans": b"</span><span>".join(_cut(flat, 60)),
        "base64-zero-width": "\N{ZERO WIDTH SPACE}".encode().join(_cut(flat, 30)),
        "base64-stars": b"*#*".join(_cut(flat, 30)),
        "rot47": bytes(33 + (c - 33 + 47) % 94 for c in mark),
    }  # fmt: skip


def _scripts(load: Load) -> dict[str, bytes]:
    flat = base64.b64encode(load.zip)
    script = f'<script>location = "http://a.example/?{load.marker.decode()}"</script>'
    return {
        "base64-echoed": b"".join(b"echo %b>>f.b64\r\n" % line for line in _cut(flat, 64)),
        "base64-added": b"".join(b's += "%b";\r\n' % line for line in _cut(flat, 64)),
        "base64-added-in-basic": b"".join(b's = s & "%b"\r\n' % line for line in _cut(flat, 64)),
        "base64-listed": b'["' + b'","'.join(_cut(flat, 50)) + b'"].join("")',
        "base64-numbered": b'atob("' + b'\\\r\n'.join(_cut(flat, 64)) + b'")',
        "rot13-script": codecs.encode(script, "rot13").encode(),
        "reversed-script": script[::-1].encode(),
    }  # fmt: skip


def _addresses(load: Load) -> dict[str, bytes]:
    flat = base64.b64encode(load.zip)
    percent = quote_from_bytes(load.zip, safe="").encode()
    return {
        "all-percent": b";base64," + b"".join(b"%%%02x" % c for c in flat),
        "all-entities": b";base64," + b"".join(b"&#%d;" % c for c in flat),
        "percent-of-entities": b";base64," + flat.replace(b"A", b"%4&#49;"),
        "escaped-word": b";%62ase64," + flat.replace(b"A", b"%41"),
        "tab-entities": b";base64," + b"&Tab;".join(_cut(flat, 20)),
        "newline-entities": b";base64," + b"&NewLine;".join(_cut(flat, 20)),
        "not-base64-all": b"," + b"".join(b"%%%02X" % c for c in load.zip),
        "not-base64-entities": b"," + percent.replace(b"%", b"&#37;"),
        "not-base64-charset": b";charset=latin-1," + percent,
    }


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
