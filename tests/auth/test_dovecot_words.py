"""Lines of the auth protocol, from a server that may send anything."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from auth.dovecot_service import HELLO
from bartizan.auth.canonical import login_error
from bartizan.auth.dovecot_words import LINE_MOST, Broken, Done, Offers, Right, Version, Words, Wrong, ask
from bartizan.model.auth import Credentials
from pace import seconds

LINES = st.lists(
    st.sampled_from([b"OK", b"FAIL", b"CONT", b"VERSION", b"MECH", b"DONE", b"1", b"99999999999", b"user=", b"temp"])
    | st.binary(max_size=12),
    max_size=5,
).map(b"\t".join)


def test_a_server_introduces_itself() -> None:
    """What we go by is read, the rest skipped."""
    assert Words().feed(HELLO) == [Version(1), Offers("PLAIN"), Offers("LOGIN"), Done()]


@given(st.lists(LINES, max_size=6).map(b"\n".join), st.lists(st.integers(0, 100)))
def test_any_bytes_in_any_pieces(data: bytes, cuts: list[int]) -> None:
    """Nothing raises; pieces change nothing; what is broken is the last; names are such as a login can have."""
    whole = Words().feed(data)
    words, edges = Words(), [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    pieces = [word for start, end in itertools.pairwise(edges) for word in words.feed(data[start:end])]
    assert pieces == whole
    assert not any(isinstance(word, Broken) for word in whole[:-1])
    for word in whole:
        if isinstance(word, Right) and word.user:
            assert login_error(word.user) is None


def test_the_longest_line() -> None:
    """It is read; one octet more, finished or not, is the end."""
    line = b"FAIL\t1\t" + b"x" * (LINE_MOST - 7)
    assert Words().feed(line + b"\n") == [Wrong(1, temporary=False)]
    for data in (line + b"x\n", line + b"x"):
        words = Words()
        assert words.feed(data) == [Broken("a line that is too long")]
        assert words.feed(b"\nDONE\n") == []


def test_much_at_once() -> None:
    """Linear: ten megabytes of lines, and a megabyte in pieces of one octet."""
    words = Words()
    assert seconds(lambda: words.feed(b"OK\t1\tuser=ann\n" * 700_000), enough=5) < 5
    assert seconds(lambda: [words.feed(b"x" * 99 + b"\n") for _ in range(10_000)], enough=5) < 5


def test_all_that_comes_at_once() -> None:
    """Nothing of it is lost."""
    assert len(Words().feed(b"OK\t1\tuser=ann\n" * 7000)) == 7000
    words = Words()
    assert sum(len(words.feed(b"x" * 99 + b"\n")) for _ in range(10_000)) == 0


@given(st.text(min_size=1, max_size=40), st.binary(max_size=40), st.text(max_size=40))
def test_a_question_is_one_line(login: str, password: bytes, address: str) -> None:
    """Whatever the client said, it ends no line and adds no parameter."""
    login = login.encode("utf-8", "ignore").decode() or "x"
    line = ask(7, Credentials(login, password), address)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.count(b"\t") == 7
    assert line.isascii()
