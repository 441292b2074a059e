"""All file names that a part gives itself, in every reading that a mail client may choose.

In: the raw parameters of a part's Content-Type and Content-Disposition, as the compiled core found them. Out: the
union of all readings of `name` and `filename`, each once: a rule about file names must hold for whichever one the
recipient sees. Read are RFC 2231 (charset and language, percent-encoding, continuations in any order, with gaps,
duplicates and mixed segments), RFC 2047 words inside parameters (forbidden there, and common), percent-encoding in
plain values, raw 8-bit. Of a longer name the middle is cut out, since its end decides what a double click does.

Limits: NAMES names of NAME_CHARACTERS characters; exactly NAMES in the answer means that there may be more, which
the caller must report (Gap limit:header). Linear in the size of the header but for sorting. Content never raises.
Known gaps: names only in Subject.
Not here: names in other fields (loosenames), splitting a header into parameters (compiled core), what a name means
(detect.attachments).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bartizan.message import charset
from bartizan.message.paths import shortened
from bartizan.message.words import decode_words, finished, other_words, percent_decode

__all__ = ["NAMES", "NAME_CHARACTERS", "contradictory", "decode_words", "part_names"]

NAMES = 50
NAME_CHARACTERS = 1024

_HIGHEST = 10**9
"""Segment numbers from here on count as equal."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """One piece of a continued parameter: its number, whether it is marked as percent-encoded, its value."""

    number: int
    encoded: bool
    value: bytes


def part_names(
    type_parameters: Sequence[tuple[bytes, bytes]], disposition_parameters: Sequence[tuple[bytes, bytes]]
) -> tuple[str, ...]:
    """Every file name of a part: Content-Disposition's first (the ones clients prefer), then Content-Type's.

    Each pair is a parameter name in lower case as written (b"filename*0*") and its value without quotes and
    quoted-pairs, duplicates included. Empty names are left out.
    """
    names: dict[str, None] = {}
    for parameters in (disposition_parameters, type_parameters):
        for name in _readings(parameters):
            if name:
                names[shortened(name, NAME_CHARACTERS)] = None
                if len(names) == NAMES:
                    return tuple(names)
    return tuple(names)


def contradictory(parameters: Sequence[tuple[bytes, bytes]]) -> bool:
    """Does one header give the same name twice, so that programs which take the first and those which take the last see
    files of different kinds? Parameters as for part_names."""
    first: dict[bytes, bytes] = {}
    for key, value in parameters:
        if key.partition(b"*")[0].strip() in (b"filename", b"name") and _kind(first.setdefault(key, value)) != _kind(
            value
        ):
            return True
    return False


def _kind(value: bytes) -> bytes:
    """The extension of a name; a piece of a name is compared whole."""
    _, dot, extension = value.rstrip(b" .\t").lower().rpartition(b".")
    return extension if dot else value


def _readings(parameters: Sequence[tuple[bytes, bytes]]) -> Iterator[str]:
    """The readings of one header's parameters: the plain and extended ones as they come, then the continued ones."""
    continued: dict[bytes, list[_Segment]] = {}
    pieces: dict[bytes, list[_Segment]] = {}
    odd: set[bytes] = set()
    for key, value in parameters:
        base, star, suffix = key.partition(b"*")
        base = base.strip()
        if base not in (b"filename", b"name"):
            continue
        digits, second, _ = suffix.strip().partition(b"*")
        digits = digits.strip()
        numbered = digits.isdigit()
        number = min(int(digits.lstrip(b"0")[:10] or b"0"), _HIGHEST) if numbered else 0
        segment = _Segment(number, bool(second or (star and not numbered)), value)
        pieces.setdefault(base, []).append(segment)
        if digits and (number or not numbered):
            odd.add(base)
        if numbered:
            continued.setdefault(base, []).append(segment)
        elif star:
            yield from _extended(value)
        else:
            yield from _plain(value)
    for segments in continued.values():
        yield from _continued(segments)
    for base in odd:
        # Some programs count a piece without a number as the first, and pieces with odd numbers as they come.
        segments = pieces[base]
        numbered_ones = continued.get(base, [])
        if len(segments) != len(numbered_ones) and all(segment.number for segment in numbered_ones):
            yield from _joined(segments)


def _plain(value: bytes) -> Iterator[str]:
    """A value without a star: as it is, with its encoded words, with its percent-encoding decoded."""
    text = charset.guess(value)
    yield text
    if b"\\" in value:
        yield charset.guess(value.replace(b"\\", b""))
    if b"=?" in value:
        whole = value.rfind(b"?=") > value.rfind(b"=?")
        text = decode_words(value if whole else finished(value))
        yield text
        yield from other_words(value)
    if "%" in text:
        yield charset.guess(percent_decode(text.encode("utf-8", "replace")))


def _extended(value: bytes) -> Iterator[str]:
    """A value with a star: charset'language'text (a lone quote ends the charset); other values are taken whole."""
    label, text = _labelled(value)
    yield from _worded(charset.decode(percent_decode(text), label))
    if b"%" in text[-2:]:
        # A percent sign that too few digits follow: some programs leave it out.
        yield charset.decode(percent_decode(text[: text.rindex(b"%")]), label)


def _labelled(value: bytes) -> tuple[str, bytes]:
    """The charset in front of an extended value, and its text; "" and all of the value when it has no such front."""
    label_b, quote, rest = value.partition(b"'")
    label = label_b.decode("latin-1")
    language, second, text = rest.partition(b"'")
    if quote and second and _is_language(language):
        return label, text
    if quote and charset.known(label):
        return label, rest
    return "", value


def _is_language(tag: bytes) -> bool:
    """Is `tag` empty or a language tag (RFC 5646 in outline) rather than a piece of the name?"""
    return len(tag) <= 35 and all(piece.isalnum() and len(piece) <= 8 for piece in tag.split(b"-") if tag)


def _worded(text: str) -> Iterator[str]:
    """`text`, and what it says once its encoded words are decoded."""
    yield text
    if "=?" in text:
        value = text.encode("utf-8", "replace")
        yield decode_words(value)
        yield from other_words(value)


def _continued(segments: list[_Segment]) -> Iterator[str]:
    """A value in numbered pieces, joined in every order that a client may use, each with every way to decode it."""
    for order in _orders(segments):
        whole = b"".join(segment.value for segment in order)
        if any(segment.encoded for segment in order):
            yield from _joined(order)
        else:
            yield from _plain(whole)
        if not all(segment.encoded for segment in order) and _labelled(whole)[0]:
            yield from _extended(whole)


def _joined(order: Sequence[_Segment]) -> Iterator[str]:
    """Pieces as RFC 2231 joins them: the charset stands in the first, percent-encoding counts where it is marked."""
    first, *rest = order
    label = ""
    value = first.value
    if first.encoded:
        label, value = _labelled(value)
        value = percent_decode(value)
    pieces = [value, *(percent_decode(s.value) if s.encoded else s.value for s in rest)]
    yield from _worded(charset.decode(b"".join(pieces), label))


def _orders(segments: list[_Segment]) -> Iterable[Sequence[_Segment]]:
    """The sequences in which `segments` can be joined: by number, without repeats, up to a gap, as written."""
    ordered = sorted(segments, key=lambda segment: segment.number)
    first = {s.number: s for s in reversed(ordered)}
    last = {s.number: s for s in ordered}
    numbers = sorted(first)
    unbroken = [n for position, n in enumerate(numbers) if n == position]
    candidates = (
        [first[n] for n in numbers],
        [last[n] for n in numbers],
        [first[n] for n in unbroken],
        [last[n] for n in unbroken],
        ordered,
        segments,
    )
    seen: set[tuple[_Segment, ...]] = set()
    for candidate in candidates:
        if candidate and tuple(candidate) not in seen:
            seen.add(tuple(candidate))
            yield candidate
