"""Rows S07 and S08: S/MIME and PGP, signed, compressed and encrypted."""

from __future__ import annotations

import base64
import bz2
import zlib
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, OCTETS, REAL, around, attached, b64, single, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, either, held, marker, name, phrase

RSA = b"\x2a\x86\x48\x86\xf7\x0d\x01"
DATA, SIGNED, ENVELOPED, ENCRYPTED = (RSA + b"\x07" + number for number in (b"\1", b"\2", b"\3", b"\6"))
COMPRESSED, AUTHENTICATED, STAMPED = (RSA + b"\x09\x10\x01" + number for number in (b"\x09", b"\x17", b"\x1f"))
ZLIB = RSA + b"\x09\x10\x03\x08"
MAIL = b"application/pkcs7-mime"
SMIME, PGP, UNREADABLE = Reason.ENCRYPTED_SMIME, Reason.ENCRYPTED_PGP, Reason.UNREADABLE


def tlv(tag: int, content: bytes, *, endless: bool = False) -> bytes:
    """One value of DER, or of BER with its end marked by zeros."""
    if endless:
        return bytes([tag, 0x80]) + content + b"\0\0"
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def octets(data: bytes, pieces: int = 0) -> bytes:
    """An octet string, in pieces of this size if there is one."""
    if not pieces:
        return tlv(4, data)
    return tlv(0x24, b"".join(tlv(4, data[at : at + pieces]) for at in range(0, len(data), pieces)), endless=True)


def signed(data: bytes | None, *, pieces: int = 0, endless: bool = False) -> bytes:
    """ContentInfo of SignedData around `data`, or beside it; without certificates and signatures (RFC 5652)."""
    content = b"" if data is None else tlv(0xA0, octets(data, pieces), endless=endless)
    inside = tlv(0x30, tlv(6, DATA) + content, endless=endless)
    body = tlv(0x30, tlv(2, b"\1") + tlv(0x31, b"") + inside + tlv(0x31, b""), endless=endless)
    return tlv(0x30, tlv(6, SIGNED) + tlv(0xA0, body, endless=endless), endless=endless)


def compressed(data: bytes, *, pieces: int = 0) -> bytes:
    """ContentInfo of CompressedData (RFC 3274)."""
    inside = tlv(0x30, tlv(6, DATA) + tlv(0xA0, octets(zlib.compress(data), pieces)))
    body = tlv(0x30, tlv(2, b"\0") + tlv(0x30, tlv(6, ZLIB)) + inside)
    return tlv(0x30, tlv(6, COMPRESSED) + tlv(0xA0, body))


def sealed(kind: bytes) -> bytes:
    """ContentInfo of something encrypted."""
    cipher = tlv(0x30, tlv(6, b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a") + octets(bytes(range(16))))
    inside = tlv(0x30, tlv(6, DATA) + cipher + tlv(0x80, bytes(range(200, 248))))
    return tlv(0x30, tlv(6, kind) + tlv(0xA0, tlv(0x30, tlv(2, b"\0") + tlv(0x31, b"") + inside)))


def armour(data: bytes, label: bytes = b"MESSAGE", fields: bytes = b"") -> bytes:
    """`data` in the armour of PGP."""
    return b"-----BEGIN PGP %b-----\r\n%b\r\n%b=njUN\r\n-----END PGP %b-----\r\n" % (
        label,
        fields,
        b64(data, 64),
        label,
    )


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _opaque(load)
    yield from _encrypted(load)
    yield from _pgp(load)


def _opaque(load: Load) -> Iterator[Sample]:
    part = OCTETS + REAL + b"\r\n" + load.base64
    files = {
        "signed": signed(part), "signed-pieces": signed(part, pieces=50, endless=True),
        "signed-endless": signed(part, endless=True),
        "signed-plain": signed(load.marker), "signed-plain-cut": signed(load.marker, pieces=11, endless=True),
        "signed-zip": signed(load.zip), "signed-zip-pieces": signed(load.zip, pieces=40, endless=True),
        "signed-twice": signed(b"Content-Type: " + MAIL + b"\r\n" + REAL + b"\r\n" + b64(signed(part))),
        "compressed": compressed(part), "compressed-pieces": compressed(part, pieces=30),
        "compressed-plain": compressed(load.marker),
        "compressed-signed": compressed(b"Content-Type: " + MAIL + b"\r\n" + REAL + b"\r\n" + b64(signed(part))),
        "signed-compressed": signed(b"Content-Type: " + MAIL + b"\r\n" + REAL + b"\r\n" + b64(compressed(part))),
        "compressed-bare-in-signed": signed(compressed(part)), "signed-tail": signed(b"hello") + load.zip,
        "signed-cut": signed(part)[:-20],
        "stamped": tlv(0x30, tlv(6, STAMPED) + tlv(0xA0, tlv(0x30, tlv(2, b"\1") + octets(load.zip)))),
    }  # fmt: skip
    kinds = {
        "mime": (MAIL + b"; smime-type=signed-data", b"smime.p7m"), "no-type": (MAIL, b"smime.p7m"),
        "x": (b"application/x-pkcs7-mime", b""),
        "octets": (b"application/octet-stream", b"smime.p7m"), "other-name": (b"application/octet-stream", b"a.dat"),
        "as-signature": (b"application/pkcs7-signature", b"smime.p7s"),
        "compressed-type": (MAIL + b"; smime-type=compressed-data", b"smime.p7z"),
        "certificates": (MAIL + b"; smime-type=certs-only", b"smime.p7c"), "png": (b"image/png", b"a.png"),
    }  # fmt: skip
    for how, data in files.items():
        for where, (kind, label) in kinds.items():
            mail = attached(data, label, kind)
            yield either(f"S07-{how}-{where}", Hides.MARKER, mail, UNREADABLE, SMIME)
        whole = single(b"Content-Type: " + MAIL + b"; name=smime.p7m\r\n" + REAL, b64(data))
        yield either(f"S07-{how}-whole-mail", Hides.MARKER, whole, UNREADABLE, SMIME)
        yield either(
            f"S07-{how}-binary",
            Hides.MARKER,
            around(b"Content-Type: " + MAIL + b"\r\n" + CTE + b": binary\r\n\r\n" + data + b"\r\n"),
            UNREADABLE,
            SMIME,
        )
        pem = b"-----BEGIN PKCS7-----\r\n" + b64(data, 64) + b"-----END PKCS7-----\r\n"
        yield either(f"S07-{how}-pem", Hides.MARKER, attached(pem, b"a.pem"), UNREADABLE, SMIME)
        other = b"-----BEGIN CMS-----\r\n" + b64(signed(b"hello"), 64) + b"-----END CMS-----\r\n"
        yield either(f"S07-{how}-pem-second", Hides.MARKER, attached(other + pem, b"a.pem"), UNREADABLE, SMIME)
        yield either(f"S07-{how}-zip", Hides.MARKER, attached(zipped(("a.p7m", data)), b"a.zip"), UNREADABLE, SMIME)
    named = b"Content-Type: application/octet-stream; name=" + load.name + b"\r\n\r\n" + SCRIPT
    for how, data in {"signed": signed(named), "compressed": compressed(named)}.items():
        yield either(f"S07-{how}-name", Hides.NAME, attached(data, b"smime.p7m", MAIL), UNREADABLE, SMIME)
    for label, file in {
        "p7m": signed(SCRIPT), "P7M ": signed(SCRIPT, pieces=9, endless=True), "p7z": compressed(SCRIPT),
        "p7m.p7m": signed(signed(SCRIPT)), "p7z.p7m": signed(compressed(SCRIPT)),
    }.items():  # fmt: skip
        mail = attached(file, load.name + b"." + label.encode())
        yield either(f"S07-file-{label.strip()}", Hides.NAME, mail, UNREADABLE, SMIME)
    told = tlv(0x30, tlv(1, b"\xff") + tlv(12, load.name))
    stamped = tlv(0x30, tlv(6, STAMPED) + tlv(0xA0, tlv(0x30, tlv(2, b"\1") + told + octets(SCRIPT))))
    yield either("S07-stamped-name", Hides.NAME, attached(stamped, b"a.tsd"), UNREADABLE)
    yield either(
        "S07-stamped-name-pieces",
        Hides.NAME,
        attached(stamped.replace(octets(SCRIPT), octets(SCRIPT, 9)), b"a.tsd"),
        UNREADABLE,
    )
    packed = b"-----BEGIN PKCS7-----\r\n" + b64(signed(b"hello"), 64) + b"-----END PKCS7-----\r\n"
    for how, more in {
        "before": load.base64 + packed,
        "behind": packed + load.base64,
        "marker": packed + load.marker,
    }.items():
        yield either(f"S07-text-{how}-pem", Hides.MARKER, attached(more, b"a.pem"), UNREADABLE, SMIME)
    words = b"Content-Type: text/plain\r\n\r\n" + load.say(b"claim your\r\nprize before midnight\r\n")
    for how, data in {"signed": signed(words), "compressed": compressed(words)}.items():
        yield either(f"S07-{how}-phrase", Hides.PHRASE, attached(data, b"smime.p7m", MAIL), UNREADABLE, SMIME)
    clear = b'multipart/signed; protocol="application/pkcs7-signature"; boundary=b1'
    signature = (
        b"--b1\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n" + REAL + b"\r\n" + b64(signed(None))
    )
    yield marker("S07-clear", around(part + signature, kind=clear))


def _encrypted(load: Load) -> Iterator[Sample]:
    kinds = {
        "mime": (MAIL + b"; smime-type=enveloped-data", b"smime.p7m"), "no-type": (MAIL, b"smime.p7m"),
        "x": (b"application/x-pkcs7-mime", b""),
        "lies": (MAIL + b"; smime-type=signed-data", b"smime.p7m"),
        "octets": (b"application/octet-stream", b"smime.p7m"),
        "other-name": (b"application/octet-stream", b"a.dat"),
        "as-signature": (b"application/pkcs7-signature", b"smime.p7s"), "png": (b"image/png", b"a.png"),
    }  # fmt: skip
    for how, kind in {"enveloped": ENVELOPED, "encrypted": ENCRYPTED, "authenticated": AUTHENTICATED}.items():
        data = sealed(kind)
        for where, (declared, label) in kinds.items():
            yield held(f"S08-{how}-{where}", attached(data, label, declared), SMIME, UNREADABLE)
        yield held(f"S08-{how}-whole-mail", single(b"Content-Type: " + MAIL + b"\r\n" + REAL, b64(data)), SMIME)
        inside = signed(b"Content-Type: " + MAIL + b"\r\n" + REAL + b"\r\n" + b64(data))
        yield held(f"S08-{how}-signed", attached(inside, b"smime.p7m", MAIL), SMIME, UNREADABLE)
        yield held(f"S08-{how}-in-zip", attached(zipped(("smime.p7m", data)), b"a.zip"), SMIME, UNREADABLE)
        yield held(f"S08-{how}-in-mail", attached(attached(data, b"smime.p7m", MAIL), b"a.eml"), SMIME, UNREADABLE)


def _pgp(load: Load) -> Iterator[Sample]:
    session = b"\x85\x00\x2c\x03" + bytes(range(1, 9)) + b"\1" + bytes(range(100, 134))
    session += b"\xd2\x40\1" + bytes(range(150, 213))
    whole = armour(session)
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b1\r\n" + OCTETS + b"\r\n" + whole
    kind = b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b1'
    yield held("S08-pgp-mime", around(version, kind=kind), PGP)
    yield held("S08-pgp-mime-no-protocol", around(version, kind=b"multipart/encrypted; boundary=b1"), PGP)
    yield held("S08-pgp-mime-quoted", around(version, kind=b'"multipart/encrypted"; boundary=b1'), PGP)
    control = b'Content-Type: "application/pgp-encrypted"\r\n\r\nVersion: 1\r\n'
    yield held("S08-pgp-mime-control-quoted", around(control), PGP)
    yield held("S08-pgp-mime-as-mixed", around(version), PGP)
    yield held(
        "S08-pgp-mime-inside",
        around(
            b"Content-Type: multipart/encrypted; boundary=c1\r\n\r\n--c1\r\n"
            + version.replace(b"b1", b"c1")
            + b"--c1--\r\n"
        ),
        PGP,
    )
    for how, body in {
        "": whole, "-behind-prose": b"Hello Bob,\r\n\r\n" + whole,
        "-fields": armour(session, fields=b"Version: GnuPG v2\r\nComment: x\r\n"),
        "-blanks": whole.replace(b"MESSAGE-----\r\n", b"MESSAGE-----  \r\n", 1), "-lf": whole.replace(b"\r\n", b"\n"),
        "-part": armour(session, b"MESSAGE, PART 1/2"),
        "-behind-much": b"So much to say.\r\n" * 10_000 + whole, "-no-end": whole.partition(b"=njUN")[0],
        "-no-sum": whole.replace(b"=njUN\r\n", b""), "-twice": whole + whole,
        "-behind-signature": b"Ann\r\n-- \r\nAnn\r\n" + whole,
    }.items():  # fmt: skip
        yield held(f"S08-pgp-inline{how}", text(body), PGP)
        yield held(
            f"S08-pgp-inline-base64{how}", around(b"Content-Type: text/plain\r\n" + REAL + b"\r\n" + b64(body)), PGP
        )
        yield held(f"S08-pgp-inline-file{how}", attached(body, b"message.asc"), PGP)
    yield held(
        "S08-pgp-inline-page",
        text(b"<html><pre>\r\n" + whole + b"</pre></html>\r\n", b"Content-Type: text/html\r\n"),
        PGP,
    )
    for label in (b"a.gpg", b"a.pgp", b"a.dat", b""):
        yield held(f"S08-pgp-binary-{label.decode()}", attached(session, label), PGP, UNREADABLE)
    yield held("S08-pgp-binary-declared", attached(session, b"a.gpg", b"application/pgp-encrypted"), PGP)
    yield held("S08-pgp-in-zip", attached(zipped(("a.asc", whole)), b"a.zip"), PGP)
    literal = b"\xcb" + bytes([len(load.marker) + 6]) + b"b\0\0\0\0\0" + load.marker
    packed = b"\xa3\2" + zlib.compress(literal)
    for how, data in {"literal": literal, "compressed": packed}.items():
        yield either(f"S08-pgp-{how}", Hides.MARKER, text(armour(data)), PGP)
        yield either(f"S08-pgp-{how}-file", Hides.MARKER, attached(data, b"a.gpg"), PGP, UNREADABLE)
    yield from _readable_pgp(load)
    clear = b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\n%b\r\n" + armour(
        b"\x88\x5e\4\0" + bytes(90), b"SIGNATURE"
    )
    yield marker("S08-pgp-clear", text(clear % load.marker))
    yield marker("S08-pgp-clear-base64", text(clear % base64.b64encode(load.zip)))
    yield phrase("S08-pgp-clear-phrase", text(clear % load.say(b"claim your prize before midnight")))
    signature = (
        b"--b1\r\nContent-Type: application/pgp-signature; name="
        + load.name
        + b"\r\n\r\n"
        + armour(b"\x88\x5e\4\0" + bytes(90), b"SIGNATURE")
    )
    yield name(
        "S08-pgp-signature-name",
        around(signature[6:], kind=b'multipart/signed; protocol="application/pgp-signature"; boundary=b1'),
    )


def packet(tag: int, body: bytes, *, old: bool = False, pieces: int = 0, endless: bool = False) -> bytes:
    """A packet of OpenPGP in the old form or the new one, in pieces of two to the power of `pieces`, or without end."""
    if old:
        size = b"" if endless else len(body).to_bytes(2)
        return bytes([0x80 | tag << 2 | (3 if endless else 1)]) + size + body
    head = bytes([0xC0 | tag])
    if not pieces:
        return head + b"\xff" + len(body).to_bytes(4) + body
    whole = len(body) >> pieces << pieces
    parts = (bytes([224 + pieces]) + body[at : at + (1 << pieces)] for at in range(0, whole, 1 << pieces))
    return head + b"".join(parts) + bytes([len(body) - whole]) + body[whole:]


def literal_of(data: bytes, label: bytes = b"", *, kind: bytes = b"b", **form: int) -> bytes:
    """A literal packet."""
    return packet(11, kind + bytes([len(label)]) + label + bytes(4) + data, **form)  # type: ignore[arg-type]


def _deflated(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


def _readable_pgp(load: Load) -> Iterator[Sample]:
    """Messages of OpenPGP that nobody has encrypted: signed, compressed, or neither."""
    inside = literal_of(load.marker, old=True)
    once = packet(4, b"\3\0\x08\1" + bytes(range(8)) + b"\1", old=True)
    signature = packet(2, b"\4\0\1\x08\0\0\0\0" + bytes(40), old=True)
    certificate = packet(6, b"\4" + bytes(60), old=True)
    zipped_once = packet(8, b"\1" + _deflated(inside), old=True, endless=True)
    deep = inside
    for _ in range(6):
        deep = packet(8, b"\2" + zlib.compress(deep))
    files = {
        "deflate": zipped_once, "deflate-new": packet(8, b"\1" + _deflated(inside)),
        "deflate-pieces": packet(8, b"\1" + _deflated(literal_of(load.marker * 20)), pieces=5),
        "deflate-stored": packet(8, b"\1" + b"\1" + len(inside).to_bytes(2, "little")
        + (len(inside) ^ 0xFFFF).to_bytes(2, "little") + inside),
        "zlib": packet(8, b"\2" + zlib.compress(inside), old=True),
        "bzip2": packet(8, b"\3" + bz2.compress(inside)),
        "not-at-all": packet(8, b"\0" + literal_of(load.zip)),
        "literal-pieces": literal_of(load.marker, pieces=4), "literal-zip": literal_of(load.zip, pieces=5),
        "literal-text": literal_of(load.base64, kind=b"t", old=True),
        "signed": once + inside + signature, "signed-as-once": signature + literal_of(load.marker, pieces=3),
        "signed-compressed": packet(8, b"\2" + zlib.compress(once + inside + signature)),
        "compressed-six-times": deep, "marker-first": packet(10, b"PGP", old=True) + zipped_once,
        "second": literal_of(b"hello") + literal_of(load.marker, pieces=3),
        "mail": packet(8, b"\2" + zlib.compress(literal_of(attached(load.zip)))),
        "behind": packet(8, b"\2" + zlib.compress(literal_of(b"hello"))) + load.zip,
    }  # fmt: skip
    labels = (b"MESSAGE", b"MESSAGE, PART 1/1", b"ARMORED FILE", b"SIGNATURE", b"PUBLIC KEY BLOCK")
    for how, data in files.items():
        if how != "not-at-all":
            yield either(f"S08-pgp-read-{how}", Hides.MARKER, attached(data, b"a.gpg"), PGP, UNREADABLE)
            yield either(
                f"S08-pgp-read-{how}-zip", Hides.MARKER, attached(zipped(("a", data)), b"a.zip"), PGP, UNREADABLE
            )
        for at, label in enumerate(labels):
            whole = armour(data, label)
            yield either(f"S08-pgp-read-{how}-armour-{at}", Hides.MARKER, text(whole), PGP)
            mail = text(b"Hello,\r\n\r\n" + whole + b"Ann\r\n")
            yield either(f"S08-pgp-read-{how}-armour-{at}-in-text", Hides.MARKER, mail, PGP)
        lines = b"<br>".join(armour(data).split(b"\r\n"))
        page = b"<html><body><div>" + lines.replace(b"<br>=", b"</div><div>=") + b"</div></body></html>"
        mail = text(page, b"Content-Type: text/html\r\n")
        yield either(f"S08-pgp-read-{how}-page", Hides.MARKER, mail, PGP, UNREADABLE)
        mail = attached(b64(data), b"a.gpg", b"text/plain")
        yield either(f"S08-pgp-read-{how}-base64", Hides.MARKER, mail, PGP, UNREADABLE)
        keys = armour(certificate, b"PUBLIC KEY BLOCK")
        mail = attached(keys + armour(data, b"SIGNATURE"), b"a.asc", b"application/pgp-keys")
        yield either(f"S08-pgp-read-{how}-behind-a-key", Hides.MARKER, mail, PGP)
        wide = attached(armour(data).decode().encode("utf-16"), b"a.asc")
        yield either(f"S08-pgp-read-{how}-utf-16", Hides.MARKER, wide, PGP, UNREADABLE)
    yield either(
        "S08-pgp-read-around", Hides.MARKER, attached(armour(certificate, b"PUBLIC KEY BLOCK") + load.base64), PGP
    )
    named = packet(8, b"\1" + _deflated(literal_of(SCRIPT, load.name)))
    yield either("S08-pgp-name", Hides.NAME, attached(named, b"a.gpg"), PGP)
    yield either("S08-pgp-name-armour", Hides.NAME, attached(armour(named), b"a.asc"), PGP)
    plain = packet(8, b"\2" + zlib.compress(literal_of(SCRIPT)))
    for ending in (b".gpg", b".pgp", b".asc", b".GPG"):
        file = armour(plain) if ending == b".asc" else plain
        yield either(f"S08-pgp-name-of-file{ending.decode()}", Hides.NAME, attached(file, load.name + ending), PGP)
    words = literal_of(load.say(b"claim your\r\nprize before midnight\r\n"), kind=b"u")
    yield either("S08-pgp-phrase", Hides.PHRASE, text(armour(packet(8, b"\2" + zlib.compress(words)))), PGP)
    for how, data in {
        "compressed": packet(
            8, b"\2" + zlib.compress(packet(3, b"\4\x09\3\x08" + bytes(9)) + packet(18, b"\1" + bytes(60)))
        ),
        "behind-literal": literal_of(b"hello") + packet(3, b"\4\x09\3\x08" + bytes(9)) + packet(18, b"\1" + bytes(60)),
    }.items():
        yield held(f"S08-pgp-sealed-{how}", attached(data, b"a.gpg"), PGP)
        yield held(f"S08-pgp-sealed-{how}-labelled", text(armour(data, b"ARMORED FILE")), PGP)
