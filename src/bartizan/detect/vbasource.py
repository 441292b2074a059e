"""What the source text of VBA macros does: when it runs by itself, and what it reaches outside of the document.

In: source as Office keeps it, or of LibreOffice's Basic. Out: words of three kinds. Lines that go on are joined,
remarks left out, strings that are put together from strings are read as one. Case does not matter. Names that are put
together in other ways are not seen; a call by such a name is.

Not here: where the source comes from (unpack/vba.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 10
"""Words of one kind that are told."""

_GOES_ON = re.compile(rb"[ \t]_[ \t]*+(?:\r?\n|\r)")
_BLANKS = bytes.maketrans(b"\x19\xa0", b"  ")
"""What separates words beside blanks and tabs (MS-VBAL 3.2.2)."""
_REMARK = re.compile(rb"^[ \t]*+(?:'|rem\b)[^\r\n]*+", re.MULTILINE | re.IGNORECASE)
_JOINED = re.compile(rb"\"[ \t]*+[&+][ \t]*+\"")
_ATTRIBUTE = re.compile(rb"^[ \t]*+Attribute [^\r\n]*+", re.MULTILINE | re.IGNORECASE)

_ITSELF = re.compile(
    rb"\b(?:sub|function)[ \t]++("
    rb"auto_?(?:open|exec|close|new|exit|activate|deactivate|add|remove)"
    rb"|document_?(?:open|close|new|change|beforeclose|contentcontrolonenter|contentcontrolonexit)"
    rb"|(?:app|application)_document(?:open|change|beforeclose|beforesave)"
    rb"|workbook_?(?:open|close|activate|deactivate|beforeclose|beforesave|windowactivate|windowresize|sheet[a-z]+)"
    rb"|worksheet_(?:activate|calculate|change|selectionchange|followhyperlink)"
    rb"|(?:onslideshowpagechange|slideshow_begin|onslideshowterminate|presentation_open)"
    rb"|(?:application_startup|application_newmail(?:ex)?|application_itemsend)"
    rb"|[a-z]\w{0,60}_(?:paint(?:ed|ing)|(?:got|lost)focus|mouse(?:move|hover|enter|leave)|layout|resize"
    rb"|beforenavigate2|navigatecomplete2|documentcomplete|beforescriptexecute|download(?:begin|complete)"
    rb"|onconnecting|onlogincomplete|onauthenticationwarning|progresschange|statustextchange|titlechange)"
    rb")\b",
    re.IGNORECASE,
)
_CALL = re.compile(
    rb"\b(shell(?=[ \t]*+[(\"]|[ \t]++\w)|shellexecute\w*|wscript\.shell|shell\.application|wshshell|powershell|pwsh"
    rb"|cmd(?:\.exe)?(?=[ \t]++/)|%?comspec%?|mshta|rundll32|regsvr32|cscript|wscript(?:\.exe)?(?=[ \t])|certutil"
    rb"|bitsadmin|msiexec|installutil|msbuild|wmic|schtasks|forfiles"
    rb"|urldownloadtofile[aw]?|(?:server)?xmlhttp(?:\.[0-9.]+)?|winhttprequest|internetopen(?:url)?[aw]?|internetreadfile"
    rb"|adodb\.stream|savetofile|responsebody"
    rb"|virtualalloc(?:ex)?|virtualprotect|writeprocessmemory|rtlmovememory|createremotethread|createthread|queueuserapc"
    rb"|heapcreate|callwindowproc[aw]?|enumsystemlocales[aw]?|setthreadcontext|createprocess[aw]?|winexec|dispatchkeyevent"
    rb"|winmgmts|win32_process(?:startup)?|msscriptcontrol|scriptcontrol|htmlfile|schedule\.service"
    rb"|systemshellexecute|oleautomation|oleobjectfactory|simple(?:system|command)mail|mailserviceprovider"
    rb"|executeexcel4macro|macscript|applescripttask|vbproject|vbcomponents|addfromstring|insertlines|accessvbom)\b",
    re.IGNORECASE,
)
_BUILT = re.compile(
    rb"\b(createobject|getobject|createunoservice(?:withargs)?|shell)[ \t]*+\([ \t]*+[^\",)\s]"
    rb"|\b(callbyname)[ \t]*+\(?[ \t]*+[a-z]\w{0,60}[ \t]*+,[ \t]*+[^\"\s]",
    re.IGNORECASE,
)
"""A call by a name that is no constant."""
_OBJECT = re.compile(
    rb"\b(createobject|getobject|callbyname|environ|declare(?=[ \t]++(?:ptrsafe[ \t]++)?(?:sub|function)\b)"
    rb"|scripting\.filesystemobject|createtextfile|kill|filecopy|setattr|sendkeys)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Macro:
    """What a source does. `code`: it has any; names of procedures that run by themselves, of what reaches outside, and
    of objects and files that honest macros use as well."""

    code: bool
    itself: tuple[str, ...]
    calls: tuple[str, ...]
    objects: tuple[str, ...]


def read(source: bytes) -> Macro:
    """Look through one source text."""
    text = _JOINED.sub(b"", _REMARK.sub(b"", _GOES_ON.sub(b" ", source.translate(_BLANKS))))
    built = (f"{name} of a name that is put together" for name in _words(_BUILT, text))
    return Macro(
        bool(_ATTRIBUTE.sub(b"", text).strip(b" \t\r\n\0")),
        _words(_ITSELF, text),
        tuple(dict.fromkeys((*_words(_CALL, text), *built))),
        _words(_OBJECT, text),
    )


def _words(pattern: re.Pattern[bytes], text: bytes) -> tuple[str, ...]:
    """Everything that matches, each word once and in lower case."""
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        found[match[match.lastindex or 1].decode("latin-1").lower()] = None
        if len(found) == MOST:
            break
    return tuple(found)


def listed(words: Iterable[str]) -> str:
    """Words as people read them."""
    return ", ".join(words)
