"""Rows E13 to E16: quoted-printable that two decoders read differently."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, OCTETS, around, single, text, zipped
from evasion.sample import Hides, Load, Sample, either, ids, marker, phrase

QP = CTE + b": quoted-printable\r\n"
BREAKS = {
    "space": b"= \r\n", "tab": b"=\t\r\n", "blanks": b"= \t \t\r\n", "many-blanks": b"=" + b" " * 80 + b"\r\n",
    "lf": b"=\n", "cr": b"=\r", "cr-cr-lf": b"=\r\r\n", "space-lf": b"= \n", "tab-cr": b"=\t\r", "lf-cr": b"=\n\r",
    "twice": b"=\r\n=\r\n", "ten-times": b"=\r\n" * 10, "vertical-tab": b"=\v\r\n", "form-feed": b"=\f\r\n",
    "nul": b"=\0\r\n", "space-twice": b"= \r\n=\t\r\n",
}  # fmt: skip
"""Soft breaks, and what some take for one."""
WRONG = {
    "letters": b"=XX", "half": b"=0=", "half-letter": b"=4G", "letter-half": b"=G4", "space": b"= =", "tab": b"=\tA",
    "space-inside": b"=4 ", "sign": b"=#!", "small": b"=zz", "eight-bit": b"=\xe9\xe9", "minus": b"=-1",
    "hex-prefix": b"=0x", "plus": b"=+4", "nul": b"=\0\0", "bracket": b"=[4",
}  # fmt: skip
"""Escapes that are none; to some they are nothing."""
FEW = {"letter": b"=X", "equals": b"==", "one": b"=", "three": b"===", "break": b"=X=\r\n", "half-break": b"=4=\r\n"}
"""Faults of other lengths."""


def escaped(data: bytes, digits: bytes = b"=%02X", *, width: int = 70, brk: bytes = b"=\r\n") -> bytes:
    """Every byte of `data` escaped, with soft breaks."""
    out = b"".join(digits % byte for byte in data)
    step = max(width // 3 * 3, 3)
    return b"".join(out[at : at + step] + brk for at in range(0, len(out), step)) + b"\r\n"


def mixed(data: bytes) -> bytes:
    """Every byte escaped, digits in every case."""
    forms = (b"=%02x", b"=%02X")
    pieces = [forms[at % 2] % byte for at, byte in enumerate(data)]
    return b"".join(piece[:2] + piece[2:].swapcase() if at % 3 else piece for at, piece in enumerate(pieces)) + b"\r\n"


def _breaks(load: Load) -> Iterator[tuple[str, bytes]]:
    """E13 and E14."""
    data, plain = load.zip, load.marker
    yield "E13-all", escaped(data)
    yield "E13-every-byte", escaped(data, width=3)
    yield "E13-one-in-marker", plain[:30] + b"=\r\n" + plain[30:] + b"\r\n"
    for how, brk in BREAKS.items():
        yield f"E13-{how}", escaped(data, brk=brk)
        yield f"E13-{how}-every-byte", escaped(data, width=3, brk=brk)
        yield f"E13-{how}-in-marker", plain[:30] + brk + plain[30:] + b"\r\n"
        yield f"E13-{how}-every-letter", b"".join(bytes([c]) + brk for c in plain) + b"\r\n"
        yield f"E13-{how}-first", brk + plain + b"\r\n"
    yield "E13-encoded-lines", load.base64.replace(b"=", b"=3D").replace(b"\r\n", b"=0D=0A=\r\n") + b"\r\n"
    yield "E13-inside-escape", plain[:4] + b"=4=\r\n5" + plain[5:] + b"\r\n"
    yield "E13-inside-escapes", escaped(plain).replace(b"=4", b"=4=\r\n")
    yield "E13-break-then-escape", plain[:4] + b"=\r\n=45" + plain[5:] + b"\r\n"
    yield "E13-last-line", escaped(data).removesuffix(b"\r\n")
    yield "E13-no-line-end", escaped(data, brk=b"").removesuffix(b"\r\n") + b"="
    for how, digits in {"lower": b"=%02x", "upper": b"=%02X"}.items():
        yield f"E14-{how}", escaped(data, digits)
        yield f"E14-{how}-marker", escaped(plain, digits)
        yield f"E14-{how}-one-line", escaped(data, digits, width=10**6, brk=b"")
        yield f"E14-{how}-binary-only", b"".join(bytes([c]) if 62 <= c < 127 else digits % c for c in data) + b"\r\n"
    yield "E14-mixed", mixed(data)
    yield "E14-mixed-marker", mixed(plain)
    yield "E14-two-letters", plain.replace(b"E", b"=45").replace(b"Z", b"=5a") + b"\r\n"


def _escapes(load: Load) -> Iterator[tuple[str, bytes]]:
    """E15 and E16."""
    data, plain = load.zip, load.marker
    for how, wrong in WRONG.items():
        yield f"E15-{how}-in-marker", plain[:20] + wrong + plain[20:] + b"\r\n"
        yield f"E15-{how}-everywhere", b"".join(wrong + b"=%02X" % c for c in plain) + b"\r\n"
        yield f"E15-{how}-lines", escaped(data).replace(b"=\r\n", b"=\r\n" + wrong)
    for how, wrong in (WRONG | FEW).items():
        yield f"E15-{how}-before-file", wrong + escaped(data)
        yield f"E15-{how}-before-marker", wrong + b" " + plain + b"\r\n"
        yield f"E15-{how}-behind-marker", plain + wrong + b"\r\n"
    for how, body in {
        "doubled": escaped(data).replace(b"=", b"=="), "before-letters": plain.replace(b"Z", b"=Z"),
        "doubled-first": b"=" + escaped(data), "at-end": plain + b"=",
        "half-at-end": plain + b"=4",
        "literal-equals": b"a=b; c==d\r\n" + plain + b"\r\n", "raw": data + b"\r\n", "one-digit": b"=4\r\n" + plain,
        "eight-bit": b"\xe9\xff" + plain + b"\xff\r\n", "no-escape": data.replace(b"=", b"=3D") + b"\r\n",
    }.items():  # fmt: skip
        yield f"E15-{how}", body
    lines = zipped(("pad.txt", b"\r\n\n\r=\t \r\n" * 20), ("note.txt", load.marker), method=0)
    for how, end in {"lf": b"\n", "cr": b"\r", "cr-cr-lf": b"\r\r\n", "crlf": b"\r\n"}.items():
        yield f"E16-breaks-{how}", escaped(data, brk=b"=" + end).removesuffix(b"\r\n") + end
        yield f"E16-lines-{how}", end.join((b"Hello", plain, b"Bye", b""))
        yield f"E16-escaped-lines-{how}", escaped(lines, brk=b"=" + end)
        yield f"E16-blanks-{how}", b"Hello \t" + end + plain + b"  " + end
    yield "E16-raw-line-ends", b"".join(b"=%02X" % c if c > 126 or c == 61 else bytes([c]) for c in lines) + b"\r\n"
    for length in (77, 200, 998, 999, 2000, 100_000):
        large = zipped(("pad.bin", bytes(length // 3)), ("note.txt", load.marker), method=0)
        yield f"E16-line-of-{length}", escaped(large, width=length)
        yield f"E16-plain-line-of-{length}", b"x" * length + b" " + plain + b" " + b"y" * length + b"\r\n"
    yield "E16-one-line", escaped(data, width=10**6, brk=b"")
    yield "E16-one-line-no-end", escaped(data, width=10**6, brk=b"").strip()
    yield "E16-tabs-behind", plain + b"\t \t\r\n"
    yield "E16-spaces-behind", plain + b"   \r\n"
    yield "E16-controls", b"\1\2\0\7\x1b" + plain + b"\x7f\0\r\n"


LEGAL = ids(
    "E13-all E13-every-byte E13-one-in-marker E13-encoded-lines E13-twice E13-ten-times-first E13-break-then-escape "
    "E13-space E13-tab E13-blanks E14-upper E14-lower E14-upper-marker E14-two-letters E16-spaces-behind "
    "E16-tabs-behind E16-breaks-crlf E16-lines-crlf E16-escaped-lines-crlf E16-blanks-crlf E16-line-of-77"
)


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    for bodies in (_breaks, _escapes):
        for how, body in bodies(load):
            end = b"" if body.endswith(b"\n") else b"\r\n"
            mail = around(OCTETS + QP + b"\r\n" + body + end)
            if how.startswith("E15-") and how.endswith("-lines"):
                yield either(how, Hides.MARKER, mail, Reason.UNREADABLE)
            else:
                yield marker(how, mail, legal=how in LEGAL)
    yield marker("E13-break-before-delimiter", around(OCTETS + QP + b"\r\n" + load.marker + b"=\r\n"), legal=False)
    yield marker("E13-cut-behind-break", single(OCTETS + QP, load.marker + b"="), legal=False)
    head = b"Content-Type: text/plain; charset=utf-8\r\n" + QP
    words = load.say(b"claim your prize before midnight")
    for how, brk in BREAKS.items():
        body = b"".join(bytes([c]) + brk * (at % 5 == 3) for at, c in enumerate(words))
        yield phrase(f"E13-{how}-in-phrase", text(body + b"\r\n", head), legal=how in ("twice", "ten-times"))
    yield phrase("E14-phrase", text(mixed(words), head))
    for how, wrong in {"letter": b"=X", "equals": b"==", "half": b"=4", "half-letter": b"=4G"}.items():
        yield phrase(f"E15-{how}-before-phrase", text(wrong + b" " + words + b"\r\n", head), legal=False)
