"""Group F: file names that two programs read differently."""

from __future__ import annotations

from collections.abc import Iterator

from end_to_end.evasions.sample import OCTETS, SCRIPT, Sample, around, attached, name, single

DISPOSITIONS: dict[str, bytes] = {
    "plain": b"filename=invoice.vbs",
    "upper": b"FILENAME=INVOICE.VBS",
    "two-last": b"filename=a.png; filename=invoice.vbs",
    "two-first": b"filename=invoice.vbs; filename=a.png",
    "extended": b"filename*=utf-8''invoice.%76bs",
    "extended-language": b"filename*=utf-8'en-US'invoice.vbs",
    "extended-no-quotes": b"filename*=invoice.vbs",
    "extended-and-plain": b"filename=a.png; filename*=utf-8''invoice.vbs",
    "extended-utf16": b"filename*=utf-16''%00a%00.%00v%00b%00s",
    "extended-unknown-charset": b"filename*=x-none''invoice.vbs",
    "continued": b"filename*0=invoice; filename*1=.vbs",
    "continued-extended": b"filename*0*=utf-8''invoice; filename*1*=%2evbs",
    "continued-mixed": b"filename*0*=utf-8''invoice; filename*1=.vbs",
    "continued-reversed": b"filename*1=.vbs; filename*0=invoice",
    "continued-gap": b"filename*0=invoice; filename*2=.vbs",
    "continued-missing-0": b"filename*1=invoice; filename*2=.vbs",
    "continued-twice": b"filename*0=a; filename*0=invoice; filename*1=.vbs",
    "continued-leading-zero": b"filename*00=invoice; filename*01=.vbs",
    "continued-folded": b"filename*0=invoice;\r\n filename*1=.vbs",
    "word": b'filename="=?utf-8?B?aW52b2ljZS52YnM=?="',
    "word-unquoted": b"filename==?utf-8?Q?invoice=2Evbs?=",
    "words": b'filename="=?utf-8?Q?invoice?= =?utf-8?Q?.vbs?="',
    "word-in-extended": b"filename*=utf-8''=?utf-8?Q?invoice.vbs?=",
    "word-utf16": b'filename="=?utf-16?B?AGEALgB2AGIAcw==?="',
    "word-partial": b'filename="invoice.=?utf-8?Q?vbs?="',
    "percent": b"filename=invoice%2Evbs",
    "percent-twice": b"filename=invoice%252Evbs",
    "quoted-pair": b'filename="invoice\\.vbs"',
    "quotes-inside": b'filename="invoice".vbs',
    "quotes-inside-escaped": b'filename="x\\".vbs"',
    "unclosed-quote": b'filename="invoice.vbs',
    "single-quotes": b"filename='invoice.vbs'",
    "semicolon": b"filename=x;.vbs",
    "semicolon-quoted": b'filename="x;.vbs"',
    "comment-behind": b"filename=invoice.vbs(.png)",
    "comment-inside": b"filename=invoice.v(x)bs",
    "comment-in-name": b"file(x)name=invoice.vbs",
    "comment-before": b"filename=(a.png)invoice.vbs",
    "spaces-around-equals": b"filename = invoice.vbs",
    "newline-around-equals": b"filename=\r\n invoice.vbs",
    "folded-inside": b'filename="invoice.v\r\n bs"',
    "no-separator": b"x=y filename=invoice.vbs",
    "space-before-dot": b'filename="invoice .vbs"',
    "space-before-star": b"filename *=utf-8''invoice.vbs",
    "trailing-dot": b'filename="invoice.vbs."',
    "trailing-dots-spaces": b'filename="invoice.vbs. . ."',
    "trailing-nbsp": b"filename*=utf-8''invoice.vbs%C2%A0",
    "trailing-braille": b"filename*=utf-8''invoice.vbs%E2%A0%80",
    "zero-width": b"filename*=utf-8''invoice.v%E2%80%8Bbs",
    "rtlo": b"filename*=utf-8''invoice%E2%80%AEfdp.vbs",
    "fullwidth-dot": b"filename*=utf-8''invoice%EF%BC%8Evbs",
    "fullwidth-letters": b"filename*=utf-8''invoice.%EF%BD%96%EF%BD%82%EF%BD%93",
    "cyrillic": b"filename*=utf-8''invoice.vb%D1%95",
    "one-dot-leader": b"filename*=utf-8''invoice%E2%80%A4vbs",
    "soft-hyphen": b"filename*=utf-8''invoice.v%C2%ADbs",
    "combining": b"filename*=utf-8''invoice.v%CC%81bs",
    "double-extension": b'filename="report.pdf.vbs"',
    "many-spaces": b'filename="report.pdf' + b" " * 300 + b'.vbs"',
    "very-long": b'filename="' + b"a" * 3000 + b'.vbs"',
    "underscores": b'filename="report.pdf' + b"_" * 100 + b'.vbs"',
    "stream": b'filename="invoice.vbs::$DATA"',
    "stream-hidden": b'filename="report.txt:invoice.vbs"',
    "path": b'filename="..\\\\..\\\\invoice.vbs"',
    "slash-path": b'filename="/tmp/invoice.vbs"',
    "trailing-slash": b'filename="invoice.vbs/"',
    "nul": b'filename="invoice.vbs\0.png"',
    "nul-percent": b"filename*=utf-8''invoice.vbs%00.png",
    "newline-percent": b"filename*=utf-8''invoice.vbs%0a.png",
    "tab": b'filename="invoice.vbs\t"',
    "8bit": b'filename="r\xe9sum\xe9.vbs"',
    "utf8": 'filename="r\N{LATIN SMALL LETTER E WITH ACUTE}sum\N{LATIN SMALL LETTER E WITH ACUTE}.vbs"'.encode(),
    "clsid": b'filename="report.{b54f3741-5b07-11cf-a4b0-00aa004a55e8}"',
    "dash-variant": b"file-name=a.png; filename=invoice.vbs",
    "no-type": b"",
}

EXTENSIONS = (
    "exe scr com pif bat cmd js jse vbe wsf hta lnk url jar msi ps1 iso img vhd vhdx chm cpl reg scf library-ms "
    "search-ms settingcontent-ms appref-ms xll iqy slk jnlp msc msix diagcab theme rdp udf wim ade application"
)


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, parameter in DISPOSITIONS.items():
        if not parameter:
            continue
        head = b"Content-Disposition: attachment; " + parameter + b"\r\n"
        yield name(f"F-{how}", around(OCTETS + head + b"\r\n" + SCRIPT))
    for how in ("word", "extended", "continued-extended", "rtlo", "percent", "comment-inside", "quotes-inside"):
        value = DISPOSITIONS[how].replace(b"filename", b"name")
        yield name(f"F-type-{how}", around(b"Content-Type: application/octet-stream; " + value + b"\r\n\r\n" + SCRIPT))
    both = b"Content-Type: image/png; name=%s\r\nContent-Disposition: attachment; filename=%s\r\n\r\n" + SCRIPT
    yield name("F-only-in-type", around(both % (b"invoice.vbs", b"a.png")))
    yield name("F-only-in-disposition", around(both % (b"a.png", b"invoice.vbs")))
    yield name("F-inline", around(OCTETS + b"Content-Disposition: inline; filename=invoice.vbs\r\n\r\n" + SCRIPT))
    yield name(
        "F-no-kind-of-disposition", around(OCTETS + b"Content-Disposition: filename=invoice.vbs\r\n\r\n" + SCRIPT)
    )
    yield name("F-on-whole-mail", single(OCTETS + b"Content-Disposition: attachment; filename=invoice.vbs\r\n", SCRIPT))
    yield name("F-on-text", around(b"Content-Type: text/plain; name=invoice.vbs\r\n\r\n" + SCRIPT))
    yield name("F-on-html", around(b"Content-Type: text/html; name=invoice.hta\r\n\r\n<p>hello</p>\r\n"))
    rfc822 = b"Content-Type: message/rfc822; name=invoice.vbs\r\n\r\nFrom: a@b\r\n\r\nhello\r\n"
    yield name("F-on-mail", around(rfc822))
    inner = b"Content-Type: multipart/mixed; boundary=b2; name=invoice.vbs\r\n\r\n--b2\r\n\r\nhello\r\n--b2--\r\n"
    yield name("F-on-multipart", around(inner))
    yield name("F-program-without-name", attached(b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(200)))
    yield name(
        "F-program-named-image", attached(b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(200), b"a.png", b"image/png")
    )
    yield name("F-elf", attached(b"\x7fELF\2\1\1" + bytes(200), b"a.bin"))
    yield name("F-lnk", attached(b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60), b"a.dat"))
    yield name(
        "F-script-named-image",
        attached(b'Set x = CreateObject("WScript.Shell")\r\nx.Run "calc"\r\nMsgBox "y"\r\n', b"a.png"),
    )
    yield name("F-declared-script", around(b"Content-Type: text/vbscript\r\n\r\n" + SCRIPT))
    for extension in EXTENSIONS.split():
        yield name(f"F-extension-{extension}", attached(b"nothing much", f"file.{extension}".encode()))
