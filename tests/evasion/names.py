"""Rows F01 to F06: a file name in several parameters, fields and pieces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from bartizan.model.finding import Reason
from evasion.mails import OCTETS, around, single
from evasion.sample import SCRIPT, Hides, Load, Sample, either, ids, name

DISPOSITIONS: dict[str, bytes] = {
    "F02-last": b"filename=a.png; filename=invoice.vbs",
    "F02-first": b"filename=invoice.vbs; filename=a.png",
    "F02-middle": b"filename=a.png; filename=invoice.vbs; filename=b.txt",
    "F02-quoted-last": b'filename=a.png; filename="invoice.vbs"',
    "F02-quoted-first": b'filename="invoice.vbs"; filename=a.png',
    "F02-case": b"filename=a.png; FileName=invoice.vbs",
    "F02-case-first": b"FILENAME=invoice.vbs; filename=a.png",
    "F02-no-space": b"filename=a.png;filename=invoice.vbs",
    "F02-no-semicolon": b"filename=a.png filename=invoice.vbs",
    "F02-comma": b"filename=a.png, filename=invoice.vbs",
    "F02-empty-first": b"filename=; filename=invoice.vbs",
    "F02-empty-last": b'filename=invoice.vbs; filename=""',
    "F02-folded": b"filename=a.png;\r\n filename=invoice.vbs",
    "F02-others-between": b"filename=a.png; size=5; x=y; filename=invoice.vbs",
    "F02-many-before": b"filename=a.png; " * 30 + b"filename=invoice.vbs",
    "F02-many-behind": b"filename=invoice.vbs" + b"; filename=a.png" * 30,
    "F02-many-names": b"".join(b"filename=%d.png; " % at for at in range(60)) + b"filename=invoice.vbs",
    "F02-dash-variant": b"file-name=a.png; filename=invoice.vbs",
    "F02-name-here": b"name=invoice.vbs",
    "F03-plain": b"filename*=utf-8''invoice.vbs",
    "F03-one-escape": b"filename*=utf-8''invoice.%76bs",
    "F03-dot-escape": b"filename*=utf-8''invoice%2evbs",
    "F03-all-escapes": b"filename*=utf-8''%69nvoice%2E%76%62%73",
    "F03-no-quotes": b"filename*=invoice.vbs",
    "F03-one-quote": b"filename*=utf-8'invoice.vbs",
    "F03-three-quotes": b"filename*=utf-8'''invoice.vbs",
    "F03-quote-inside": b"filename*=utf-8''in'voice.vbs",
    "F03-double-quotes": b'filename*=utf-8""invoice.vbs',
    "F03-quoted": b"filename*=\"utf-8''invoice.vbs\"",
    "F03-text-quoted": b"filename*=utf-8''\"invoice.vbs\"",
    "F03-quoted-escapes": b"filename*=\"utf-8''invoice.%76bs\"",
    "F03-empty-charset": b"filename*=''invoice.vbs",
    "F03-unknown-charset": b"filename*=x-none''invoice.vbs",
    "F03-unknown-charset-escape": b"filename*=x-none''invoice%2Evbs",
    "F03-ascii": b"filename*=us-ascii''invoice%2Evbs",
    "F03-latin-1": b"filename*=iso-8859-1''r%E9sum%E9.vbs",
    "F03-utf-16": b"filename*=utf-16''%00a%00.%00v%00b%00s",
    "F03-utf-16le": b"filename*=utf-16le''a%00.%00v%00b%00s%00",
    "F03-utf-7": b"filename*=utf-7''invoice+AC4-vbs",
    "F03-ebcdic": b"filename*=cp037''%81K%A5%82%A2",
    "F03-charset-spaces": b"filename*= utf-8 '' invoice.vbs",
    "F03-half-escape": b"filename*=utf-8''invoice.vbs%",
    "F03-bad-escape": b"filename*=utf-8''%zzinvoice.vbs",
    "F03-bad-escape-inside": b"filename*=utf-8''a%2.vbs",
    "F03-escape-twice": b"filename*=utf-8''invoice%252Evbs",
    "F03-capitals": b"FILENAME*=UTF-8''INVOICE.VBS",
    "F03-two": b"filename*=utf-8''a.png; filename*=utf-8''invoice.vbs",
    "F03-two-first": b"filename*=utf-8''invoice.vbs; filename*=utf-8''a.png",
    "F03-two-stars": b"filename**=utf-8''invoice.vbs",
    "F03-spaces": b"filename* = utf-8''invoice.vbs",
    "F03-space-star": b"filename *=utf-8''invoice.vbs",
    "F03-folded": b"filename*=\r\n utf-8''invoice.vbs",
    "F03-folded-inside": b"filename*=utf-8''invoice.\r\n vbs",
    "F03-8-bit": b"filename*=utf-8''r\xc3\xa9sum\xc3\xa9.vbs",
    "F03-plus": b"filename*=utf-8''my+invoice.vbs",
    "F03-name": b"name*=utf-8''invoice.vbs",
    "F04-plain": b"filename*0=invoice; filename*1=.vbs",
    "F04-extended": b"filename*0*=utf-8''invoice; filename*1*=%2evbs",
    "F04-mixed": b"filename*0*=utf-8''invoice; filename*1=.vbs",
    "F04-extended-last": b"filename*0=invoice; filename*1*=%2evbs",
    "F04-reversed": b"filename*1=.vbs; filename*0=invoice",
    "F04-gap": b"filename*0=invoice; filename*2=.vbs",
    "F04-large-gap": b"filename*0=invoice; filename*999999=.vbs",
    "F04-missing-0": b"filename*1=invoice; filename*2=.vbs",
    "F04-only-1": b"filename*1=invoice.vbs",
    "F04-only-0": b"filename*0=invoice.vbs",
    "F04-only-0-extended": b"filename*0*=utf-8''invoice.vbs",
    "F04-twice-0": b"filename*0=a; filename*0=invoice; filename*1=.vbs",
    "F04-twice-0-first": b"filename*0=invoice; filename*0=a; filename*1=.vbs",
    "F04-twice-1": b"filename*0=invoice; filename*1=.png; filename*1=.vbs",
    "F04-twice-1-first": b"filename*0=invoice; filename*1=.vbs; filename*1=.png",
    "F04-all-zeros": b"filename*0=invoice; filename*0=.v; filename*0=bs",
    "F04-leading-zero": b"filename*00=invoice; filename*01=.vbs",
    "F04-some-zeros": b"filename*0=invoice; filename*01=.vbs",
    "F04-negative": b"filename*-1=invoice; filename*0=.vbs",
    "F04-letters": b"filename*a=invoice; filename*b=.vbs",
    "F04-hexadecimal": b"filename*0x0=invoice; filename*0x1=.vbs",
    "F04-plus": b"filename*+0=invoice; filename*+1=.vbs",
    "F04-huge": b"filename*0=invoice.; filename*99999999999999999999=v; filename*999999999999999999999=bs",
    "F04-folded": b"filename*0=invoice;\r\n filename*1=.vbs",
    "F04-folded-inside": b"filename*0=\r\n invoice;\r\n filename*1=\r\n .vbs",
    "F04-no-semicolon": b"filename*0=invoice filename*1=.vbs",
    "F04-no-semicolon-folded": b'filename*0="invoice"\r\n filename*1=".vbs"',
    "F04-quoted": b'filename*0="invoice"; filename*1=".vbs"',
    "F04-quoted-some": b'filename*0="invoice."; filename*1=v; filename*2="bs"',
    "F04-spaces": b"filename *0 = invoice; filename *1 = .vbs",
    "F04-space-behind-star": b"filename* 0=invoice; filename* 1=.vbs",
    "F04-comments": b"filename*0=invoice(a); (b) filename*1=.vbs",
    "F04-commas": b"filename*0=invoice, filename*1=.vbs",
    "F04-case": b"filename*0=invoice; FILENAME*1=.vbs",
    "F04-others-between": b"filename*0=invoice; x*0=a; size=1; filename*1=.vbs; x*1=b",
    "F04-ten": b"".join(b"filename*%d=%c; " % (at, c) for at, c in enumerate(b"invoice.bs"[:8])) + b"filename*8=vbs",
    "F04-backwards": b"filename*2=bs; filename*1=.v; filename*0=invoice",
    "F04-hundred": b"".join(b"filename*%d=a; " % at for at in range(100)) + b"filename*100=.vbs",
    "F04-plain-decoy": b"filename=a.png; filename*0=invoice; filename*1=.vbs",
    "F04-plain-decoy-behind": b"filename*0=invoice; filename*1=.vbs; filename=a.png",
    "F04-extended-decoy": b"filename*=utf-8''a.png; filename*0=invoice; filename*1=.vbs",
    "F04-begins-plain": b"filename=invoice; filename*1=.vbs",
    "F04-begins-extended": b"filename*=utf-8''invoice; filename*1=.vbs",
    "F04-charset-in-second": b"filename*0=invoice; filename*1*=utf-8''.vbs",
    "F04-charset-plain": b"filename*0=utf-8''invoice; filename*1=%2Evbs",
    "F04-charset-cut": b"filename*0*=utf-; filename*1*=8''invoice%2Evbs",
    "F04-escape-cut": b"filename*0*=utf-8''invoice%2; filename*1*=Evbs",
    "F04-escape-cut-plain": b"filename*0*=utf-8''invoice%; filename*1=2Evbs",
    "F04-star-missing": b"filename0=invoice; filename1=.vbs; filename*0=invoice; filename*1=.vbs",
    "F04-words": b'filename*0="=?utf-8?Q?invoice?="; filename*1="=?utf-8?Q?.vbs?="',
    "F04-word-cut": b'filename*0="=?utf-8?Q?invoi"; filename*1="ce.vbs?="',
    "F04-percent-plain": b"filename*0=invoice; filename*1=%2Evbs",
    "F04-empty-first": b'filename*0=""; filename*1=invoice.vbs',
    "F04-empty-extended-first": b"filename*0*=utf-8''; filename*1=invoice.vbs",
    "F04-name-mixed": b"filename*0=invoice; name*1=.vbs; filename*1=.vbs",
    "F05-language": b"filename*=utf-8'en'invoice.vbs",
    "F05-hyphen": b"filename*=utf-8'en-US'invoice.vbs",
    "F05-script": b"filename*=utf-8'zh-Hant-TW'invoice.vbs",
    "F05-private": b"filename*=utf-8'x-own-tongue'invoice.vbs",
    "F05-none": b"filename*=utf-8'x'invoice.vbs",
    "F05-long": b"filename*=utf-8'" + b"en-" * 20 + b"x'invoice.vbs",
    "F05-odd": b"filename*=utf-8'en_US'invoice.vbs",
    "F05-space": b"filename*=utf-8'en US'invoice.vbs",
    "F05-dot": b"filename*=utf-8'a.png'invoice.vbs",
    "F05-escape": b"filename*=utf-8'%65n'invoice.%76bs",
    "F05-continued": b"filename*0*=utf-8'en-US'invoice; filename*1=.vbs",
    "F05-continued-escape": b"filename*0*=utf-8'de-AT'invoice; filename*1*=%2Evbs",
    "F05-utf-16": b"filename*=utf-16be'en-GB'%00a%00.%00v%00b%00s",
    "F05-quoted": b"filename*=\"utf-8'en-US'invoice.vbs\"",
    "F05-no-charset": b"filename*='en-US'invoice.vbs",
    "F05-decoy": b"filename=a.png; filename*=utf-8'en-US'invoice.vbs",
    "F06-extended-last": b"filename=a.png; filename*=utf-8''invoice.vbs",
    "F06-extended-first": b"filename*=utf-8''invoice.vbs; filename=a.png",
    "F06-plain-last": b"filename*=utf-8''a.png; filename=invoice.vbs",
    "F06-plain-first": b"filename=invoice.vbs; filename*=utf-8''a.png",
    "F06-three": b"filename=a.png; filename*0=b; filename*1=.txt; filename*=utf-8''invoice.vbs",
    "F06-word-and-extended": b"filename=\"=?utf-8?Q?a.png?=\"; filename*=utf-8''invoice.vbs",
    "F06-word-evil": b"filename=\"=?utf-8?Q?invoice.vbs?=\"; filename*=utf-8''a.png",
    "F06-extended-broken": b"filename=invoice.vbs; filename*=x-none'a",
    "F06-extended-empty": b"filename=invoice.vbs; filename*=utf-8''",
    "F06-quoted": b'filename="a.png"; filename*="utf-8\'\'invoice.vbs"',
}
"""The parameters of a disposition; what is in it of the extension, `named` changes."""

LEGAL = ids(
    "F03-plain F03-one-escape F03-dot-escape F03-all-escapes F03-latin-1 F03-capitals F03-folded F04-plain "
    "F04-extended F04-mixed F04-reversed F04-folded F04-quoted F04-backwards F04-only-0 F04-only-0-extended "
    "F04-plain-decoy F04-plain-decoy-behind F05-language F05-hyphen F05-script F05-continued F05-decoy "
    "F06-extended-last F06-extended-first F06-plain-last F06-plain-first"
)


def named(load: Load, template: bytes) -> bytes:
    """What `Load.named` does, for letters that are written otherwise too."""
    if load.evil:
        return template
    for old, new in (
        (b"b%00s", b"c%00s"), (b"%62%73", b"%63%73"), (b"%A5%82%A2", b"%A5%83%A2"),
        (b"v; filename*0=bs", b"v; filename*0=cs"),
    ):  # fmt: skip
        template = template.replace(old, new)
    return load.named(template)


def both(load: Load, how: str, template: bytes, *, legal: bool, held: bool = False) -> Iterator[Sample]:
    """A parameter in the disposition, and in the type."""
    template = named(load, template)
    head = b"Content-Disposition: attachment; " + template + b"\r\n"
    mails = {how: around(OCTETS + head + b"\r\n" + SCRIPT)}
    row, _, rest = how.partition("-")
    value = template.replace(b"filename", b"name").replace(b"FILENAME", b"NAME").replace(b"FileName", b"Name")
    head = b"Content-Type: application/octet-stream; " + value + b"\r\n\r\n"
    mails[f"{row}-type-{rest}"] = around(head + SCRIPT)
    for id, mail in mails.items():
        if held:
            yield either(id, Hides.NAME, mail, Reason.AMBIGUOUS, Reason.LIMIT_HEADER)
        else:
            yield name(id, mail, legal=legal)


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for how, template in DISPOSITIONS.items():
        yield from both(load, how, template, legal=how in LEGAL, held=how == "F02-many-names")
    pieces = (b"filename*0=inv", b"filename*1=oice.v", b"filename*2=bs")
    for at, order in enumerate(permutations(pieces)):
        yield from both(load, f"F04-order-{at}", b"; ".join(order), legal=False)
        stars = b"; ".join(order).replace(b"*0=", b"*0*=utf-8''").replace(b"*2=", b"*2*=")
        yield from both(load, f"F04-order-extended-{at}", stars, legal=False)
    yield from _fields(load)


def _fields(load: Load) -> Iterator[Sample]:
    """F01 and F02: two fields."""
    evil, decoy = load.name, b"a.png"
    kind = b"Content-Type: image/png; name=%b\r\n"
    disposition = b"Content-Disposition: attachment; filename=%b\r\n"
    for how, head in {
        "type-first-in-type": kind % evil + disposition % decoy, "type-last-in-type": disposition % decoy + kind % evil,
        "type-first-in-disposition": kind % decoy + disposition % evil,
        "type-last-in-disposition": disposition % evil + kind % decoy,
        "only-type": kind % evil, "only-disposition": OCTETS + disposition % evil,
        "inline": OCTETS + (disposition % evil).replace(b"attachment", b"inline"),
        "both-in-type": b"Content-Type: image/png; name=a.png; filename=" + evil + b"\r\n",
        "both-in-disposition": b"Content-Disposition: attachment; name=" + evil + b"; filename=a.png\r\n",
        "extended-in-type": b"Content-Type: image/png; name*=utf-8''" + evil + b"\r\n" + disposition % decoy,
        "word-in-type": kind % (b'"=?utf-8?Q?' + evil + b'?="') + disposition % decoy,
        "empty-in-disposition": kind % evil + disposition % b'""', "empty-in-type": kind % b'""' + disposition % evil,
        "form-data": OCTETS + b'Content-Disposition: form-data; name="a"; filename="' + evil + b'"\r\n',
        "on-text": b"Content-Type: text/plain; name=" + evil + b"\r\n",
        "on-message-type": b"Content-Type: message/rfc822; name=" + evil + b"\r\n",
        "on-calendar": b"Content-Type: text/calendar; method=REQUEST; name=" + evil + b"\r\n",
        "no-subtype": b"Content-Type: application; name=" + evil + b"\r\n",
        "on-multipart": b"Content-Type: multipart/mixed; boundary=b2; name=" + evil
        + b"\r\n\r\n--b2\r\n\r\nhello\r\n--b2--\r\n",
    }.items():  # fmt: skip
        yield name(
            f"F01-{how}", around(head + b"\r\n" + SCRIPT), legal=how not in ("no-subtype", "both-in-disposition")
        )
        if how not in ("on-multipart", "on-message-type"):
            yield name(f"F01-{how}-whole-mail", single(head, SCRIPT), legal=not how.startswith(("no-", "both-")))
    bare = b"Content-Disposition: filename=" + evil + b"\r\n"
    yield name("F01-no-kind-of-disposition", around(OCTETS + bare + b"\r\n" + SCRIPT), legal=False)
    page = load.pick(b"invoice.hta", b"invoice.txt")
    yield name("F01-on-html", around(b"Content-Type: text/html; name=" + page + b"\r\n\r\n<p>hello</p>\r\n"))
    one, two = disposition % decoy, disposition % evil
    for how, head in {
        "dispositions-last": OCTETS + one + two, "dispositions-first": OCTETS + two + one,
        "dispositions-three": OCTETS + one + two + one, "dispositions-around-type": one + OCTETS + two,
        "dispositions-inline-last": OCTETS + one + two.replace(b"attachment", b"inline"),
        "dispositions-case": OCTETS + one + two.replace(b"Content-D", b"CONTENT-d"),
        "dispositions-space": OCTETS + one + two.replace(b":", b" :", 1),
        "dispositions-empty-first": OCTETS + b"Content-Disposition:\r\n" + two,
        "types-last": kind % decoy + kind % evil, "types-first": kind % evil + kind % decoy,
        "types-extended": kind % decoy + b"Content-Type: image/png; name*=utf-8''" + evil + b"\r\n",
    }.items():  # fmt: skip
        yield name(f"F02-{how}", around(head + b"\r\n" + SCRIPT), legal=False)
