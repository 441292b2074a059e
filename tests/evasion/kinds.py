"""Rows F19, F20 and F22: files told by their content, files that lie about it, files that run by their name."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator

from evasion.archives import stored_rar, tar, written
from evasion.mails import CTE, OCTETS, around, attached, single, text, zipped
from evasion.sample import SCRIPT, Load, Sample, ids, marker, name, told

EXTENSIONS = (
    "lnk url scf library-ms search-ms settingcontent-ms appref-ms xll iqy slk jnlp hta wsf chm msc msix diagcab reg "
    "theme vhd vhdx iso img udf wim rdp js jse vbs ps1 cpl scr pif jar ade exe com bat cmd vbe msi application adp "
    "app appx appinstaller bas class diagcfg diagpkg dll drv elf gadget grp hlp htc ins isp its ksh mad maf mag mam "
    "maq mar mas mat mau mav maw mcf mda mde mdt mdw mdz msh msh1 msh2 msh1xml msh2xml mshxml msp mst msu ocx ops pcd "
    "plg prg printerexport ps1xml ps2 ps2xml psc1 psc2 psd1 psm1 rqy sct searchconnector-ms shb shs sys themepack vb "
    "vmdk vsmacros vsw vxd webpnp website ws wsb wsc wsh xbap xnk apk msixbundle appxbundle mjs fxp udl csh dmg "
    "one onepkg shtml xhtml pyc pyw pyz xlam ppam mdb accdb"
)
"""Extensions that Outlook, Gmail or the table block, and that run or open something."""
TOLD = "html htm mht mhtml svg py rb sh pl php docm xlsm pptm dotm xltm xlsb pub"
"""Extensions that the shipped lists report and do not block: people send them."""
TYPES = (
    "image/png image/jpeg application/pdf text/plain text/html audio/mpeg video/mp4 application/msword application/zip "
    "application/octet-stream application/x-foo message/rfc822 multipart/mixed font/woff model/mesh x/y nothing"
)
LABELS = "a.png a.jpg a.pdf a.txt a.doc a.docx a.zip a.mp3 a.tar a.eml a.ics a.p7s a.tmp a a. .hidden a.x"


def executable(load: Load) -> bytes:
    """The beginning of a program for Windows, as loaders check it."""
    stub = load.pick(b"MZ", b"MY") + bytes(58) + struct.pack("<I", 64)
    return stub + load.pick(b"PE\0\0", b"PF\0\0") + b"\x4c\1\1\0" + bytes(16) + b"\xe0\0\2\1\x0b\1" + bytes(300)


def files(load: Load) -> dict[str, bytes]:
    """Files that run, by the mark at their beginning; the twins' have another."""
    link = b"\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60)
    volume = load.pick(b"\1CD001\1\0", b"\1CE001\1\0") + bytes(2040)
    universal = load.pick(b"\xca\xfe\xba\xbe", b"\xca\xfe\xbb\xbe")
    return {
        "program": load.program, "windows": executable(load), "link": load.pick(b"L", b"M") + link,
        "elf-64": load.pick(b"\x7fELF", b"\x7fELG") + b"\2\1\1" + bytes(9) + b"\2\0\x3e\0" + bytes(200),
        "elf-32": load.pick(b"\x7fELF", b"\x7fELG") + b"\1\1\1" + bytes(9) + b"\2\0\3\0" + bytes(200),
        "macho-64": load.pick(b"\xcf\xfa\xed\xfe", b"\xcf\xfa\xee\xfe") + b"\7\0\0\1\3\0\0\0\2\0\0\0" + bytes(200),
        "macho-32": load.pick(b"\xce\xfa\xed\xfe", b"\xce\xfa\xee\xfe") + b"\7\0\0\0\3\0\0\0\2\0\0\0" + bytes(200),
        "macho-universal": universal + b"\0\0\0\2\1\0\0\7\0\0\0\3" + bytes(200),
        "class": universal + b"\0\0\0\x34\0\x10\x07\0\2" + bytes(200),
        "image": bytes(32768) + volume,
    }  # fmt: skip


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for how, data in files(load).items():
        legal = how != "image"  # nobody sends a file of zeros with one odd line
        yield name(f"F19-{how}", attached(data), legal=legal)
        yield name(f"F19-{how}-in-zip", attached(zipped(("a", data)), b"a.zip"), legal=legal)
        yield name(f"F19-{how}-in-tar", attached(tar(("a", data)), b"a.tar"), legal=legal)
        yield name(f"F19-{how}-in-gz", attached(gzip.compress(data), b"a.gz"), legal=legal)
        yield name(f"F19-{how}-in-mail", attached(attached(data), b"a.eml"), legal=legal)
        yield name(f"F19-{how}-no-type", around(CTE + b": binary\r\n\r\n" + data + b"\r\n"), legal=False)
        yield name(f"F19-{how}-whole-mail", single(OCTETS + CTE + b": binary\r\n", data + b"\r\n"), legal=False)
        for kind in ("image/png", "text/plain", "application/pdf", "message/rfc822"):
            odd = ids("image/png application/pdf") if legal else frozenset[str]()
            mail = attached(data, b"", kind.encode())
            yield name(f"F20-{how}-as-{kind.replace('/', '-')}", mail, legal=kind in odd)
        for label in ("a.png", "a.txt", "a.pdf", "a.dat"):
            yield name(f"F20-{how}-named-{label[2:]}", attached(data, label.encode()), legal=legal)
    for at, kind in enumerate(TYPES.split()):
        legal = not kind.startswith(("message/", "multipart/"))
        yield name(f"F20-type-{at}", attached(executable(load), b"", kind.encode()), legal=legal)
        yield marker(f"F20-zip-type-{at}", attached(load.zip, b"", kind.encode()), legal=legal)
    for at, label in enumerate(LABELS.split()):
        yield name(f"F20-label-{at}", attached(executable(load), label.encode()))
        yield marker(f"F20-zip-label-{at}", attached(load.zip, label.encode()))
    yield from _lies(load)
    for extension in EXTENSIONS.split():
        label = load.pick(f"file.{extension}", "file.dat")
        yield name(f"F22-{extension}", attached(b"nothing much", label.encode()))
        yield name(f"F22-{extension}-capitals", attached(b"nothing much", label.upper().encode()))
        yield name(f"F22-{extension}-in-zip", attached(zipped((label, b"nothing much")), b"a.zip"))
        mail = around(b"Content-Type: text/plain; name=" + label.encode() + b"\r\n\r\nnothing much\r\n")
        yield name(f"F22-{extension}-as-text", mail)
    for extension in TOLD.split():
        label = load.pick(f"file.{extension}", "file.dat")
        yield told(f"F22-{extension}", attached(b"nothing much", label.encode()), f"report:{extension}")
    autorun = load.pick(b"[autorun]\r\nopen=a.exe\r\n", b"[automatic]\r\nopen=no\r\n")
    yield name("F22-inf", attached(autorun, b"autorun.inf"))
    yield name("F22-inf-utf-16", attached(autorun.decode().encode("utf-16"), b"a.inf"))
    yield name("F22-inf-behind-comments", attached(b"; a\r\n\r\n  " + autorun, b"a.inf"))


def _lies(load: Load) -> Iterator[Sample]:
    """Archives and scripts under other names."""
    plain = load.marker
    packed = {
        "tar-is-rar": (stored_rar(plain), b"a.tar"), "zip-is-rar": (stored_rar(plain), b"a.zip"),
        "rar-is-zip": (load.zip, b"a.rar"), "tar-is-zip": (load.zip, b"a.tar"),
        "zip-is-tar": (tar(("a", plain)), b"a.zip"),
        "zip-is-7z": (written("7zip", plain), b"a.zip"), "jpg-is-7z": (written("7zip", plain), b"a.jpg"),
        "zip-is-gz": (gzip.compress(plain), b"a.zip"), "gz-is-zip": (load.zip, b"a.gz"),
        "docx-is-rar": (stored_rar(plain), b"a.docx"),
        "pdf-is-zip": (load.zip, b"a.pdf"), "eml-is-zip": (load.zip, b"a.eml"),
        "dat-is-cpio": (written("cpio_newc", plain), b"a.dat"),
        "png-is-tar": (tar(("a", plain)), b"a.png"), "zip-is-xar": (written("xar", plain), b"a.zip"),
        "txt-is-mail": (attached(load.zip), b"a.txt"), "png-is-mail": (attached(load.zip), b"a.png"),
    }  # fmt: skip
    for how, (data, label) in packed.items():
        yield marker(f"F20-{how}", attached(data, label))
        yield marker(f"F20-{how}-declared", attached(data, label, b"image/png"))
    lines = b'Set x = CreateObject("WScript.Shell")\r\nx.Run "calc"\r\nMsgBox "y"\r\n'
    letter = b"Dear Bob,\r\nthis is a letter that somebody gave a wrong name.\r\n"
    for ending in ("png", "pdf", "doc", "zip", "dat"):
        yield name(f"F20-script-named-{ending}", attached(load.pick(lines, letter), f"a.{ending}".encode()))
    for evil in (
        "text/vbscript",
        "text/javascript",
        "application/hta",
        "application/x-msdownload",
        "application/x-msi",
    ):
        kind = load.pick(evil, "text/plain").encode()
        yield name(f"F20-declared-{evil.partition('/')[2]}", around(b"Content-Type: " + kind + b"\r\n\r\n" + SCRIPT))
    head = b"Content-Type: text/plain\r\n" + CTE + b": binary\r\n"
    yield name("F20-whole-mail", text(load.program, head))
