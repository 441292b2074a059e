# ruff: noqa: RUF001
"""A host in its normal forms, and an answer for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.hosts import hosts


@pytest.mark.parametrize(
    ("written", "forms"),
    [
        ("Shop.Example.", ("shop.example",)),
        ("ｓhop。example", ("shop.example",)),
        ("sh\u00ado\u200bp\U000e0061.example", ("shop.example",)),
        ("bücher.example", ("bücher.example", "xn--bcher-kva.example")),
        ("xn--bcher-kva.example", ("bücher.example", "xn--bcher-kva.example")),
        ("3221225985", ("192.0.2.1",)),
        ("0xC0000201", ("192.0.2.1",)),
        ("192.0x201", ("192.0.2.1",)),
        ("0300.0.01001", ("192.0.2.1",)),
        ("192.0.2.1.", ("192.0.2.1",)),
        ("192.0.2.256", ("192.0.2.256",)),
        ("4294967296", ("4294967296",)),
        ("[2001:DB8:0:0::1]", ("[2001:db8::1]", "2001:db8::1")),
        ("[::ffff:192.0.2.1]", ("[::ffff:c000:201]", "::ffff:c000:201", "192.0.2.1")),
        ("[64:ff9b::c000:201]", ("[64:ff9b::c000:201]", "64:ff9b::c000:201", "192.0.2.1")),
        ("[2002:c000:201::]", ("[2002:c000:201::]", "2002:c000:201::", "192.0.2.1")),
        ("[fe80::1%25eth0]", ("[fe80::1]", "fe80::1")),
        ("[nothing]", ()),
        ("xn--\u00fc", ("xn--ü", "xn--xn---3ra")),
        ("xn--9999999999", ("xn--9999999999",)),
        ("xn--", ("xn--",)),
        ("...", ()),
        ("", ()),
    ],
)
def test_forms(written: str, forms: tuple[str, ...]) -> None:
    """Names in Unicode and ASCII, addresses in the usual way."""
    assert hosts(written) == forms


@given(st.text(st.sampled_from("0123456789abcxn-.%[]:ü。\u00ad\ud800x"), max_size=80))
def test_any_text(written: str) -> None:
    """Never raises, and never says nothing twice."""
    forms = hosts(written)
    assert len(set(forms)) == len(forms)
    assert "" not in forms
