"""The exchange: what a client may say to name itself, and what ends it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.auth.canonical import LOGIN_MOST, PASSWORD_MOST, login_error, password_error
from bartizan.auth.sasl import LINE_MOST, Cancelled, Challenge, Exchange, Malformed, Mechanism, Step, mechanism_of
from bartizan.model.auth import Credentials
from pace import seconds

ANN = Credentials("ann@example.org", b"secret")


def coded(octets: bytes) -> str:
    """Base64."""
    return base64.b64encode(octets).decode()


def plain(octets: bytes) -> Step:
    """PLAIN with an initial response."""
    return Exchange(Mechanism.PLAIN).start(coded(octets))


def test_plain_with_an_initial_response() -> None:
    """One line says all; the authorization identity may be repeated (RFC 4616)."""
    assert plain(b"\0ann@example.org\0secret") == ANN
    assert plain(b"ANN@example.org\0ann@example.org\0secret") == ANN


def test_plain_after_an_empty_challenge() -> None:
    """Without an initial response there is a challenge without text."""
    exchange = Exchange(Mechanism.PLAIN)
    assert exchange.start(None) == Challenge("")
    assert exchange.answer(coded(b"\0ann@example.org\0secret").encode()) == ANN


@pytest.mark.parametrize("initial", [None, coded(b"ann@example.org")])
def test_login(initial: str | None) -> None:
    """Two challenges, or one when the login came with AUTH, as many clients do."""
    exchange = Exchange(Mechanism.LOGIN)
    step = exchange.start(initial)
    if initial is None:
        assert step == Challenge(coded(b"Username:"))
        step = exchange.answer(coded(b"ann@example.org").encode())
    assert step == Challenge(coded(b"Password:"))
    assert exchange.answer(coded(b"secret").encode()) == ANN


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"ann\0secret",
        b"\0ann\0se\0cret",
        b"\0\0secret",
        b"\0ann\0",
        b"bob\0ann\0secret",
        b"\xff\0ann\0secret",
        b"\0\xff\xfe\0secret",
        b"\0a\rn\0secret",
        b"\0a\xe2\x80\x8bn\0secret",
        b"\0" + b"a" * (LOGIN_MOST + 1) + b"\0secret",
        b"\0ann\0" + b"p" * (PASSWORD_MOST + 1),
    ],
)
def test_what_plain_does_not_take(octets: bytes) -> None:
    """Other than three fields, nothing in one, to act for somebody else, what no login can be, too long."""
    assert isinstance(plain(octets), Malformed)


def test_the_longest_login_and_password() -> None:
    """The limits are inclusive; a password need not be text."""
    login, password = "a" * LOGIN_MOST, b"\xff" * PASSWORD_MOST
    assert plain(b"\0" + login.encode() + b"\0" + password) == Credentials(login, password)


@pytest.mark.parametrize("text", ["", "=", "====", "AGE", "AGEAYg", "AGEA Yg==", "AGEAYh==", "AGEAYg==\t", "é", "*A=="])
def test_what_no_initial_response_is(text: str) -> None:
    """Base64 has one form for each value: padded, nothing else in it, no bits left over; and PLAIN is never empty."""
    assert isinstance(Exchange(Mechanism.PLAIN).start(text), Malformed)


def test_an_empty_initial_response_is_no_login() -> None:
    """`=` says empty (RFC 4954 section 4), and so does an empty line."""
    assert isinstance(Exchange(Mechanism.LOGIN).start("="), Malformed)
    exchange = Exchange(Mechanism.LOGIN)
    exchange.start(None)
    assert isinstance(exchange.answer(b""), Malformed)


def test_cancelled() -> None:
    """A line with a star alone ends it at any challenge; nothing goes on after that."""
    for answers in ((), (coded(b"ann").encode(),)):
        exchange = Exchange(Mechanism.LOGIN)
        exchange.start(None)
        for line in answers:
            assert isinstance(exchange.answer(line), Challenge)
        assert exchange.answer(b"*") == Cancelled()
        assert isinstance(exchange.answer(coded(b"ann").encode()), Malformed)
        assert isinstance(exchange.start(None), Malformed)


def test_the_longest_line() -> None:
    """RFC 4954 section 4.12: a line above it is not even decoded."""
    exchange = Exchange(Mechanism.PLAIN)
    exchange.start(None)
    assert exchange.answer(b"A" * (LINE_MOST - 1)) == Malformed("a line that is too long")
    exchange = Exchange(Mechanism.PLAIN)
    exchange.start(None)
    assert exchange.answer(b"A" * (LINE_MOST - 4)) != Malformed("a line that is too long")


def test_a_password_is_not_shown() -> None:
    """Credentials can be logged by mistake: the password is not in what is shown of them."""
    assert "secret" not in repr(ANN)


@pytest.mark.parametrize("name", ["plain", "PLAIN", "Plain"])
def test_names_in_any_case(name: str) -> None:
    """A mechanism is known in any case, and only in ASCII."""
    assert mechanism_of(name) is Mechanism.PLAIN
    assert mechanism_of("CRAM-MD5") is None
    assert mechanism_of("pla\u0131n") is None


MECHANISMS = st.sampled_from(Mechanism)
LINES = st.binary(max_size=60) | st.binary(max_size=60).map(base64.b64encode) | st.just(b"*")


@given(mechanism=MECHANISMS, initial=st.none() | st.text(max_size=40) | LINES.map(coded), lines=st.lists(LINES))
def test_any_bytes(mechanism: Mechanism, initial: str | None, lines: list[bytes]) -> None:
    """Nothing raises; it ends after two answers at most, and what it ends with keeps the limits."""
    exchange = Exchange(mechanism)
    steps = [exchange.start(initial), *map(exchange.answer, lines)]
    over = False
    for step in steps:
        if over:
            assert isinstance(step, Malformed)
        over = over or not isinstance(step, Challenge)
        if isinstance(step, Credentials):
            assert login_error(step.login) is None
            assert password_error(step.password) is None
    assert sum(isinstance(step, Challenge) for step in steps) <= 2


@given(
    login=st.text(min_size=1, max_size=60).filter(lambda text: login_error(text) is None),
    password=st.binary(max_size=60),
)
def test_both_mechanisms_say_the_same(login: str, password: bytes) -> None:
    """The same login and password, or neither."""
    exchange = Exchange(Mechanism.LOGIN)
    exchange.start(coded(login.encode()))
    by_login = exchange.answer(coded(password).encode())
    by_plain = plain(b"\0" + login.encode() + b"\0" + password)
    if password_error(password) is None:
        assert by_login == by_plain == Credentials(login, password)
    else:
        assert isinstance(by_login, Malformed)
        assert isinstance(by_plain, Malformed)


def test_long_lines_cost_little() -> None:
    """Ten megabytes are refused at once, whatever called without a limit of its own."""
    line = "A" * 10_000_000
    assert isinstance(Exchange(Mechanism.PLAIN).start(line), Malformed)
    assert seconds(lambda: Exchange(Mechanism.PLAIN).start(line), enough=1) < 1
