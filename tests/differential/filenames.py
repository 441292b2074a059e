"""Oddities of file names: which parameter counts, how it is written, what stands in it (rows F)."""

from __future__ import annotations

import base64
from random import Random

from differential.fields import Change
from differential.parts import CRLF, Part, fill

WRITTEN: dict[str, tuple[bytes, ...]] = {
    "F02": (b'{k}="{d}"; {k}="{n}"', b'{k}="{n}"; {k}="{d}"', b"{k}={d}; {k}={n}", b'{k}="{n}"; {k}=""'),
    "F03": (
        *(
            b"{k}*=utf-8''{p}",
            b"{k}*=us-ascii''{n}",
            b"{k}*=''{p}",
            b"{k}*={n}",
            b"{k}*={p}",
            b"{k}*=utf-8'{n}",
            b"{k}*='{n}'",
        ),
        *(b"{k}*=\"utf-8''{p}\"", b"{k}*=x-none''{p}", b"{k} * =utf-8''{p}", b"{k}*=UTF-16BE''{u}", b"{k}*=utf-7''{n}"),
        *(b"{k}*=utf-8''{n}%", b"{k}*=utf-8''{n}%0", b"{k}*=''''{n}", b"{k}*=utf-8''{P}"),
    ),
    "F04": (
        *(b"{k}*0={h}; {k}*1={t}", b"{k}*1={t}; {k}*0={h}", b"{k}*0={h}; {k}*2={t}", b"{k}*1={h}; {k}*2={t}"),
        *(
            b"{k}*0*=utf-8''{h}; {k}*1={t}",
            b"{k}*0={h}; {k}*1*={q}",
            b"{k}*0*=utf-8''{h}; {k}*1*={q}",
            b"{k}*00={h}; {k}*01={t}",
        ),
        *(
            b"{k}*0=a.png; {k}*0={h}; {k}*1={t}",
            b"{k}*0={h}; {k}*1={t}; {k}*0=a",
            b'{k}*0="{h}";\r\n {k}*1="{t}"',
            b"{k}*1={n}",
        ),
        *(
            b"{k}*0={d}; {k}*={n}",
            b"{k}*0={n}; {k}={d}",
            b"{k}={h}; {k}*1={t}",
            b"{k}*0 ={h}; {k}*1 ={t}",
            b"{k}*={h}; {k}*1={t}",
        ),
        *(b"{k}*a={h}; {k}*b={t}", b"{k}*-1={n}", b"{k}*0={h}; {k}*1={t}; {k}*3=.png", b"{k}*0=utf-8''{h}; {k}*1*={q}"),
    ),
    "F05": (
        b"{k}*=utf-8'en-US'{n}",
        b"{k}*=utf-8'en'{p}",
        b"{k}*=utf-8'en_US.x'{n}",
        b"{k}*=utf-8'{d}'{n}",
        b"{k}*=utf-8'e n'{n}",
    ),
    "F06": (
        b"{k}=\"{d}\"; {k}*=utf-8''{n}",
        b"{k}*=utf-8''{d}; {k}=\"{n}\"",
        b"{k}={n}; {k}*=utf-8''",
        b"{k}={d}; {k}*0={n}",
    ),
    "F07": (
        *(
            b'{k}="=?us-ascii?B?{B}?="',
            b'{k}="=?us-ascii?Q?{n}?="',
            b"{k}==?utf-8?q?{n}?=",
            b'{k}="=?x?Q?{h}?= =?x?Q?{t}?="',
        ),
        *(
            b'{k}="{h}=?utf-8?Q?{t}?="',
            b'{k}="=?utf-8?Q?{h}?=\r\n =?utf-8?Q?{t}?="',
            b'{k}="=?utf-16?B?{U}?="',
            b'{k}="=?utf-8?Q?{n}"',
        ),
        *(
            b'{k}="=?utf-8?B?{H}?= =?utf-8?Q?{t}?="',
            b'{k}="=?utf-8*en?Q?{n}?="',
            b'{k}="=?UTF-8?X?{n}?="',
            b'{k}="=?utf-8?Q?{h}?={t}"',
        ),
        *(
            b'{k}="=?utf-8?Q? {n} ?="',
            b"{k}*0==?utf-8?Q?{h}; {k}*1={t}?=",
            b'{k}="=?utf-8?Q?{Q}?="',
            b'{k}="=?utf-8?B?{B}"',
        ),
    ),
    "F08": (
        *(
            b'{k}="{h}"{t}',
            b'{k}="{h}\\"{t}"',
            b'{k}="{h};{t}"',
            b"{k}='{n}'",
            b'{k}="{n}',
            b'{k}={n}"',
            b"{k}={h};{t}",
        ),
        *(b'{k}="{h}\\{t}"', b"{k}={h}\\{t}", b'{k}=""{n}', b'{k}="{d};{n}"', b'{k}="{d}\\";{k}={n}"', b'{k}="{d}"{n}'),
        *(
            b'{k}="\\"{n}\\""',
            b"{k}={d},{n}",
            b'{k}="{d}" {n}',
            b"{k}={d} {n}",
            b"{k}=`{n}`",
            b"{k}=<{n}>",
            b'{k}="{h}""{t}"',
        ),
        *(
            b'x="; {k}={n}',
            b'x="\\"; {k}={n}',
            b"x='; {k}={n}'",
            b'x="a; {k}={n}"',
            b'{k}="{n}" x',
            b"{k}='{d}\"; {k}={n}",
        ),
    ),
    "F09": (
        *(
            b"{k}={n}(.gif)",
            b"{k}={h}(.gif){t}",
            b"{y}()me={n}",
            b"{k}=(a){n}",
            b'{k}="{n}" (x)',
            b"{k}(c)={n}",
            b"({k}={d}){k}={n}",
        ),
        *(
            b"({k}={n}",
            b"{k}={n}(",
            b"(\\){k}={n}",
            b'x="("; {k}={n}',
            b"{k}={n} (a;b)",
            b'("; {k}={n}',
            b"{k}=({n}){d}",
        ),
    ),
    "F10": (
        *(b'{k} ="{n}"', b'{k}= "{n}"', b'{k}\r\n ="{n}"', b'{k}=\r\n "{n}"', b'{k}="\r\n {n}"', b'{k}="{h}\r\n {t}"'),
        *(
            b"{k}={h}\r\n {t}",
            b'{k}\t=\t"{n}"',
            b'{k}\v="{n}"',
            b'{k}="{n}\r\n "',
            b"{k}=\f{n}",
            b"{k} \r\n = \r\n {n}",
            b"{k}\xa0={n}",
        ),
        *(b'{k}="{h}\r\n\t{t}"', b'{y}\r\n {z}="{n}"', b'{k}="{h}\r\n \r\n {t}"', b"{k}\r\n *0={h};\r\n {k}*1={t}"),
    ),
    "F12": (b'{k}="invoice.pdf{n}"', b'{k}="{n}.png"', b'{k}="{d}{s}.{n}"'),
    "F14": (
        b'{k}="{n}."',
        b'{k}="{n} "',
        b'{k}="{n}\xe2\xa0\x80"',
        b'{k}="{n}..."',
        b'{k}="{n}\xc2\xa0"',
        b"{k}={n}.",
        b'{k}="{n}\t"',
    ),
    "F15": (
        b'{k}="x.txt:{n}"',
        b'{k}="..\\{n}"',
        b'{k}="/a/{n}"',
        b'{k}="\\\\host\\{n}"',
        b'{k}="{n}/"',
        b'{k}="a\\\\{n}"',
        b'{k}="{n}::$DATA"',
    ),
    "F16": (
        b'{k}="{n}\0.png"',
        b'{k}="{n}%0a.png"',
        b'{k}="{h}\0{t}"',
        b'{k}="{n}\r.png"',
        b"{k}*=utf-8''{n}%00.png",
        b'{k}="\0{n}"',
        b"{k}={n}\0",
    ),
    "F18": (b'{k}="{d}{S}{n}"', b'{k}="{L}.{n}"', b"{k}={L}{n}"),
    "F21": (b'{k}="{p}"', b"{k}={p}", b'{k}="{P}"'),
    "F00": (
        b"{K}={n}",
        b"{k}=;{k}={n}",
        b"{k}{n}",
        b"{k}:{n}",
        b"x{k}={n}",
        b"{k}=={n}",
        b";;{k}={n}",
        b"={k}={n}",
        b'"{k}"={n}',
        b"{k}1={n}",
    ),
}
"""The parameter as it is written.

{k} is its key ({y}{z} in two, {K} in capitals), {n} the name ({h}{t} in two), {d} a harmless one. {p} has the letters
of the extension percent-encoded, {P} twice, {q} those of {t}, {Q} as quoted-printable; {B}, {H}, {U} are the name, {h},
and the name in UTF-16, in base64, {u} UTF-16 percent-encoded; {s}, {S} are blanks, {L} is a long word.
"""


def written(row: str) -> Change:
    """Write the parameters of a name as a row of WRITTEN does: all of them, or one and leave the others harmless."""

    def change(part: Part, chance: Random) -> None:
        name = part.name
        half = chance.randrange(1, len(name))
        values = {
            "n": name,
            "h": name[:half],
            "t": name[half:],
            "d": part.decoy,
            "s": b" " * 30,
            "S": b" " * 300,
            "L": b"l" * 300,
        }
        values |= {
            "p": _percent(name),
            "P": _percent(name).replace(b"%", b"%25"),
            "q": b"".join(b"%%%02x" % c for c in name[half:]),
        }
        values |= {
            "Q": b"".join(b"=%02X" % c for c in name),
            "B": base64.b64encode(name),
            "H": base64.b64encode(name[:half]),
        }
        wide = name.decode("latin-1").encode("utf-16-be")
        values |= {"U": base64.b64encode(b"\xfe\xff" + wide), "u": b"".join(b"%%%02x" % c for c in wide)}
        template = chance.choice(WRITTEN[row])
        one = chance.choice((None, *part.texts))
        for text in part.texts:
            key = b"filename" if text.startswith(b"filename") else b"name"
            if one in (None, text):
                part.swap(text, fill(template, k=key, K=key.upper(), y=key[:-2], z=key[-2:], **values))
            else:
                part.swap(text, b"" if chance.random() < 0.3 else key + b'="' + part.decoy + b'"')
        part.texts = []

    return change


def _percent(name: bytes) -> bytes:
    stem, _, extension = name.rpartition(b".")
    return stem + b"." + b"".join(b"%%%02x" % c for c in extension)


def disagree(part: Part, chance: Random) -> None:
    """F01: one field has a harmless name."""
    if part.texts:
        text = chance.choice(part.texts)
        part.swap(text, text.replace(part.name, part.decoy))


def two_dispositions(part: Part, chance: Random) -> None:
    """F02: two Content-Disposition."""
    values = [b'attachment; filename="' + part.name + b'"', b'attachment; filename="' + part.decoy + b'"']
    chance.shuffle(values)
    part.put(b"Content-Disposition", *values)


def elsewhere(part: Part, chance: Random) -> None:
    """F11: the name stands in another field, or on a disposition that is none."""
    for text in part.texts:
        part.swap(b"; " + text, b"")
    part.texts = []
    name = part.name
    forms = (
        *(
            b"Content-Description: {n}",
            b"Content-Location: {n}",
            b"Content-Location: http://x/{n}",
            b"Content-ID: <{n}>",
        ),
        *(
            b'Content-Disposition: filename="{n}"',
            b'Content-Disposition: ; filename="{n}"',
            b'Content-Type: name="{n}"',
        ),
        *(
            b'Content-Disposition: inline filename="{n}"',
            b'Content-Disposition:attachment,filename="{n}"',
            b'Content-Name: "{n}"',
        ),
        *(b'Content-Disposition: "attachment"; filename={n}', b'Content-Disposition: attachment\r\n filename="{n}"'),
        *(b'Content-ID: <x>; name="{n}"', b'Content-Description: x; filename="{n}"', b'X: y; filename="{n}"'),
    )
    part.fields.append(fill(chance.choice(forms), n=name) + CRLF)


def direction(part: Part, chance: Random) -> None:
    """F13, F17: characters that are not seen, or look like others, raw or encoded."""
    stem, _, extension = part.name.partition(b".")
    dot = chance.choice((".\u200b", "\u202e.", "\uff0e", "\u2024", ".\u00ad", ".\ufeff")).encode()
    name = stem + dot + extension
    for text in part.texts:
        key = b"filename" if text.startswith(b"filename") else b"name"
        encoded = b"=?utf-8?B?" + base64.b64encode(name) + b"?="
        percent = b"*=utf-8''" + b"".join(b"%%%02X" % c for c in name)
        part.swap(text, chance.choice((key + b'="' + name + b'"', key + b'="' + encoded + b'"', key + percent)))
    part.texts = []
