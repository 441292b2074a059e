"""Group E: transfer encodings that two decoders read differently, and encodings that no header announces."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from end_to_end.evasions.sample import (
    BASE64,
    EICAR,
    MIME,
    OCTETS,
    ZIP,
    Expect,
    Sample,
    around,
    attached,
    b64,
    eicar,
    name,
    text,
)

CTE = b"Content-Transfer-Encoding: "
FLAT = base64.b64encode(ZIP)
SCRIPT = b"This is harmless.\r\n" * 5


def chunked(size: int) -> bytes:
    """Base64 of every `size` bytes on its own, so that padding stands inside."""
    return b"".join(base64.b64encode(ZIP[at : at + size]) for at in range(0, len(ZIP), size))


def every(step: int, junk: bytes) -> bytes:
    """The flat base64 with `junk` behind every `step` characters."""
    return b"".join(FLAT[at : at + step] + junk for at in range(0, len(FLAT), step)) + b"\r\n"


def uu(data: bytes, label: bytes = b"note.zip", *, begin: bool = True, end: bool = True) -> bytes:
    """`data` uuencoded."""
    lines = [binascii.b2a_uu(data[at : at + 45]).rstrip(b"\n") for at in range(0, len(data), 45)]
    head = [b"begin 644 " + label] if begin else []
    return b"\r\n".join(head + lines + ([b"`", b"end", b""] if end else [b""]))


def quoted(data: bytes, *, lower: bool = False, width: int = 70, brk: bytes = b"=\r\n") -> bytes:
    """Every byte of `data` escaped, with soft breaks."""
    out = b"".join((b"=%02x" if lower else b"=%02X") % byte for byte in data)
    return b"".join(out[at : at + width // 3 * 3] + brk for at in range(0, len(out), width // 3 * 3)) + b"\r\n"


def yenc(data: bytes) -> bytes:
    """`data` as one yEnc block."""
    out = b""
    for byte in data:
        code = (byte + 42) % 256
        out += b"=" + bytes([(code + 64) % 256]) if code in (0, 10, 13, 61) else bytes([code])
    size = b"%d" % len(data)
    return b"=ybegin line=128 size=" + size + b" name=note.zip\r\n" + out + b"\r\n=yend size=" + size + b"\r\n"


BODIES: dict[str, bytes] = {
    "chunks-of-1": chunked(1),
    "chunks-of-2": chunked(2),
    "chunks-of-4": chunked(4),
    "chunks-of-50": chunked(50),
    "padding-per-line": b"".join(base64.b64encode(ZIP[at : at + 55]) + b"\r\n" for at in range(0, len(ZIP), 55)),
    "missing-padding": FLAT.rstrip(b"=") + b"\r\n",
    "extra-padding": FLAT + b"====\r\n",
    "padding-line-first": b"====\r\n" + BASE64,
    "equals-at-line-ends": BASE64.replace(b"\r\n", b"=\r\n"),
    "second-after-padding": b64(b"Nothing here.\n") + b"====\r\n" + BASE64,
    "first-before-padding": BASE64 + b"====\r\n" + b64(b"Nothing here.\n"),
    "junk-hash": every(1, b"#"),
    "junk-colon": every(3, b":"),
    "junk-hyphen": every(5, b"-"),
    "junk-space": every(1, b" "),
    "junk-tab": every(2, b"\t"),
    "junk-nul": every(3, b"\0"),
    "junk-8bit": every(7, b"\xe9"),
    "junk-line-first": b"!!!! ???? ....\r\n" + BASE64,
    "junk-characters-first": b"A\r\n\r\n" + BASE64,
    "two-characters-first": b"AB\r\n\r\n" + BASE64,
    "three-characters-first": b"ABC\r\n\r\n" + BASE64,
    "line-of-1": b64(ZIP, 1),
    "line-of-6": b64(ZIP, 6),
    "one-line": FLAT + b"\r\n",
    "long-lines": b64(ZIP, 900),
    "lf-lines": BASE64.replace(b"\r\n", b"\n"),
    "cr-lines": BASE64.replace(b"\r\n", b"\r"),
    "blank-lines": BASE64.replace(b"\r\n", b"\r\n\r\n"),
    "url-alphabet": base64.urlsafe_b64encode(ZIP) + b"\r\n",
    "begin-base64": b"begin-base64 644 note.zip\r\n" + BASE64 + b"====\r\n",
    "truncated-quantum": FLAT[: len(FLAT) // 4 * 4 - 2],
    "hash-hides-junk": BASE64.replace(b"\r\n", b"#abcd\r\n"),
    "prose-first": b"Please find the file below\r\n\r\n" + BASE64,
    "twice": b64(BASE64),
    "dots": BASE64.replace(b"\r\n", b".\r\n"),
}

QUOTED: dict[str, bytes] = {
    "all": quoted(ZIP),
    "lower-hex": quoted(ZIP, lower=True),
    "space-behind-break": quoted(ZIP, brk=b"= \r\n"),
    "tab-behind-break": quoted(ZIP, brk=b"=\t\r\n"),
    "break-every-byte": quoted(ZIP, width=3),
    "one-line": quoted(ZIP, width=10**6),
    "lf-breaks": quoted(ZIP, brk=b"=\n"),
    "bare-cr-breaks": quoted(ZIP, brk=b"=\r"),
}


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, body in BODIES.items():
        yield eicar(f"E-base64-{how}", around(OCTETS + CTE + b"base64\r\n\r\n" + body))
    for how, body in QUOTED.items():
        yield eicar(f"E-qp-{how}", around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + body))
    yield eicar("E-qp-equals-at-end", around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + quoted(EICAR) + b"="))
    yield eicar("E-qp-trailing-spaces", around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + EICAR + b"   \r\n"))
    yield eicar(
        "E-qp-mixed", around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + EICAR.replace(b"E", b"=45") + b"\r\n")
    )
    half = EICAR[:30] + b"=\r\n" + EICAR[30:]
    yield eicar("E-qp-soft-break", around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + half + b"\r\n"))
    yield eicar(
        "E-qp-encoded-lines",
        around(OCTETS + CTE + b"quoted-printable\r\n\r\n" + BASE64.replace(b"\r\n", b"=0D=0A=\r\n")),
    )
    yield eicar("E-plain", around(OCTETS + b"\r\n" + EICAR + b"\r\n"))
    yield eicar("E-binary", around(OCTETS + CTE + b"binary\r\n\r\n" + ZIP + b"\r\n"))
    yield eicar("E-8bit-declared-binary-body", around(OCTETS + CTE + b"8bit\r\n\r\n" + ZIP + b"\r\n"))
    for label in (b"uuencode", b"x-uuencode", b"x-uue", b"uue", b"x-uu", b"x-uuencoded"):
        yield eicar(f"E-uu-{label.decode()}", around(OCTETS + CTE + label + b"\r\n\r\n" + uu(ZIP)))
    yield eicar("E-uu-no-begin", around(OCTETS + CTE + b"x-uuencode\r\n\r\n" + uu(ZIP, begin=False)))
    yield eicar("E-uu-no-end", around(OCTETS + CTE + b"x-uuencode\r\n\r\n" + uu(ZIP, end=False)))
    prose = b"Dear Bob,\r\n\r\nhere it is.\r\n\r\n"
    yield eicar("E-uu-in-text", text(prose + uu(ZIP) + b"\r\nAnn\r\n"))
    yield eicar("E-uu-in-text-second", text(prose + uu(b"hello") + b"\r\nand\r\n\r\n" + uu(ZIP) + b"\r\nAnn\r\n"))
    yield eicar("E-uu-in-text-no-end", text(prose + uu(ZIP, end=False)))
    yield eicar("E-uu-in-text-cr", text(prose + uu(ZIP)).replace(b"\r\n", b"\n"))
    yield eicar(
        "E-uu-in-base64", around(b"Content-Type: text/plain\r\n" + CTE + b"base64\r\n\r\n" + b64(prose + uu(ZIP)))
    )
    yield eicar("E-uu-in-attachment", attached(prose + uu(ZIP), b"note.txt", b"text/plain"))
    yield eicar(
        "E-uu-in-html", text(b"<html><pre>\r\n" + uu(ZIP) + b"</pre></html>\r\n", b"Content-Type: text/html\r\n")
    )
    yield eicar("E-uu-quoted-by-mode", text(prose + uu(ZIP).replace(b"begin 644", b"begin 0644")))
    yield eicar("E-uu-two-spaces", text(prose + uu(ZIP).replace(b"begin 644 ", b"begin 644  ")))
    yield eicar("E-uu-tab", text(prose + uu(ZIP).replace(b"begin 644 ", b"begin\t644\t")))
    yield name("E-uu-name", text(prose + uu(SCRIPT, b"invoice.vbs") + b"\r\nAnn\r\n"))
    yield eicar("E-begin-base64-in-text", text(prose + b"begin-base64 644 note.zip\r\n" + BASE64 + b"====\r\n"))
    yield eicar("E-base64-in-text", text(prose + BASE64 + b"\r\nAnn\r\n"))
    yield eicar(
        "E-base64-in-quoted-text",
        text(prose + BASE64.replace(b"=", b"=3D"), b"Content-Type: text/plain\r\n" + CTE + b"quoted-printable\r\n"),
    )
    yield eicar("E-yenc-in-text", MIME + b"Content-Type: text/plain\r\n\r\n" + yenc(ZIP), Expect.HELD)
    yield eicar("E-yenc-declared", around(OCTETS + CTE + b"x-yencode\r\n\r\n" + yenc(ZIP)), Expect.HELD)
    binhex = (
        b"(This file must be converted with BinHex 4.0)\r\n\r\n:"
        + 3 * (b'$f*TEQKPH#jKCA0d,R0TG!"6594"8dP8)3#3' + b"\r\n")
        + b":\r\n"
    )
    yield eicar("E-binhex", around(b"Content-Type: application/mac-binhex40\r\n\r\n" + binhex), Expect.HELD)
    yield eicar("E-gzip64", around(OCTETS + CTE + b"x-gzip64\r\n\r\n" + BASE64))
    yield eicar("E-hex", around(OCTETS + b"\r\n" + binascii.hexlify(EICAR) + b"\r\n"))
    yield eicar(
        "E-base64-on-multipart",
        MIME
        + b"Content-Type: multipart/mixed; boundary=b1\r\n"
        + CTE
        + b"base64\r\n\r\n"
        + b64(around(OCTETS + CTE + b"base64\r\n\r\n" + BASE64).split(b"\r\n\r\n", 1)[1]),
    )
    yield eicar(
        "E-base64-on-rfc822", around(b"Content-Type: message/rfc822\r\n" + CTE + b"base64\r\n\r\n" + b64(attached(ZIP)))
    )
    yield eicar(
        "E-qp-on-rfc822",
        around(
            b"Content-Type: message/rfc822\r\n"
            + CTE
            + b"quoted-printable\r\n\r\n"
            + attached(ZIP).replace(b"=", b"=3D")
        ),
    )
    yield eicar(
        "E-base64-on-global", around(b"Content-Type: message/global\r\n" + CTE + b"base64\r\n\r\n" + b64(attached(ZIP)))
    )
    yield eicar(
        "E-base64-declared-on-plain-multipart",
        around(OCTETS + CTE + b"base64\r\n\r\n" + BASE64).replace(
            b"boundary=b1\r\n", b"boundary=b1\r\n" + CTE + b"base64\r\n", 1
        ),
    )
    yield eicar(
        "E-base64-behind-dot-stuffing", around(OCTETS + CTE + b"base64\r\n\r\n" + BASE64.replace(b"\r\n", b"\r\n.\r\n"))
    )
