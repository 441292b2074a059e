"""RC4 says what it always says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.rc4 import rc4
from unpack import pdf_file


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        (b"Key", b"Plaintext", "bbf316e8d940af0ad3"),
        (b"Wiki", b"pedia", "1021bf0420"),
        (b"Secret", b"Attack at dawn", "45a01f645fc35b383552544b9bf5"),
    ],
)
def test_known(key: bytes, text: bytes, expected: str) -> None:
    """Published vectors."""
    assert rc4(key, text).hex() == expected


@given(st.binary(min_size=1, max_size=256), st.binary(max_size=400))
def test_twin(key: bytes, text: bytes) -> None:
    """The same as it is in Python, and the same both ways."""
    assert rc4(key, text) == pdf_file.rc4(key, text)
    assert rc4(key, rc4(key, text)) == text


@pytest.mark.parametrize("size", [0, 257])
def test_keys(size: int) -> None:
    """No key, or one that is too long."""
    with pytest.raises(ValueError, match="1 to 256"):
        rc4(bytes(size), b"x")
