"""The transfer decoders: RFC 2045 behaviour, evasions, independence of splits, equality with the plain-Python twin."""

from __future__ import annotations

import base64
import binascii
import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.transfer import ANOMALY_NAMES, ENCODINGS, decode_all, decode_pieces
from reference import transfer as twin

TWINS = {1: twin.base64, 2: twin.quoted_printable, 3: twin.uuencode}


def names(bits: int) -> set[str]:
    """The names of the bits that are set."""
    return {name for bit, name in ANOMALY_NAMES.items() if bits & bit}


@pytest.mark.parametrize(
    ("body", "decoded", "anomalies"),
    [
        (b"", b"", set()),
        (b"UEsDBA==\r\n", b"PK\x03\x04", set()),
        (b"UEsD\r\nBA==", b"PK\x03\x04", set()),
        (b"UE sD\tBA==", b"PK\x03\x04", set()),
        (b"UEs#D.BA==", b"PK\x03\x04", {"base64-junk"}),
        (b"UEs=AwQ=", b"PK\x03\x04", {"base64-padding"}),
        (b"UEsDBA", b"PK\x03\x04", {"base64-truncated"}),
        (b"UEsDBA=", b"PK\x03\x04", {"base64-truncated"}),
        (b"UEsDB", b"PK\x03", {"base64-truncated"}),
        (b"=UEsDBA==", b"PK\x03\x04", {"base64-padding"}),
        (b"U=EsDBA==", b"PK\x03\x04", {"base64-padding"}),
        (b"UEsDBA===\r\n", b"PK\x03\x04", {"base64-padding"}),
        (b"UEsDBA==\r\n====\r\n", b"PK\x03\x04", {"base64-padding"}),
        (b"UEsDBA==\r\nUEsDBA==\r\n", b"PK\x03\x04PK\x03\x04", {"base64-padding"}),
    ],
)
def test_base64(body: bytes, decoded: bytes, anomalies: set[str]) -> None:
    """Junk is skipped, padding restarts, the end gives what it has; each oddity is flagged (EVASIONS E01-E10)."""
    content, bits = decode_all("base64", body)
    assert (content, names(bits)) == (decoded, anomalies)


@pytest.mark.parametrize(
    ("body", "decoded", "anomalies"),
    [
        (b"a=3Db", b"a=b", set()),
        (b"a=3d=5a", b"a=Z", set()),
        (b"vi=\r\nrus", b"virus", set()),
        (b"vi= \t \r\nrus", b"virus", set()),
        (b"vi=\nrus", b"virus", set()),
        (b"text  \t\r\nmore \nend  ", b"text\r\nmore\nend", set()),
        (b"kept=20\r\n", b"kept \r\n", set()),
        (b"a =\r\nb", b"a b", set()),
        (b"=X", b"=X", {"qp-bad-escape"}),
        (b"==41", b"=A", {"qp-bad-escape"}),
        (b"=4=41", b"=4A", {"qp-bad-escape"}),
        (b"=4", b"=4", {"qp-bad-escape"}),
        (b"= x", b"= x", {"qp-bad-escape"}),
        (b"=\rx", b"=\rx", {"qp-bad-escape"}),
        (b"end=", b"end", {"qp-bad-escape"}),
        (b"caf\xe9 \x01", b"caf\xe9 \x01", {"qp-unencoded"}),
        (b" " * 5000 + b"\r\n", b" " * 5000 + b"\r\n", {"qp-bad-escape"}),
        (b" " * 4000 + b"\r\n", b"\r\n", set()),
        (b" " * 5000 + b"\r", b" " * 5000 + b"\r", set()),
    ],
)
def test_quoted_printable(body: bytes, decoded: bytes, anomalies: set[str]) -> None:
    """RFC 2045 section 6.7, lenient where senders err; illegal escapes stay and are flagged (EVASIONS E13-E16)."""
    content, bits = decode_all("quoted-printable", body)
    assert (content, names(bits)) == (decoded, anomalies)


DATA_LINE = binascii.b2a_uu(b"MZ\x90\x00 program").rstrip(b"\n")


@pytest.mark.parametrize(
    ("body", "decoded", "anomalies"),
    [
        (b"begin 644 a.exe\r\n" + DATA_LINE + b"\r\n`\r\nend\r\n", b"MZ\x90\x00 program", set()),
        (b"prose\nbegin 644 a.exe\n" + DATA_LINE + b"\n \nend\n", b"MZ\x90\x00 program", set()),
        (b"begin 644 a.exe\n" + DATA_LINE + b"\n", b"MZ\x90\x00 program", {"uu-truncated"}),
        (b"begin 644 a.exe\n" + DATA_LINE, b"MZ\x90\x00 program", {"uu-truncated"}),
        (DATA_LINE + b"\nend\n", b"MZ\x90\x00 program", {"uu-bad"}),
        (
            b"begin 64:\nM" + b"0" * 60 + b"\n" + DATA_LINE + b"\nend\n",
            b"A\x04\x10" * 15 + b"MZ\x90\x00 program",
            {"uu-bad"},
        ),
        (b"begin 64:\n" + DATA_LINE + b"\nend\n", b"", {"uu-bad"}),
        (b"just prose\n", b"", {"uu-bad"}),
        (b"begin 644 a\n" + DATA_LINE[:-3] + b"\nend\n", b"MZ\x90\x00 progp\x00\x00", {"uu-bad"}),
        (b"begin 644 a\n" + b"M" + b"A" * 300 + b"\nend\n", b"\x86\x18\x61" * 15, {"uu-bad"}),
    ],
)
def test_uuencode(body: bytes, decoded: bytes, anomalies: set[str]) -> None:
    """Classic uuencode, without begin or end too (EVASIONS E17)."""
    content, bits = decode_all("x-uuencode", body)
    assert (content, names(bits)) == (decoded, anomalies)


def test_unknown_encoding_is_identity() -> None:
    """What cannot be decoded is looked at as it is."""
    assert decode_all("x-unknown", b"as=20it is\r\n") == (b"as=20it is\r\n", 0)


def test_tokens_are_taken_in_any_case() -> None:
    """Transfer encoding tokens are case-insensitive (RFC 2045 section 6.1)."""
    assert decode_all(" BaSe64 ", b"QQ==") == (b"A", 0)
    assert ENCODINGS[b"uue"] == ENCODINGS[b"x-uuencode"]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_standard_encoders_come_back(content: bytes) -> None:
    """What the standard library encodes is decoded exactly, without an anomaly."""
    lines = [binascii.b2a_uu(content[k : k + 45]) for k in range(0, len(content), 45)]
    assert decode_all("base64", base64.encodebytes(content)) == (content, 0)
    assert decode_all("quoted-printable", binascii.b2a_qp(content, istext=False)) == (content, 0)
    assert decode_all("uue", b"begin 644 x\n" + b"".join(lines) + b"`\nend\n") == (content, 0)


HOSTILE = {
    1: st.lists(
        st.sampled_from([b"A", b"QUJD", b"/+9z", b"=", b"==", b"\r\n", b" ", b"#", b"\x00", b"\xff"]), max_size=40
    ),
    2: st.lists(
        st.sampled_from(
            [b"a", b"=", b"=4", b"=41", b"=3d", b" ", b"\t", b"\r", b"\n", b"\r\n", b"\xe9", b"=20", b" " * 4093]
        ),
        max_size=30,
    ),
    3: st.lists(
        st.sampled_from(
            [
                b"begin 644 x\r\n",
                b"begin 64",
                b"end",
                b"\r",
                b"\n",
                b"\r\n",
                DATA_LINE,
                DATA_LINE + b"\n",
                b"#",
                b"`",
                b"M" * 64,
            ]
        ),
        max_size=20,
    ),
}


@pytest.mark.parametrize("kind", [1, 2, 3])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_hostile_bodies_equal_the_twin_however_split(kind: int, data: st.DataObject) -> None:
    """Any body decodes as the twin does, in one piece, byte by byte, and at random cuts."""
    body = b"".join(data.draw(HOSTILE[kind]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    expected = TWINS[kind](body)
    assert decode_pieces(kind, [body]) == expected
    assert decode_pieces(kind, pieces) == expected
    assert decode_pieces(kind, [body[k : k + 1] for k in range(len(body))]) == expected


def test_corpus_prose_survives_quoted_printable() -> None:
    """A long text through the standard encoder, in odd pieces."""
    text = b"".join(b"line %d caf\xc3\xa9 = 100 %% \r\n" % k for k in range(3000))
    body = quopri.encodestring(text)
    pieces = [body[k : k + 61] for k in range(0, len(body), 61)]
    assert decode_pieces(ENCODINGS[b"quoted-printable"], pieces) == (text, 0)
