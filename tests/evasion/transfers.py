"""Group E: transfer encodings that two decoders read differently, and encodings that no header announces."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, MIME, OCTETS, REAL, around, attached, b64, text
from evasion.sample import SCRIPT, Hides, Load, Sample, held, ids, marker, name

PROSE = b"Dear Bob,\r\n\r\nhere it is.\r\n\r\n"
NOTHING = b64(b"Nothing here.\n")
QP = CTE + b": quoted-printable\r\n"


def chunked(data: bytes, size: int) -> bytes:
    """Base64 of every `size` bytes on its own, so that padding stands inside."""
    return b"".join(base64.b64encode(data[at : at + size]) for at in range(0, len(data), size))


def every(flat: bytes, step: int, junk: bytes) -> bytes:
    """The flat base64 with `junk` behind every `step` characters."""
    return b"".join(flat[at : at + step] + junk for at in range(0, len(flat), step)) + b"\r\n"


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


def in_base64(load: Load) -> dict[str, bytes]:
    """Bodies of a part that says base64."""
    data, lines = load.zip, load.base64
    flat = base64.b64encode(data)
    return {
        "E01-chunks-of-1": chunked(data, 1),
        "E01-chunks-of-4": chunked(data, 4),
        "E01-chunks-of-50": chunked(data, 50),
        "E01-padding-per-line": b"".join(
            base64.b64encode(data[at : at + 55]) + b"\r\n" for at in range(0, len(data), 55)
        ),
        "E02-chunks-of-2": chunked(data, 2),
        "E04-missing-padding": flat.rstrip(b"=") + b"\r\n",
        "E04-truncated-quantum": flat[: len(flat) // 4 * 4 - 2],
        "E05-extra-padding": flat + b"====\r\n",
        "E05-padding-line-first": b"====\r\n" + lines,
        "E05-at-line-ends": lines.replace(b"\r\n", b"=\r\n"),
        "E06-hash": every(flat, 1, b"#"),
        "E06-colon": every(flat, 3, b":"),
        "E06-hyphen": every(flat, 5, b"-"),
        "E06-space": every(flat, 1, b" "),
        "E06-tab": every(flat, 2, b"\t"),
        "E06-nul": every(flat, 3, b"\0"),
        "E06-8bit": every(flat, 7, b"\xe9"),
        "E06-line-first": b"!!!! ???? ....\r\n" + lines,
        "E06-prose-first": b"Please find the file below\r\n\r\n" + lines,
        "E06-dots": lines.replace(b"\r\n", b".\r\n"),
        "E06-dot-lines": lines.replace(b"\r\n", b"\r\n.\r\n"),
        "E07-one-character": b"A\r\n\r\n" + lines,
        "E07-two-characters": b"AB\r\n\r\n" + lines,
        "E07-three-characters": b"ABC\r\n\r\n" + lines,
        "E08-hash-hides-junk": lines.replace(b"\r\n", b"#abcd\r\n"),
        "E09-line-of-1": b64(data, 1),
        "E09-line-of-6": b64(data, 6),
        "E09-one-line": flat + b"\r\n",
        "E09-long-lines": b64(data, 900),
        "E09-lf-lines": lines.replace(b"\r\n", b"\n"),
        "E09-cr-lines": lines.replace(b"\r\n", b"\r"),
        "E09-blank-lines": lines.replace(b"\r\n", b"\r\n\r\n"),
        "E10-second": NOTHING + b"====\r\n" + lines,
        "E10-first": lines + b"====\r\n" + NOTHING,
        "E11-begin": b"begin-base64 644 note.zip\r\n" + lines + b"====\r\n",
        "E12-url-alphabet": base64.urlsafe_b64encode(data) + b"\r\n",
        "E25-twice": b64(lines),
    }


def in_quoted_printable(load: Load) -> dict[str, bytes]:
    """Bodies of a part that says quoted-printable."""
    data, plain = load.zip, load.marker
    return {
        "E13-all": quoted(data),
        "E13-space-behind-break": quoted(data, brk=b"= \r\n"),
        "E13-tab-behind-break": quoted(data, brk=b"=\t\r\n"),
        "E13-break-every-byte": quoted(data, width=3),
        "E13-one-break": plain[:30] + b"=\r\n" + plain[30:] + b"\r\n",
        "E13-encoded-lines": load.base64.replace(b"=", b"=3D").replace(b"\r\n", b"=0D=0A=\r\n") + b"\r\n",
        "E14-lower-hex": quoted(data, lower=True),
        "E14-mixed": plain.replace(b"E", b"=45").replace(b"Z", b"=5a") + b"\r\n",
        "E15-equals-at-end": quoted(plain) + b"=",
        "E16-one-line": quoted(data, width=10**6),
        "E16-lf-breaks": quoted(data, brk=b"=\n"),
        "E16-bare-cr-breaks": quoted(data, brk=b"=\r"),
        "E16-trailing-spaces": plain + b"   \r\n",
    }


LEGAL = ids(
    "E09-line-of-1 E09-line-of-6 E09-lf-lines E13-all E13-break-every-byte E13-one-break E13-encoded-lines "
    "E16-trailing-spaces E25-twice"
)


def cases(load: Load) -> Iterator[Sample]:
    """All of the group."""
    for how, body in in_base64(load).items():
        yield marker(how, around(OCTETS + REAL + b"\r\n" + body), legal=how in LEGAL)
    for how, body in in_quoted_printable(load).items():
        yield marker(how, around(OCTETS + QP + b"\r\n" + body), legal=how in LEGAL)
    for at, how in enumerate(("first", "second", "third", "fourth")):
        body = load.base64[:at] + b"=" + load.base64[at:]
        yield marker(f"E03-{how}", around(OCTETS + REAL + b"\r\n" + body), legal=False)
    yield marker("E24-plain", around(OCTETS + b"\r\n" + load.marker + b"\r\n"))
    yield marker("E24-binary", around(OCTETS + CTE + b": binary\r\n\r\n" + load.zip + b"\r\n"))
    yield marker("E24-8bit", around(OCTETS + CTE + b": 8bit\r\n\r\n" + load.zip + b"\r\n"), legal=False)
    yield from _uuencoded(load)
    yield from _other_encodings(load)
    yield from _on_others(load)
    yield from _charsets(load)


def _uuencoded(load: Load) -> Iterator[Sample]:
    data = load.zip
    for label in (b"uuencode", b"x-uuencode", b"x-uue", b"uue", b"x-uu", b"x-uuencoded"):
        mail = around(OCTETS + CTE + b": " + label + b"\r\n\r\n" + uu(data))
        yield marker(f"E17-{label.decode()}", mail, legal=False)
    head = OCTETS + CTE + b": x-uuencode\r\n\r\n"
    yield marker("E17-no-begin", around(head + uu(data, begin=False)), legal=False)
    yield marker("E17-no-end", around(head + uu(data, end=False)), legal=False)
    bodies = {
        "plain": uu(data) + b"\r\nAnn\r\n",
        "second": uu(b"hello") + b"\r\nand\r\n\r\n" + uu(data) + b"\r\nAnn\r\n",
        "quoted-by-mode": uu(data).replace(b"begin 644", b"begin 0644"),
        "two-spaces": uu(data).replace(b"begin 644 ", b"begin 644  "),
        "tab": uu(data).replace(b"begin 644 ", b"begin\t644\t"),
    }
    for how, body in bodies.items():
        yield marker(f"E18-{how}", text(PROSE + body))
    yield marker("E18-no-end", text(PROSE + uu(data, end=False)), legal=False)
    yield marker("E18-lf", text(PROSE + uu(data)).replace(b"\r\n", b"\n"))
    yield marker("E18-in-base64", around(b"Content-Type: text/plain\r\n" + REAL + b"\r\n" + b64(PROSE + uu(data))))
    yield marker("E18-in-attachment", attached(PROSE + uu(data), b"note.txt", b"text/plain"))
    page = b"<html><pre>\r\n" + uu(data) + b"</pre></html>\r\n"
    yield marker("E18-in-html", text(page, b"Content-Type: text/html\r\n"))
    yield name("E18-name", text(PROSE + uu(SCRIPT * 5, load.name) + b"\r\nAnn\r\n"))
    body = PROSE + b"begin-base64 644 note.zip\r\n" + load.base64 + b"====\r\n"
    yield marker("E11-in-text", text(body))


def _other_encodings(load: Load) -> Iterator[Sample]:
    plain = b"Content-Type: text/plain\r\n"
    yield held("E19-in-text", MIME + plain + b"\r\n" + yenc(load.zip), Reason.UNREADABLE)
    yield held("E19-declared", around(OCTETS + CTE + b": x-yencode\r\n\r\n" + yenc(load.zip)), Reason.UNREADABLE)
    lines = 3 * (b'$f*TEQKPH#jKCA0d,R0TG!"6594"8dP8)3#3' + b"\r\n")
    binhex = b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + lines + b":\r\n"
    mail = around(b"Content-Type: application/mac-binhex40\r\n\r\n" + binhex)
    yield held("E20-declared", mail, Reason.UNREADABLE)
    double = b"Content-Type: multipart/appledouble; boundary=a1\r\n\r\n--a1\r\nContent-Type: application/applefile\r\n"
    double += REAL + b"\r\n" + b64(b"\0\5\x16\7\0\2\0\0" + bytes(40))
    file = b"--a1\r\nContent-Type: application/zip\r\n" + REAL + b"\r\n" + load.base64 + b"--a1--\r\n"
    yield marker("E21-appledouble", around(double + file))
    yield marker("E21-macbinary", attached(b"\0\5a.zip" + bytes(121) + load.zip, b"a.bin"))
    yield marker("E22-x-gzip64", around(OCTETS + CTE + b": x-gzip64\r\n\r\n" + load.base64), legal=False)
    yield marker("E25-hex", around(OCTETS + b"\r\n" + binascii.hexlify(load.marker) + b"\r\n"))
    yield marker("E25-base64-in-text", text(PROSE + load.base64 + b"\r\nAnn\r\n"))
    body = PROSE + load.base64.replace(b"=", b"=3D")
    yield marker("E25-base64-in-quoted-text", text(body, plain + QP))


def _on_others(load: Load) -> Iterator[Sample]:
    mail = attached(load.zip)
    head, _, body = mail.partition(b"\r\n\r\n")
    yield marker("E23-multipart", head + b"\r\n" + REAL + b"\r\n" + b64(body), legal=False)
    yield marker("E23-multipart-not-encoded", head + b"\r\n" + REAL + b"\r\n" + body, legal=False)
    for kind in (b"rfc822", b"global", b"news"):
        field = b"Content-Type: message/" + kind + b"\r\n"
        yield marker(f"E23-{kind.decode()}", around(field + REAL + b"\r\n" + b64(mail)), legal=False)
    field = b"Content-Type: message/rfc822\r\n" + QP + b"\r\n"
    yield marker("E23-rfc822-qp", around(field + mail.replace(b"=", b"=3D")), legal=False)


def _charsets(load: Load) -> Iterator[Sample]:
    """Phrases in charsets: E26 to E29."""
    phrase = load.phrase

    def shown(id: str, body: bytes, charset: bytes, *, legal: bool = True, encoded: bool = False) -> Sample:
        head = b"Content-Type: text/plain" + (b"; charset=" + charset if charset else b"") + b"\r\n"
        mail = text(b64(body), head + REAL) if encoded else text(body, head)
        return Sample(id, Hides.PHRASE, mail, legal=legal)

    yield shown("E26-escapes", phrase.replace("i", "+AGk-").encode(), b"utf-7")
    yield shown("E26-plain", phrase.encode(), b"utf-7")
    yield shown("E26-encoded", f"Hello,\n{phrase}\n".encode("utf-7"), b"utf-7", encoded=True)
    charsets = "utf-16 utf-16-le utf-16-be utf-32 cp037 cp500 cp1026 iso-2022-jp iso-2022-kr hz shift_jis gb18030 big5 "
    for charset in (charsets + "euc-kr koi8-r windows-1251 iso-8859-15 macintosh").split():
        body = f"Hello,\n{phrase}\n".encode(charset)
        yield shown(f"E27-{charset}", body, charset.encode(), encoded=True)
    yield shown("E27-unknown", phrase.encode(), b"x-nothing")
    yield shown("E28-utf-16-no-label", phrase.encode("utf-16"), b"", encoded=True)
    yield shown("E28-utf-16le-no-mark", phrase.encode("utf-16-le"), b"", encoded=True)
    yield shown("E28-utf-16-labelled-ascii", phrase.encode("utf-16"), b"us-ascii", encoded=True)
    yield shown("E28-utf-8-labelled-utf-16", phrase.encode(), b"utf-16")
    body = phrase.encode("utf-16-le")
    yield shown("E28-two-labels", body, b"us-ascii; charset=utf-16le", encoded=True, legal=False)
    yield shown("E28-latin1-labelled-utf-8", b"caf\xe9 " + phrase.encode(), b"utf-8")
    body = load.say(b"cl\x1b(Baim your pri\x1b(B\x1b(Bze before midnight")
    yield shown("E29-iso-2022-jp-shifts", body, b"iso-2022-jp")
    yield shown("E29-overlong", load.say(b"\xc1\xa3laim your prize before midnight"), b"utf-8")
