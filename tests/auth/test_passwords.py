"""The password file: its form, everything that is wrong with one, who is in it."""

from __future__ import annotations

import pytest

from bartizan.auth import passwords as module
from bartizan.auth.argon import Cost, cost_of, make
from bartizan.auth.passwords import PasswordFile
from bartizan.auth.verifier import Answer, Verifier
from bartizan.model.errors import ConfigError
from bartizan.node.loop import run
from pace import seconds

ANN = make(b"secret", Cost(4096, 1, 1))
BOB = make(b"b:o b", Cost(4096, 2, 1))
TEXT = f"# who may send\r\n\r\n Ann@Example.org : {ANN} \r\nbob:{BOB}\n"


def asked(file: PasswordFile, *questions: tuple[str, bytes]) -> list[tuple[Answer, str]]:
    """What the file says to logins and passwords."""
    answers: list[tuple[Answer, str]] = []

    async def scene() -> None:
        verifier = Verifier()
        for login, password in questions:
            answers.append(await file.check(login, password, verifier))
        verifier.close()

    run(scene())
    return answers


def test_who_is_in_it() -> None:
    """The right password for the right login, however its ASCII letters are written; told as the file writes it."""
    file = PasswordFile.parse(TEXT, "passwords")
    assert len(file) == 2
    assert asked(
        file,
        ("ann@example.ORG", b"secret"),
        ("bob", b"b:o b"),
        ("bob", b"secret"),
        ("carol", b"secret"),
        ("", b"secret"),
    ) == [
        (Answer.RIGHT, "Ann@Example.org"),
        (Answer.RIGHT, "bob"),
        (Answer.WRONG, "bob"),
        (Answer.WRONG, ""),
        (Answer.WRONG, ""),
    ]


def test_letters_that_are_no_ascii() -> None:
    """They are composed, and keep their case."""
    file = PasswordFile.parse(f"Jürgen:{ANN}\n", "passwords")
    said = asked(file, ("ju\u0308rgen", b"secret"), ("JÜRGEN", b"secret"))
    assert said == [(Answer.RIGHT, "Jürgen"), (Answer.WRONG, "")]


def test_everything_that_is_wrong_at_once() -> None:
    """By file and line, without what stands there."""
    text = f"ann:{ANN}\nANN:{BOB}\nsecret\n:{ANN}\nbob:secret\na\tb:{ANN}\ncarol:{ANN}:x\nd:{{SHA256}}secret\n"
    with pytest.raises(ConfigError) as caught:
        PasswordFile.parse(text + "x" * 2000, "passwords")
    said = [str(problem) for problem in caught.value.problems]
    assert [line.split(": ")[:2] for line in said] == [["passwords", f"line {n}"] for n in (2, 3, 4, 5, 6, 7, 8, 9)]
    assert "line 1 already" in said[0]
    assert "plain" not in "".join(said)
    assert "secret" not in "".join(said)


def test_many_problems() -> None:
    """A file of something else does not make a page of complaints for each line."""
    with pytest.raises(ConfigError) as caught:
        PasswordFile.parse("nonsense\n" * 1000, "passwords")
    assert len(caught.value.problems) == module.PROBLEMS_MOST + 1


def test_many_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit."""
    monkeypatch.setattr(module, "LOGINS_MOST", 2)
    with pytest.raises(ConfigError, match="line 3: more than 2 logins"):
        PasswordFile.parse(f"a:{ANN}\nb:{ANN}\nc:{ANN}\n", "passwords")


def test_an_unknown_login_costs_what_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of a cost that the file has, the same each time for one login, as if it had that hash."""
    compared: list[str] = []

    async def verify(self: Verifier, text: str, password: bytes, login: str = "") -> Answer:
        compared.append(text)
        return Answer.RIGHT

    monkeypatch.setattr(Verifier, "verify", verify)
    file = PasswordFile.parse(TEXT, "passwords")
    logins = [f"nobody{n}" for n in range(50)]
    assert asked(file, *[(login, b"secret") for login in logins]) == [(Answer.WRONG, "")] * 50
    assert {cost_of(text) for text in compared} == {cost_of(ANN), cost_of(BOB)}
    assert not {ANN, BOB} & set(compared)
    first = list(compared)
    asked(file, *[(login, b"secret") for login in logins])
    assert compared[50:] == first


def test_an_empty_file() -> None:
    """Nobody may log in, and that takes its time as well."""
    assert asked(PasswordFile.parse("", "passwords"), ("ann", b"secret")) == [(Answer.WRONG, "")]


def test_large_files() -> None:
    """Read in linear time: 20,000 logins, and 10 MB in one line."""
    many = "".join(f"user{n}:{ANN}\n" for n in range(20_000))
    assert seconds(lambda: PasswordFile.parse(many, "passwords"), enough=3) < 3
    assert len(PasswordFile.parse(many, "passwords")) == 20_000

    def one_line() -> None:
        with pytest.raises(ConfigError):
            PasswordFile.parse("x" * 10_000_000, "passwords")

    assert seconds(one_line, enough=1) < 1
