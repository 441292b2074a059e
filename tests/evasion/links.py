"""Row O14: a listed link that is written another way, and that a client opens all the same."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
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
        **_further(host, path),
    }


def _further(host: str, path: str) -> dict[str, str]:
    """More of the same: mixtures, links in links, other signs."""
    first, _, rest = host.partition(".")
    link = f"https://{host}/{path}"
    thrice = "".join(f"%2525{ord(c):02x}" for c in path)
    halves = "".join(f"%%{ord(f'{ord(c):02x}'[0]):02x}%{ord(f'{ord(c):02x}'[1]):02x}" for c in path)
    return {
        "no-slash": f"https:{host}:443/{path}",
        "mixed-slashes": f"https:/\\{host}:443/{path}",
        "two-users": f"https://www.bank.example@login@{host}:443/{path}",
        "user-encoded": f"https://www.bank.example%2Flogin%3F@{host}:443//{path}",
        "empty-port": f"https://{host}:/{path}",
        "other-port": f"https://{host}:8443/{path}",
        "encoded-dot-segments": f"https://{host}/x/%2e%2E/{path}",
        "encoded-dots": f"https://{first}%2e{rest}/{path}",
        "encoded-slash": f"https://{host}%2f{path}",
        "percent-thrice": f"https://{host}/{thrice}",
        "percent-in-percent": f"https://{host}/{halves}",
        "one-dot": f"https://{host}/./{path}",
        "back-slash-in-path": f"https://{host}\\.\\{path}",
        "fullwidth-slash": f"https://{host}\N{FULLWIDTH SOLIDUS}{path}",
        "fullwidth-dot": f"https://{first}\N{FULLWIDTH FULL STOP}{rest}/{path}",
        "halfwidth-dot": f"https://{first}\N{HALFWIDTH IDEOGRAPHIC FULL STOP}{rest}/{path}",
        "dot-leader": f"https://{first}\N{ONE DOT LEADER}{rest}/{path}",
        "variation-selector": f"https://{first}\N{VARIATION SELECTOR-16}.{rest}/{path}",
        "bold": "https://" + "".join(chr(0x1D41A + ord(c) - 0x61) for c in first) + f".{rest}/{path}",
        "circled": "https://" + "".join(chr(0x24D0 + ord(c) - 0x61) for c in first) + f".{rest}/{path}",
        "fullwidth-encoded": "https://" + "".join(f"%EF%BD%{ord(c) + 0x20:02X}" for c in first) + f".{rest}/{path}",
        "query-user-twice": f"https://www.example.com/go?to=https%253A%252F%252Fu%2540{host}%252F%252F{path}",
        "query-user": f"https://www.example.com/go?to=https://u@{host}:443/{path}",
        "query-base64": f"https://www.example.com/go?to={b64encode(link.encode()).decode()}&x=1",
        "query-base64-of-the-web": f"https://www.example.com/go/{urlsafe_b64encode(link.encode()).decode().rstrip('=')}",
        "query-rewritten": "https://gateway.example.com/v2/url?u="
        + link.replace("-", "-2D").replace(":", "-3A").replace("/", "_")
        + "&d=DwMF",
        "fragment": f"https://www.example.com/#https%3A%2F%2F{host}%2F{path}",
        "path": f"https://www.example.com/https:/{host}%2F{path}",
        "file": f"file:////{host}\\{path}",
        "share": f"\\\\{host}\\{path}",
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
        "version-6-long": f"http://[0:0:0:0:0:ffff:{host}]:80/{path}",
        "version-6-translated": f"http://[64:ff9b::{a << 8 | b:x}:{c << 8 | d:x}]/{path}",
        "version-6-tunnel": f"http://[2002:{a << 8 | b:x}:{c << 8 | d:x}::1]/{path}",
        "user": f"http://www.bank.example@{whole}/{path}",
        "user-and-port": f"http://www.bank.example:80@{whole}:80/{path}",
        "dot-at-end": f"http://{whole}./{path}",
        "mixed": f"http://{a:#x}.0{b:o}.{c << 8 | d}/{path}",
        "long-zeros": f"http://{a:#014x}.{b:012o}.{c:012o}.{d:#x}/{path}",
        "encoded": "http://" + "".join(f"%{ord(digit):02x}" for digit in str(whole)) + f"/{path}",
        "encoded-dots": f"http://{a}%2e{b}%2E{c}%2e{d}/{path}",
        "fullwidth": f"http://{str(whole).translate({digit: digit + 0xFEE0 for digit in range(0x30, 0x3A)})}/{path}",
        "ideographic-dots": f"http://{a}\N{IDEOGRAPHIC FULL STOP}{b}\N{IDEOGRAPHIC FULL STOP}{c}.{d}/{path}",
        "one-slash": f"http:/{whole}/{path}",
        "in-query": f"http://www.example.com/go?to=http%3A%2F%2F{whole}%2F{path}",
        "in-query-plain": f"http://www.example.com/go?to=//{whole}/{path}",
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
    yield from _pages(host, path, load.address)
    yield phrase(
        "O14-text-broken-in-brackets", text(f"Please see <https://{host[:5]}\r\n {host[5:]}/{path}> now\r\n".encode())
    )
    soft = whole[:12] + "=\r\n" + whole[12:]
    yield phrase("O14-soft-break", text(f"Please see {soft}\r\n".encode(), b"Content-Type: text/plain\r\n" + QP))
    page = f'<a href=3D"{soft}">your bank</a>\r\n'.encode()
    yield phrase("O14-soft-break-in-anchor", text(page, HTML + QP))


def _pages(host: str, path: str, address: str) -> Iterator[Sample]:
    """Every other place of a page that holds a link."""
    whole = f"https://{host}/{path}"
    escaped = "".join(f"\\x{ord(c):02x}" for c in host)
    units = "".join(f"\\u{ord(c):04x}" for c in host)
    a, b, c, d = map(int, address.partition("/")[0].split("."))
    number = f"//{a << 24 | b << 16 | c << 8 | d}/{path}"
    for how, page in {
        "source-set": f'<img src="a.png" srcset="b.png 1x, {whole} 2x">',
        "poster": f'<video poster="{whole}"></video>',
        "object": f'<object data="{whole}"></object>',
        "background": f'<table background="{whole}"><tr><td>x</td></tr></table>',
        "form-action": f'<form><button formaction="{whole}">your bank</button></form>',
        "ping": f'<a href="https://www.example.com/" ping="https://u@{host}//{path}">your bank</a>',
        "embed": f"<embed src={whole}>",
        "frame": f'<iframe src="{whole}"></iframe>',
        "frame-page": f"<iframe srcdoc=\"<a href='{whole}'>your bank</a>\"></iframe>",
        "style": f'<td style="background:url({whole})">x</td>',
        "style-sheet": f"<style>@import '{whole}';</style>",
        "style-sheet-escaped": f"<style>p {{ background: url(https://\\{ord(host[0]):x} {host[1:]}/{path}) }}</style>",
        "style-sheet-number": f"<style>p {{ background: url({number}) }}</style>",
        "script-string": f"<script>location = '{whole}'</script>",
        "script-slashes": f'<script>location = "https:\\/\\/{host}\\/{path}"</script>',
        "script-escaped": f'<script>location = "https://{escaped}/{path}"</script>',
        "script-units": f'<script>location = "https://{units}/{path}"</script>',
        "script-joined": f"<script>location = 'https://{host[:4]}' + '{host[4:]}/' + '{path}'</script>",
        "script-number": f"<script>location = '{number}'</script>",
        "event": f"<td onclick=\"location.href='{whole}'\">your bank</td>",
        "event-number": f'<td onclick="location.href=&#39;{number}&#39;">your bank</td>',
        "conditional": f'<!--[if mso]><v:rect href="{whole}"></v:rect><![endif]-->',
        "quote-in-comment": f'<!-- <a title=" --><a href="{whole}">your bank</a>',
        "named-references": f'<a href="https&colon;&sol;&sol;{host}&sol;{path}">your bank</a>',
        "tab-reference": f'<a href="https:&Tab;//{host[:4]}&NewLine;{host[4:]}/{path}">your bank</a>',
        "animation": f'<svg><a><animate attributeName="href" values="{whole};a"/><text>x</text></a></svg>',
        "use": f'<svg><image xlink:href="https://u@{host}//{path}"/></svg>',
        "other-prefix": f'<svg xmlns:q="http://www.w3.org/1999/xlink"><a q:href="{whole}"><text>x</text></a></svg>',
        "other-attribute": f'<a data-href="{whole}" href="#">your bank</a>',
        "refresh-short": f'<meta http-equiv="refresh" content="0;{number}">',
        "refresh-quoted": f"<meta http-equiv=refresh content=\"0; URL = '{number}'\">",
        "base-folder": f'<base href="https://{host}/x/y"><a href="../{path}">your bank</a>',
        "base-number": f'<base href="{number.partition(path)[0]}"><a href="/{path}">your bank</a>',
        "base-behind": f'<a href="{path}">your bank</a><base href="https://{host}/">',
        "without-scheme": f'<a href="//u@{host}//{path}">your bank</a>',
        "closing-sign": f'<a title=">" href="{whole}">your bank</a>',
        "no-blank": f'<a title="x"href="{whole}">your bank</a>',
        "slash-for-blank": f'<a/href="{whole}">your bank</a>',
        "data": f'<a href="data:text/html,%3Ca%20href%3D%22https%3A%2F%2F{host}%2F{path}%22%3E">your bank</a>',
        "tags-in-number": f"Please see http:{number[:6]}<b></b>{number[6:]} now",
        "references-in-text": f"Please see http&#58;&#x2f;{number[1:]} now",
        "sign-in-link": f'<a href="https://www.example.com/?<q to={whole}">your bank</a>',
    }.items():
        yield phrase(f"O14-page-{how}", _page(page))


def _page(body: str) -> bytes:
    return text(f"<html><body>{body}</body></html>\r\n".encode(), HTML)
