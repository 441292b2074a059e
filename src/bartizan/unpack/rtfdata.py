"""Destinations of an RTF that are not shown, and the digits of its objects in all the ways that they are read.

Readers pass over everything among the digits of an object that is no digit, but do not agree what else to pass over:
groups, other destinations in them, escapes. Digits are kept in each reading that differs.

Not here: the groups and words of the document (rtf.py).
"""

from __future__ import annotations

NO_DIGITS = bytes(c for c in range(256) if c not in b"0123456789ABCDEFabcdef")


class Destination:
    """What stands in a destination that is not shown: its text, or an object's digits in up to four readings.

    `digits` are those that stand in no other destination, `everything` those too (of one level), `own` those of no
    other group, `dropped` as `digits` with escapes that take half a byte with them. One that is None is as `digits`.
    `outer`: the object whose digits this destination interrupts.
    """

    __slots__ = ("digits", "dropped", "everything", "is_object", "name", "outer", "own", "text")

    def __init__(self, name: str, outer: Destination | None) -> None:
        self.name = name
        self.is_object = name == "objdata"
        self.outer: Destination | None = outer if outer is None or outer.is_object else outer.outer
        self.text = bytearray()
        self.digits = bytearray()
        self.everything: bytearray | None = None
        self.own: bytearray | None = None
        self.dropped: bytearray | None = None

    def add(self, content: bytes, *, own: bool) -> None:
        """Text of this destination; `own`: not of a group within it."""
        outer = self.outer
        if outer is not None:
            outer.interrupt(content)
        if not self.is_object:
            self.text += content
            return
        digits = content.translate(None, NO_DIGITS)
        if not own and self.own is None and digits:
            self.own = bytearray(self.digits)
        self.digits += digits
        if self.everything is not None:
            self.everything += digits
        if self.dropped is not None:
            self.dropped += digits
        if own and self.own is not None:
            self.own += digits

    def interrupt(self, content: bytes) -> None:
        """Text of another destination within this object."""
        digits = content.translate(None, NO_DIGITS)
        if digits:
            if self.everything is None:
                self.everything = bytearray(self.digits)
            self.everything += digits

    def escape(self) -> None:
        """An escape among the digits: some readers forget half a byte over it."""
        if self.dropped is None:
            self.dropped = bytearray(self.digits)
        if len(self.dropped) % 2:
            del self.dropped[-1:]

    def raw(self, content: bytes) -> None:
        """Bytes among the digits; half a byte in front of them is none."""
        for reading in (self.digits, self.everything, self.own, self.dropped):
            if reading is not None:
                if len(reading) % 2:
                    del reading[-1:]
                reading += content.hex().encode()

    def readings(self) -> list[bytes]:
        """The digits in every way that differs."""
        found = (self.digits, self.everything, self.own, self.dropped)
        return list(dict.fromkeys(bytes(reading) for reading in found if reading))
