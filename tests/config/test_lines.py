"""Finding the lines of keys in TOML text."""

from __future__ import annotations

import tomllib

from bartizan.config.lines import Places

TEXT = '''\
# [[rule]] in a comment
title = "a # [b]"   # one
[server]
hostname = """
[[rule]]
"""
[[rule]]
name = \'\'\'
[[rule]]
[x]\'\'\'
what = { kind = "gap", name = ["a", "[[rule]]"] }
who.peer = [
  "10.0.0.0/8", # ]
  "[[rule]]",
]
[[rule]]
"na.me" = 1
[rule.who]
sender = """x"""""
[[rule.more]]
a = 1
[[rule.more]]
a . "b c" = 2
'''


def test_text_is_toml() -> None:
    """The scanner may rely on it."""
    assert len(tomllib.loads(TEXT)["rule"]) == 2


def test_lines_of_headers_and_keys() -> None:
    """Headers inside strings, comments and arrays are not counted; keys are found by table and index."""
    places = Places(TEXT)
    expected = {
        ("title",): 2,
        ("server",): 3,
        ("server", "hostname"): 4,
        ("rule", 0): 7,
        ("rule", 0, "name"): 8,
        ("rule", 0, "what"): 11,
        ("rule", 0, "who", "peer"): 12,
        ("rule", 1): 16,
        ("rule", 1, "na.me"): 17,
        ("rule", 1, "who"): 18,
        ("rule", 1, "who", "sender"): 19,
        ("rule", 1, "more", 0): 20,
        ("rule", 1, "more", 1, "a"): 23,
        ("rule", 1, "more", 1, "a", "b c"): 23,
    }
    assert {path: places.line(path) for path in expected} == expected


def test_line_of_something_absent_is_that_of_its_surroundings() -> None:
    """A missing key is reported where its table begins; 0 when there is nothing of it."""
    places = Places(TEXT)
    assert (places.line(("rule", 0, "action")), places.line(("policy", "default"))) == (7, 0)
