"""The table of oddities: where each row of the evasion table can be done, and what does it.

Not here: what is done (fields, boundaries, encodings, filenames), which are chosen (grammar).
"""

from __future__ import annotations

from collections.abc import Callable

from differential import boundaries, encodings, fields, filenames
from differential.parts import Part

Applies = Callable[[Part], bool]


def _leaf(part: Part) -> bool:
    return part.leaf


def _any(part: Part) -> bool:
    return True


def _root(part: Part) -> bool:
    return part.number == 0


def _multipart(part: Part) -> bool:
    return part.multipart


def _outer(part: Part) -> bool:
    return not part.leaf


def _encoded(part: Part) -> bool:
    return part.leaf and part.encoding in (b"base64", b"quoted-printable")


def _base64(part: Part) -> bool:
    return part.leaf and part.encoding == b"base64"


def _quoted(part: Part) -> bool:
    return part.leaf and part.encoding == b"quoted-printable"


def _named(part: Part) -> bool:
    return part.leaf and bool(part.texts)


TABLE: dict[str, tuple[tuple[Applies, fields.Change], ...]] = {
    **{row: ((_encoded, fields.encodings(row)),) for row in fields.ENCODINGS},
    **{row: ((_any, fields.raw(row)),) for row in fields.RAW},
    "H17": ((_any, fields.two_types),),
    "H18": ((_multipart, fields.other_type),),
    "H19": ((_encoded, fields.encodings("H19")), (_any, fields.raw("H19"))),
    "H20": ((_any, fields.no_type),),
    "H21": ((_root, fields.version),),
    "H22": ((_any, fields.separator),),
    "H23": ((_any, fields.late_field),),
    "H24": ((_base64, fields.pseudo_header),),
    "H25": ((_any, fields.lead),),
    "H26": ((_any, fields.long_field),),
    "H27": ((_any, fields.order_mark),),
    **{row: ((_multipart, boundaries.defined(row)),) for row in boundaries.DEFINED},
    "B02": ((_multipart, boundaries.two_headers),),
    "B15": ((_multipart, boundaries.defined("B15")), (_multipart, boundaries.separators)),
    "B18": ((_multipart, boundaries.prefix_lines),),
    "B19": ((_multipart, boundaries.nested_alike),),
    "B21": ((_multipart, boundaries.no_end),),
    "B22": ((_multipart, boundaries.odd_end),),
    "B23": ((_multipart, boundaries.behind_end),),
    "B24": ((_multipart, boundaries.before_start),),
    "B25": ((_multipart, boundaries.in_header),),
    "B26": ((_multipart, boundaries.in_body),),
    "B27": ((_multipart, boundaries.carriage_returns),),
    "B30": ((_multipart, boundaries.on_leaf),),
    "B31": ((_multipart, boundaries.indented),),
    "B32": ((_multipart, boundaries.empty_inside),),
    "E01": ((_base64, encodings.padded_middle),),
    "E02": ((_base64, encodings.padded_middle),),
    "E03": ((_base64, encodings.wrong_padding),),
    "E04": ((_base64, encodings.short_padding),),
    "E05": ((_base64, encodings.line_padding),),
    "E06": ((_base64, encodings.junk_characters),),
    "E07": ((_base64, encodings.junk_prefix),),
    "E08": ((_base64, encodings.junk_lines),),
    "E09": ((_base64, encodings.widths),),
    "E10": ((_base64, encodings.second_file),),
    "E11": ((_base64, encodings.wrapped),),
    "E12": ((_base64, encodings.url_safe),),
    "E13": ((_quoted, encodings.soft_breaks),),
    "E14": ((_quoted, encodings.hexadecimal),),
    "E15": ((_quoted, encodings.bad_escapes),),
    "E16": ((_quoted, encodings.bare_ends),),
    "E17": ((_leaf, encodings.uu_encoding),),
    "E18": ((_leaf, encodings.uu_inside),),
    "E19": ((_leaf, encodings.y_encoding),),
    "E20": ((_leaf, encodings.binhex),),
    "E22": ((_leaf, encodings.gzipped),),
    "E23": ((_outer, encodings.on_multipart),),
    "E24": ((_encoded, encodings.undeclared),),
    "E25": ((_encoded, encodings.twice),),
    **{row: ((_named, filenames.written(row)),) for row in filenames.WRITTEN},
    "F01": ((_named, filenames.disagree),),
    "F02": ((_named, filenames.written("F02")), (_named, filenames.two_dispositions)),
    "F11": ((_named, filenames.elsewhere),),
    "F13": ((_named, filenames.direction),),
    "F17": ((_named, filenames.direction),),
}
"""By row of the evasion table: where it can be done, and what is done; one of several is chosen by chance."""

NOT_HERE = {
    "E21": "AppleDouble is a container within a leaf, which these parsers do not open",
    "E26": "a charset of the text, which is no matter of leaves",
    "E27": "a charset of the text, which is no matter of leaves",
    "E28": "a charset of the text, which is no matter of leaves",
    "E29": "a charset of the text, which is no matter of leaves",
    "F19": "found types, which these parsers do not look at",
    "F20": "found types, which these parsers do not look at",
    "F22": "the list of extensions, which one name of each kind stands for",
}
"""Rows of the groups H, B, E and F that have no oddity, and why."""
