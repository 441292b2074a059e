"""Attachments that are blocked or reported: by any of their names, and by what they are found to be.

In: a node. Out: findings `block:EXT` and `report:EXT`, each once for a node, where EXT is the listed extension that a
name has, or the found type. Both lists hold extensions; a found type counts as the extension of its token.

What counts as an attachment: whatever has a name, is a member of a container, or is declared as anything but text. The
body of a mail, though it may be HTML or look like a script, is none; a program is blocked wherever it is.

Scripts are found by heuristics, and much text looks like one. So a script counts only where its name hides that it is
text (none, or that of a binary format): a script that could be run has a name that says so.

An .inf file is blocked only for content that Windows runs by itself ([autorun]).

Not here: what is done about it (policy), signatures of known programs (signatures.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from bartizan.detect.filenames import CLSID, extensions
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Node

PROGRAMS = (
    "apk app application appref-ms appx appxbundle cmd com cpl dll drv elf exe gadget jar class jnlp lnk macho msi "
    "msix msixbundle msp mst msu ocx pif scr sys vxd xll"
)
SCRIPTS = (
    "bas bat chm csh fxp hlp hta htc inf ins isp its js jse jsx ksh mjs prg ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 "
    "reg scf sct shb shs vb vbe vbp vbs vbscript webpnp ws wsb wsc wsf wsh"
)
OPENERS = (
    "ade adp appinstaller desktop diagcab diagcfg diagpkg grp iqy library-ms mad maf mag mam maq mar mas mat mau mav "
    "maw mcf mda mde mdt mdw mdz msc msh msh1 msh1xml msh2 msh2xml mshxml ops pcd plg printerexport rdp rqy "
    "search-ms searchconnector-ms settingcontent-ms slk theme themepack udl url vsmacros vsw website workflow xbap xnk"
)
RARE = "accdb mdb one onepkg ppa ppam pyc pyo pyw pyz pyzw shtml xht xhtml xla xlam"
"""Documents, pages and programs that run something when they are opened, and that few people send."""
IMAGES = "dmg img iso udf vhd vhdx vmdk wim"
BLOCK = frozenset(f"{PROGRAMS} {SCRIPTS} {OPENERS} {RARE} {IMAGES} {CLSID}".split())
"""The shipped list: programs and scripts, files that make a program open something, and disk images."""

PAGES = "htm html mht mhtml svg svgz"
SOURCES = "php pl py rb sh"
DOCUMENTS = (
    "doc docm docx dot dotm dotx mpp odb odg odp ods odt otp ots ott pdf pot potm potx pps ppsm ppsx ppt pptm pptx "
    "pub rtf sldm sldx vsd vsdm vsdx wbk wpd xls xlsb xlsm xlsx xlt xltm xltx xps"
)
REPORT = frozenset(f"{PAGES} {SOURCES} {DOCUMENTS}".split())
"""The shipped list of what is told and not blocked."""

HEURISTIC = frozenset({"bat", "hta", "inf", "js", "ps1", "reg", "url", "vbs", "wsf"})
"""Found types that are only likely."""
BINARY = (
    "7z avi bmp bz2 cab dat doc docm docx eml gif gz ico img iso jpeg jpg mov mp3 mp4 msg odp ods odt pdf png ppt pptm "
    "pptx rar rtf tar tif tiff tmp wav webp xls xlsm xlsx xz zip"
)
MASKS = frozenset(BINARY.split())
"""Extensions under which nobody expects text."""
UNMISTAKABLE = frozenset(
    {"chm", "class", "elf", "exe", "iso", "jar", "lnk", "macho", "msi", "udf", "vhd", "vhdx", "wim"}
)
"""Found types that no text can have: they count in a body too, if there is a NUL near the beginning."""

DECLARED = {
    "application/bat": "bat",
    "application/hta": "hta",
    "application/java-archive": "jar",
    "application/javascript": "js",
    "application/vnd.microsoft.portable-executable": "exe",
    "application/vnd.ms-htmlhelp": "chm",
    "application/x-bat": "bat",
    "application/x-iso9660-image": "iso",
    "application/x-javascript": "js",
    "application/x-ms-application": "application",
    "application/x-ms-shortcut": "lnk",
    "application/x-msdos-program": "exe",
    "application/x-msdownload": "exe",
    "application/x-msi": "msi",
    "application/x-vbs": "vbs",
    "text/javascript": "js",
    "text/vbscript": "vbs",
}
"""What a client calls a part that has no name with an extension."""

_AUTORUN = re.compile(rb"^\s*\[\s*autorun\b[^\]\r\n]*\]", re.MULTILINE | re.IGNORECASE)
_PEEK = 64 * 1024


class AttachmentDetector:
    """Looks at names and found types; keeps nothing between nodes."""

    def __init__(self, block: Iterable[str], report: Iterable[str]) -> None:
        """Both lists hold extensions, with or without the dot, in any case."""
        self._lists = (("block", _plain(block)), ("report", _plain(report)))

    @classmethod
    def load(cls, path: Path) -> AttachmentDetector:
        """From `{"block": [..], "report": [..]}`. Raises ValueError for anything else, OSError."""
        lists = json.loads(path.read_text(encoding="utf-8"))
        try:
            block, report = lists["block"], lists["report"]
        except (TypeError, KeyError):
            raise ValueError(f"{path}: expected an object with the lists block and report") from None
        if not all(isinstance(items, list) and all(isinstance(i, str) for i in items) for items in (block, report)):
            raise ValueError(f"{path}: expected lists of extensions")
        return cls(block, report)

    def look(self, node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        """One finding for each list and extension that this node has."""
        if node.path == "message" or (_is_body(node) and not _is_program(node, data)):
            return ()
        reasons = _by_name(node)
        for found in _by_type(node):
            reasons.setdefault(found, f"content is {found}{_called(node)}")
        if "inf" in reasons and not _runs_by_itself(data):
            del reasons["inf"]
        return tuple(
            Finding(Kind.ATTACHMENT, f"{name}:{extension}", node.path, 0.0, detail)
            for extension, detail in reasons.items()
            for name, listed in self._lists
            if extension in listed
        )


def _plain(items: Iterable[str]) -> frozenset[str]:
    return frozenset(item.strip().lstrip(".").casefold() for item in items)


def _is_body(node: Node) -> bool:
    """Text (or what reports on other mails) that a client shows without a name."""
    shown = node.declared.startswith(("text/", "message/", "multipart/")) and node.declared not in DECLARED
    return shown and not node.names


def _is_program(node: Node, data: bytes | memoryview) -> bool:
    return node.type in UNMISTAKABLE and b"\0" in bytes(data[:64])


def _by_name(node: Node) -> dict[str, str]:
    """The extensions of all names, or what the declared type stands for where there is none, with the evidence."""
    reasons: dict[str, str] = {}
    for name in node.names:
        for extension in extensions(name):
            if not (extension == "com" and node.type == "mail"):  # a mail named after a subject that ends in a domain
                reasons.setdefault(extension, f"named {_shown(name)}")
    if not reasons and node.declared in DECLARED:
        reasons[DECLARED[node.declared]] = f"declared as {node.declared}"
    return reasons


def _by_type(node: Node) -> tuple[str, ...]:
    """The found type, unless it is a script that only looks like one."""
    if node.type not in HEURISTIC:
        return (node.type,) if node.type else ()
    readings = [extensions(name) for name in node.names]
    hidden = not readings or any(not reading or reading[0] in MASKS for reading in readings)
    return (node.type,) if hidden else ()


def _called(node: Node) -> str:
    if node.names:
        return f", named {_shown(node.names[0])}"
    return f", declared as {node.declared}" if node.declared else ""


def _shown(name: str) -> str:
    """The end of a name, for people."""
    return '"' + "".join(c if c.isprintable() else "?" for c in name[-100:]) + '"'


def _runs_by_itself(data: bytes | memoryview) -> bool:
    """An [autorun] section; NULs are left out so that UTF-16 reads like ASCII."""
    text = bytes(data[:_PEEK]).lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    return _AUTORUN.search(text) is not None
