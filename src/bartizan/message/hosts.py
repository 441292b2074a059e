"""A host of a link in the ways that it can be listed, however it is written.

In: the host as it stands in a link, without user and port. Out: its normal forms: a name in Unicode and in ASCII, an
IPv4 address in four decimal numbers, an IPv6 address in its shortest form besides the IPv4 address that it carries.
As browsers read hosts: the URL standard (section 3.5), Unicode's IDNA mapping as compatibility composition and case
folding, without what cannot be seen.
Limits: LABEL characters of a label are decoded, longer ones are no names.
Not here: the rest of the link (links).
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

LABEL = 63
DOTS = "\u3002\uff0e\uff61\u2024"
_DOTS = str.maketrans(dict.fromkeys(DOTS, "."))
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_CARRIERS = (
    # What goes before an IPv4 address: mapped, compatible, translated (RFC 6052).
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)


def visible(text: str) -> str:
    """The text without the characters that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def hosts(written: str) -> tuple[str, ...]:
    """The normal forms of a host; () for none."""
    if written.startswith("["):
        return _version_6(written[1:].partition("]")[0].partition("%")[0])
    name = visible(written).translate(_DOTS)
    if not name.isascii():
        name = visible(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())).translate(_DOTS)
    name = name.lower().rstrip(".")
    if not name:
        return ()
    address = _version_4(name)
    if address:
        return (address,)
    if "xn--" not in name and name.isascii():
        return (name,)
    labels = name.split(".")
    forms = (".".join(map(_unicode, labels)), ".".join(map(_ascii, labels)))
    return tuple(dict.fromkeys(form for form in forms if form))


def _version_4(name: str) -> str:
    """An address of one to four numbers, decimal, octal or hexadecimal, the last of which fills what is left."""
    numbers = name.split(".")
    if len(numbers) > 4 or not all(_NUMBER.fullmatch(number) and len(number) <= LABEL for number in numbers):
        return ""
    values = [_value(number) for number in numbers]
    whole = values.pop()
    room = 8 * (4 - len(values))
    if any(value > 255 for value in values) or whole >> room:
        return ""
    for at, value in enumerate(values):
        whole |= value << 8 * (3 - at)
    return str(IPv4Address(whole))


def _value(number: str) -> int:
    if number[:2] in ("0x", "0X"):
        return int(number[2:] or "0", 16)
    if len(number) > 1 and number[0] == "0" and number.strip("01234567") == "":
        return int(number, 8)
    return int(number)


def _version_6(written: str) -> tuple[str, ...]:
    """An address in its shortest form, and the older one in it."""
    try:
        address = IPv6Address(written)
    except AddressValueError:
        return ()
    found = [f"[{address}]", str(address)]
    for network, shift in _CARRIERS:
        if address in network:
            found.append(str(IPv4Address(int(address) >> shift & 0xFFFFFFFF)))
    return tuple(found)


def _unicode(label: str) -> str:
    """A label as it is shown."""
    if not label.startswith("xn--") or len(label) > LABEL or not label.isascii():
        return label
    try:
        return label[4:].encode().decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def _ascii(label: str) -> str:
    """A label as it is looked up."""
    if label.isascii() or len(label) > LABEL:
        return label
    return "xn--" + label.encode("punycode", "replace").decode("ascii")
