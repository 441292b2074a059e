"""Group Z, zip files: archives that two programs unpack differently."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pyzipper  # type: ignore[import-untyped]

from bartizan.model.finding import Reason
from evasion.mails import attached, zipped
from evasion.sample import SCRIPT, Load, Sample, held, ids, marker, name
from evasion.zipcraft import GIF, HARMLESS, JPEG, PDF, PNG, Entry, build, end, listed, local

UNNAMED = ("Z10-prepended-html", "Z10-prepended-jpg", "Z10-prepended-pdf", "Z07-no-directory-after-harmless")
HELD: dict[str, tuple[Reason, ...]] = {
    **dict.fromkeys(ids("Z01-encrypted Z01-method-99 Z04-local-says-encrypted"), (Reason.ENCRYPTED,)),
    **dict.fromkeys(
        ids(
            "Z10-prepended-gz Z27-truncated-data Z12-deflated-said-stored "
            "Z12-method-unknown Z27-local-signature-broken Z27-first-byte-broken"
        ),
        (Reason.UNREADABLE,),
    ),
    "Z16-too-many-members": (Reason.LIMIT_MEMBERS,),
    "Z15-nested-12": (Reason.LIMIT_DEPTH,),
    "Z15-bomb": (Reason.LIMIT_RATIO,),
}
"""What cannot be read, and why it is held."""
ODD = ids(
    "Z07-no-directory Z07-no-directory-after-harmless Z09-count-wrong Z09-count-zero Z12-stored-said-deflated "
    "Z12-crc-wrong Z12-crc-zero Z13-sizes-zero-in-directory Z13-size-small-in-directory Z14-overlapping "
    "Z20-spanning-mark Z20-disk-number Z01-name-encrypted Z08-end-another-count Z08-comment-holds-end "
    "Z03-local-says-stored "
    "Z27-central-first-byte-broken Z04-directory-says-encrypted"
)
"""What is held whatever is in it."""


PASSWORDS = {
    "Z02-text": (("Invoice", "The password is Sesame-4711."), "a.zip"),
    "Z02-subject": (("Invoice (pw Sesame-4711)", "See the file."), "a.zip"),
    "Z02-name": (("Invoice", "See the file."), "a Sesame-4711.zip"),
    "Z02-own-line": (("Invoice", "Passwort f=C3=BCr die Datei:=0D=0A=0D=0ASesame-4711"), "a.zip"),
}
"""Subject and text, and the name of the file."""
SEALED_MAIL = (
    "From: a@example.org\r\nTo: b@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n{text}\r\n--x\r\nContent-Type: application/zip\r\n"
    'Content-Disposition: attachment; filename="{label}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    "{data}\r\n--x--\r\n"
)


def _sealed(content: bytes) -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", encryption=pyzipper.WZ_AES) as made:
        made.setpassword(b"Sesame-4711")
        made.writestr("note.txt", content)
    return out.getvalue()


def _two_directories(payload: Entry) -> bytes:
    first = build(HARMLESS)
    return build(payload) + first


def _nested(plain: bytes, depth: int) -> bytes:
    data = plain
    for level in range(depth):
        data = zipped((f"level{level}.zip", data))
    return data


def _zip64(payload: Entry) -> bytes:
    entry = replace(payload, listed_sizes=(0xFFFFFFFF, 0xFFFFFFFF))
    sizes = struct.pack("<HHQQ", 1, 16, len(entry.data), len(entry.content()))
    entry = replace(entry, extra=sizes)
    body = local(entry)
    directory = listed(entry, 0)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), len(body))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(body) + len(directory), 1)
    return body + directory + record + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def _overlap(payload: Entry) -> bytes:
    content = payload.content()
    body = local(payload)
    directory = b"".join(listed(replace(payload, label=b"n%d.txt" % k, packed=content), 0) for k in range(50))
    return body + directory + end(50, len(directory), len(body))


def _other_directories(payload: Entry) -> dict[str, bytes]:
    """A directory in front of the one that the end record leads to: programs differ in which they take."""
    harmless = replace(HARMLESS, label=payload.label)
    front = local(harmless)
    first = listed(harmless, 0)
    body = front + first + local(payload)
    second = listed(payload, len(front + first))
    whole = body + second
    far = len(whole) - len(front)
    return {
        "Z08-end-far": whole + end(1, len(second), len(body), b"x" * 20_000),
        "Z08-end-another-size": whole + end(1, far, len(body)),
        "Z08-end-another-count": whole
        + end(1, len(second), len(body))[:10]
        + b"\2\0"
        + end(1, len(second), len(body))[12:],
    }


def _unlisted(payload: Entry) -> bytes:
    hidden = local(payload)
    body = local(HARMLESS) + hidden
    directory = listed(HARMLESS, 0)
    return body + directory + end(1, len(directory), len(body))


def _bomb() -> bytes:
    return zipped(("zeros.bin", bytes(30_000_000)), ("note.txt", b"x"))


def _descriptor(payload: Entry) -> bytes:
    content = payload.content()
    tail = struct.pack("<4sIII", b"PK\7\x08", zlib.crc32(payload.data), len(content), len(payload.data))
    return build(replace(payload, flags=8, local_sizes=(0, 0), descriptor=tail))


def archives(load: Load) -> dict[str, bytes]:
    """Each zip holds the marker in some way."""
    plain, payload = load.zip, Entry(data=load.marker, method=8)
    note = ("note.txt", load.marker)
    return {
        "Z12-stored": zipped(note, method=0),
        "Z12-deflated": plain,
        "Z12-bzip2": zipped(note, method=12),
        "Z12-lzma": zipped(note, method=14),
        "Z13-descriptor": _descriptor(payload),
        "Z11-zip64": _zip64(payload),
        "Z10-prepended-junk": build(payload, front=b"junk" * 50),
        "Z10-prepended-unshifted": build(payload, front=b"junk" * 50, shift=False),
        "Z10-prepended-text": build(payload, front=b"Hello, this is a text.\n" * 20),
        "Z10-prepended-html": build(payload, front=b"<html><body>hello</body></html>\n"),
        "Z10-prepended-gif": build(payload, front=GIF),
        "Z10-prepended-gif-unshifted": build(payload, front=GIF, shift=False),
        "Z10-prepended-jpg": build(payload, front=JPEG),
        "Z10-prepended-png": build(payload, front=PNG),
        "Z10-prepended-pdf": build(payload, front=PDF),
        "Z10-prepended-bmp": build(payload, front=b"BM" + struct.pack("<IIII", 100, 0, 54, 40) + bytes(84)),
        "Z10-prepended-nul": build(payload, front=bytes(1000)),
        "Z10-prepended-gz": gzip.compress(b"hello", mtime=0) + plain,
        "Z10-prepended-large": build(payload, front=JPEG + bytes(range(256)) * 2000),
        "Z26-appended-junk": plain + b"junk" * 50,
        "Z26-appended-much": plain + b"\1" * 100_000,
        "Z26-appended-zeros": plain + bytes(5000),
        "Z26-comment": build(payload, comment=b"a comment"),
        "Z08-comment-holds-end": build(payload, comment=end(0, 0, 0)),
        "Z26-comment-holds-zip": build(HARMLESS, comment=plain),
        "Z26-entry-comment": build(replace(HARMLESS, comment=load.marker)),
        "Z08-two-zips-payload-first": _two_directories(payload),
        **_other_directories(payload),
        "Z08-two-zips-payload-last": build(HARMLESS) + build(payload),
        "Z26-between-entries-and-directory": build(HARMLESS, between=plain),
        "Z07-unlisted-entry": _unlisted(payload),
        "Z07-no-directory": local(payload),
        "Z07-no-directory-after-harmless": local(HARMLESS) + local(payload),
        "Z27-truncated-directory": plain[:-30],
        "Z27-truncated-data": plain[:60],
        "Z09-count-wrong": build(HARMLESS, payload, count=1),
        "Z09-count-zero": build(payload, count=0),
        "Z12-stored-said-deflated": build(replace(payload, packed=load.marker)),
        "Z12-deflated-said-stored": build(replace(payload, method=0, packed=payload.content())),
        "Z03-local-says-stored": build(replace(payload, local_method=0)),
        "Z03-local-says-deflated": build(replace(payload, method=0, packed=payload.content(), local_method=8)),
        "Z04-local-says-encrypted": build(replace(payload, local_flags=1)),
        "Z04-directory-says-encrypted": build(replace(payload, flags=1, local_flags=0)),
        "Z01-encrypted": build(replace(payload, flags=1)),
        "Z01-method-99": build(replace(payload, method=99, packed=b"x" * 70, flags=1)),
        "Z12-method-unknown": build(replace(payload, method=77, packed=b"x" * 70)),
        "Z12-crc-wrong": build(replace(payload, crc=1)),
        "Z12-crc-zero": build(replace(payload, crc=0)),
        "Z13-sizes-zero-in-directory": build(replace(payload, listed_sizes=(0, 0))),
        "Z13-sizes-zero-in-local": build(replace(payload, local_sizes=(0, 0))),
        "Z13-size-small-in-directory": build(replace(payload, listed_sizes=(len(payload.content()), 5))),
        "Z22-as-directory-entry": build(replace(payload, label=b"folder/")),
        "Z22-absolute-name": zipped(("/etc/note.txt", load.marker)),
        "Z22-dots-in-name": zipped(("../../note.txt", load.marker)),
        "Z05-empty-name": build(replace(payload, label=b"")),
        "Z05-duplicate-names": build(replace(HARMLESS, label=b"note.txt"), payload),
        "Z14-overlapping": _overlap(payload),
        "Z16-many-members": zipped(*((f"{k}.txt", b"%d" % k) for k in range(3000)), note),
        "Z16-too-many-members": zipped(*((f"{k}.txt", b"") for k in range(5200)), note),
        "Z15-nested-6": _nested(plain, 6),
        "Z15-nested-12": _nested(plain, 12),
        "Z15-bomb": _bomb(),
        "Z20-spanning-mark": b"PK\7\x08" + plain,
        "Z20-spanned-00": b"PK00" + plain,
        "Z20-disk-number": plain[:-18] + b"\2\0\2\0" + plain[-14:],
        "Z27-central-first-byte-broken": plain.replace(b"PK\1\2", b"PK\1\3"),
        "Z27-local-signature-broken": b"PK\3\5" + plain[4:],
        "Z27-first-byte-broken": b"QK" + plain[2:],
        "Z18-docx-holds-zip": zipped(
            ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>"), ("word/embeddings/a.zip", plain)
        ),
        "Z18-odt-holds-zip": zipped(
            ("mimetype", b"application/vnd.oasis.opendocument.text"), ("Pictures/a.bin", plain)
        ),
        "Z18-macros": zipped(
            ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>"), ("word/vbaProject.bin", load.marker)
        ),
    }


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    for how, data in archives(load).items():
        mail = attached(data, b"papers.zip", b"application/zip")
        yield _sample(how, mail)
        if how in UNNAMED:
            yield _sample(f"{how}-unnamed", attached(data))
    for how, entry in _entries(load).items():
        yield name(how, attached(build(entry), b"papers.zip", b"application/zip"), legal=how not in ODD)
    for how, (said, label) in PASSWORDS.items():
        sealed = base64.b64encode(_sealed(load.marker)).decode()
        yield marker(
            how, SEALED_MAIL.format(subject=said[0], text=said[1], label=label, data=sealed).encode(), legal=True
        )
    script = Entry(load.name, SCRIPT)
    yield name("Z07-name-unlisted", attached(local(script) + build(HARMLESS), b"papers.zip"))
    both, directory = local(HARMLESS) + local(script), listed(HARMLESS, 0)
    data = both + directory + end(1, len(directory), len(both))
    yield name("Z07-name-unlisted-inside", attached(data, b"papers.zip"))


def _sample(how: str, mail: bytes) -> Sample:
    reasons = HELD.get(how.removesuffix("-unnamed"), ())
    if reasons:
        return held(how, mail, *reasons)
    return marker(how, mail, legal=how.removesuffix("-unnamed") not in ODD)


def _entries(load: Load) -> dict[str, Entry]:
    label = load.name
    unicode_path = struct.pack("<HHBI", 0x7075, 16, 1, zlib.crc32(b"a.png")) + label
    return {
        "Z22-name-plain": Entry(label, SCRIPT),
        "Z03-name-local-differs": Entry(b"a.png", SCRIPT, local_label=label),
        "Z03-name-directory-differs": Entry(label, SCRIPT, local_label=b"a.png"),
        "Z06-name-nul": Entry(label + b"\0.png", SCRIPT),
        "Z06-name-backslash": Entry(b"folder\\" + label, SCRIPT),
        "Z06-name-trailing-dot": Entry(label + b".", SCRIPT),
        "Z06-name-stream": Entry(b"a.txt:" + label, SCRIPT),
        "Z06-name-rtlo": Entry(load.named("invoice\N{RIGHT-TO-LEFT OVERRIDE}gnp.vbs".encode()), SCRIPT, flags=0x800),
        "Z06-name-as-directory": Entry(label + b"/", SCRIPT),
        "Z01-name-encrypted": Entry(label, SCRIPT, flags=1),
        "Z06-name-unicode-path": Entry(b"a.png", SCRIPT, extra=unicode_path),
        "Z06-name-cp437": Entry(load.named(b"r\x82sum\x82.vbs"), SCRIPT),
        "Z06-name-long": Entry(load.named(b"a" * 5000 + b".vbs"), SCRIPT),
    }
