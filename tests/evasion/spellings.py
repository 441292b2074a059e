"""Rows F07 to F11 and F21: a file name encoded, quoted, commented, folded, or in another field."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from evasion.mails import MIME, OCTETS, around, single
from evasion.names import both
from evasion.sample import SCRIPT, Load, Sample, ids, name, told

ELSEWHERE = "name:elsewhere"
SUBJECTS = {
    "": b"Subject: %b",
    "-folded": b"Subject:\r\n %b",
    "-encoded": b"Subject: =?utf-8?Q?%b?=",
    "-capitals": b"SUBJECT:%b",
}

DISPOSITIONS: dict[str, bytes] = {
    "F07-q-unquoted": b"filename==?utf-8?Q?invoice=2Evbs?=",
    "F07-q": b'filename="=?utf-8?Q?invoice=2Evbs?="',
    "F07-q-lower": b'filename="=?utf-8?q?invoice=2evbs?="',
    "F07-q-all": b'filename="=?utf-8?Q?=69nvoice=2E=76=62=73?="',
    "F07-two": b'filename="=?utf-8?Q?invoice?= =?utf-8?Q?.vbs?="',
    "F07-two-no-blank": b'filename="=?utf-8?Q?invoice?==?utf-8?Q?.vbs?="',
    "F07-two-blanks": b'filename="=?utf-8?Q?invoice?=   =?utf-8?Q?.vbs?="',
    "F07-two-folded": b'filename="=?utf-8?Q?invoice?=\r\n =?utf-8?Q?.vbs?="',
    "F07-two-tab": b'filename="=?utf-8?Q?invoice?=\t=?utf-8?Q?.vbs?="',
    "F07-two-unquoted": b"filename==?utf-8?Q?invoice?= =?utf-8?Q?.vbs?=",
    "F07-two-charsets": b'filename="=?us-ascii?Q?invoice?= =?iso-8859-1?Q?.vbs?="',
    "F07-two-quoted": b'filename="=?utf-8?Q?invoice?=" "=?utf-8?Q?.vbs?="',
    "F07-each-letter": b'filename="' + b" ".join(b"=?utf-8?Q?%c?=" % c for c in b"invoice.") + b' =?utf-8?Q?vbs?="',
    "F07-in-extended": b"filename*=utf-8''=?utf-8?Q?invoice.vbs?=",
    "F07-in-part": b'filename="invoice.=?utf-8?Q?vbs?="',
    "F07-in-front": b'filename="=?utf-8?Q?invoice?=.vbs"',
    "F07-dot-between": b'filename="=?utf-8?Q?invoice?=.=?utf-8?Q?vbs?="',
    "F07-language": b'filename="=?utf-8*en-US?Q?invoice.vbs?="',
    "F07-no-end": b'filename="=?utf-8?Q?invoice.vbs"',
    "F07-half-end": b'filename="=?utf-8?Q?invoice.vbs?"',
    "F07-blank-inside": b'filename="=?utf-8?Q?my invoice.vbs?="',
    "F07-underscore": b'filename="=?utf-8?Q?my_invoice.vbs?="',
    "F07-blank-charset": b'filename="=?utf-8 ?Q?invoice.vbs?="',
    "F07-no-charset": b'filename="=??Q?invoice=2Evbs?="',
    "F07-unknown-charset": b'filename="=?x-none?Q?invoice=2Evbs?="',
    "F07-unknown-encoding": b'filename="=?utf-8?X?a.png?= invoice.vbs"',
    "F07-utf-7": b'filename="=?utf-7?Q?invoice+AC4-vbs?="',
    "F07-ebcdic": b'filename="=?cp037?Q?=81K=A5=82=A2?="',
    "F07-in-a-word": b'filename="=?utf-8?Q?=3D=3Futf-8=3FQ=3Finvoice.vbs=3F=3D?="',
    "F07-question-inside": b'filename="=?utf-8?Q?in?voice.vbs?="',
    "F07-quoted-inside": b'filename="=?utf-8?Q?=22invoice.vbs=22?="',
    "F07-long": b'filename="=?utf-8?Q?' + b"a" * 300 + b'=2Evbs?="',
    "F07-capitals": b'filename="=?UTF-8?Q?INVOICE=2EVBS?="',
    "F07-wrong-escape": b'filename="=?utf-8?Q?in=voice.vbs?="',
    "F07-decoy-word": b'filename="=?utf-8?Q?a.png?="; filename="=?utf-8?Q?invoice.vbs?="',
    "F07-percent-inside": b'filename="=?utf-8?Q?invoice%2Evbs?="',
    "F08-pair": b'filename="invoice\\.vbs"',
    "F08-pairs": b'filename="\\i\\n\\v\\o\\i\\c\\e\\.vbs"',
    "F08-pair-in-token": b"filename=invoice\\.vbs",
    "F08-pair-in-extension": b'filename="invoice.v\\bs"',
    "F08-inside": b'filename="invoice".vbs',
    "F08-inside-last": b'filename=invoice".vbs"',
    "F08-inside-twice": b'filename="in"voice".vbs"',
    "F08-escaped": b'filename="x\\".vbs"',
    "F08-escaped-behind": b'filename="invoice.vbs\\""',
    "F08-unclosed": b'filename="invoice.vbs',
    "F08-unopened": b'filename=invoice.vbs"',
    "F08-empty-first": b'filename="" invoice.vbs',
    "F08-empty-then-name": b'filename=""invoice.vbs',
    "F08-doubled": b'filename=""invoice.vbs""',
    "F08-single": b"filename='invoice.vbs'",
    "F08-backticks": b"filename=`invoice.vbs`",
    "F08-mixed": b"filename=\"invoice.vbs'",
    "F08-semicolon": b"filename=x;.vbs",
    "F08-semicolon-quoted": b'filename="x;.vbs"',
    "F08-semicolon-behind": b'filename="invoice.vbs;"',
    "F08-semicolon-then-png": b'filename="invoice.vbs;.png"',
    "F08-semicolon-name": b"filename=x; invoice.vbs",
    "F08-equals": b"filename==invoice.vbs",
    "F08-equals-inside": b"filename=a=invoice.vbs",
    "F08-in-another": b'x="; filename=invoice.vbs"; y=z',
    "F08-in-another-quoted": b'x="; filename=\\"invoice.vbs\\""',
    "F08-behind-unclosed": b'x="a; filename=invoice.vbs',
    "F08-behind-quote": b'x=a"; filename=invoice.vbs; y="b',
    "F08-comma-behind": b"filename=invoice.vbs,a.png",
    "F08-slash-behind": b"filename=invoice.vbs/",
    "F08-brackets": b"filename=<invoice.vbs>",
    "F08-backslash-end": b'filename="invoice.vbs\\"',
    "F08-two-backslashes": b'filename="a\\\\invoice.vbs"',
    "F09-behind": b"filename=invoice.vbs(.png)",
    "F09-behind-blank": b"filename=invoice.vbs (.png)",
    "F09-inside": b"filename=invoice.v(x)bs",
    "F09-inside-blanks": b"filename=invoice.v (x) bs",
    "F09-before-dot": b"filename=invoice(x).vbs",
    "F09-in-key": b"file(x)name=invoice.vbs",
    "F09-in-key-end": b"filena(x)me=invoice.vbs",
    "F09-empty-in-key": b"filena()me=invoice.vbs",
    "F09-behind-key": b"filename(x)=invoice.vbs",
    "F09-behind-equals": b"filename=(x)invoice.vbs",
    "F09-before-key": b"(x)filename=invoice.vbs",
    "F09-before-name": b"filename=(a.png)invoice.vbs",
    "F09-nested": b"filename=(a(b)c)invoice.vbs",
    "F09-nested-inside": b"filename=invoice.v(a(b)c)bs",
    "F09-escaped": b"filename=(a\\)b)invoice.vbs",
    "F09-quoted": b'filename="invoice.vbs(.png)"',
    "F09-quoted-behind": b'filename="invoice.vbs"(.png)',
    "F09-quoted-before": b'filename=(x)"invoice.vbs"',
    "F09-quote-in-comment": b'x=y (") ; filename=invoice.vbs; z=(")',
    "F09-unclosed": b"filename=invoice.vbs(",
    "F09-unclosed-before": b"x=(y; filename=invoice.vbs",
    "F09-unopened": b"filename=invoice.vbs)",
    "F09-name-in-comment": b"filename=a.png (filename=invoice.vbs)",
    "F09-semicolon-in-comment": b"filename=a (; filename=b) ; filename=invoice.vbs",
    "F09-folded": b"filename=invoice.v(\r\n x)bs",
    "F09-around-star": b"filename(x)*=utf-8''invoice.vbs",
    "F10-both": b"filename = invoice.vbs",
    "F10-before": b"filename =invoice.vbs",
    "F10-behind": b"filename= invoice.vbs",
    "F10-many": b"filename" + b" " * 40 + b"=" + b" " * 40 + b"invoice.vbs",
    "F10-tabs": b"filename\t=\tinvoice.vbs",
    "F10-fold-before": b"filename\r\n =invoice.vbs",
    "F10-fold-behind": b"filename=\r\n invoice.vbs",
    "F10-fold-both": b"filename\r\n =\r\n invoice.vbs",
    "F10-folds": b"filename=\r\n \r\n invoice.vbs",
    "F10-fold-inside": b'filename="invoice.v\r\n bs"',
    "F10-fold-before-dot": b'filename="invoice\r\n .vbs"',
    "F10-fold-tab": b'filename="invoice.v\r\n\tbs"',
    "F10-fold-in-token": b"filename=invoice.v\r\n bs",
    "F10-fold-in-key": b"file\r\n name=invoice.vbs",
    "F10-fold-behind-quote": b'filename="\r\n invoice.vbs"',
    "F10-fold-lf": b"filename=\n invoice.vbs",
    "F10-fold-cr": b"filename=\r invoice.vbs",
    "F10-lf-inside": b'filename="invoice.v\n bs"',
    "F10-cr-inside": b'filename="invoice.v\rbs"',
    "F10-two-folds-inside": b'filename="invoice.v\r\n \r\n bs"',
    "F10-blank-in-key": b"file name=invoice.vbs",
    "F10-nul-before": b"filename\0=invoice.vbs",
    "F10-nul-behind": b"filename=\0invoice.vbs",
    "F10-vertical-tab": b"filename\v=\vinvoice.vbs",
    "F10-form-feed": b"filename\f=\finvoice.vbs",
    "F10-nbsp": b"filename\xa0=\xa0invoice.vbs",
    "F10-nbsp-utf-8": b"filename\xc2\xa0=invoice.vbs",
    "F10-no-separator": b"x=y filename=invoice.vbs",
    "F10-comma": b"x=y, filename=invoice.vbs",
    "F10-tab-separator": b"x=y\tfilename=invoice.vbs",
    "F10-slash": b"x=y/filename=invoice.vbs",
    "F10-semicolons": b";;; filename=invoice.vbs ;;;",
    "F10-semicolon-only": b"x; filename=invoice.vbs",
    "F10-equals-only": b"=; filename=invoice.vbs",
    "F10-no-value": b"x=; filename=invoice.vbs",
    "F10-mark": b"\xef\xbb\xbffilename=invoice.vbs",
    "F10-quoted-key": b'"filename"=invoice.vbs',
    "F10-space-in-quotes": b'filename="  invoice.vbs  "',
    "F21-dot": b"filename=invoice%2Evbs",
    "F21-dot-lower": b"filename=invoice%2evbs",
    "F21-letters": b"filename=invoice.%76bs",
    "F21-all": b"filename=%69nvoice%2E%76%62%73",
    "F21-twice": b"filename=invoice%252Evbs",
    "F21-quoted": b'filename="invoice%2Evbs"',
    "F21-nul": b"filename=invoice.vbs%00.png",
    "F21-blank": b"filename=invoice.vbs%20",
    "F21-slash": b"filename=a.png%2Finvoice.vbs",
    "F21-backslash": b"filename=a.png%5Cinvoice.vbs",
    "F21-half": b"filename=%invoice%2Evbs",
    "F21-bad": b"filename=%zz%2Evbs",
    "F21-with-charset": b"filename=utf-8''invoice%2Evbs",
    "F21-plus": b"filename=my+invoice%2Evbs",
    "F21-utf-8": b"filename=r%C3%A9sum%C3%A9%2Evbs",
    "F21-latin-1": b"filename=r%E9sum%E9%2Evbs",
    "F21-wide": b"filename=invoice%EF%BC%8Evbs",
}
"""The parameters of a disposition; what is in it of the extension, names.named changes."""

LEGAL = ids(
    "F08-pair F08-semicolon-quoted F08-two-backslashes F10-fold-behind F10-behind F10-both F21-dot F21-dot-lower "
    "F21-letters F21-all F21-twice F21-quoted F07-q F09-quoted"
)
HELD = ids("F09-inside-blanks F09-name-in-comment")
"""Where readings differ."""
PLACES = {
    "location": b"Content-Location: %b", "location-url": b"Content-Location: http://example.com/a/%b",
    "location-query": b"Content-Location: http://example.com/%b?a=1#b",
    "location-file": b"Content-Location: file:///C:/%b",
    "location-folded": b"Content-Location:\r\n %b", "location-quoted": b'Content-Location: "%b"',
    "location-percent": b"Content-Location: a%%2F%b",
    "description": b"Content-Description: %b", "description-quoted": b'Content-Description: "%b"',
    "description-word": b"Content-Description: =?utf-8?Q?%b?=", "description-folded": b"Content-Description:\r\n %b",
    "description-capitals": b"CONTENT-DESCRIPTION: %b", "content-name": b"Content-Name: %b",
    "sun": b"X-Sun-Data-Name: %b",
}  # fmt: skip
"""Fields that a name stands in when it stands nowhere else."""


def encoded(load: Load) -> Iterator[tuple[str, bytes]]:
    """Names in base64."""
    plain = load.name
    text = plain.decode()
    for how, (charset, data) in {
        "b": (b"utf-8", plain), "b-ascii": (b"us-ascii", plain), "b-utf-16": (b"utf-16", text.encode("utf-16")),
        "b-utf-16be": (b"utf-16be", text.encode("utf-16-be")), "b-utf-16le": (b"utf-16le", text.encode("utf-16-le")),
        "b-utf-32": (b"utf-32", text.encode("utf-32")), "b-ebcdic": (b"cp037", text.encode("cp037")),
        "b-japanese": (b"iso-2022-jp", text.encode("iso-2022-jp")), "b-marked": (b"utf-8", b"\xef\xbb\xbf" + plain),
        "b-ibm-500": (b"ibm-500", text.encode("cp500")), "b-ibm-1047": (b"IBM01047", text.encode("cp037")),
        "b-ucs-2": (b"UCS-2BE", text.encode("utf-16-be")), "b-ucs-4": (b"ISO-10646-UCS-4", text.encode("utf-32-be")),
        "b-unknown": (b"x-none", plain), "b-no-charset": (b"", plain),
    }.items():  # fmt: skip
        yield f"F07-{how}", b'filename="=?' + charset + b"?B?" + base64.b64encode(data) + b'?="'
    word = base64.b64encode(plain)
    for how, value in {
        "b-unquoted": b"=?utf-8?B?" + word + b"?=", "b-lower": b'"=?utf-8?b?' + word + b'?="',
        "b-no-padding": b'"=?utf-8?B?' + word.rstrip(b"=") + b'?="',
        "b-more-padding": b'"=?utf-8?B?' + word + b'===?="',
        "b-blank": b'"=?utf-8?B?' + word[:6] + b" " + word[6:] + b'?="', "b-no-end": b'"=?utf-8?B?' + word + b'"',
        "b-folded": b'"=?utf-8?B?' + word[:8] + b"\r\n " + word[8:] + b'?="', "b-junk": b'"=?utf-8?B?#' + word + b'?="',
        "b-two": b'"=?utf-8?B?' + base64.b64encode(plain[:5]) + b"?= =?utf-8?B?" + base64.b64encode(plain[5:]) + b'?="',
        "b-cut": b'"=?utf-8?B?' + word[:6] + b"?= =?utf-8?B?" + word[6:] + b'?="',
        "b-and-q": b'"=?utf-8?B?' + base64.b64encode(plain[:8]) + b"?= =?utf-8?Q?" + plain[8:] + b'?="',
        "b-of-a-word": b'"=?utf-8?B?' + base64.b64encode(b"=?utf-8?B?" + word + b"?=") + b'?="',
        "b-decoy-first": b'"a.png =?utf-8?B?' + word + b'?="', "b-in-apostrophes": b"'=?utf-8?B?" + word + b"?='",
    }.items():  # fmt: skip
        yield f"F07-{how}", b"filename=" + value


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for how, template in DISPOSITIONS.items():
        yield from both(load, how, template, legal=how in LEGAL, held=how in HELD)
    for how, template in encoded(load):
        yield from both(load, how, template, legal=how == "F07-b")
    for how, line in PLACES.items():
        field = line % load.name + b"\r\n"
        legal = how != "location-quoted"
        # Few programs save a part under such a name: it is evidence, and blocks nothing alone.
        yield told(f"F11-{how}", around(OCTETS + field + b"\r\n" + SCRIPT), ELSEWHERE, legal=legal)
        yield told(f"F11-{how}-first", around(field + OCTETS + b"\r\n" + SCRIPT), ELSEWHERE, legal=legal)
        yield told(f"F11-{how}-whole-mail", single(OCTETS + field, SCRIPT), ELSEWHERE, legal=legal)
        yield told(f"F11-{how}-no-type", around(field + b"\r\n" + SCRIPT), ELSEWHERE, legal=legal)
    for how, field in SUBJECTS.items():
        raw = single(OCTETS, SCRIPT).replace(b"Subject: The papers", field % load.name)
        yield told(f"F11-subject{how}", raw, ELSEWHERE)
    named = b'Content-Disposition: attachment; filename="%b"\r\n' % load.name
    yield name("F11-on-the-mail-around", around(b"\r\nHello.\r\n").replace(MIME, MIME + named))
