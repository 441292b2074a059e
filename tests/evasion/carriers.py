"""Rows S09 to S11, S13 and S14: files that hold files and are no archives."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from bartizan.model.finding import Reason
from evasion.archives import tar, written
from evasion.mails import CTE, REAL, attached, b64, single, text, zipped
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

ZIPPED = b'<a href="data:application/zip;base64,%b">x</a>'
PAGE = b"Content-Type: text/html\r\n"


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    yield from _tnef(load)
    yield from _outlook(load)
    yield from _calendars(load)
    yield from _mails(load)
    yield from _addresses(load)


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


def _calendars(load: Load) -> Iterator[Sample]:
    flat = base64.b64encode(load.zip)
    plain = base64.b64encode(load.marker)
    fold = b"\r\n ".join(flat[at : at + 70] for at in range(0, len(flat), 70))
    event = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Papers\r\n%b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\n%b\r\nEND:VCARD\r\n"
    lines = {
        "": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + flat,
        "-folded": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:\r\n " + fold,
        "-plain": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + plain,
        "-order": b"ATTACH;VALUE=BINARY;ENCODING=BASE64:" + flat,
        "-lower": b"attach;encoding=base64;value=binary:" + flat,
        "-typed": b"ATTACH;FMTTYPE=application/zip;ENCODING=BASE64;VALUE=BINARY:" + flat,
        "-quoted": b'ATTACH;FMTTYPE="application/zip";ENCODING="BASE64";VALUE=BINARY:' + flat,
        "-tab-folds": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + fold.replace(b"\r\n ", b"\r\n\t"),
        "-lf-folds": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + fold.replace(b"\r\n", b"\n"),
        "-short-folds": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + b"\r\n ".join(flat[at : at + 5]
        for at in range(0, len(flat), 5)),
        "-data": b"ATTACH:data:application/zip;base64," + flat,
        "-image": b"IMAGE;VALUE=BINARY;ENCODING=BASE64:" + flat, "-no-parameters": b"ATTACH:" + flat,
        "-description": b"DESCRIPTION:" + flat,
        "-x": b"X-ALT-DESC;FMTTYPE=text/html:<a href=data:application/zip;base64\\," + flat + b">x</a>",
        "-url-safe": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + base64.urlsafe_b64encode(load.zip),
        "-8bit": b"ATTACH;ENCODING=8BIT:" + load.marker,
        "-blank-line": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:\r\n " + fold + b"\r\n\r\n",
        "-second": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + b64(b"hello").strip()
        + b"\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + flat,
        "-value-only": b"ATTACH;VALUE=BINARY:" + flat, "-encoding-only": b"ATTACH;ENCODING=BASE64:" + flat,
        "-blanks": b"ATTACH ; ENCODING = BASE64 ; VALUE = BINARY : " + flat,
        "-cr-folds": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + fold.replace(b"\r\n", b"\r"),
        "-two-blanks": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + fold.replace(b"\r\n ", b"\r\n  "),
        "-no-indent": b"ATTACH;ENCODING=BASE64;VALUE=BINARY:\r\n" + fold.replace(b"\r\n ", b"\r\n"),
        "-folded-parameters": b"ATTACH;ENC\r\n ODING=BASE64;VAL\r\n UE=BINARY:" + fold,
        "-alarm": b"BEGIN:VALARM\r\nACTION:EMAIL\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + flat + b"\r\nEND:VALARM",
        "-data-in-data": b"ATTACH:data:text/calendar;base64," + base64.b64encode(event % (
        b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + flat)),
        "-structured": b"STRUCTURED-DATA;ENCODING=BASE64;VALUE=BINARY:" + flat,
        "-calendar-inside": b"ATTACH;FMTTYPE=text/calendar;ENCODING=BASE64;VALUE=BINARY:" + base64.b64encode(event % (
        b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + flat)),
    }  # fmt: skip
    fields = {
        "": b"PHOTO;ENCODING=b:" + flat, "-typed": b"PHOTO;TYPE=JPEG;ENCODING=b:" + flat,
        "-old": b"PHOTO;JPEG;BASE64:\r\n  " + fold + b"\r\n", "-folded": b"PHOTO;ENCODING=b:" + fold,
        "-logo": b"LOGO;ENCODING=BASE64;TYPE=PNG:" + flat, "-sound": b"SOUND;ENCODING=b:" + fold,
        "-key": b"KEY;ENCODING=b:" + flat, "-data": b"PHOTO:data:image/png;base64," + flat,
        "-agent": b"AGENT:BEGIN:VCARD\\nPHOTO;ENCODING=b:" + flat + b"\\nEND:VCARD", "-note": b"NOTE:" + flat,
        "-group": b"item1.PHOTO;ENCODING=b:" + flat,
        "-quoted-printable": b"NOTE;ENCODING=QUOTED-PRINTABLE:" + load.marker.replace(b"-", b"=2D"),
        "-quoted-printable-lines": b"NOTE;CHARSET=UTF-8;QUOTED-PRINTABLE:" + load.marker[:20] + b"=\r\n"
        + load.marker[20:40] + b"=\r\n" + load.marker[40:],
        "-quoted-printable-second": b"N;ENCODING=QUOTED-PRINTABLE:A=6Een\r\nNOTE;ENCODING=QUOTED-PRINTABLE:"
        + load.marker.replace(b"A", b"=41"),
        "-base64-unindented": b"PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n" + fold.replace(b"\r\n ", b"\r\n") + b"\r\n",
        "-second-card": b"END:VCARD\r\n\r\nBEGIN:VCARD\r\nPHOTO;ENCODING=b:" + fold,
        "-data-uri": b"PHOTO;VALUE=uri:data: application/zip ; base64 , " + flat,
    }  # fmt: skip
    for row, template, kind, label, variants in (
        ("calendar", event, b"text/calendar", b"a.ics", lines),
        ("card", card, b"text/vcard", b"a.vcf", fields),
    ):
        for how, line in variants.items():
            whole = template % line
            yield either(
                f"S11-{row}{how}", Hides.MARKER, text(whole, b"Content-Type: " + kind + b"\r\n"), Reason.UNREADABLE
            )
            yield either(f"S11-{row}{how}-file", Hides.MARKER, attached(whole, label, kind), Reason.UNREADABLE)
            yield either(f"S11-{row}{how}-octets", Hides.MARKER, attached(whole, label), Reason.UNREADABLE)
            yield either(
                f"S11-{row}{how}-utf-16",
                Hides.MARKER,
                attached(whole.decode().encode("utf-16"), label, kind),
                Reason.UNREADABLE,
            )
    yield from _other_charsets(load, event, card)
    yield from _named_in_cards(load, event, card)
    yield from _said_in_cards(load, event, card)


def _other_charsets(load: Load, event: bytes, card: bytes) -> Iterator[Sample]:
    """Calendars and cards that are no ASCII until they are decoded, by a mark, by their zeros or by their label."""
    flat = base64.b64encode(load.zip)
    binary = b"ATTACH;X-FILENAME=%b;ENCODING=BASE64;VALUE=BINARY:%b"
    photo = b"PHOTO;ENCODING=b:" + flat
    codecs = "utf-16-le utf-16-be utf-32 utf-32-be utf-7 cp037 cp1140 hz"
    for codec in codecs.split():
        mark = "\ufeff" if codec.startswith("utf-32") else ""
        for row, whole, kind, label in (
            ("calendar", event % (binary % (b"a.zip", flat)), b"text/calendar", b"a.ics"),
            ("card", card % photo, b"text/vcard", b"a.vcf"),
        ):
            data = (mark + whole.decode()).encode(codec)
            head = b"Content-Type: " + kind + b"; charset=" + codec.encode() + b"\r\n"
            yield either(f"S11-{row}-{codec}", Hides.MARKER, text(b64(data), head + REAL), Reason.UNREADABLE)
            if codec.startswith("utf-16") or codec == "utf-32":
                mail = attached(zipped((label.decode(), data)), b"a.zip")
                yield either(f"S11-{row}-{codec}-in-zip", Hides.MARKER, mail, Reason.UNREADABLE)
        named = (mark + (event % (binary % (load.name, base64.b64encode(SCRIPT)))).decode()).encode(codec)
        head = b"Content-Type: text/calendar; charset=" + codec.encode() + b"\r\n"
        yield name(f"S11-name-{codec}", text(b64(named), head + REAL))


def _named_in_cards(load: Load, event: bytes, card: bytes) -> Iterator[Sample]:
    """What only properties of calendars and cards call a file."""
    script = base64.b64encode(SCRIPT)
    attach = b"ATTACH;ENCODING=BASE64;VALUE=BINARY;%b=" + load.name + b":" + script
    calendar = b"text/calendar"
    parameters = "FILENAME X-FILENAME X-APPLE-FILENAME X-LABEL LABEL X-TITLE X-EVOLUTION-CALDAV-ATTACHMENT-NAME X-NAME"
    for parameter in parameters.split():
        whole = event % (attach % parameter.encode())
        yield name(f"S11-name-{parameter.lower()}", attached(whole, b"a.ics", calendar))
        wide = attached(whole.decode().encode("utf-16"), b"a.ics", calendar)
        yield name(f"S11-name-{parameter.lower()}-utf-16", wide)
    first, second = load.name[:9], load.name[9:]
    for how, line in {
        "link": b"ATTACH:CID:" + load.name, "link-with-domain": b"ATTACH:CID:" + load.name + b"@example.com",
        "link-escaped": b"ATTACH:cid:" + load.name.replace(b".", b"%2e"),
        "link-file": b"ATTACH:file:///C:/temp/" + load.name, "link-share": b"ATTACH:\\\\host\\share\\" + load.name,
        "link-file-share": b"ATTACH;VALUE=URI:file://host/share/" + load.name, "link-relative": b"ATTACH:" + load.name,
        "link-drive": b"ATTACH:C:\\temp\\" + load.name,
        "link-in-alarm": b"BEGIN:VALARM\r\nACTION:PROCEDURE\r\nATTACH:file:///c:/" + load.name + b"\r\nEND:VALARM",
        "of-address": b"ATTACH;FILENAME=" + load.name + b";MANAGED-ID=1:https://example.com/1",
        "folded": b"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=" + first + b"\r\n " + second + b":" + script,
        "quoted": b'ATTACH;ENCODING=BASE64;X-FILENAME="a;b:' + load.name + b'":' + script,
        "caret": b"ATTACH;ENCODING=BASE64;X-FILENAME=\"^'" + load.name + b"^'\":" + script,
        "backslash": b"ATTACH;ENCODING=BASE64;X-FILENAME=" + first + b"\\" + second + b":" + script,
        "blanks": b"ATTACH; X-FILENAME = " + load.name + b" ; ENCODING = BASE64 : " + script,
        "unindented": b"ATTACH;ENCODING=BASE64;X-FILENAME=" + load.name + b":\r\n" + script,
        "value-only": b"ATTACH;VALUE=BINARY;X-FILENAME=" + load.name + b":" + script,
    }.items():  # fmt: skip
        yield name(f"S11-name-{how}", attached(event % line, b"a.ics", calendar))
        yield name(f"S11-name-{how}-behind-another", attached(b"X-WR-NAME:a\r\n" + event % line, b"a.ics"))
    lone = (event % (attach % b"X-FILENAME")).replace(b"\r\n", b"\r")
    yield name("S11-name-cr", attached(lone, b"a.ics", calendar))
    for how, line in {
        "photo": b"PHOTO;ENCODING=b;X-FILENAME=" + load.name + b":" + script,
        "key": b"item1.KEY;BASE64;X-FILENAME=" + load.name + b":\r\n " + script + b"\r\n",
        "data": b"PHOTO:data:image/png;name=" + load.name + b";base64," + script,
    }.items():
        yield name(f"S11-card-name-{how}", attached(card % line, b"a.vcf", b"text/vcard"))


def _said_in_cards(load: Load, event: bytes, card: bytes) -> Iterator[Sample]:
    """Phrases in texts that are folded, escaped, encoded or pages."""
    words = load.say(b"claim your prize before midnight")
    first, second = words[:13], words[13:]
    for how, text_b in {
        "folded": b"%b:" + first + b"\r\n " + second, "folded-lf": b"%b:" + first + b"\n\t" + second,
        "escaped": b"%b:" + words.replace(b" ", b"\\n"), "escaped-letter": b"%b:" + words.replace(b"z", b"\\z"),
        "page": b"X-ALT-DESC;FMTTYPE=text/html;X-A=%b:<p>" + words.replace(b" ", b"</i>\\n <b>") + b"</p>",
        "quoted-printable": b"%b;ENCODING=QUOTED-PRINTABLE:" + words.replace(b" ", b"=20"),
        "quoted-printable-lines": b"%b;ENCODING=QUOTED-PRINTABLE:" + first + b"=\r\n" + second,
        "base64": b"%b;ENCODING=BASE64:" + base64.b64encode(words),
    }.items():  # fmt: skip
        whole = event % (text_b % b"DESCRIPTION")
        yield phrase(f"S11-calendar-says-{how}", text(whole, b"Content-Type: text/calendar\r\n"))
        yield phrase(f"S11-calendar-says-{how}-file", attached(whole, b"a.ics", b"application/ics"))
        whole = card % (text_b % b"NOTE")
        yield phrase(f"S11-card-says-{how}", attached(whole, b"a.vcf", b"text/vcard"))
        yield phrase(f"S11-card-says-{how}-utf-16", attached(whole.decode().encode("utf-16"), b"a.vcf"))


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


def _addresses(load: Load) -> Iterator[Sample]:
    flat = base64.b64encode(load.zip)
    data = b"data:application/zip;base64," + flat
    lines = b"\r\n".join(flat[at : at + 60] for at in range(0, len(flat), 60))
    pages = {
        "link": b'<a href="%b">x</a>' % data, "unquoted": b"<a href=%b>x</a>" % data,
        "single": b"<a href='%b'>x</a>" % data, "image": b'<img src="%b">' % data,
        "frame": b'<iframe src="%b"></iframe>' % data, "object": b'<object data="%b"></object>' % data,
        "embed": b'<embed src="%b">' % data, "style": b'<p style="background:url(%b)">' % data,
        "sheet": b"<style>p { background: url('%b') }</style>" % data,
        "meta": b'<meta http-equiv="refresh" content="0;url=%b">' % data,
        "script": b'<script>location = "%b";</script>' % data,
        "capitals": b'<a href="DATA:APPLICATION/ZIP;BASE64,%b">x</a>' % flat,
        "no-type": b'<a href="data:;base64,%b">x</a>' % flat,
        "charset": b'<a href="data:application/zip;charset=utf-8;name=a.zip;base64,%b">x</a>' % flat,
        "lines": ZIPPED % lines,
        "tabs": ZIPPED % lines.replace(b"\r\n", b"\t"),
        "blanks": b'<a href=" data:application/zip;base64,  %b">x</a>' % lines.replace(b"\r\n", b" "),
        "escaped-blanks":
        ZIPPED % lines.replace(b"\r\n", b"%0D%0A"), "scheme-entity":
        b'<a href="data&colon;application/zip;base64,%b">x</a>' % flat,
        "entities": b'<a href="%b">x</a>' % data.replace(b"A", b"&#65;"),
        "hex-entities": b'<a href="%b">x</a>' % data.replace(b"A", b"&#x41"),
        "plus-entities": b'<a href="%b">x</a>' % data.replace(b"+", b"&plus;").replace(b"/", b"&sol;"),
        "percent": ZIPPED % flat.replace(b"A", b"%41"),
        "percent-signs": ZIPPED % quote_from_bytes(flat, safe="").encode(),
        "not-base64": b'<a href="data:application/zip,%b">x</a>' % quote_from_bytes(load.zip, safe="").encode(),
        "not-base64-text": b'<a href="data:text/plain,%b">x</a>' % load.marker,
        "not-base64-escaped": b'<a href="data:text/plain,%b">x</a>' % b"".join(b"%%%02x" % c
        for c in load.marker), "download": b'<a download="a.zip" href="%b">x</a>' % data,
        "url-safe": ZIPPED
        % base64.urlsafe_b64encode(load.zip), "no-padding": b'<a href="%b">x</a>' % data.rstrip(b"="),
        "page-in-page": b'<a href="data:text/html;base64,%b">x</a>'
        % base64.b64encode(b'<a href="%b">x</a>' % data), "source-set": b'<img srcset="%b 2x">' % data, "poster":
        b'<video poster="%b">' % data,
        "comment": b"<!-- %b -->" % data, "text": b"<p>%b</p>" % data,
        "attribute": b'<p data-a="%b">' % data, "javascript": b"<a href=\"javascript:open('%b')\">x</a>" % data,
        "concatenated": b"<script>location = 'data:application/zip;base64,' + '%b' + '%b';</script>"
        % (flat[:101], flat[101:]),
    }  # fmt: skip
    for how, page in pages.items():
        yield marker(f"S14-{how}", text(b"<html>" + page + b"</html>\r\n", PAGE))
        yield marker(f"S14-{how}-file", attached(b"<html>" + page + b"</html>\r\n", b"a.html", b"text/html"))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%b</svg>'
    for how, drawing in {
        "image": b'<image xlink:href="%b"/>',
        "link": b'<a href="%b">x</a>',
        "use": b'<use href="%b"/>',
        "foreign": b'<foreignObject><iframe src="%b"/></foreignObject>',
    }.items():
        yield marker(f"S14-svg-{how}", attached(svg % (drawing % data), b"a.svg", b"image/svg+xml"))
    yield marker("S14-css", attached(b"p { background: url(%b) }" % data, b"a.css", b"text/css"))
    yield marker("S14-in-text", text(b"See " + data + b" there.\r\n"))
    yield marker("S14-quoted-printable", text(data.replace(b"=", b"=3D"), PAGE + CTE + b": quoted-printable\r\n"))
    yield name(
        "S14-name",
        text(
            b'<a download="%b" href="data:application/octet-stream;base64,%b">x</a>\r\n'
            % (load.name, base64.b64encode(SCRIPT * 5)),
            PAGE,
        ),
    )
