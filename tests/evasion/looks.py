"""Rows F12 to F18: a file name that looks like another, or that a file system reads as another."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

from evasion.mails import OCTETS, around, attached, zipped
from evasion.sample import SCRIPT, Load, Sample, name

# Names are written with vbs in one piece, or with its letters elsewhere: LETTERS says what the twin has.
NAMES: dict[str, str] = {
    "F12-pdf": "invoice.pdf.vbs", "F12-jpg": "photo.jpg.vbs", "F12-txt-capitals": "README.TXT.VBS",
    "F12-three": "a.tar.gz.vbs", "F12-spaces": "invoice.pdf" + " " * 100 + ".vbs",
    "F12-spaces-then-name": "invoice.pdf" + " " * 60 + "x.vbs", "F12-underscores": "invoice.pdf" + "_" * 100 + ".vbs",
    "F12-dots": "invoice.pdf" + "." * 50 + "vbs", "F12-dots-and-spaces": "invoice.pdf. . . . . .vbs",
    "F12-tabs": "invoice.pdf\t\t\t\t.vbs", "F12-nbsp": "invoice.pdf" + "\xa0" * 60 + ".vbs",
    "F12-em-spaces": "invoice.pdf" + "\u2003" * 60 + ".vbs", "F12-wide-spaces": "invoice.pdf" + "\u3000" * 60 + ".vbs",
    "F12-fillers": "invoice.pdf" + "\u3164" * 60 + ".vbs", "F12-braille": "invoice.pdf" + "\u2800" * 60 + ".vbs",
    "F12-hyphens": "invoice.pdf" + "-" * 100 + ".vbs", "F12-date": "invoice 24.11.2026.vbs",
    "F12-address": "www.example.com.vbs", "F12-spaced-dot": "invoice.pdf .vbs", "F12-only": ".vbs",
    "F12-number": "1.2.3.vbs",
    "F13-right-to-left": "invoice\u202efdp.vbs", "F13-in-front": "\u202einvoice.vbs",
    "F13-override-twice": "a\u202eb\u202dc.vbs",
    "F13-popped": "invoice\u202efdp\u202c.vbs", "F13-isolate": "invoice\u2067fdp\u2069.vbs",
    "F13-embed": "invoice\u202bfdp\u202c.vbs",
    "F13-left-isolate": "invoice\u2066pdf\u2069.vbs", "F13-first-strong": "invoice\u2068pdf\u2069.vbs",
    "F13-mark": "invoice\u200f.vbs", "F13-left-mark": "invoice\u200e.vbs", "F13-arabic-mark": "invoice\u061c.vbs",
    "F13-in-extension": "invoice.v\u202ebs", "F13-behind-dot": "invoice.\u202evbs", "F13-at-end": "invoice.vbs\u202e",
    "F13-left-in-extension": "invoice.v\u200ebs", "F13-hebrew": "\u05d7\u05e9\u05d1\u05d5\u05df.vbs",
    "F13-many": "\u202e" * 30 + "a.vbs",
    "F14-dot": "invoice.vbs.", "F14-dots": "invoice.vbs....", "F14-dots-and-spaces": "invoice.vbs. . .",
    "F14-space": "invoice.vbs ",
    "F14-spaces": "invoice.vbs" + " " * 200, "F14-tab": "invoice.vbs\t", "F14-before-dot": "invoice .vbs",
    "F14-behind-dot": "invoice. vbs", "F14-nbsp-dot": "invoice.vbs\xa0.", "F14-nbsp-png": "invoice.vbs\xa0",
    "F15-data": "invoice.vbs::$DATA", "F15-data-lower": "invoice.vbs::$data", "F15-stream": "report.txt:invoice.vbs",
    "F15-stream-data": "report.txt:invoice.vbs:$DATA", "F15-of-script": "invoice.vbs:report.txt",
    "F15-zone": "invoice.vbs:Zone.Identifier",
    "F15-index": "invoice.vbs:$I30:$INDEX_ALLOCATION", "F15-colon": "invoice.vbs:", "F15-up": "..\\..\\invoice.vbs",
    "F15-up-slashes": "../../../invoice.vbs", "F15-absolute": "/tmp/invoice.vbs", "F15-drive": "C:\\temp\\invoice.vbs",
    "F15-drive-relative": "C:invoice.vbs", "F15-share": "\\\\host\\share\\invoice.vbs",
    "F15-long-path": "\\\\?\\C:\\invoice.vbs",
    "F15-device-path": "\\\\.\\C:\\invoice.vbs", "F15-url": "http://example.com/invoice.vbs",
    "F15-file-url": "file:///C:/invoice.vbs",
    "F15-slash-behind": "invoice.vbs/", "F15-slashes-behind": "invoice.vbs///", "F15-backslash-behind": "invoice.vbs\\",
    "F15-slash-dot": "invoice.vbs/.", "F15-slash-dots": "invoice.vbs\\. /./.", "F15-slash-up": "invoice.vbs/..",
    "F15-down-and-up": "invoice.vbs/a.txt/..", "F15-down-and-up-far": "invoice.vbs\\a\\b\\..\\.\\.. ",
    "F15-mixed": "a/b\\c/invoice.vbs", "F15-device": "CON.vbs",
    "F15-device-nul": "nul.txt.vbs",
    "F15-folder-with-dot": "report.pdf/invoice.vbs", "F15-home": "~/invoice.vbs", "F15-variable": "%TEMP%\\invoice.vbs",
    "F15-division-slash": "a\u2215invoice.vbs", "F15-fullwidth-slash": "a\uff0finvoice.vbs",
    "F15-fullwidth-colon": "a.txt\uff1ainvoice.vbs",
    "F15-version": "invoice.vbs;1", "F15-short": "INVOIC~1.VBS", "F15-option": "-invoice.vbs", "F15-at": "@invoice.vbs",
    "F16-nul": "invoice.vbs\0.png", "F16-nul-end": "invoice.vbs\0", "F16-nul-inside": "invoice.v\0bs",
    "F16-nuls": "invoice.vbs\0\0\0a.png",
    "F16-nul-first": "\0invoice.vbs", "F16-lf": "invoice.vbs\n.png", "F16-cr": "invoice.vbs\r.png",
    "F16-crlf": "invoice.vbs\r\n.png",
    "F16-lf-end": "invoice.vbs\n", "F16-lf-inside": "invoice.v\nbs",
    "F16-lf-first": "a.png\ninvoice.vbs", "F16-tab-inside": "invoice.v\tbs",
    "F16-bell": "invoice.vbs\x07", "F16-backspace": "invoice.vbs\b\b",
    "F16-escape": "invoice.\x1bvbs", "F16-substitute": "invoice.vbs\x1a",
    "F16-substitute-png": "invoice.vbs\x1a", "F16-delete": "invoice.vbs\x7f",
    "F16-vertical-tab": "invoice.vbs\v", "F16-form-feed": "invoice.vbs\f",
    "F16-next-line": "invoice.vbs\x85", "F16-separator": "invoice.vbs\u2028",
    "F16-paragraph": "invoice.vbs\u2029", "F16-c1": "invoice.v\x9bbs",
    "F16-unit": "invoice.vbs\x1f", "F16-start": "\x01invoice.vbs", "F16-in-name": "in\x01voice.vbs",
    "F16-line-in-name": "in\r\nvoice.vbs",
    "F18-300-spaces": "report.pdf" + " " * 300 + ".vbs", "F18-255": "a" * 251 + ".vbs",
    "F18-256": "a" * 252 + ".vbs", "F18-1000": "a" * 1000 + ".vbs",
    "F18-3000": "a" * 3000 + ".vbs", "F18-20000": "a" * 20_000 + ".vbs",
    "F18-words": "a report " * 400 + ".vbs", "F18-dots": "a." * 1500 + "vbs",
    "F18-spaces-behind": "invoice.vbs" + " " * 3000, "F18-dots-behind": "invoice.vbs" + "." * 3000,
    "F18-wide": "\u5831" * 900 + ".vbs",
    "F18-marks": "a" + "\u0301" * 2000 + ".vbs", "F18-folder": "a/" * 1500 + "invoice.vbs",
    "F18-pdf-inside": "a" * 200 + ".pdf" + "a" * 800 + ".vbs",
    "F18-zero-width": "report.pdf" + "\u200b" * 1500 + ".vbs", "F18-stream-behind": "invoice.vbs:" + "a" * 3000,
    "F18-nul-then-long": "invoice.vbs\0" + "a" * 3000 + ".png", "F18-cut-at-255": "a" * 251 + ".vbs" + ".png",
    "F18-wide-cut-at-255": "\u5831" * 83 + "aa.vbs.png", "F18-astral-cut-at-255": "\U0001f4c4" * 125 + "a.vbs.png",
    "F18-wide-stream-behind": "invoice.vbs:" + "\u5831" * 900, "F18-marks-behind": "invoice.vbs" + "\u0301" * 1200,
    "F18-blanks-behind": "invoice.vbs" + "\u3000" * 1200, "F18-folder-dots-behind": "invoice.vbs" + "/." * 1500,
    "F18-cut-at-260": "a" * 256 + ".vbs" + " " * 50 + ".png",
}  # fmt: skip

INVISIBLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\u206a\u206f"
    "\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffb\U000e0001\U000e0020\U000e007f\U000e0100\U000e01ef\U0001d173\u2065\ufff0"
)
"""Characters that nobody sees, anywhere in a name."""
BLANK = "\xa0\u2000\u2002\u2003\u2009\u200a\u202f\u205f\u2800\u3000\u2028\u0085"
"""Characters that look like a space, at the end."""
DOTS = "\uff0e\u2024\ufe52\uff61\u3002\u00b7\u0701\ua60e\u2027\u22c5\ua4f8\U0001d16d\U00010a50\u0660"
"""Characters that look like a dot."""
LETTERS = (
    "0475 03bd 2174 2164 ff56 24e5 1d42f 1d4cb 1d533 1d5cf 1d69f 1d5b 1d20 1e7d 1e7f",
    "042c ff42 24d1 1d41b 1d4b7 1d51f 1d5ef 1d68b 1d47 0299 1e03 1e05",
    "0455 a731 017f ff53 24e2 1d42c 1d4c8 1d530 1d5cc 1d69c 02e2 1e61 0219 015b 015d 015f",
)
"""For each letter of the extension others that look like it."""
WORDS = {
    "cyrillic": ("invoice.\u0435\u0445\u0435", "invoice.\u0435\u0456\u0435"),
    "cyrillic-mixed": ("invoice.e\u0445e", "invoice.e\u0456e"),
    "fullwidth": ("invoice.\uff45\uff58\uff45", "invoice.\uff45\uff49\uff45"),
    "cyrillic-js": ("invoice.\u0458\u0455", "invoice.\u0458\u0440"),
    "bold": ("invoice.\U0001d41e\U0001d431\U0001d41e", "invoice.\U0001d41e\U0001d432\U0001d41e"),
    "circled": ("invoice.\u24d4\u24e7\u24d4", "invoice.\u24d4\u24e8\u24d4"),
    "small-capitals": ("invoice.\u0299\u1d00\u1d1b", "invoice.\u0299\u1d00\u1d05"),
    "kelvin": ("invoice.ln\u212a", "invoice.ln\u212ax"),
    "dotless": ("invoice.ms\u0131", "invoice.t\u0131f"),
    "long-s": ("invoice.j\u017f", "invoice.j\u017f1"),
    "cyrillic-scr": ("invoice.\u0455\u0441r", "invoice.\u0455\u0441t1"),
    "accents": ("invoice.v\u0301b\u0301s\u0301", "invoice.v\u0301c\u0301s\u0301"),
    "composed": ("invoice.\u1e7d\u1e03\u1e61", "invoice.\u1e7d\u010b\u1e61"),
    "enclosed": ("invoice.v\u20ddbs", "invoice.v\u20ddcs"),
    "strike": ("invoice.v\u0336b\u0336s\u0336", "invoice.v\u0336c\u0336s\u0336"),
    "squared": ("invoice.\U0001f145\U0001f131\U0001f142", "invoice.\U0001f145\U0001f132\U0001f142"),
    "capitals-circled": ("invoice.\u24cb\u24b7\u24c8", "invoice.\u24cb\u24b8\u24c8"),
}
"""Extensions all of whose letters are others, and those of the twins."""


def written(id: str, label: str) -> Iterator[Sample]:
    """A name in the ways that a disposition can say it, and as that of a member of a zip."""
    data = label.encode("utf-8")
    ways = {"": b"filename*=utf-8''" + quote(label, safe="").encode()}
    if len(data) < 5000:
        ways["-word"] = b'filename="=?utf-8?B?' + base64.b64encode(data) + b'?="'
    if b"\0" not in data and b"\n" not in data and b"\r" not in data:
        escaped = data.replace(b"\\", b"\\\\")
        ways["-quoted"] = b'filename="' + escaped + b'"'
    for how, parameter in ways.items():
        head = b"Content-Disposition: attachment; " + parameter + b"\r\n\r\n"
        yield name(id + how, around(OCTETS + head + SCRIPT), legal=not how)
    if "\0" not in label and len(data) < 5000:
        yield name(f"{id}-zip", attached(zipped((label, SCRIPT)), b"a.zip"))


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for id, label in NAMES.items():
        yield from written(id, load.named(label.encode()).decode())
    extension = load.named(b"vbs").decode()
    for character in INVISIBLE:
        code = f"F14-{ord(character):04x}"
        yield from written(f"{code}-inside", f"invoice.v{character}{extension[1:]}")
        yield from written(f"{code}-end", f"invoice.{extension}{character}")
        yield from written(f"{code}-dot", f"invoice{character}.{character}{extension}")
    for character in BLANK:
        yield from written(f"F14-{ord(character):04x}-end", f"invoice.{extension}{character}")
        yield from written(f"F14-{ord(character):04x}-ends", f"invoice.{extension}{character * 40}")
        yield from written(f"F14-{ord(character):04x}-dot-end", f"invoice.{extension}{character}.{character}.")
    for character in DOTS:
        yield from written(f"F17-dot-{ord(character):04x}", f"invoice{character}{extension}")
    for at, likes in enumerate(LETTERS):
        for code in likes.split():
            letters = list(extension)
            if load.evil or at != 1:  # the letter in the middle is what the twin lacks
                letters[at] = chr(int(code, 16))
            yield from written(f"F17-letter-{code}", "invoice." + "".join(letters))
    for how, (evil, harmless) in WORDS.items():
        yield from written(f"F17-{how}", load.pick(evil, harmless))
    clsid = load.pick("{b54f3741-5b07-11cf-a4b0-00aa004a55e8}", "doc")
    yield from written("F15-class", f"report.{clsid}")
    yield from written("F15-class-capitals", f"report.{clsid.upper()}")
    yield from written("F15-class-dot", f"report.{clsid}.")
