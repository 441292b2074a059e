"""Other readings of a mail, and names from header lines."""

from __future__ import annotations

import base64

from bartizan.message.hole import Hole
from bartizan.message.loosenames import LooseNames, loose_names, other_names, stand_ins, subject_name
from bartizan.message.names import NAMES
from bartizan.message.parse import from_bytes
from bartizan.message.readings import readings
from bartizan.message.shredder import Reading
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from fuzz.names import readable

LIMITS = Limits()
ODD = b"X-Odd: a\rb\r\n"
PAGE = b"<html><body>" + b"This is what the part says. " * 5 + b"</body></html>"
PART = b"\r\n--x\r\nContent-Type: text/html; name=page.html\r\n\r\n" + base64.encodebytes(PAGE) + b"\r\n--x--\r\n"


def TestOneInput(data: bytes) -> None:
    """Whatever stands in front of a part in a mail with a flaw, the part is read, with its name."""
    for raw in (data, ODD + data):
        read(raw)
    found = [one for one in read(ODD + data + PART) if isinstance(one, Reading) and one.data == PAGE]
    assert any("page.html" in one.names for one in found)
    for names in (loose_names(data), other_names(data), LooseNames(stand_ins(data)), LooseNames(subject_name(data))):
        readable(tuple(name for name in names.found if name))
        assert not names.complete or len(names.found) < NAMES


def read(raw: bytes) -> list[Reading | Hole]:
    """All readings, none longer than the mail and each with names that can be written anywhere."""
    found = list(readings(from_bytes(memoryview(raw), None, LIMITS, stored=True).message))
    for one in found:
        if isinstance(one, Hole):
            assert one.reason in Reason
        else:
            readable(one.names)
            assert len(one.data) <= len(raw) + 1
    return found
