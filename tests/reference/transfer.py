"""Twin of bartizan._core.transfer: whole bodies, one rule after the other."""

from __future__ import annotations

import re

B64_JUNK, B64_PADDING, B64_TRUNCATED, QP_BAD, QP_BARE, UU_BAD, UU_TRUNCATED = (1 << k for k in range(7))
LONGEST_RUN = 4095
"""White space at a line end is removed up to this length of its run."""

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def base64(body: bytes) -> tuple[bytes, int]:
    """Quanta of up to four sextets, closed early by padding."""
    out = bytearray()
    anomalies = 0
    quantum: list[int] = []
    padding_left = 0
    after_padding = False
    for octet in body:
        if octet in b" \t\r\n":
            continue
        if octet in ALPHABET:
            if after_padding:
                anomalies |= B64_PADDING
            after_padding, padding_left = False, 0
            quantum.append(ALPHABET.index(octet))
            if len(quantum) == 4:
                out += whole_bytes(quantum)
                quantum = []
        elif octet == ord("="):
            if len(quantum) >= 2:
                padding_left = 3 - len(quantum)
                out += whole_bytes(quantum)
                quantum, after_padding = [], True
            elif padding_left:
                padding_left -= 1
            else:
                anomalies |= B64_PADDING
        else:
            anomalies |= B64_JUNK
    if quantum or padding_left:
        anomalies |= B64_TRUNCATED
    return bytes(out + whole_bytes(quantum)), anomalies


def whole_bytes(sextets: list[int]) -> bytes:
    """The whole bytes that one to four sextets hold; surplus bits vanish."""
    bits = "".join(f"{s:06b}" for s in sextets)
    return bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits) - 7, 8))


def quoted_printable(body: bytes) -> tuple[bytes, int]:
    """Line by line: soft break or line end first, then the escapes of what is left."""
    out = bytearray()
    anomalies = QP_BARE if re.search(rb"[^\t\n\r -~]", body) else 0
    *lines, last = body.split(b"\n")
    for line in lines:
        end = b"\r\n" if line.endswith(b"\r") else b"\n"
        content, bits, soft = quoted_line(line.removesuffix(b"\r"))
        out += content + (b"" if soft else end)
        anomalies |= bits
    unfinished = re.search(rb"=[ \t]{0,%d}\r\Z" % (LONGEST_RUN - 1), last)
    content, bits, soft = quoted_line(last.removesuffix(b"\r") if unfinished else last)
    if soft:
        bits |= QP_BAD
    return bytes(out + content), anomalies | bits


def quoted_line(line: bytes) -> tuple[bytes, int, bool]:
    """Decodes one line without its line end: (content, anomalies, whether its line end is a soft break)."""
    bits = 0
    run = len(line) - len(line.rstrip(b" \t"))
    trimmed = line.rstrip(b" \t")
    soft = trimmed.endswith(b"=") and run < LONGEST_RUN
    if soft:
        line = trimmed[:-1]
    elif run > LONGEST_RUN or trimmed.endswith(b"="):
        bits = QP_BAD
    else:
        line = trimmed
    content = re.sub(rb"=([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), line)
    if re.search(rb"=(?![0-9A-Fa-f]{2})", line):
        bits |= QP_BAD
    return content, bits, soft


def uuencode(body: bytes) -> tuple[bytes, int]:
    """Lines between `begin` and `end`; `begin` may be lost."""
    out = bytearray()
    anomalies = 0
    state = "first"
    lines = body.split(b"\n")
    for line in lines:
        whole = len(line) <= 128
        line = line[:128].removesuffix(b"\r")
        if not line:
            continue
        if re.fullmatch(rb"begin [0-7]{3,4} (?s:.+)", line):
            if state in ("data", "after"):
                anomalies |= UU_BAD
            state = "data"
            continue
        if whole and (state == "first" or (state == "before" and line[0] == ord("M"))) and flawless(line):
            state = "data"
            anomalies |= UU_BAD
        if state == "first":
            state = "before"
        if state != "data":
            continue
        if re.match(rb"end(\Z|[ \t])", line):
            state = "after"
        elif not 32 <= line[0] <= 96:
            anomalies |= UU_BAD
        else:
            content, good = uu_line(line)
            out += content
            if not (good and whole) and (content or len(line) > 2):
                anomalies |= UU_BAD
    anomalies |= {"data": UU_TRUNCATED, "after": 0}.get(state, UU_BAD)
    return bytes(out), anomalies


def flawless(line: bytes) -> bool:
    """Exactly as many characters as the first one says, all of the uuencode alphabet, and at least one byte."""
    count = (line[0] - 32) % 64
    return count > 0 and len(line) == 1 + -(-count // 3) * 4 and all(32 <= c <= 96 for c in line) and line[0] > 32


def uu_line(line: bytes) -> tuple[bytes, bool]:
    """The bytes of one data line, and whether the line was as it should be."""
    count = (line[0] - 32) % 64
    characters = line[1:]
    full = -(-count // 3) * 4
    used = characters[:full]
    good = -(-count * 4 // 3) <= len(characters) <= full + 1 and all(32 <= c <= 96 for c in used)
    bits = "".join(f"{(c - 32) % 64:06b}" for c in used.ljust(full, b" "))
    return bytes(int(bits[k : k + 8], 2) for k in range(0, count * 8, 8)), good
