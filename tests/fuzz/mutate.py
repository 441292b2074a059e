"""Changes of a seed: what a hostile sender would try, and what nobody would; the same in every run."""

from __future__ import annotations

import random

TOKENS = (
    *(b"\r\n", b"\r", b"\n", b".", b"\r\n.\r\n", b"\0", b" ", b"\t", b":", b";", b"=", b'"', b"'", b"\\", b"(", b")"),
    *(b"<", b">", b"@", b",", b"--", b"-", b"*", b"*0*=", b"%", b"%41", b"=?utf-8?B?", b"?=", b"=?x?Q?", b"=41", b"=="),
    *(b"boundary=", b"Content-Type: ", b"multipart/mixed; boundary=b\r\n\r\n", b"--b\r\n", b"--b--", b"message/rfc822"),
    *(b"Content-Transfer-Encoding: base64\r\n\r\n", b"filename*=utf-8''", b"\x1b$B", b"\x1b(B", b"+AHY-", b"\xff\xfe"),
    *(b"\xef\xbb\xbf", b"\xe2\x82", b"\xf0\x9f\x91\x8d", b"\xed\xa0\x80", b"&#x", b"&amp;", b"<!--", b"-->"),
    *(b"<script>", b"begin 644 a\r\n", b"end\r\n", b"`\r\n", b"M", b"PK\3\4", b"PK\5\6", b"\x1f\x8b\x08", b"BZh9"),
    *(b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\0", b"[[rule]]\n", b"[what]\n", b"''' "),
    *(b"MAIL FROM:<", b"RCPT TO:<", b"SIZE=", b"SMTPUTF8", b"ORCPT=rfc822;", b"1e400", b"x" * 70, b"A" * 1000),
)


def mutated(seed: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """One to six changes: bytes set or flipped, pieces cut, doubled, moved, tokens put in, another seed's piece."""
    data = bytearray(seed)
    for _ in range(chance.randrange(1, 7)):
        at = chance.randrange(len(data) + 1)
        length = min(len(data) - at, chance.choice((1, 1, 2, 4, 8, 64)))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] = chance.choice((0, 10, 13, 32, 46, 61, 127, 128, 255, chance.randrange(256)))
            case 1 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length] * chance.choice((1, 2, 20))
            case 4:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                data[at:at] = other[start : start + chance.choice((4, 32, 256))]
            case _:
                data[at:at] = chance.choice(TOKENS)
    return bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data) + 1)))])
