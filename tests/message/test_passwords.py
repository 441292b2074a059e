# ruff: noqa: RUF001
"""Passwords that come with a message: what people write is found early, and nothing costs much."""

from __future__ import annotations

import pytest

from bartizan.message.passwords import CANDIDATES, COMMON, LONGEST, Clues
from bartizan.model.message import Node
from pace import seconds


def offered(text: str | bytes, declared: str = "text/plain", charset: str = "utf-8", name: str = "") -> list[str]:
    """What a part offers to try."""
    clues = Clues()
    data = text.encode(charset) if isinstance(text, str) else text
    kind = "html" if declared == "text/html" else ""
    clues.node(Node("1", (name,) if name else (), declared, kind, len(data), "", charset), data)
    return [candidate.password for candidate in clues.candidates()]


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Hello,\r\nthe password is Secret99.\r\nBye", "Secret99"),
        ("Passwort: Geheim!\n", "Geheim!"),
        ("Zip pass - 4711", "4711"),
        ("The file is protected. Password below:\n\n   xY7!kk\n", "xY7!kk"),
        ("密码\N{FULLWIDTH COLON}abc123", "abc123"),
        ("パスワードは「sakura2024」です", "sakura2024"),
        ("Le mot de passe est : soleil vert", "soleil vert"),
        ('pw="two words"', "two words"),
        ("Kennwort für die Datei lautet Sommer2026", "Sommer2026"),
        ("код 55512", "55512"),
        ("Пароль к архиву: Весна7", "Весна7"),
        ("contraseña del archivo: Hola123", "Hola123"),
        ("a senha é abc", "abc"),
        ("password: 9 4 7 1", "9471"),
        ("your PIN is 0042", "0042"),
        ("use 8812 as password", "8812"),
        ("pass\u200bword: zero\u200bwidth", "zerowidth"),
    ],
)
def test_what_follows_a_word_for_password(text: str, password: str) -> None:
    """Is among the first three."""
    assert password in offered(text)[:3]


def test_pages_are_read_as_people_see_them() -> None:
    """Tags in a word leave nothing, references are resolved, styles are not read."""
    page = "<style>p { password: wrong1 }</style><p>Pass<b>word</b>: <b>se</b>cr<i>et&#55;</i></p>"
    assert offered(page, "text/html")[0] == "secret7"
    assert not any("wrong1" in password for password in offered(page, "text/html"))


def test_charsets() -> None:
    """The label counts."""
    assert offered("пароль: вода5", charset="koi8-r")[0] == "вода5"


def test_names_of_files() -> None:
    """Pieces, the whole, and the whole without its extension."""
    found = offered(b"\x00", "application/zip", name="invoice_pass_Blue42.zip")
    assert found[0] == "Blue42"
    assert {"invoice", "invoice_pass_Blue42", "invoice_pass_Blue42.zip"} < set(found)


def test_what_looks_like_a_password_comes_before_words() -> None:
    """Quoted, mixed, numbers, then the rest."""
    found = offered('Kindly see enclosed Invoice "quoted thing" 774411 k9Zq')
    assert [found.index(word) for word in ("quoted thing", "k9Zq", "774411", "Invoice", "enclosed")] == sorted(
        found.index(word) for word in ("quoted thing", "k9Zq", "774411", "Invoice", "enclosed")
    )


def test_nothing_offers_what_many_use() -> None:
    """And nothing else."""
    assert offered("") == [*COMMON]


def test_candidates_are_few_and_short() -> None:
    """However many there are, what many use is among them."""
    found = offered(" ".join(f"password: {number}{'x' * (number % 90)}" for number in range(500)))
    assert len(found) == len(set(found)) == CANDIDATES
    assert max(map(len, found)) <= LONGEST
    assert set(COMMON) < set(found)


def test_what_worked_comes_first() -> None:
    """Of the next ones that are asked for; and it is not told in clear."""
    clues = Clues()
    clues.subject(b"password: first1 and second2")
    *_, last = clues.candidates()
    second = next(candidate for candidate in clues.candidates() if candidate.password == "second2")
    clues.worked(last)
    clues.worked(second)
    assert [candidate.password for candidate in clues.candidates()][:3] == [last.password, "second2", "first1"]
    assert second.described() == "password from the subject: s******"


@pytest.mark.parametrize(
    "piece", ["pass ", "password: a b ", "\"a' ", "<a <a ", "(x ", "<!-- ", "pass", " :", "密", "<a b='", "&#x"]
)
def test_time_is_linear(piece: str) -> None:
    """No text of twice the size takes much longer than twice as long."""

    def taken(size: int) -> float:
        text = piece * (size // len(piece.encode()))
        return seconds(lambda: [offered(text, declared) for declared in ("text/plain", "text/html")])

    assert taken(64_000) < 4 * taken(32_000) + 0.1
