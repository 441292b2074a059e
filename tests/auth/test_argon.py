"""Argon2 hashes: which are taken, and which would cost too much or too little."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.auth.argon import HASH_MOST, OURS, Cost, HashError, cost_of, decoy, make, matches
from bartizan.sandbox.walls import missing_walls

CHEAP = Cost(4096, 1, 1)
SALT, VALUE = "c29tZXNhbHQ", "A" * 43
GOOD = f"$argon2id$v=19$m=65536,t=3,p=4${SALT}${VALUE}"


def test_made_and_matched() -> None:
    """A hash matches its password alone, in whichever form its letters came; no two hashes are the same."""
    text = make("pässword".encode(), CHEAP)
    assert cost_of(text) == CHEAP
    assert matches(text, "pa\u0308ssword".encode())
    assert not matches(text, b"password")
    assert make("pässword".encode(), CHEAP) != text


def test_what_is_no_text_has_a_hash_too() -> None:
    """A password is octets."""
    text = make(b"\xff\xfe", CHEAP)
    assert matches(text, b"\xff\xfe")
    assert not matches(text, b"\xff")


def test_our_cost() -> None:
    """What new hashes cost is taken by ourselves."""
    assert cost_of(make(b"secret")) == OURS


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("argon2id", "argon2i"), make(b"x", Cost(8192, 2, 3))])
def test_hashes_of_others(text: str) -> None:
    """Other costs and argon2i are taken; a decoy costs the same and is another hash."""
    other = decoy(text)
    assert cost_of(other) == cost_of(text)
    assert len(other) == len(text)
    assert other != text != decoy(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("secret", "no argon2 hash"),
        ("", "no argon2 hash"),
        ("{PLAIN}secret", "no argon2 hash"),
        ("$6$salt$hash", "no argon2 hash"),
        ("$2b$12$abcdefghijklmnopqrstuv", "no argon2 hash"),
        (GOOD.replace("argon2id", "argon2d"), "type argon2d"),
        (GOOD.replace("v=19", "v=16"), "version 16"),
        (GOOD.replace("v=19$", ""), "usual form"),
        (GOOD + "$", "usual form"),
        (GOOD.replace("p=4", "p=4,data=AAAA"), "usual form"),
        (GOOD.replace("65536", "6\u06605536"), "usual form"),
        (GOOD.replace("65536", "9" * 11), "usual form"),
        (GOOD + "A" * HASH_MOST, "usual form"),
        (GOOD.replace("65536", "4095"), "m 4095"),
        (GOOD.replace("65536", "262145"), "m 262145"),
        (GOOD.replace("t=3", "t=0"), "t 0"),
        (GOOD.replace("t=3", "t=65"), "t 65"),
        (GOOD.replace("t=3", "t=17"), "m times t"),
        (GOOD.replace("p=4", "p=0"), "p 0"),
        (GOOD.replace("p=4", "p=17"), "p 17"),
        (GOOD.replace(SALT, "c2FsdA"), "octets of salt 4"),
        (GOOD.replace(SALT, "A" * 87), "octets of salt 65"),
        (GOOD.replace(VALUE, "A" * 20), "octets of hash 15"),
        (GOOD.replace(SALT, "c29tZXNhbH-"), "base64"),
        (GOOD.replace(SALT, "c29tZXNhbHR"), "base64"),
        (GOOD.replace(SALT, "c29tZXNhbHQ="), "base64"),
    ],
)
def test_refused(text: str, words: str) -> None:
    """Plain text, other schemes, odd forms and absurd costs; the text itself is not repeated."""
    with pytest.raises(HashError, match=words) as caught:
        cost_of(text)
    assert "secret" not in str(caught.value)


@given(
    st.text(max_size=80) | st.text(alphabet="$argon2id=v19mtp,0AQ", max_size=80).map(lambda text: "$argon2id$" + text)
)
def test_any_text(text: str) -> None:
    """A cost, or HashError."""
    try:
        cost_of(text)
    except HashError:
        pass
    else:
        raise AssertionError("nothing that is made up is a hash")


LOCKED_DOWN = """if True:
    from bartizan.auth import argon
    from bartizan.auth.verifier import Verifier
    from bartizan.node.loop import run
    from bartizan.sandbox import profiles
    from bartizan.sandbox.lockdown import Lockdown, Mode
    verifier = Verifier()
    Lockdown(profiles.smtpd(), Mode.REQUIRED).apply()

    async def scene():
        text = argon.make(b"secret", argon.Cost(4096, 1, 4))
        print(*[(await verifier.verify(text, one)).value for one in (b"secret", b"other")])
        verifier.close()

    run(scene())
"""


@pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")
def test_in_a_process_that_is_locked_down() -> None:
    """An smtpd behind all its walls still hashes, in its threads and in those of argon2's lanes."""
    said = subprocess.run([sys.executable, "-c", LOCKED_DOWN], capture_output=True, text=True, timeout=60, check=False)
    assert (said.stdout, said.stderr, said.returncode) == ("right wrong\n", "", 0)
