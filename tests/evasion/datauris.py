"""Row S14: files in data: addresses."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from evasion.mails import CTE, attached, text
from evasion.sample import SCRIPT, Load, Sample, marker, name

ZIPPED = b'<a href="data:application/zip;base64,%b">x</a>'
PAGE = b"Content-Type: text/html\r\n"


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    flat = base64.b64encode(load.zip)
    data = b"data:application/zip;base64," + flat
    lines = b"\r\n".join(flat[at : at + 60] for at in range(0, len(flat), 60))
    pages = {
        "link": b'<a href="%b">x</a>' % data, "unquoted": b"<a href=%b>x</a>" % data,
        "single": b"<a href='%b'>x</a>" % data, "image": b'<img src="%b">' % data,
        "frame": b'<iframe src="%b"></iframe>' % data, "object": b'<object data="%b"></object>' % data,
        "embed": b'<embed src="%b">' % data, "style": b'<p style="background:url(%b)">' % data,
        "sheet": b"<style>p { background: url('%b') }</style>" % data,
        "meta": b'<meta http-equiv="refresh" content="0;url=%b">' % data,
        "script": b'<script>location = "%b";</script>' % data,
        "capitals": b'<a href="DATA:APPLICATION/ZIP;BASE64,%b">x</a>' % flat,
        "no-type": b'<a href="data:;base64,%b">x</a>' % flat,
        "charset": b'<a href="data:application/zip;charset=utf-8;name=a.zip;base64,%b">x</a>' % flat,
        "lines": ZIPPED % lines,
        "tabs": ZIPPED % lines.replace(b"\r\n", b"\t"),
        "blanks": b'<a href=" data:application/zip;base64,  %b">x</a>' % lines.replace(b"\r\n", b" "),
        "escaped-blanks":
        ZIPPED % lines.replace(b"\r\n", b"%0D%0A"), "scheme-entity":
        b'<a href="data&colon;application/zip;base64,%b">x</a>' % flat,
        "entities": b'<a href="%b">x</a>' % data.replace(b"A", b"&#65;"),
        "hex-entities": b'<a href="%b">x</a>' % data.replace(b"A", b"&#x41"),
        "plus-entities": b'<a href="%b">x</a>' % data.replace(b"+", b"&plus;").replace(b"/", b"&sol;"),
        "percent": ZIPPED % flat.replace(b"A", b"%41"),
        "percent-signs": ZIPPED % quote_from_bytes(flat, safe="").encode(),
        "not-base64": b'<a href="data:application/zip,%b">x</a>' % quote_from_bytes(load.zip, safe="").encode(),
        "not-base64-text": b'<a href="data:text/plain,%b">x</a>' % load.marker,
        "not-base64-escaped": b'<a href="data:text/plain,%b">x</a>' % b"".join(b"%%%02x" % c
        for c in load.marker), "download": b'<a download="a.zip" href="%b">x</a>' % data,
        "url-safe": ZIPPED
        % base64.urlsafe_b64encode(load.zip), "no-padding": b'<a href="%b">x</a>' % data.rstrip(b"="),
        "page-in-page": b'<a href="data:text/html;base64,%b">x</a>'
        % base64.b64encode(b'<a href="%b">x</a>' % data), "source-set": b'<img srcset="%b 2x">' % data, "poster":
        b'<video poster="%b">' % data,
        "comment": b"<!-- %b -->" % data, "text": b"<p>%b</p>" % data,
        "attribute": b'<p data-a="%b">' % data, "javascript": b"<a href=\"javascript:open('%b')\">x</a>" % data,
        "concatenated": b"<script>location = 'data:application/zip;base64,' + '%b' + '%b';</script>"
        % (flat[:101], flat[101:]),
    }  # fmt: skip
    for how, page in pages.items():
        yield marker(f"S14-{how}", text(b"<html>" + page + b"</html>\r\n", PAGE))
        yield marker(f"S14-{how}-file", attached(b"<html>" + page + b"</html>\r\n", b"a.html", b"text/html"))
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">%b</svg>'
    for how, drawing in {
        "image": b'<image xlink:href="%b"/>',
        "link": b'<a href="%b">x</a>',
        "use": b'<use href="%b"/>',
        "foreign": b'<foreignObject><iframe src="%b"/></foreignObject>',
    }.items():
        yield marker(f"S14-svg-{how}", attached(svg % (drawing % data), b"a.svg", b"image/svg+xml"))
    yield marker("S14-css", attached(b"p { background: url(%b) }" % data, b"a.css", b"text/css"))
    yield marker("S14-in-text", text(b"See " + data + b" there.\r\n"))
    yield marker("S14-quoted-printable", text(data.replace(b"=", b"=3D"), PAGE + CTE + b": quoted-printable\r\n"))
    yield name(
        "S14-name",
        text(
            b'<a download="%b" href="data:application/octet-stream;base64,%b">x</a>\r\n'
            % (load.name, base64.b64encode(SCRIPT * 5)),
            PAGE,
        ),
    )
