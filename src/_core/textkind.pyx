# cython: language_level=3
"""Tells texts apart: markup, scripts, mails, encoded attachments, certificates.

In: the first bytes of a content. Out: tokens of sniff; "text" when it is a text of no known kind. Never raises.
A text is a script when it begins like one (a comment or statement of the language, not prose) and SCRIPT_HINTS
different things stand in it that only that language has; prose that quotes a script stays text.
Limits: scripts are judged by the first SCRIPT_WINDOW bytes, encoded attachments are looked for in everything given.
Known gaps: scripts that begin with prose as a label or expression, scripts in languages that are not listed.
"""

import codecs
import re

from libc.string cimport memchr

cdef enum:
    SCRIPT_WINDOW = 4096
    SCRIPT_HINTS = 2
    FIELDS = 12             # header lines of a mail that are looked at
    KNOWN_FIELDS = 2        # of them that must be known

cdef bytes WHITE = b" \t\r\n\f"
cdef bytes CONTROLS = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27}) + b"\x7f"

# Texts that their first line gives away, in lower case.
cdef tuple BEGINNINGS = (
    (b"{\\rt", "rtf"), (b"<?php", "php"), (b"windows registry editor version", "reg"), (b"regedit4", "reg"),
    (b"begin:vcalendar", "ics"), (b"begin:vcard", "vcf"), (b"-----begin pgp signed ", "text"),
    (b"-----begin pgp ", "pgp"), (b"-----begin pkcs7", "p7m"),
    (b"-----begin cms", "p7m"), (b"-----begin ", "pem"), (b"(this file must be converted with binhex", "binhex"),
    (b"=ybegin ", "yenc"), (b"@echo off", "bat"), (b"#@~^", "vbs"),
)
cdef tuple INTERPRETERS = (
    (b"python", "py"), (b"php", "php"), (b"node", "js"), (b"deno", "js"), (b"osascript", "js"), (b"pwsh", "ps1"),
)
cdef frozenset HTML_TAGS = frozenset((
    b"html", b"head", b"body", b"title", b"meta", b"base", b"link", b"script", b"style", b"table", b"div", b"p",
    b"br", b"hr", b"h1",
    b"h2", b"h3", b"center", b"font", b"iframe", b"frameset", b"form", b"img", b"a", b"b", b"i", b"span", b"ul",
    b"ol", b"pre", b"blockquote",
    b"noscript", b"object", b"embed", b"applet", b"marquee", b"input", b"button", b"video", b"audio", b"template",
    b"article", b"section", b"main",
))
cdef frozenset MAIL_FIELDS = frozenset((
    b"received", b"return-path", b"delivered-to", b"from", b"to", b"cc", b"subject", b"date", b"message-id",
    b"mime-version",
    b"content-type", b"content-transfer-encoding", b"reply-to", b"sender", b"dkim-signature", b"authentication-results",
    b"x-mailer", b"in-reply-to", b"references", b"list-id", b"list-unsubscribe", b"precedence", b"errors-to", b"bcc",
    b"arc-seal", b"arc-message-signature", b"received-spf", b"envelope-to", b"importance", b"x-priority",
    b"resent-from",
))
cdef frozenset TELLING_FIELDS = frozenset((
    b"received", b"return-path", b"from", b"message-id", b"mime-version", b"content-type", b"dkim-signature",
))

cdef object MARKUP_LEAD = re.compile(rb"(?:\s|<!--.*?-->|<\?(?!php).*?\?>|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*+", re.S)
cdef object ELEMENT = re.compile(rb"<([a-z][a-z0-9:]*)(?=[\s/>])", re.I)
cdef object FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:")
cdef object UU_BEGIN = re.compile(
    rb"[Bb][Ee][Gg][Ii][Nn](?:-base64[ \t]++[0-7]{1,6}+[ \t][^\r\n]*+\r?\n(?=[A-Za-z0-9+/]{4,}=*+[ \t]*+\r?$|====)()"
    rb"|[ \t]++[0-7][^\s]{0,9}+(?=[ \t\r])[^\r\n]*+\r?\n(?:[`\x20]\r?\n)?+(?:end(?=[\r\n]|\Z)())?+"
    rb"|\x20\x20[^\x20\r\n][^\r\n]*+\r?\n)", re.M
)
cdef object UU_LINE = re.compile(rb"([\x20-\x60]*+)[^\n]*+\n?+")
cdef const unsigned char* BEGIN = b"begin"
cdef enum:
    UU_LINES = 3    # behind the first one, in which data must be
cdef object YENC_BEGIN = re.compile(rb"=ybegin [^\r\n]*line=\d+ ")
cdef object YENC_LINE = re.compile(rb"\n=ybegin [^\r\n]*line=\d+ ")
cdef object BINHEX_BEGIN = re.compile(rb"\(This file must be converted with BinHex [^\r\n]*+\s++:", re.I)
cdef object BINHEX_LINE = re.compile(rb":[!-(*-\-0-689@-NP-VX-[`a-fh-mp-r)]{63}+\r?\n")
cdef object SECTION = re.compile(rb"^[ \t]*\[([^\]\r\n]{1,60})\]", re.M)
# Comments of a language (possessive, so that they are never tried in another way), and how its code begins, in lower
# case.
cdef bytes C_COMMENTS = rb"(?:\s|//[^\n]*|/\*.*?\*/)*+"
cdef dict OPENINGS = {
    "vbs": re.compile(
        rb"(?:\s|'[^\n]*|rem\b[^\n]*)*+(?:dim\b|set\b|on error (?:resume next|goto 0)[ \t]*[\n:']|option explicit|"
        rb"(?:public |private )?(?:function|sub|const|class)\b|"
        rb"execute|msgbox\b|if\b|wscript\.|createobject|do\b|for\b|call\b|[a-z_]\w*(?:\([^)]*\))? ?=)"
    ),
    "js": re.compile(
        C_COMMENTS + rb"(?:(?:var|let|const)\b|(?:async )?function\b|[;!(\[{]|try\b|if\s*\(|for\s*\(|while\s*\(|eval\b|new\b|"
        rb"import\s[^;\n]*[{'\"]|export\b|[\"']use strict|this\b|throw\b|[a-z_$][\w$.]*(?:\[[^\]]*\])? ?[=(])",
        re.S,
    ),
    "ps1": re.compile(
        rb"(?:\s|#[^\n]*|<#.*?#>)*+(?:\$|param\b|function\b|\[|&|\(|import-module|add-type|set-|get-|new-|invoke-|iex\b|write-|start-|"
        rb"if\b|try\b|powershell)",
        re.S,
    ),
    "bat": re.compile(
        rb"(?:\s|@?rem\b[^\n]*|::[^\n]*)*+(?:@|:\w|set\b|setlocal|echo\b|cd\b|if\b|for\b|start\b|cmd\b|call\b|powershell|%|copy\b|"
        rb"del\b|mshta|rundll32|reg\b|pushd\b)"
    ),
    "py": re.compile(rb"(?:\s|#[^\n]*)*+(?:import\b|from\b|\"\"\"|'''|def\b|class\b|print\b|try:|exec\b|if\b|@\w)"),
}
# What stands in a script of the language, in lower case.
cdef dict HINTS = {
    "vbs": (
        b"createobject(", b"wscript.", b"on error resume next", b"end sub", b"end function", b"\ndim ", b"msgbox", b"executeglobal",
        b"\nset ",
        b"execute(", b"chrw(", b"end if", b"\nnext", b"getobject(", b"strreverse(", b".shellexecute", b"option explicit",
    ),
    "js": (
        b"activexobject", b"wscript.",
        b"function(", b"function (", b"eval(", b"var ", b"document.", b"window.", b"fromcharcode",
        b"unescape(", b"=> {", b"require(", b"console.log", b"===", b"&&", b".length", b"return ", b"new ", b"const ", b"let ", b"};",
    ),
    "ps1": (
        b"new-object", b"invoke-expression", b"invoke-webrequest", b"downloadstring", b"downloadfile", b"iex ",
        b"iex(", b"$env:", b"write-host", b"-encodedcommand", b"[system.", b"[convert]::",
        b"frombase64string", b"start-process",
        b"param(", b"set-executionpolicy", b"-eq ", b"$_", b"foreach-object", b"get-childitem", b"| out-null", b"write-output",
    ),
    "bat": (
        b"@echo", b"\nset ", b"\ngoto ", b"%~", b"%1", b"\npause", b"exit /b", b"errorlevel", b"setlocal", b"cmd /c",
        b"cmd.exe", b">nul", b"> nul", b"\nif exist", b"%temp%", b"%appdata%", b"\nrem ", b"start /b", b"powershell",
        b"%userprofile%", b"\ncopy ", b"\ndel ",
    ),
    "py": (
        b"\nimport ", b"import os", b"import sys", b"\ndef ", b"\n    return", b"if __name__",
        b"print(", b"\nfrom ", b"self.", b"\nclass ", b"except ", b"subprocess", b"elif ", b"lambda ", b"exec(", b"):\n    ", b"):\r\n    ",
    ),
}
# Hints that prove little alone; the first of the others decides between languages with as many hints.
cdef tuple ORDER = ("ps1", "vbs", "bat", "py", "js")
cdef dict NEEDED = {"vbs": SCRIPT_HINTS, "js": SCRIPT_HINTS + 1, "ps1": SCRIPT_HINTS, "bat": SCRIPT_HINTS, "py": SCRIPT_HINTS + 1}


def looks_like_text(bytes head not None) -> bool:
    """Next to no control characters."""
    return len(head) - len(head.translate(None, CONTROLS)) <= (len(head) // 50 or len(head) > 8)


def wide_text(bytes head not None) -> bytes | None:
    """The beginning of a UTF-16 or UTF-32 text as UTF-8; None when it is none."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return _wide(head[len(mark) :], codec)
    sample = head[:256]
    half = len(sample) // 2
    if half >= 4:
        low, high = sample[0::2], sample[1::2]
        if 10 * high.count(0) >= 9 * half and low.count(0) * 10 <= half:
            return _wide(head, "utf-16-le")
        if 10 * low.count(0) >= 9 * half and high.count(0) * 10 <= half:
            return _wide(head, "utf-16-be")
    return None


cdef _wide(bytes head, str codec):
    text = head.decode(codec, "ignore").encode("utf-8", "ignore")
    return text if text and looks_like_text(text) else None


def text_kind(bytes text not None) -> str:
    """What kind of text this is; "text" when it is none that is known."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    lower = text[:SCRIPT_WINDOW].lstrip(WHITE).lower()
    found = _first_line(text, lower)
    if not found and lower.startswith(b"["):
        found = _sections(lower)
    return found or _attachment(text) or _script(lower) or "text"


def laced_kind(bytes head not None) -> str:
    """A text laced with binary: a mail, markup, a yEnc file, or another whose first line tells; "" if it does not."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    found = _first_line(head, head[:SCRIPT_WINDOW].lstrip(WHITE).lower())
    return found or ("yenc" if b"\n=ybegin " in head and YENC_LINE.search(head) else "")


cdef str _first_line(bytes text, bytes lower):
    """Kinds that the beginning gives away; "" if it does not."""
    for mark, token in BEGINNINGS:
        if lower.startswith(mark):
            return token
    if lower.startswith(b"#!"):
        line = lower.split(b"\n", 1)[0]
        return next((token for name, token in INTERPRETERS if name in line), "sh")
    found = _markup(text, lower) if lower.startswith(b"<") else ""
    return found or ("mail" if _is_mail(text) else "")


cdef str _markup(bytes text, bytes lower):
    """html, svg, hta, wsf or xml by the first element; "" when it is no markup."""
    lead = MARKUP_LEAD.match(lower)
    element = ELEMENT.match(lower, lead.end())
    name = element[1] if element else b""
    doctype = lower[: lead.end()]
    if name == b"html" or name in HTML_TAGS and not doctype.startswith(b"<?xml"):
        return "hta" if b"<hta:application" in text.lower() else "html"
    if name == b"hta:application":
        return "hta"
    if name == b"svg" or name.endswith(b":svg"):
        return "svg"
    if name in (b"job", b"package", b"component", b"scriptlet") and b"<script" in text.lower():
        return "wsf"
    if b"<!doctype html" in doctype:
        return "html"
    # Programs that read parts of documents need no declaration.
    if element and b"xmlns" in lower[element.end() : max(0, lower.find(b">", element.end()))]:
        return "xml"
    return "xml" if doctype.startswith(b"<?xml") else ""


cdef str _sections(bytes lower):
    """url and inf by the sections of an ini file."""
    names = [name.strip() for name in SECTION.findall(lower)]
    if b"internetshortcut" in names:
        return "url"
    return "inf" if b"autorun" in names or b"version" in names and b"defaultinstall" in names else ""


cdef bint _is_mail(bytes text):
    """Does it begin with header fields: enough of them known, or a known one and nothing else up to an empty line?"""
    cdef Py_ssize_t at = 0, end, seen = 0
    known = set()
    if text.startswith((b"From ", b">From ")):
        at = text.find(b"\n") + 1
    while seen < FIELDS:
        end = text.find(b"\n", at)
        if end < 0:
            end = len(text)
        if text[at : at + 1] not in (b" ", b"\t") or not seen:
            field = FIELD.match(text, at, min(end, at + 100))
            if not field:
                empty = text[at:end] in (b"", b"\r") and end < len(text)
                return empty and not known.isdisjoint(TELLING_FIELDS)
            seen += 1
            name = field[1].lower()
            if name in MAIL_FIELDS:
                known.add(name)
                if len(known) >= KNOWN_FIELDS:
                    return True
        if end == len(text):
            break
        at = end + 1
    return False


def uu_begins(bytes text not None, Py_ssize_t at, bint loose=False) -> bool:
    """Does a uuencoded file or one of `begin-base64` begin with the line at `at`?

    `loose`: lines may have anything behind their data, which decoders pass over.
    """
    cdef Py_ssize_t count
    found = UU_BEGIN.match(text, at)
    if not found:
        return False
    if found[1] is not None or found[2] is not None:
        return True     # lines of base64, or a file with nothing in it
    for _ in range(UU_LINES):
        # Some decoders skip what is no data behind the first line.
        found = UU_LINE.match(text, found.end())
        line = found[1]
        count = line[0] - 32 & 63 if line else 0
        if count and (count * 4 + 2) // 3 < len(line) and (
            loose or len(line.rstrip(b" ")) <= (count + 2) // 3 * 4 + 2
        ):
            return True
    return False


def begin_line(bytes text not None, Py_ssize_t at) -> int:
    """Where the next line from `at` on starts with "begin" and a blank or hyphen, in any case; -1: nowhere."""
    cdef Py_ssize_t n = len(text)
    cdef const unsigned char* p = text
    cdef const unsigned char* lf
    cdef int i
    at = max(at, 0)
    # Proof: 0 <= at <= n - 6 where p[at + i] and p[at - 1] are read, 0 <= i < 6, and at > 0 for the latter.
    while at <= n - 6:
        if at == 0 or p[at - 1] == 0x0A:
            i = 0
            while i < 5 and p[at + i] | 0x20 == BEGIN[i]:
                i += 1
            if i == 5 and p[at + 5] in (0x09, 0x20, 0x2D):
                return at
        lf = <const unsigned char*>memchr(p + at, 0x0A, n - at)
        if lf == NULL:
            break
        at = lf - p + 1
    return -1


cdef str _attachment(bytes text):
    """uu, else yenc or binhex, from any line of the text on."""
    cdef Py_ssize_t n = len(text), at = 0
    cdef const unsigned char* p = text
    cdef const unsigned char* end
    cdef str other = ""
    # Proof: at < n where p[at] is read.
    while at < n:
        if p[at] in (0x62, 0x42):       # b, B
            if uu_begins(text, at):
                return "uu"
        elif not other and p[at] == 0x3D and YENC_BEGIN.match(text, at):
            other = "yenc"
        elif not other and p[at] == 0x28 and BINHEX_BEGIN.match(text, at):
            other = "binhex"
        elif not other and p[at] == 0x3A and BINHEX_LINE.match(text, at):
            other = "binhex"
        end = <const unsigned char*>memchr(p + at, 0x0A, n - at)
        if end == NULL:
            break
        at = end - p + 1
    return other


cdef str _script(bytes lower):
    """The language with the most hints among those the text begins like; "" for prose."""
    best, most = "", 0
    lower = lower.replace(b"\r", b"")
    for language in ORDER:
        if OPENINGS[language].match(lower):
            hints = sum(hint in lower for hint in HINTS[language])
            if hints >= NEEDED[language] and hints > most:
                best, most = language, hints
    return best
