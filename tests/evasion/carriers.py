"""Rows S09 and S13: mail in mail, and what Outlook makes of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.archives import tar, written
from evasion.mails import CTE, attached, b64, single, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, either, marker, name, phrase
from unpack import tnef_file
from unpack.compound_file import Tree, compound
from unpack.tnef_file import (
    ATTACHMENT,
    BINARY,
    MESSAGE,
    MESSAGE_ID,
    OBJECT,
    STRING8,
    UNICODE,
    attribute,
    prop,
    properties,
)


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _tnef(load)
    yield from _outlook(load)
    yield from _mails(load)


def _tnef(load: Load) -> Iterator[Sample]:
    data = load.zip
    inner = tnef_file.tnef(tnef_file.attachment(b"a.zip", data))
    plain = tnef_file.tnef(tnef_file.attachment(b"a.zip", data))
    other = tnef_file.attachment(b"a.txt", b"hello")
    wide = load.name.decode().encode("utf-16-le") + b"\0\0"
    files = {
        "": plain, "-plain": tnef_file.tnef(tnef_file.attachment(b"a.txt", load.marker)),
        "-other-level": tnef_file.tnef(
            attribute(1, 0x69002, bytes(14)), attribute(1, 0x18010, b"a.zip\0"), attribute(1, 0x6800F, data)
        ),
        "-second": tnef_file.tnef(other, tnef_file.attachment(b"a.zip", data)),
        "-no-title": tnef_file.tnef(tnef_file.begin(), attribute(ATTACHMENT, 0x6800F, data)),
        "-no-begin": tnef_file.tnef(attribute(ATTACHMENT, 0x6800F, data)),
        "-in-properties": tnef_file.tnef(tnef_file.begin(), properties(ATTACHMENT, prop(0x3701, BINARY, data))),
        "-nested": tnef_file.tnef(tnef_file.attachment(b"a", b"", prop(0x3701, OBJECT, MESSAGE_ID + inner))),
        "-as-attachment": tnef_file.tnef(tnef_file.attachment(b"winmail.dat", inner)),
        "-body": tnef_file.tnef(attribute(MESSAGE, 0x2800C, load.marker)),
        "-page": tnef_file.tnef(properties(MESSAGE, prop(0x1013, BINARY, b"<p>" + load.marker + b"</p>"))),
        "-wrong-sum": plain[:-1] + bytes([plain[-1] ^ 1]), "-tail": tnef_file.tnef(other) + data,
        "-cut": plain[:-3], "-meeting": tnef_file.tnef(attribute(MESSAGE, 0x2000A, load.marker)),
        "-stored": tnef_file.tnef(tnef_file.attachment(b"a.bin", b"\0" * 5000 + load.marker)),
    }  # fmt: skip
    kinds = {
        "": (b"application/ms-tnef", b"winmail.dat"), "vendor": (b"application/vnd.ms-tnef", b"win.dat"),
        "octets": (b"application/octet-stream", b""),
        "png": (b"image/png", b"a.png"), "text": (b"text/plain", b"a.txt"),
        "upper": (b"APPLICATION/MS-TNEF", b"WINMAIL.DAT"),
    }  # fmt: skip
    for how, file in files.items():
        for where, (kind, label) in kinds.items():
            yield either(f"S09-tnef{how}-{where}", Hides.MARKER, attached(file, label, kind), Reason.UNREADABLE)
        yield either(
            f"S09-tnef{how}-zip", Hides.MARKER, attached(zipped(("winmail.dat", file)), b"a.zip"), Reason.UNREADABLE
        )
        whole = single(b"Content-Type: application/ms-tnef\r\n" + CTE + b": base64\r\n", b64(file))
        yield either(f"S09-tnef{how}-whole-mail", Hides.MARKER, whole, Reason.UNREADABLE)
    named = {
        "title": tnef_file.attachment(load.name, SCRIPT),
        "long": tnef_file.attachment(b"A~1.TXT", SCRIPT, prop(0x3707, STRING8, load.name + b"\0")),
        "wide": tnef_file.attachment(b"a.txt", SCRIPT, prop(0x3707, UNICODE, wide)),
        "short": tnef_file.attachment(b"a.txt", SCRIPT, prop(0x3704, STRING8, load.name + b"\0")),
        "shown": tnef_file.attachment(b"a.txt", SCRIPT, prop(0x3001, UNICODE, wide)),
        "extension": tnef_file.attachment(b"a.txt", SCRIPT, prop(0x3703, STRING8, load.name[7:] + b"\0")),
        "renamed": tnef_file.begin() + attribute(ATTACHMENT, 0x69001, load.name
        + b"\0") + attribute(ATTACHMENT, 0x6800F, SCRIPT),
        "empty": tnef_file.attachment(load.name, b""), "nul": tnef_file.attachment(load.name + b"\0.txt", SCRIPT),
    }  # fmt: skip
    for how, attachment in named.items():
        yield name(f"S09-name-{how}", attached(tnef_file.tnef(attachment), b"winmail.dat", b"application/ms-tnef"))
        yield name(f"S09-name-{how}-second", attached(tnef_file.tnef(other, attachment), b"winmail.dat"))
    words = load.say(b"claim your\r\nprize before midnight\r\n")
    mail = attached(tnef_file.tnef(attribute(MESSAGE, 0x2800C, words)), b"winmail.dat", b"application/ms-tnef")
    yield phrase("S09-phrase", mail)


def message(data: bytes, label: str, *, more: dict[str, bytes | Tree] | None = None) -> dict[str, bytes | Tree]:
    """The streams of an Outlook message with one attachment."""
    wide = label.encode("utf-16-le")
    return {
        "__properties_version1.0": bytes(32), "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
        "__substg1.0_0037001F": "The papers".encode("utf-16-le"), "__attach_version1.0_#00000000": {
            "__properties_version1.0": bytes(8), "__substg1.0_37010102": data, "__substg1.0_3707001F": wide,
        }, **(more or {}),
    }  # fmt: skip


def _outlook(load: Load) -> Iterator[Sample]:
    inside: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(8),
        "__substg1.0_3701000D": message(load.zip, "a.zip"),
    }
    words = load.say(b"claim your prize before midnight").decode().encode("utf-16-le")
    short = {"__substg1.0_3704001E": load.name}
    files: dict[str, dict[str, bytes | Tree]] = {
        "": message(load.zip, "a.zip"), "-plain": message(load.marker, "a.txt"),
        "-large": message(bytes(5000) + load.marker, "a.bin"),
        "-second": message(b"hello", "a.txt", more={"__attach_version1.0_#00000001": {"__substg1.0_37010102":
        load.zip}}),
        "-nested": message(b"hello", "a.txt", more={"__attach_version1.0_#00000001": inside}),
        "-twice": message(compound(message(load.zip, "a.zip")), "a.msg"), "-mail": message(attached(load.zip), "a.eml"),
        "-html": message(b"hello", "a.txt", more={"__substg1.0_10130102": b"<p>" + load.marker + b"</p>"}),
        "-other-stream": message(b"hello", "a.txt", more={"notes": load.zip}),
    }  # fmt: skip
    for how, tree in files.items():
        data = compound(tree)
        for where, (kind, label) in {
            "": (b"application/vnd.ms-outlook", b"a.msg"), "octets": (b"application/octet-stream", b"a.dat"),
            "png": (b"image/png", b"a.png"),
        }.items():  # fmt: skip
            yield either(f"S10-msg{how}-{where}", Hides.MARKER, attached(data, label, kind), Reason.UNREADABLE)
        yield either(f"S10-msg{how}-zip", Hides.MARKER, attached(zipped(("a.msg", data)), b"a.zip"), Reason.UNREADABLE)
    yield either(
        "S10-msg-cut",
        Hides.MARKER,
        attached(compound(message(bytes(5000) + load.marker, "a"))[:-600], b"a.msg"),
        Reason.UNREADABLE,
    )
    yield name("S10-name", attached(compound(message(SCRIPT, load.name.decode())), b"a.msg"))
    yield name(
        "S10-name-short",
        attached(compound(message(SCRIPT, "a.txt", more={"__attach_version1.0_#00000001": short})), b"a.msg"),
    )
    yield phrase(
        "S10-phrase", attached(compound(message(b"hello", "a.txt", more={"__substg1.0_1000001F": words})), b"a.msg")
    )
    yield phrase(
        "S10-phrase-in-subject", attached(compound(message(b"a", "a.txt") | {"__substg1.0_0037001F": words}), b"a.msg")
    )


def _mails(load: Load) -> Iterator[Sample]:
    mail = attached(load.zip, b"a.zip")
    page = mail.replace(b"multipart/mixed", b"multipart/related")
    emlx = b'%d      \n%b<?xml version="1.0"?>\n<plist/>\n' % (len(mail), mail)
    for how, data in {
        "": mail, "-bom": b"\xef\xbb\xbf" + mail, "-lf": mail.replace(b"\r\n", b"\n"),
        "-cr": mail.replace(b"\r\n", b"\r"), "-blank-first": b"\r\n\r\n" + mail,
        "-utf-16": mail.decode().encode("utf-16"), "-from-line": b"From a Thu Jan  1 12:00:00 2026\r\n" + mail,
        "-emlx": emlx, "-spaces-first": b"   " + mail, "-mht": page,
        "-only-content": mail[mail.index(b"MIME-Version") :],
        "-received-first": b"Received: from a by b; Thu, 01 Jan 2026 12:00:00 +0000\r\n" + mail,
        "-odd-field-first": b"X-Nothing: 1\r\n" + mail,
        "-lower": mail.replace(b"From:", b"from:").replace(b"MIME-Version", b"mime-version"),
    }.items():  # fmt: skip
        legal = how not in ("-cr", "-utf-16", "-blank-first", "-spaces-first", "-from-line")
        for label in (b"a.eml", b"a.mht", b"a.txt", b""):
            suffix = f"-{label[2:].decode()}" if label else "-unnamed"
            yield marker(f"S13-mail{how}{suffix}", attached(data, label), legal=legal)
        for kind, archive in {
            "zip": zipped(("a.eml", data)), "tar": tar(("a.eml", data)), "gz": gzip.compress(data),
            "7z": written("7zip", data, label="a.eml"),
        }.items():  # fmt: skip
            yield marker(f"S13-mail{how}-in-{kind}", attached(archive, b"a." + kind.encode()), legal=legal)
    packed = mail
    for depth in range(1, 4):
        packed = attached(zipped(("a.eml", packed)), b"a.zip")
        yield either(f"S13-zips-and-mails-{depth}", Hides.MARKER, packed, Reason.LIMIT_DEPTH)
    for depth in (10, 20):
        for _ in range(depth):
            packed = attached(zipped(("a.eml", packed)), b"a.zip")
        yield either(f"S13-zips-and-mails-{depth}-more", Hides.MARKER, packed, Reason.LIMIT_DEPTH)
    yield name("S13-name", attached(zipped(("a.eml", attached(SCRIPT, load.name))), b"a.zip"))
    words = load.say(b"claim your\r\nprize before midnight\r\n")
    yield phrase("S13-phrase", attached(text(words), b"a.eml"))
    yield phrase("S13-phrase-in-zip", attached(zipped(("a.eml", text(words))), b"a.zip"))
    yield phrase(
        "S13-phrase-in-subject", attached(text(b"Hi.\r\n").replace(b"The papers", b" ".join(words.split())), b"a.eml")
    )
