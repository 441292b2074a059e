"""Rows S10 and S11: files in calendars and cards."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import REAL, attached, b64, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, either, name, phrase


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
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
