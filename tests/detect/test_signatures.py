"""YARA rules: compiled with all errors told at once, matched with evidence, never silent about what was left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bartizan.detect.engine import externals
from bartizan.detect.signatures import SignatureDetector, compile
from bartizan.model.errors import ConfigError
from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.message import Node

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"-".join((b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST", b"FILE!$H+H*"))


def node(*names: str, type: str = "", path: str = "2") -> Node:
    """A node with these names."""
    return Node(path, names, "", type, 0, "")


def rule(name: str, condition: str, strings: str = "") -> str:
    """The source of one rule."""
    return f"rule {name} {{ {f'strings: {strings}' if strings else ''} condition: {condition} }}\n"


def detector(tmp_path: Path, source: str) -> SignatureDetector:
    """A detector for one source file."""
    file = tmp_path / "test.yar"
    file.write_text(source)
    compile([file], tmp_path / "out.yac", skip_broken=False)
    return SignatureDetector.load(tmp_path / "out.yac")


def look(found: SignatureDetector, data: bytes | memoryview, at: Node | None = None, **options: Any) -> list[Finding]:
    """The findings."""
    return list(found.look(at or node(), data, **options))


def test_shipped_rule_is_always_there(tmp_path: Path) -> None:
    """Without any sources the shipped rule finds the test file, wherever it stands."""
    assert compile([], tmp_path / "out.yac", skip_broken=False).rules == 1
    found = SignatureDetector.load(tmp_path / "out.yac")
    for before in (b"", b"\xef\xbb\xbf", b"text before it\r\n"):
        (finding,) = look(found, before + EICAR + b" \r\n")
        assert finding == Finding(
            Kind.SIGNATURE,
            "EICAR_Test_File",
            "2",
            10.0,
            f"eicar.yar: $eicar at {len(before)}",
            (len(before), len(before) + 68),
        )
    assert look(found, EICAR[:-1]) == []
    assert look(found, b"") == []


def test_folders_and_files(tmp_path: Path) -> None:
    """Folders are searched for both endings, files are taken as they are, each once; equal names do not clash."""
    folder = tmp_path / "rules"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.yar").write_text(rule("same", "true"))
    (folder / "deep" / "b.YARA").write_text(rule("same", "true"))
    (folder / "readme.txt").write_text("no rule")
    single = tmp_path / "c.rules"
    single.write_text(rule("third", "true"))
    report = compile([folder, single, folder / "a.yar"], tmp_path / "out.yac", skip_broken=False)
    assert (report.rules, report.skipped) == (4, ())
    found = look(SignatureDetector.load(tmp_path / "out.yac"), b"x")
    assert sorted((f.name, f.detail, f.span) for f in found) == [
        ("same", "rules/a.yar", None),
        ("same", "rules/deep/b.YARA", None),
        ("third", "c.rules", None),
    ]


def test_all_errors_at_once(tmp_path: Path) -> None:
    """Every file that does not compile is told with its line; includes are off; missing sources are told too."""
    (tmp_path / "1.yar").write_text("rule a {\n condition:\n  nonsense\n}\n")
    (tmp_path / "2.yar").write_text(rule("fine", "true"))
    (tmp_path / "3.yar").write_text('include "2.yar"\n' + rule("b", "true"))
    with pytest.raises(ConfigError) as raised:
        compile([tmp_path], tmp_path / "out.yac", skip_broken=False)
    assert [(Path(p.file).name, p.key, p.expected) for p in raised.value.problems] == [
        ("1.yar", "line 3", 'undefined identifier "nonsense"'),
        ("3.yar", "line 1", "includes are disabled"),
    ]
    assert not (tmp_path / "out.yac").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError) as raised:
        compile([tmp_path / "empty", tmp_path / "none.yar"], tmp_path / "out.yac", skip_broken=True)
    assert [Path(p.file).name for p in raised.value.problems] == ["empty", "none.yar"]


def test_skip_broken(tmp_path: Path) -> None:
    """On request broken files are left out and told."""
    (tmp_path / "1.yar").write_text("rule a {")
    (tmp_path / "2.yar").write_text(rule("fine", "true"))
    report = compile([tmp_path], tmp_path / "out.yac", skip_broken=True)
    assert (report.rules, [Path(p.file).name for p in report.skipped]) == (2, ["1.yar"])
    assert [f.name for f in look(SignatureDetector.load(tmp_path / "out.yac"), b"")] == ["fine"]


def test_damaged_file(tmp_path: Path) -> None:
    """A file that is none of ours is an error, not a crash."""
    for content in (b"", b"junk" * 100):
        (tmp_path / "out.yac").write_bytes(content)
        with pytest.raises(ValueError, match=r"out\.yac"):
            SignatureDetector.load(tmp_path / "out.yac")
    with pytest.raises(ValueError, match=r"none\.yac"):
        SignatureDetector.load(tmp_path / "none.yac")


def test_evidence(tmp_path: Path) -> None:
    """The detail names strings and places, a few of them; the span is that of the first match."""
    strings = " ".join(f'${letter} = "{letter * 4}"' for letter in "abcdefg")
    found = detector(tmp_path, rule("many", "any of them", strings))
    (finding,) = look(found, b"..gggg..bbbb..")
    assert (finding.detail, finding.span) == ("test.yar: $b at 8, $g at 2", (2, 6))
    (finding,) = look(found, b"".join(letter.encode() * 4 for letter in "abcdefg"))
    assert finding.detail == "test.yar: $a at 0, $b at 4, $c at 8, $d at 12, $e at 16 and 2 more"


def test_buffers(tmp_path: Path) -> None:
    """Any buffer is read where it lies."""
    found = detector(tmp_path, rule("r", "$a at 0", '$a = "abc"'))
    for data in (b"abc", memoryview(b"..abc")[2:], memoryview(bytearray(b"abc"))):
        assert [f.name for f in look(found, data)] == ["r"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (node(), {"filename": "", "filepath": "2", "extension": "", "filetype": ""}),
        (
            node("dir\\Invoice.VBS", type="vbs", path="2/x.zip!/Invoice.VBS"),
            {"filename": "Invoice.VBS", "filepath": "2/x.zip!/Invoice.VBS", "extension": ".vbs", "filetype": "VBS"},
        ),
        (node("a", type="macho"), {"filename": "a", "filepath": "2", "extension": "", "filetype": "MACH-O"}),
        (node("\ud800\0ä.x"), {"filename": "??ä.x", "filepath": "2", "extension": ".x", "filetype": ""}),
    ],
)
def test_externals(at: Node, expected: dict[str, str]) -> None:
    """What rules may ask about a node."""
    assert externals(at) == {**expected, "owner": ""}


def test_externals_reach_the_rules(tmp_path: Path) -> None:
    """And rules see it, for each node anew."""
    conditions = 'filename == "a.exe" and extension == ".exe" and filetype == "EXE" and filepath contains "!/"'
    found = detector(tmp_path, rule("r", conditions))
    assert len(look(found, b"", node("a.exe", type="exe", path="1/x.zip!/a.exe"))) == 1
    assert look(found, b"", node("b.exe", type="exe", path="1/x.zip!/b.exe")) == []


def test_too_many_matches(tmp_path: Path) -> None:
    """A string that YARA gives up on is a gap, and the other rules still run."""
    source = rule("starved", "#a > 5", '$a = "abcd"') + rule("other", "$e", '$e = "END"')
    found = look(detector(tmp_path, source), b"abcd" * 1_000_100 + b"END")
    assert sorted((f.kind, f.name) for f in found) == [
        (Kind.GAP, Reason.LIMIT_MATCHES),
        (Kind.SIGNATURE, "other"),
        (Kind.SIGNATURE, "starved"),
    ]


def test_many_matches_of_a_plain_string(tmp_path: Path) -> None:
    """A string whose count does not matter is looked for only until it is found, so nobody can starve it."""
    found = detector(tmp_path, rule("r", "$a", '$a = "abcd"'))
    assert [(f.name, f.span) for f in look(found, b"abcd" * 1_000_100)] == [("r", (0, 4))]


def test_timeout(tmp_path: Path) -> None:
    """Rules that take too long are a gap, on any machine: this one would go on for hours."""
    source = rule("slow", "for all i in (0..filesize): (for all j in (0..filesize): (uint8(j) != 1 or i >= 0))")
    (finding,) = look(detector(tmp_path, source), bytes(1_000_000), seconds=0.2)
    assert (finding.kind, finding.name, finding.part) == (Kind.GAP, Reason.TIMEOUT, "2")
