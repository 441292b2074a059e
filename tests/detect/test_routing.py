"""A rule is not run only where libyara would not find it: each shape of condition, any of them, and public rules."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yara  # type: ignore[import-not-found]
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.detect import signatures
from bartizan.detect.plain_rules import MAGICS, without_modules
from bartizan.detect.router import Router
from bartizan.detect.routing import Route, always, routes
from bartizan.detect.rule_source import rules_of, tokens_of
from bartizan.detect.signatures import Ran, SignatureDetector
from bartizan.model.message import Node
from detect.conftest import Public
from detect.rule_inputs import inputs

STRINGS = {"$a1": b"alpha-xq", "$a2": b"bravo-xq", "$a3": b"gamma-xq", "$b": b"delta-xq", "$c": b"return"}
"""The last is in nearly every mail."""


LISTED = " ".join(f'{name} = "{text.decode()}"' for name, text in STRINGS.items())


def source(condition: str, name: str = "r") -> str:
    """A rule with these strings."""
    return f"rule {name} {{ strings: {LISTED} condition: ({condition}) and (filesize >= 0 or all of them) }}\n"


def needs(condition: str) -> tuple[frozenset[bytes], ...] | None:
    """What it needs."""
    found = routes(f"rule r {{ strings: {LISTED} condition: {condition} }}")
    assert found is not None
    return found[0].needs


A1, A2, A3, B = ([STRINGS[name]] for name in ("$a1", "$a2", "$a3", "$b"))


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ("$a1", [A1]),
        ("$a1 and $a2", [A1, A2]),
        ("$a1 or $a2", [A1 + A2]),
        ("($a1 or $a2) and $b", [B, A1 + A2]),
        ("$a1 and not $a2", [A1]),
        ("$a1 and filesize < 10KB and uint16(0) == 0x1234", [A1]),
        ("any of ($a*)", [A1 + A2 + A3]),
        ("2 of ($a*)", [A1 + A2]),
        ("all of ($a*)", [A1, A2, A3]),
        ("50% of ($a*) and $b", [B, A1 + A2 + A3]),
        ("4 of ($a*)", [[]]),
        ("$a1 at 0", [A1]),
        ("$a1 in (0..100)", [A1]),
        ("#a1 > 2", [A1]),
        ("#a1 >= 1", [A1]),
        ("@a1 < 100", [A1]),
        ("@a1[2] - @b == 8", [A1, B]),
        ("!a1 > 3", [A1]),
        ("for any of ($a*) : ( $ at 0 )", [A1 + A2 + A3]),
        ("for all of ($a*) : ( # > 1 and @ < 100 )", [A1, A2, A3]),
        ("for any i in (1..#a1) : ( @a1[i] < 100 )", [A1]),
        ("uint32(0) == 0x04034b50", [[b"pk\3\4"]]),
        ("uint32be(0) == 0x504b0304", [[b"pk\3\4"]]),
        ("$c and $a1", [A1]),
        ("false and $a1", [[], A1]),
    ],
)
def test_needs(condition: str, needed: list[list[bytes]]) -> None:
    """Shape by shape."""
    yara.compile(source=source(condition))
    found = needs(condition)
    assert found is not None
    assert sorted(map(sorted, found)) == sorted(map(sorted, needed))


@pytest.mark.parametrize(
    "condition",
    [
        "not $a1",
        "$a1 or filesize > 10",
        "none of ($a*)",
        "0 of ($a*)",
        "#a1 < 3",
        "#a1 >= 0",
        "#a1 == 0",
        "for any of ($a*) : ( # == 0 )",
        "for any of ($a*) : ( not $ )",
        "for all i in (1..#a1) : ( @a1[i] < 100 )",
        "for any i in (0..3) : ( uint8(i) == 1 )",
        "filesize > 10 and not defined @a1",
        "$c",
        "any of them",
        "true",
    ],
)
def test_doubt(condition: str) -> None:
    """What may be true without them always runs, and so does what most mails have."""
    yara.compile(source=source(condition))
    assert needs(condition) is None


LEAF = st.sampled_from(
    [
        "$a1", "$a2", "$b", "$c", "any of ($a*)", "2 of ($a*)", "all of ($a*)", "1 of them", "none of ($a*)",
        "$a1 at 0", "$b in (0..20)", "#a1 > 1", "#b == 1", "#a2 < 2", "@b > 3", "@a1[2] > @a2", "!a1 == 8",
        "filesize > 30", "uint32(0) == 0x68706c61", "uint32be(0) == 0x64656c74", "for any of ($a*) : ( $ at 0 )",
        "defined @a1",
        "for all of ($a*) : ( # > 0 )", "for any i in (1..#b) : ( @b[i] > 4 )", "for 2 of ($a*) : ( @ < 30 )",
        "for any of them : ( # > 1 or $ at 0 )", "true", "false", "50% of ($a*)",
    ]
)  # fmt: skip
CONDITION = st.recursive(
    LEAF,
    lambda inner: (
        st.builds("({} and {})".format, inner, inner)
        | st.builds("({} or {})".format, inner, inner)
        | st.builds("not ({})".format, inner)
    ),
    max_leaves=6,
)
DATA = st.lists(st.sampled_from([*STRINGS.values(), b" ", b"ALPHA-XQ", b"alpha-x", b"\n\n"]), max_size=6).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(CONDITION, st.lists(DATA, min_size=1, max_size=10))
def test_any_condition(condition: str, texts: list[bytes]) -> None:
    """What libyara finds has what the rule needs."""
    text = source(condition)
    rules = yara.compile(source=text)
    (route,) = routes(text) or ()
    for data in texts:
        if rules.match(data=data) and route.needs is not None:
            assert Router.of([route.needs]).may_match(data), data


def test_rules_that_are_asked_for() -> None:
    """What an asked rule needs counts; of rules that always run those stay that they ask for."""
    text = (
        'private rule one { strings: $a = "alpha-xq" condition: $a }\n'
        'rule two { strings: $a = "bravo-xq" condition: one and $a }\n'
        "rule three { condition: filesize > 3 and not one }\n"
        'rule four { strings: $a = "gamma-xq" condition: $a }\n'
    )
    found = routes(text)
    assert found is not None
    assert {r.rule.name: r.needs and sorted(map(sorted, r.needs)) for r in found} == {
        "one": [A1],
        "two": [A1, A2],
        "three": None,
        "four": [A3],
    }
    assert names(always(text, found)) == ["one", "three"]
    deeper = (
        text
        + 'rule five { strings: $a = "delta-xq" condition: $a and any of (f*) }\nrule six { condition: not five }\n'
    )
    assert names(always(deeper, routes(deeper) or [])) == ["one", "two", "three", "four", "five", "six"]
    grouped = text + "rule five { condition: any of (t*) }\n"
    assert names(always(grouped, routes(grouped) or [])) == ["one", "two", "three", "four", "five"]


def test_global_rules_stay() -> None:
    """Every other rule depends on them."""
    text = 'global rule one { strings: $a = "alpha-xq" condition: $a }\nrule two { condition: true }\n'
    assert names(always(text, routes(text) or [])) == ["one", "two"]


def names(text: str) -> list[str]:
    """Of the rules in a text."""
    return [rule.name for rule in rules_of(list(tokens_of(text)))]


def test_what_is_not_understood() -> None:
    """A file, a string and a condition in which something is not certain."""
    assert routes('include "other.yar"') is None
    (route,) = routes("rule r { strings: $a = /(?i)abcdefgh/ condition: $a }") or [Route(None, ())]  # type: ignore[arg-type]
    assert route.needs is None


def node(data: bytes) -> Node:
    """A part with these bytes."""
    return Node("1", (), "", "", len(data), hashlib.sha256(data).hexdigest())


def compiled(place: Path, *sources: Path) -> tuple[signatures.Report, SignatureDetector]:
    """Compiled and loaded."""
    report = signatures.compile(sources, place / "out.yac", False)
    return report, SignatureDetector.load(place / "out.yac")


def test_what_runs(tmp_path: Path) -> None:
    """All rules on programs, plain ones where something is there, else those that always run."""
    (tmp_path / "r.yar").write_text(source("$a1 and $b") + source("filesize > 5", "s"))
    report, detector = compiled(tmp_path, tmp_path / "r.yar")
    assert (report.rules, report.plain, report.always) == (3, 3, 1)
    assert detector.names(Ran.ALWAYS) == ["s"]
    for data, ran, expected in (
        (b"MZ and more", Ran.ALL, ["s"]),
        (b"nothing here", Ran.ALWAYS, ["s"]),
        (b"ALPHA-XQ only", Ran.ALWAYS, ["s"]),
        (b"alpha-xq, delta-xq", Ran.PLAIN, ["r", "s"]),
    ):
        assert detector.route(data) is ran
        assert sorted(finding.name for finding in detector.look(node(data), data)) == expected


def test_a_difference_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a check finds what was not run, that is a finding, and told."""
    (tmp_path / "r.yar").write_text(source("$a1"))
    _, detector = compiled(tmp_path, tmp_path / "r.yar")
    data = b"alpha-xq"
    monkeypatch.setattr(detector, "_router", Router.of([(frozenset((b"something else",)),)]))
    monkeypatch.setattr(signatures, "VERIFIED", 1 << 40)
    assert list(detector.look(node(data), data)) == []
    monkeypatch.setattr(signatures, "VERIFIED", 1)
    assert [(finding.kind, finding.name) for finding in detector.look(node(data), data)] == [
        ("signature", "r"),
        ("gap", "crash"),
    ]


def test_damaged_files(tmp_path: Path) -> None:
    """Say so when they are loaded."""
    (tmp_path / "r.yar").write_text(source("$a1"))
    compiled(tmp_path, tmp_path / "r.yar")
    place = signatures.beside(tmp_path / "out.yac", signatures.ROUTES)
    for text in ("", "{}", "[]", '{"literals": ["abcd"], "rules": [[]]}', '{"literals": ["ab"], "rules": []}'):
        place.write_text(text)
        with pytest.raises(ValueError, match="out"):
            SignatureDetector.load(tmp_path / "out.yac")
    place.unlink()
    with pytest.raises(ValueError, match="out"):
        SignatureDetector.load(tmp_path / "out.yac")


def texts_of(corpus: Path) -> Iterator[tuple[str, str]]:
    """The public rule files as they are for nodes that are no programs."""
    for path in sorted((corpus / "yara").rglob("*.yar*")):
        yield path.name, without_modules(path.read_bytes().decode("latin-1")) or ""


def found(detector: SignatureDetector, ran: Ran, data: bytes) -> set[str]:
    """What a set finds."""
    return signatures.rules_in(detector.run(ran, node(data), data, 60.0))


def test_public_rules_on_their_own_strings(public: Public, corpus: Path) -> None:
    """Nine rules in ten match something, and nothing of that is missed."""
    report, detector = public.report, SignatureDetector.load(public.path)
    rules = matched = 0
    for _, text in texts_of(corpus):
        for rule in rules_of(list(tokens_of(text))):
            rules += 1
            hit = any(token.text == "private" for token in rule.tokens[:2])
            for data in inputs(rule):
                if data.startswith(MAGICS):
                    continue
                expected = found(detector, Ran.PLAIN, data)
                if detector.route(data) is Ran.ALWAYS:
                    assert found(detector, Ran.ALWAYS, data) == expected, rule.name
                hit = hit or rule.name in expected
            matched += hit
    assert rules > 2500
    assert matched > 0.9 * rules
    assert report.always < 0.03 * report.plain


def test_public_rules_on_real_content(public: Public, corpus: Path) -> None:
    """Mails, archives and what is in them: the same, and few mails need more than what always runs."""
    detector = SignatureDetector.load(public.path)
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.stat().st_size < 300_000]
    contents = [path.read_bytes() for path in files[::5] if "yara" not in path.parts]
    for data in list(contents):
        if zipfile.is_zipfile(io.BytesIO(data)):
            contents += members(data)
    contents = [data for data in contents if not data.startswith(MAGICS)]
    for data in contents:
        if detector.route(data) is Ran.ALWAYS:
            assert found(detector, Ran.ALWAYS, data) == found(detector, Ran.PLAIN, data)
    mails = [path.read_bytes() for path in files if "spamassassin-public" in path.parts]
    assert len(mails) == 3000
    assert sum(detector.route(mail) is Ran.PLAIN for mail in mails) <= 0.01 * len(mails)


def members(data: bytes) -> list[bytes]:
    """What can be read of a zip."""
    out = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:5]:
                if member.file_size < 300_000:
                    out.append(archive.read(member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        pass
    return out
