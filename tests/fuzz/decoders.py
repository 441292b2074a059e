"""Transfer decoders: base64, quoted-printable and uuencode are their plain twins, in any pieces."""

from __future__ import annotations

from bartizan._core.transfer import ANOMALY_NAMES, ENCODINGS, decode_all, decode_pieces
from fuzz.chance import chance_of, pieces
from reference import transfer as twin

TWINS = {
    ENCODINGS[b"base64"]: twin.base64,
    ENCODINGS[b"quoted-printable"]: twin.quoted_printable,
    ENCODINGS[b"uuencode"]: twin.uuencode,
}
ALL_BITS = sum(ANOMALY_NAMES)


def TestOneInput(data: bytes) -> None:
    """Bytes and anomalies of each decoder, whole and cut; none makes more of a body than it is."""
    chunks = pieces(data, chance_of(data))
    for kind, plain in TWINS.items():
        expected = plain(data)
        assert decode_pieces(kind, [data]) == expected
        assert decode_pieces(kind, chunks) == expected
        content, bits = expected
        assert bits & ~ALL_BITS == 0
        # A data line of uuencode says how many bytes it holds: 45 at most, from one character.
        assert len(content) <= (63 * len(data) if kind == ENCODINGS[b"uuencode"] else len(data))
    for name, kind in ENCODINGS.items():
        assert decode_all(name.decode(), data) == decode_pieces(kind, [data])
    assert decode_all("x-nobody", data) == (data, 0)
