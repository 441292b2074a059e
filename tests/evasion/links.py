"""Row O14: a listed link that is written another way, and that a client opens all the same."""

from __future__ import annotations

from collections.abc import Iterator

from evasion.mails import CTE, text
from evasion.sample import Load, Sample, phrase

HTML = b"Content-Type: text/html; charset=utf-8\r\n"
QP = CTE + b": quoted-printable\r\n"


def written(host: str, path: str) -> dict[str, str]:
    """The link `host`/`path`, in text or as the address of an anchor."""
    first, _, rest = host.partition(".")
    return {
        "plain": f"https://{host}/{path}",
        "upper": f"HTTPS://{host.upper()}/{path}",
        "no-scheme": f"{host}/{path}",
        "user": f"https://www.bank.example@{host}/{path}",
        "user-and-password": f"https://www.bank.example:443@{host}/{path}",
        "port": f"https://{host}:443/{path}",
        "two-slashes": f"https://{host}//{path}",
        "back-slashes": f"https:\\\\{host}\\{path}",
        "one-slash": f"https:/{host}/{path}",
        "three-slashes": f"https:///{host}/{path}",
        "dot-at-end": f"https://{host}./{path}",
        "dot-segments": f"https://{host}/x/../{path}",
        "percent-path": f"https://{host}/" + "".join(f"%{ord(c):02x}" for c in path),
        "percent-twice": f"https://{host}/" + "".join(f"%25{ord(c):02x}" for c in path),
        "percent-host": "https://" + "".join(f"%{ord(c):02x}" for c in first) + f".{rest}/{path}",
        "fullwidth-host": "https://" + first.translate({c: c + 0xFEE0 for c in range(0x61, 0x7B)}) + f".{rest}/{path}",
        "ideographic-dot": f"https://{first}\N{IDEOGRAPHIC FULL STOP}{rest}/{path}",
        "fraction-slash": f"https://{host}\N{FRACTION SLASH}{path}",
        "division-slash": f"https://{host}\N{DIVISION SLASH}{path}",
        "soft-hyphen": f"https://{first[:3]}\N{SOFT HYPHEN}{first[3:]}.{rest}/{path}",
        "zero-width": f"https://{first[:3]}\N{ZERO WIDTH SPACE}{first[3:]}.{rest}/{path}",
        "cyrillic": f"https://{host.replace('e', chr(0x435))}/{path}",
        "tab-inside": f"https://{first[:3]}\t{first[3:]}.{rest}/{path}",
        "punycode": f"https://{host.replace('e', chr(0x435)).encode('idna').decode()}/{path}",
        "tags-of-unicode": f"https://{first}{chr(0xE0061)}.{rest}/{path}",
        "query": f"https://www.example.com/go?to=https://{host}/{path}",
        "query-encoded": f"https://www.example.com/go?to=https%3A%2F%2F{host}%2F{path}",
    }


def numbered(address: str) -> dict[str, str]:
    """A link to a numeric address, in the ways that browsers read one."""
    host, _, path = address.partition("/")
    a, b, c, d = map(int, host.split("."))
    whole = a << 24 | b << 16 | c << 8 | d
    return {
        "plain": f"http://{host}/{path}",
        "decimal": f"http://{whole}/{path}",
        "hexadecimal": f"http://{whole:#x}/{path}",
        "octal": f"http://0{whole:o}/{path}",
        "dotted-hexadecimal": f"http://{a:#x}.{b:#x}.{c:#x}.{d:#x}/{path}",
        "dotted-octal": f"http://0{a:o}.0{b:o}.0{c:o}.0{d:o}/{path}",
        "padded": f"http://{a:#06x}.{b:#06x}.{c:#06x}.{d:#06x}/{path}",
        "three-numbers": f"http://{a}.{b}.{c << 8 | d}/{path}",
        "two-numbers": f"http://{a}.{b << 16 | c << 8 | d}/{path}",
        "version-6": f"http://[::ffff:{host}]/{path}",
        "version-6-hexadecimal": f"http://[::ffff:{a << 8 | b:x}:{c << 8 | d:x}]/{path}",
    }


def cases(load: Load) -> Iterator[Sample]:
    """All of the row."""
    for how, link in numbered(load.address).items():
        yield phrase(f"O14-text-address-{how}", text(f"Please see\r\n{link}\r\n".encode()))
        yield phrase(f"O14-anchor-address-{how}", _page(f'<a href="{link}">your bank</a>'))
    host, _, path = load.link.partition("/")
    for how, link in written(host, path).items():
        if how != "tab-inside":
            yield phrase(f"O14-text-{how}", text(f"Please see\r\n{link}\r\n".encode()))
        yield phrase(f"O14-anchor-{how}", _page(f'<a href="{link}">your bank</a>'))
    whole = f"https://{host}/{path}"
    entities = "".join(f"&#{ord(c)};" for c in whole)
    for how, page in {
        "entities": f'<a href="{entities}">your bank</a>',
        "unquoted": f"<a href={whole}>your bank</a>",
        "single-quoted": f"<a href='{whole}'>your bank</a>",
        "blanks": f'<a href = " {whole} ">your bank</a>',
        "line-inside": f'<a href="https://{host[:3]}\r\n{host[3:]}/{path}">your bank</a>',
        "base": f'<base href="https://{host}/"><a href="{path}">your bank</a>',
        "script": f"<a href=\"javascript:location='{whole}'\">your bank</a>",
        "form": f'<form action="{whole}"><input type="submit" value="your bank"></form>',
        "area": f'<map><area href="{whole}"></map>',
        "image": f'<img src="{whole}">',
        "refresh": f'<meta http-equiv="refresh" content="0; url={whole}">',
        "svg": f'<svg><a xlink:href="{whole}"><text>your bank</text></a></svg>',
        "tags-inside": f"https://{host[:3]}<b></b>{host[3:]}/{path}",
    }.items():
        yield phrase(f"O14-page-{how}", _page(page))
    soft = whole[:12] + "=\r\n" + whole[12:]
    yield phrase("O14-soft-break", text(f"Please see {soft}\r\n".encode(), b"Content-Type: text/plain\r\n" + QP))
    page = f'<a href=3D"{soft}">your bank</a>\r\n'.encode()
    yield phrase("O14-soft-break-in-anchor", text(page, HTML + QP))


def _page(body: str) -> bytes:
    return text(f"<html><body>{body}</body></html>\r\n".encode(), HTML)
