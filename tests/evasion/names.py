"""Group F: file names that two programs read differently."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from evasion.mails import OCTETS, around, attached, single, text
from evasion.sample import SCRIPT, Load, Sample, ids, name

DISPOSITIONS: dict[str, bytes] = {
    "F22-plain": b"filename=invoice.vbs",
    "F22-upper": b"FILENAME=INVOICE.VBS",
    "F02-two-last": b"filename=a.png; filename=invoice.vbs",
    "F02-two-first": b"filename=invoice.vbs; filename=a.png",
    "F03-extended": b"filename*=utf-8''invoice.%76bs",
    "F05-extended-language": b"filename*=utf-8'en-US'invoice.vbs",
    "F03-extended-no-quotes": b"filename*=invoice.vbs",
    "F06-extended-and-plain": b"filename=a.png; filename*=utf-8''invoice.vbs",
    "F03-extended-utf16": b"filename*=utf-16''%00a%00.%00v%00b%00s",
    "F03-extended-unknown-charset": b"filename*=x-none''invoice.vbs",
    "F04-continued": b"filename*0=invoice; filename*1=.vbs",
    "F04-continued-extended": b"filename*0*=utf-8''invoice; filename*1*=%2evbs",
    "F04-continued-mixed": b"filename*0*=utf-8''invoice; filename*1=.vbs",
    "F04-continued-reversed": b"filename*1=.vbs; filename*0=invoice",
    "F04-continued-gap": b"filename*0=invoice; filename*2=.vbs",
    "F04-continued-missing-0": b"filename*1=invoice; filename*2=.vbs",
    "F04-continued-twice": b"filename*0=a; filename*0=invoice; filename*1=.vbs",
    "F04-continued-leading-zero": b"filename*00=invoice; filename*01=.vbs",
    "F04-continued-folded": b"filename*0=invoice;\r\n filename*1=.vbs",
    "F07-word-unquoted": b"filename==?utf-8?Q?invoice=2Evbs?=",
    "F07-words": b'filename="=?utf-8?Q?invoice?= =?utf-8?Q?.vbs?="',
    "F07-word-in-extended": b"filename*=utf-8''=?utf-8?Q?invoice.vbs?=",
    "F07-word-partial": b'filename="invoice.=?utf-8?Q?vbs?="',
    "F21-percent": b"filename=invoice%2Evbs",
    "F21-percent-twice": b"filename=invoice%252Evbs",
    "F08-quoted-pair": b'filename="invoice\\.vbs"',
    "F08-quotes-inside": b'filename="invoice".vbs',
    "F08-quotes-inside-escaped": b'filename="x\\".vbs"',
    "F08-unclosed-quote": b'filename="invoice.vbs',
    "F08-single-quotes": b"filename='invoice.vbs'",
    "F08-semicolon": b"filename=x;.vbs",
    "F08-semicolon-quoted": b'filename="x;.vbs"',
    "F09-comment-behind": b"filename=invoice.vbs(.png)",
    "F09-comment-inside": b"filename=invoice.v(x)bs",
    "F09-comment-in-name": b"file(x)name=invoice.vbs",
    "F09-comment-before": b"filename=(a.png)invoice.vbs",
    "F10-spaces-around-equals": b"filename = invoice.vbs",
    "F10-newline-around-equals": b"filename=\r\n invoice.vbs",
    "F10-folded-inside": b'filename="invoice.v\r\n bs"',
    "F10-no-separator": b"x=y filename=invoice.vbs",
    "F14-space-before-dot": b'filename="invoice .vbs"',
    "F10-space-before-star": b"filename *=utf-8''invoice.vbs",
    "F14-trailing-dot": b'filename="invoice.vbs."',
    "F14-trailing-dots-spaces": b'filename="invoice.vbs. . ."',
    "F14-trailing-nbsp": b"filename*=utf-8''invoice.vbs%C2%A0",
    "F14-trailing-braille": b"filename*=utf-8''invoice.vbs%E2%A0%80",
    "F14-zero-width": b"filename*=utf-8''invoice.v%E2%80%8Bbs",
    "F13-rtlo": b"filename*=utf-8''invoice%E2%80%AEfdp.vbs",
    "F17-fullwidth-dot": b"filename*=utf-8''invoice%EF%BC%8Evbs",
    "F17-fullwidth-letters": b"filename*=utf-8''invoice.%EF%BD%96%EF%BD%82%EF%BD%93",
    "F17-cyrillic": b"filename*=utf-8''invoice.vb%D1%95",
    "F17-one-dot-leader": b"filename*=utf-8''invoice%E2%80%A4vbs",
    "F14-soft-hyphen": b"filename*=utf-8''invoice.v%C2%ADbs",
    "F17-combining": b"filename*=utf-8''invoice.v%CC%81bs",
    "F12-double-extension": b'filename="report.pdf.vbs"',
    "F18-many-spaces": b'filename="report.pdf' + b" " * 300 + b'.vbs"',
    "F18-very-long": b'filename="' + b"a" * 3000 + b'.vbs"',
    "F12-underscores": b'filename="report.pdf' + b"_" * 100 + b'.vbs"',
    "F15-stream": b'filename="invoice.vbs::$DATA"',
    "F15-stream-hidden": b'filename="report.txt:invoice.vbs"',
    "F15-path": b'filename="..\\\\..\\\\invoice.vbs"',
    "F15-slash-path": b'filename="/tmp/invoice.vbs"',
    "F15-trailing-slash": b'filename="invoice.vbs/"',
    "F16-nul": b'filename="invoice.vbs\0.png"',
    "F16-nul-percent": b"filename*=utf-8''invoice.vbs%00.png",
    "F16-newline-percent": b"filename*=utf-8''invoice.vbs%0a.png",
    "F16-tab": b'filename="invoice.vbs\t"',
    "F17-8bit": b'filename="r\xe9sum\xe9.vbs"',
    "F17-utf8": 'filename="r\N{LATIN SMALL LETTER E WITH ACUTE}sum\N{LATIN SMALL LETTER E WITH ACUTE}.vbs"'.encode(),
    "F02-dash-variant": b"file-name=a.png; filename=invoice.vbs",
}
"""The parameters of a disposition; what is in it of the extension, Load.named changes."""

EXTENSIONS = (
    "exe scr com pif bat cmd js jse vbe wsf hta lnk url jar msi ps1 iso img vhd vhdx chm cpl reg scf library-ms "
    "search-ms settingcontent-ms appref-ms xll iqy slk jnlp msc msix diagcab theme rdp udf wim ade application"
)


LEGAL = ids(
    "F03-extended F04-continued F04-continued-extended F04-continued-mixed F04-continued-reversed "
    "F04-continued-folded F05-extended-language F06-extended-and-plain F08-quoted-pair F08-semicolon-quoted "
    " F10-newline-around-equals F12-double-extension F12-underscores F14-trailing-dot "
    "F18-very-long F18-many-spaces  F22-plain F22-upper F21-percent F21-percent-twice F13-rtlo F14-zero-width "
    "F14-trailing-nbsp F14-trailing-braille F17-fullwidth-dot F17-fullwidth-letters F17-cyrillic F17-one-dot-leader "
    "F17-combining F14-soft-hyphen  F15-path F15-slash-path"
)


def cases(load: Load) -> Iterator[Sample]:
    """All of the group."""
    for how, template in parameters(load).items():
        head = b"Content-Disposition: attachment; " + template + b"\r\n"
        yield name(how, around(OCTETS + head + b"\r\n" + SCRIPT), legal=how in LEGAL)
        row, _, rest = how.partition("-")
        value = template.replace(b"filename", b"name").replace(b"FILENAME", b"NAME")
        head = b"Content-Type: application/octet-stream; " + value + b"\r\n\r\n"
        yield name(f"{row}-type-{rest}", around(head + SCRIPT), legal=how in LEGAL)
    yield from _places(load)
    yield from _contents(load)
    for extension in EXTENSIONS.split():
        label = load.pick(f"file.{extension}", "file.dat").encode()
        yield name(f"F22-extension-{extension}", attached(b"nothing much", label))


def parameters(load: Load) -> dict[str, bytes]:
    """All of DISPOSITIONS, and those that are encoded."""
    word = base64.b64encode(load.name)
    wide = base64.b64encode(load.named(b"a.vbs").decode().encode("utf-16-be"))
    clsid = load.pick(b"{b54f3741-5b07-11cf-a4b0-00aa004a55e8}", b"doc")
    return {how: _named(load, template) for how, template in DISPOSITIONS.items()} | {
        "F07-word": b'filename="=?utf-8?B?' + word + b'?="',
        "F07-word-utf16": b'filename="=?utf-16?B?' + wide + b'?="',
        "F15-clsid": b'filename="report.' + clsid + b'"',
    }


def _named(load: Load, template: bytes) -> bytes:
    """What `Load.named` does, for letters that are written otherwise too."""
    if load.evil:
        return template
    for old, new in ((b"b%00s", b"c%00s"), (b"%BD%82", b"%BD%83"), (b"vb%D1", b"vc%D1")):
        template = template.replace(old, new)
    return load.named(template)


def _places(load: Load) -> Iterator[Sample]:
    both = b"Content-Type: image/png; name=%s\r\nContent-Disposition: attachment; filename=%s\r\n\r\n" + SCRIPT
    disposition = b"Content-Disposition: attachment; filename=" + load.name + b"\r\n"
    yield name("F01-only-in-type", around(both % (load.name, b"a.png")))
    yield name("F01-only-in-disposition", around(both % (b"a.png", load.name)))
    inline = disposition.replace(b"attachment", b"inline")
    yield name("F01-inline", around(OCTETS + inline + b"\r\n" + SCRIPT))
    bare = disposition.replace(b"attachment; ", b"")
    yield name("F01-no-kind-of-disposition", around(OCTETS + bare + b"\r\n" + SCRIPT), legal=False)
    yield name("F01-on-whole-mail", single(OCTETS + disposition, SCRIPT))
    yield name("F01-on-text", around(b"Content-Type: text/plain; name=" + load.name + b"\r\n\r\n" + SCRIPT))
    page = load.pick(b"invoice.hta", b"invoice.txt")
    yield name("F01-on-html", around(b"Content-Type: text/html; name=" + page + b"\r\n\r\n<p>hello</p>\r\n"))
    rfc822 = b"Content-Type: message/rfc822; name=" + load.name + b"\r\n\r\nFrom: a@b\r\n\r\nhello\r\n"
    yield name("F01-on-mail", around(rfc822))
    inner = b"Content-Type: multipart/mixed; boundary=b2; name=" + load.name + b"\r\n\r\n"
    yield name("F01-on-multipart", around(inner + b"--b2\r\n\r\nhello\r\n--b2--\r\n"))
    for how, line in {
        "description": b"Content-Description: " + load.name + b"\r\n",
        "location": b"Content-Location: " + load.name + b"\r\n",
    }.items():
        yield name(f"F11-{how}", around(OCTETS + line + b"\r\n" + SCRIPT))
    subject = single(OCTETS, SCRIPT).replace(b"The papers", load.name)
    yield name("F11-subject", subject)


def _contents(load: Load) -> Iterator[Sample]:
    program = load.program
    yield name("F19-program", attached(program))
    yield name("F19-elf", attached(load.pick(b"\x7fELF", b"\x7fELG") + b"\2\1\1" + bytes(200), b"a.bin"))
    lnk = load.pick(b"L\0\0\0\1\x14\2", b"M\0\0\0\1\x14\2") + b"\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60)
    yield name("F19-lnk", attached(lnk, b"a.dat"))
    yield name("F20-program-named-image", attached(program, b"a.png", b"image/png"))
    lines = b'Set x = CreateObject("WScript.Shell")\r\nx.Run "calc"\r\nMsgBox "y"\r\n'
    script = load.pick(lines, b"Dear Bob,\r\nthis is a letter that somebody gave a wrong name.\r\n")
    yield name("F20-script-named-image", attached(script, b"a.png"))
    kind = load.pick(b"text/vbscript", b"text/plain")
    yield name("F20-declared-script", around(b"Content-Type: " + kind + b"\r\n\r\n" + SCRIPT))
    yield name(
        "F20-whole-mail", text(program, b"Content-Type: text/plain\r\n" + b"Content-Transfer-Encoding: binary\r\n")
    )
