"""Mails that must pass: attachments of every usual kind, as usual programs make them."""

from __future__ import annotations

import binascii
import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from evasion.archives import tar, written
from evasion.benign import PROSE
from evasion.documents import ole, pdf, rtf
from evasion.mails import TEXT, TOP, around, attached, b64, zipped
from evasion.zipcraft import GIF, JPEG, PNG


def _docx(folder: str) -> bytes:
    return zipped(
        ("[Content_Types].xml", b'<?xml version="1.0"?><Types xmlns="x"/>'),
        ("_rels/.rels", b'<?xml version="1.0"?><Relationships/>'),
        (f"{folder}/document.xml", b'<?xml version="1.0"?><a>hello</a>' * 50),
        (f"{folder}/media/image1.png", PNG),
    )


def _odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr(zipfile.ZipInfo("content.xml"), '<?xml version="1.0"?><a/>' * 20, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("Configurations2/images/"), "")
    return out.getvalue()


def _folders() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("photos/"), "")
        archive.writestr(zipfile.ZipInfo("photos/2026/"), "")
        archive.writestr(zipfile.ZipInfo("photos/2026/a.jpg"), JPEG)
        archive.writestr(zipfile.ZipInfo("photos/notes.txt"), PROSE)
    return out.getvalue()


def _streamed() -> bytes:
    class Pipe(io.RawIOBase):
        """A file that cannot seek, so that sizes follow the data."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.writestr(zipfile.ZipInfo("a.txt"), PROSE)
        archive.writestr(zipfile.ZipInfo("b.txt"), PROSE * 3)
    return bytes(pipe.data)


def mails() -> Iterator[tuple[str, bytes]]:
    """All benign mails with files."""
    files: dict[str, bytes] = {
        "a.docx": _docx("word"),
        "a.xlsx": _docx("xl"),
        "a.pptx": _docx("ppt"),
        "a.odt": _odt(),
        "a.pdf": pdf(b"BT (hello) Tj ET"),
        "a.png": PNG,
        "a.jpg": JPEG,
        "a.gif": GIF,
        "a.rtf": rtf(b"hello"),
        "a.doc": ole(b"hello"),
        "folders.zip": _folders(),
        "streamed.zip": _streamed(),
        "stored.zip": zipped(("a.txt", b"hello"), method=0),
        "comment.zip": zipped(("a.txt", b"hello")).replace(b"\0\0", b"\0\0"),
        "nested.zip": zipped(("inner.zip", zipped(("a.txt", b"hello"))), method=0),
        "empty.zip": zipped(("a.txt", b"")),
        "no-members.zip": b"PK\5\6" + bytes(18),
        "a.tar": tar(("folder/a.txt", b"hello")),
        "a.tar.gz": gzip.compress(tar(("folder/a.txt", b"hello")), mtime=0),
        "a.csv.gz": gzip.compress(b"a,b\n1,2\n" * 100, mtime=0),
        "a.7z": written("7zip", b"hello"),
        "a.csv": b"a;b\r\n1;2\r\n",
        "a.xml": b'<?xml version="1.0"?><a><b>c</b></a>',
        "a.json": b'{"a": [1, 2, 3]}',
        "a.p7s": b"\x30\x80\x06\x09",
        "a.log": b"-- start\r\n-- end\r\n" * 50,
        "random.dat": zlib.compress(bytes(range(256)) * 40, 9),
        "base64.txt": binascii.b2a_base64(bytes(range(256)) * 20),
    }
    for label, data in files.items():
        yield (f"file-{label}", attached(data, label.encode()))
    photo = JPEG[:20] + zlib.compress(bytes(range(256)) * 999) + JPEG[-2:]
    yield ("file-photo-in-zip-in-mail", attached(attached(zipped(("photo.jpg", photo)), b"p.zip"), b"mail.eml"))
    with io.BytesIO() as out:
        with tarfile.open(fileobj=out, mode="w:xz") as archive:
            archive.addfile(tarfile.TarInfo("empty.txt"))
        yield ("file-a.tar.xz", attached(out.getvalue(), b"a.tar.xz"))
    yield (
        "text-file-qp",
        around(
            b"Content-Type: text/plain; name=a.txt\r\nContent-Transfer-Encoding: "
            b"quoted-printable\r\n\r\nhello=20there\r\n"
        ),
    )
    yield (
        "outlook",
        TOP
        + (
            b"X-MS-Has-Attach: yes\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;"
            b'\r\n\tboundary="b1";\r\n\ttype="multipart/alternative"\r\n\r\n'
        )
        + TEXT
        + (
            b'--b1\r\nContent-Type: image/jpeg; name="image001.jpg"\r\nContent-Description: '
            b'image001.jpg\r\nContent-Disposition: inline; filename="image001.jpg";'
            b' size=1;\r\n\tcreation-date="Thu, 01 Jan 2026 12:00:00 GMT"\r\n'
            b"Content-ID: <image001.jpg@01D>\r\nContent-Transfer-Encoding: "
            b"base64\r\n\r\n"
        )
        + b64(JPEG)
        + b"--b1--\r\n",
    )
