def looks_like_text(head: bytes) -> bool:
    """Next to no control characters."""

def wide_text(head: bytes) -> bytes | None:
    """The beginning of a UTF-16 or UTF-32 text as UTF-8; None when it is none."""

def text_kind(text: bytes) -> str:
    """What kind of text this is; "text" when it is none that is known."""

def laced_kind(head: bytes) -> str:
    """A text laced with binary: a mail, markup, or another whose first line tells; "" if it does not."""

def uu_begins(text: bytes, at: int, loose: bool = False) -> bool:
    """Does a uuencoded file or one of `begin-base64` begin with the line at `at`?

    `loose`: lines may have anything behind their data, which decoders pass over.
    """

def begin_line(text: bytes, at: int) -> int:
    """Where the next line from `at` on starts with "begin" and a blank or hyphen, in any case; -1: nowhere."""
