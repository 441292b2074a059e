"""Rows E19 to E25: encodings that no header of today announces, or where none is allowed, or several."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Callable, Iterator

from bartizan.model.finding import Reason
from evasion import macfiles
from evasion.mails import CTE, MIME, OCTETS, REAL, around, attached, b64, single, text, zipped
from evasion.quoted import escaped
from evasion.sample import SCRIPT, Hides, Load, Sample, eicar, either, ids, marker, name
from evasion.uucodes import PROSE, uu

PLAIN = b"Content-Type: text/plain\r\n"
URL = bytes.maketrans(b"+/", b"-_")
QP = CTE + b": quoted-printable\r\n"


def yenc(data: bytes, label: bytes = b"note.zip", *, part: tuple[int, int] | None = None, end: bool = True) -> bytes:
    """`data` as one yEnc block, or as one of several."""
    out = b""
    for byte in data:
        code = (byte + 42) % 256
        out += b"=" + bytes([(code + 64) % 256]) if code in (0, 10, 13, 46, 61) else bytes([code])
    size = b"%d" % len(data)
    number = b"" if part is None else b" part=%d total=%d" % part
    more = b"" if part is None else b"=ypart begin=1 end=" + size + b"\r\n"
    first = b"=ybegin" + number + b" line=128 size=" + size + b" name=" + label + b"\r\n" + more
    return first + out + b"\r\n" + (b"=yend size=" + size + b" crc32=%08x\r\n" % zlib.crc32(data) if end else b"")


def rot13(data: bytes) -> bytes:
    """Letters thirteen further on."""
    return (
        data.decode("latin-1")
        .translate(
            str.maketrans(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
            )
        )
        .encode("latin-1")
    )


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _yenc(load)
    yield from _macintosh(load)
    yield from _compressed(load)
    yield from _on_others(load)
    yield from _binary(load)
    yield from _layers(load)


def _yenc(load: Load) -> Iterator[Sample]:
    whole = yenc(load.zip)
    for label in ("x-yencode", "yenc", "x-yenc", "yencode", "8bit", "binary"):
        mail = around(OCTETS + CTE + b": " + label.encode() + b"\r\n\r\n" + whole)
        yield either(f"E19-declared-{label}", Hides.MARKER, mail, Reason.UNREADABLE)
    halves = yenc(load.zip[:60], part=(1, 2)) + yenc(load.zip[60:], part=(2, 2))
    for how, body in {
        "": whole, "-behind-prose": PROSE + whole, "-no-end": yenc(load.zip, end=False), "-in-parts": halves,
        "-one-part": yenc(load.zip, part=(1, 1)), "-second": yenc(b"hello", b"a.txt") + whole,
        "-dots": whole.replace(b"\r\n.", b"\r\n.."), "-name": yenc(SCRIPT * 5, load.name),
    }.items():  # fmt: skip
        hides = Hides.NAME if how == "-name" else Hides.MARKER
        yield either(f"E19-in-text{how}", hides, MIME + PLAIN + b"\r\n" + body, Reason.UNREADABLE)
        yield either(f"E19-in-base64{how}", hides, attached(body, b"a.txt", b"text/plain"), Reason.UNREADABLE)
    yield either("E19-file", Hides.MARKER, attached(whole, b"a.yenc"), Reason.UNREADABLE)


def _macintosh(load: Load) -> Iterator[Sample]:
    data = load.zip
    hqx = macfiles.binhex(data)
    files = {
        "": hqx, "-no-introduction": macfiles.binhex(data, introduction=b""), "-prose-first": PROSE + hqx,
        "-in-resources": macfiles.binhex(b"hello", fork=data), "-no-end": hqx.rstrip(b":\r\n") + b"\r\n",
        "-long-lines": macfiles.INTRODUCTION + macfiles.binhex(data, introduction=b"").replace(b"\r\n", b"") + b"\r\n",
        "-lf": hqx.replace(b"\r\n", b"\n"), "-name": macfiles.binhex(SCRIPT, load.name),
    }  # fmt: skip
    for how, body in files.items():
        hides = Hides.NAME if how == "-name" else Hides.MARKER
        kind = b"Content-Type: application/mac-binhex40\r\n"
        for where, mail in {
            "type": around(kind + b"\r\n" + body), "type-base64": around(kind + REAL + b"\r\n" + b64(body)),
            "encoding": around(OCTETS + CTE + b": binhex40\r\n\r\n" + body), "text": text(body, PLAIN),
            "encoding-mac": around(OCTETS + CTE + b": mac-binhex40\r\n\r\n" + body),
            "encoding-x": around(OCTETS + CTE + b": x-binhex40\r\n\r\n" + body),
            "file": attached(body, b"a.hqx"), "file-of-text": attached(body, b"a.txt", b"text/plain"),
            "zip": attached(zipped(("a.hqx", body)), b"a.zip"),
        }.items():  # fmt: skip
            yield either(f"E20-{where}{how}", hides, mail, Reason.UNREADABLE)
    octets = b"--a1\r\nContent-Type: application/octet-stream\r\n" + REAL + b"\r\n"
    apple = b"--a1\r\nContent-Type: application/applefile\r\n" + REAL + b"\r\n"
    kind = b"Content-Type: multipart/appledouble; boundary=a1\r\n\r\n"
    held = Reason.UNREADABLE
    honest, inside = apple + b64(macfiles.double()), apple + b64(macfiles.double(fork=data))
    yield marker("E21-double", around(kind + honest + octets + load.base64 + b"--a1--\r\n"))
    yield marker("E21-double-data-first", around(kind + octets + load.base64 + honest + b"--a1--\r\n"))
    yield marker(
        "E21-double-under-mixed", around(honest.replace(b"--a1\r\n", b"") + b"--b1\r\n" + octets[6:] + load.base64)
    )
    mail = around(kind + inside + octets + b64(b"hello") + b"--a1--\r\n")
    yield either("E21-double-in-resources", Hides.MARKER, mail, held)
    mail = around(kind + apple + b64(macfiles.double(load.name)) + octets + b64(SCRIPT) + b"--a1--\r\n")
    yield either("E21-double-name", Hides.NAME, mail, held)
    for how, file in {
        "single": macfiles.single(data), "single-in-resources": macfiles.single(b"hello", fork=data),
        "binary": macfiles.macbinary(data), "binary-in-resources": macfiles.macbinary(b"hello", fork=data),
        "binary-cut": macfiles.macbinary(data)[: 128 + len(data)],
    }.items():  # fmt: skip
        yield either(f"E21-{how}", Hides.MARKER, attached(file, b"a.bin"), held)
        yield either(f"E21-{how}-declared", Hides.MARKER, attached(file, b"", b"application/applefile"), held)
        yield either(f"E21-{how}-in-zip", Hides.MARKER, attached(zipped(("a.bin", file)), b"a.zip"), held)
    for how, file in {
        "single": macfiles.single(SCRIPT, load.name), "binary": macfiles.macbinary(SCRIPT, load.name),
        "binary-first": macfiles.macbinary(SCRIPT, load.name, version=1),
        "binary-third": macfiles.macbinary(SCRIPT, load.name, version=3),
        "binary-third-no-sum": macfiles.macbinary(SCRIPT, load.name, version=3)[:128][:-4] + bytes(4) + SCRIPT,
        "binary-wrong-sum": macfiles.macbinary(SCRIPT, load.name)[:124] + b"\1\2\0\0" + SCRIPT,
        "binary-comment": macfiles.macbinary(SCRIPT, load.name) + b"Papers".ljust(128, b"\0"),
    }.items():  # fmt: skip
        yield either(f"E21-{how}-name", Hides.NAME, attached(file, b"a.bin"), held)
        yield either(f"E21-{how}-name-declared", Hides.NAME, attached(file, b"", b"application/macbinary"), held)
        yield either(f"E21-{how}-name-in-zip", Hides.NAME, attached(zipped(("a.bin", file)), b"a.zip"), held)


def _compressed(load: Load) -> Iterator[Sample]:
    squeeze: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zip": bytes}
    for how, press in squeeze.items():
        for label in ("x-gzip64", "gzip64", "x-gzip", "X-GZIP64", "gzip"):
            body = b64(press(load.zip))
            yield marker(
                f"E22-{label}-{how}", around(OCTETS + CTE + b": " + label.encode() + b"\r\n\r\n" + body), legal=False
            )
    letter = gzip.compress(load.say(b"Dear Bob,\r\n\r\nclaim your prize before midnight\r\n"))
    yield Sample("E22-phrase", Hides.PHRASE, text(b64(letter), PLAIN + CTE + b": x-gzip64\r\n"), legal=False)
    yield marker("E22-text", around(PLAIN + CTE + b": x-gzip64\r\n\r\n" + b64(gzip.compress(load.marker))), legal=False)
    mail = around(b"Content-Encoding: gzip\r\n" + OCTETS + REAL + b"\r\n" + b64(gzip.compress(load.zip)))
    yield marker("E22-content-encoding", mail)


def _on_others(load: Load) -> Iterator[Sample]:
    mail = attached(load.zip)
    kinds = {
        "mixed": mail.partition(b"\r\n\r\n")[2].replace(b"b1", b"c1"),
        "rfc822": mail.replace(b"b1", b"c1"), "global": mail.replace(b"b1", b"c1"), "news": mail.replace(b"b1", b"c1"),
    }  # fmt: skip
    kinds["alternative"] = kinds["related"] = kinds["digest"] = kinds["mixed"]
    ways: dict[str, Callable[[bytes], bytes]] = {
        "base64": b64, "quoted-printable": lambda body: body.replace(b"=", b"=3D"), "x-uuencode": uu,
        "quoted-printable-hyphens": lambda body: body.replace(b"=", b"=3D").replace(b"-", b"=2D"),
        "base64-one-line": lambda body: base64.b64encode(body) + b"\r\n",
    }  # fmt: skip
    for kind, inside in kinds.items():
        message = kind in ("rfc822", "global", "news")
        field = b"Content-Type: " + (b"message/" if message else b"multipart/") + kind.encode()
        field += b"\r\n" if message else b"; boundary=c1\r\n"
        for way, write in ways.items():
            label = way.replace("-hyphens", "").replace("-one-line", "").encode()
            head = field + CTE + b": " + label + b"\r\n\r\n"
            yield marker(f"E23-{kind}-{way}", around(head + write(inside)), legal=False)
            yield marker(f"E23-{kind}-{way}-whole-mail", MIME + head + write(inside), legal=False)
            yield marker(f"E23-{kind}-{way}-not-so", around(head + inside), legal=False)
        for label in (b"x-nothing", b"binary", b"8bit", b"7bit,base64"):
            head = field + CTE + b": " + label + b"\r\n\r\n"
            yield marker(f"E23-{kind}-{label.decode()}", around(head + inside), legal=label in (b"binary", b"8bit"))
    twice = b"Content-Type: message/rfc822\r\n" + REAL + b"\r\n"
    yield marker("E23-rfc822-twice", around(twice + b64(MIME + twice + b64(mail))), legal=False)
    head = b"Content-Type: multipart/mixed; boundary=c1\r\n" + REAL + b"\r\n"
    yield name(
        "E23-name",
        around(head + b64(attached(SCRIPT, load.name).partition(b"\r\n\r\n")[2].replace(b"b1", b"c1"))),
        legal=False,
    )


def _binary(load: Load) -> Iterator[Sample]:
    for label in ("none", "7bit", "8bit", "binary", "7BIT", "x-nothing"):
        field = b"" if label == "none" else CTE + b": " + label.encode() + b"\r\n"
        for kind in ("application/octet-stream", "application/zip", "text/plain", "image/png"):
            head = b"Content-Type: " + kind.encode() + b"\r\n" + field + b"\r\n"
            how = f"{label}-{kind.partition('/')[2]}"
            yield marker(f"E24-zip-{how}", around(head + load.zip + b"\r\n"), legal=False)
            yield marker(f"E24-plain-{how}", around(head + load.marker + b"\r\n"), legal=label != "x-nothing")
        legal = ids("8bit binary")
        yield eicar(f"E24-file-{label}", around(OCTETS + field + b"\r\n" + load.eicar + b"\r\n"), legal=label in legal)
        yield name(f"E24-program-{label}", around(OCTETS + field + b"\r\n" + load.program + b"\r\n"), legal=False)
    stored = zipped(("pad.bin", b"\r\n\n\r\0--b1x\r\n=41" * 10), ("note.txt", load.marker), method=0)
    yield marker("E24-line-ends", around(OCTETS + b"\r\n" + stored + b"\r\n"), legal=False)
    yield marker("E24-whole-mail", single(OCTETS, load.zip), legal=False)


def _layers(load: Load) -> Iterator[Sample]:
    data, mark = load.zip, load.marker
    lines = load.base64
    flat = base64.b64encode(data)
    digits = mark.hex()
    texts = {
        "base64": flat, "base64-lines": lines, "base64-twice": base64.b64encode(lines), "url-safe": flat.translate(URL),
        "base64-thrice": base64.b64encode(b64(lines)), "hex": digits.encode(), "hex-upper": digits.upper().encode(),
        "hex-of-zip": binascii.hexlify(data), "hex-spaces": mark.hex(" ").encode(),
        "hex-of-base64": binascii.hexlify(flat),
        "hex-colons": mark.hex(":").encode(), "hex-prefixed": b", ".join(b"0x%02x" % c for c in mark),
        "hex-lines": b"\r\n".join(digits[at : at + 60].encode() for at in range(0, 136, 60)),
        "base64-of-hex": base64.b64encode(digits.encode()), "hex-twice": binascii.hexlify(digits.encode()),
        "gzip-in-base64": base64.b64encode(gzip.compress(mark)),
        "zlib-in-base64": base64.b64encode(zlib.compress(mark)),
        "ascii85": base64.a85encode(data), "ascii85-adobe": base64.a85encode(data, adobe=True, wrapcol=72),
        "rot13": rot13(mark), "rot13-of-base64": rot13(flat), "base64-of-rot13": base64.b64encode(rot13(mark)),
        "base64-reversed": flat[::-1], "base32": base64.b32encode(data), "uu-in-base64": base64.b64encode(uu(data)),
        "utf-16-in-base64": base64.b64encode(mark.decode().encode("utf-16-le")), "base64-in-uu": uu(lines),
        "quoted-in-base64": base64.b64encode(escaped(mark)), "base64-in-quoted": escaped(lines),
        "certificate": b"-----BEGIN CERTIFICATE-----\r\n" + lines + b"-----END CERTIFICATE-----",
        "base64-quoted-lines": b"> " + lines.replace(b"\r\n", b"\r\n> "),
        "base64-backslashes": lines.replace(b"\r\n", b"\\\r\n"),
        "base64-strings": b'"' + lines.strip().replace(b"\r\n", b'" +\r\n"') + b'"',
        "base64-in-an-address": b"see " + flat + b"@example.com",
    }  # fmt: skip
    for how, body in texts.items():
        yield marker(f"E25-{how}-in-text", text(PROSE + body + b"\r\n\r\nAnn\r\n"))
        yield marker(f"E25-{how}-in-file", attached(body + b"\r\n", b"note.txt", b"text/plain"))
    scripts = {how: body.replace(b"\r\n", b"") for how, body in texts.items() if b"uu" not in how.encode()} | {
        "hex-escapes": b"".join(b"\\x%02x" % c for c in mark),
        "unicode-escapes": b"".join(b"\\u%04x" % c for c in mark),
        "octal-escapes": b"".join(b"\\%03o" % c for c in mark), "percent": b"".join(b"%%%02X" % c for c in mark),
        "percent-of-zip": b"".join(b"%%%02X" % c for c in data), "entities": b"".join(b"&#%d;" % c for c in mark),
        "decimal": b",".join(b"%d" % c for c in mark), "decimal-spaces": b" ".join(b"%d" % c for c in mark),
        "reversed": mark[::-1],
    }  # fmt: skip
    page = b'<html><script>var a = "%b";\r\nsave(decode(a));</script></html>\r\n'
    for how, body in scripts.items():
        if b'"' not in body:
            yield marker(f"E25-{how}-in-script", attached(page % body, b"a.html", b"text/html"))
    for how, front in {
        "word": b"Hash: SHA256\r\n\r\n", "short-word": b"So it is\r\n\r\n", "one-letter": b"Plan B\r\n\r\n",
        "name": b"Ann\r\n",
        "three-letters": b"my own\r\n", "line": b"Hello Bob\r\nhere is the file that you wanted\r\n",
    }.items():  # fmt: skip
        yield marker(f"E25-base64-behind-a-{how}", text(front + lines + b"\r\nAnn\r\n"))
        yield marker(f"E25-base64-before-a-{how}", text(lines.rstrip(b"=\r\n") + b"\r\n" + front))
    yield marker("E25-base64-in-quoted-text", text(PROSE + lines.replace(b"=", b"=3D"), PLAIN + QP))
    yield marker("E25-hex-behind-1-mb", text(b"So much to say.\r\n" * 60_000 + binascii.hexlify(data) + b"\r\n"))
