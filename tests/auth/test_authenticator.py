"""The authenticator: password file or auth service, throttled; what does not suspend; changes while it serves."""

from __future__ import annotations

import asyncio
import tempfile

import pytest

from auth.dovecot_service import Service
from bartizan.auth import dovecot
from bartizan.auth.argon import Cost, make
from bartizan.auth.authenticator import Accepted, Authenticator, Later, Refused
from bartizan.auth.passwords import PasswordFile
from bartizan.auth.sasl import Mechanism
from bartizan.model.auth import AuthSettings, Credentials
from bartizan.model.envelope import Peer
from bartizan.node.loop import run
from lookups import Time, at_once

HERE, THERE = Peer("192.0.2.1", 1), Peer("198.51.100.1", 2)
FILE = AuthSettings(passwords="passwords", peer_failures=3, delay=30.0)
CHEAP = Cost(4096, 1, 1)
ANN = Credentials("ANN@example.org", b"secret")
WRONG = Credentials("ann@example.org", b"other")
ACCEPTED = Accepted("ann@example.org")


def passwords(password: bytes = b"secret", cost: Cost = CHEAP) -> PasswordFile:
    """A file with one login."""
    return PasswordFile.parse(f"ann@example.org:{make(password, cost)}\n", "passwords")


def test_accepted_and_refused() -> None:
    """With the login as the file has it; unknown logins are refused just so."""
    one = Authenticator(FILE, passwords(), Time().clock)

    async def scene() -> None:
        assert await one.check(ANN, HERE) == ACCEPTED
        assert await one.check(WRONG, HERE) == Refused()
        assert await one.check(Credentials("bob", b"secret"), THERE) == Refused()
        await one.close()

    run(scene())
    assert one.mechanisms == (Mechanism.PLAIN, Mechanism.LOGIN)
    assert one.may_send("ann@example.org", "ann@example.org")
    assert not one.may_send("ann@example.org", "bob@example.org")


def test_what_is_known_does_not_suspend() -> None:
    """A password that was right, and a wait, are answered without a loop."""
    time = Time()
    one = Authenticator(FILE, passwords(), time.clock)

    async def scene() -> None:
        assert await one.check(ANN, HERE) == ACCEPTED
        for _ in range(3):
            assert await one.check(WRONG, THERE) == Refused()
        await one.close()

    run(scene())
    assert at_once(one.check(ANN, HERE)) == ACCEPTED
    assert at_once(one.check(ANN, THERE)) == Later("wrong passwords before", 30.0)
    assert at_once(one.check(WRONG, THERE)) == Later("wrong passwords before", 30.0)
    time.now += 30
    assert at_once(one.check(ANN, THERE)) == ACCEPTED


def test_our_own_trouble_is_not_held_against_the_client() -> None:
    """Closed, so nobody can say: later, and not counted."""
    one = Authenticator(FILE, passwords())

    async def scene() -> None:
        await one.close()
        for _ in range(10):
            assert isinstance(await one.check(ANN, HERE), Later)

    run(scene())
    said = at_once(one.check(ANN, HERE))
    assert isinstance(said, Later)
    assert said.seconds == 0


def test_a_client_that_leaves() -> None:
    """Passwords are not compared without end for somebody who never waits for an answer; a comparison takes far longer
    than the client stays."""
    one = Authenticator(FILE, passwords(cost=Cost(262144, 3, 1)), Time().clock)

    async def scene() -> None:
        for _ in range(3):
            leaving = asyncio.ensure_future(one.check(ANN, HERE))
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        assert await one.check(WRONG, HERE) == Later("wrong passwords before", 30.0)
        assert await one.check(ANN, THERE) == ACCEPTED
        await one.close()

    run(scene())


def test_a_new_password_file() -> None:
    """Holds at once: what was right is no longer, and who is gone is gone; wrong passwords stay counted."""
    one = Authenticator(FILE, passwords(), Time().clock)

    async def scene() -> None:
        assert await one.check(ANN, HERE) == ACCEPTED
        await one.renew(FILE, passwords(b"another"))
        assert await one.check(ANN, THERE) == Refused()
        assert await one.check(Credentials("ann@example.org", b"another"), HERE) == ACCEPTED
        await one.renew(FILE, PasswordFile.parse("", "passwords"))
        for _ in range(2):
            assert await one.check(ANN, THERE) == Refused()
        assert await one.check(ANN, THERE) == Later("wrong passwords before", 30.0)
        await one.close()

    run(scene())


def test_another_configuration() -> None:
    """From a file to a service, and to nobody."""
    with tempfile.TemporaryDirectory() as folder:

        async def scene() -> None:
            one = Authenticator(FILE, passwords())
            async with Service(f"{folder}/auth") as service:
                await one.renew(AuthSettings(socket=service.path))
                assert await one.check(ANN, HERE) == ACCEPTED
                assert await one.check(WRONG, HERE) == Refused()
                await one.renew(AuthSettings())
                assert await one.check(ANN, HERE) == Refused()
                assert one.mechanisms == ()
                await one.close()
            assert len(service.questions) == 2

        run(scene())


def test_no_service() -> None:
    """Later, with the reason for the log; the client may try as often as it likes."""

    async def scene() -> None:
        time = Time()
        one = Authenticator(AuthSettings(socket="/nonexistent/auth", peer_failures=1), clock=time.clock)
        for _ in range(5):
            assert await one.check(ANN, HERE) == Later("No such file or directory")
            time.now += dovecot.PAUSE
        await one.close()

    run(scene())


def test_settings_and_file_belong_together() -> None:
    """A configured file that was not read must not mean that nobody is asked."""
    with pytest.raises(ValueError, match="password file"):
        Authenticator(FILE)
    with pytest.raises(ValueError, match="password file"):
        Authenticator(AuthSettings(), passwords())


@pytest.mark.parametrize(
    "wrong",
    [
        {"passwords": "a", "socket": "b"},
        {"threads": 0},
        {"queue": -1},
        {"remember": -1.0},
        {"delay": 60.0, "longest_delay": 30.0},
        {"fade": 0.0},
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, object]) -> None:
    """Are refused where they are made."""
    with pytest.raises(ValueError, match=r"must|cannot"):
        AuthSettings(**wrong)  # type: ignore[arg-type]
