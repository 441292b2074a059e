"""The rule bundle: complete, named by its content, used again, never half there."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bartizan import bundle
from bartizan._core.automaton import Automaton
from bartizan.bundle import Bundle, build
from bartizan.config.load import load
from bartizan.config.schema import Attachments, Phrases, Settings, Signatures
from bartizan.model.errors import ConfigError

RULE = 'rule one { strings: $a = "abcdefgh" condition: $a }\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two phrases and one signature, with a cache of their own."""
    (tmp_path / "list.txt").write_text("buy it now\ncheap watches\t2\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/one.yar").write_text(RULE)
    base = load()
    return replace(
        base,
        server=replace(base.server, cache=str(tmp_path / "cache")),
        phrases=Phrases((str(tmp_path / "list.txt"),)),
        signatures=Signatures((str(tmp_path / "rules"),)),
    )


def made_at(found: Bundle) -> int:
    """When the bundle's manifest was written: tells a new one from one used again."""
    return os.stat(Path(found.directory, bundle.MANIFEST)).st_mtime_ns


def test_content(settings: Settings) -> None:
    """All five files, and their counts; the shipped signature is always there."""
    built = build(settings)
    assert sorted(os.listdir(built.directory)) == sorted((*bundle.FILES, bundle.MANIFEST))
    assert (built.phrases, built.signatures, built.skipped) == (2, 2, ())
    assert len(Automaton.open(str(Path(built.directory, bundle.PHRASES)))) == 2
    assert Path(built.directory).name == built.hash


def test_used_again(settings: Settings) -> None:
    """The same input is compiled once, and leaves nothing else behind."""
    first = build(settings)
    when = made_at(first)
    assert (build(settings), made_at(first)) == (first, when)
    assert os.listdir(Path(first.directory).parent) == [first.hash]


def test_without_anything(settings: Settings) -> None:
    """No phrases, no signatures of one's own: the files are there all the same."""
    built = build(replace(settings, phrases=Phrases(), signatures=Signatures()))
    assert (built.phrases, built.signatures) == (0, 1)
    assert len(Automaton.open(str(Path(built.directory, bundle.PHRASES)))) == 0


def test_every_input_counts(settings: Settings, tmp_path: Path) -> None:
    """A changed phrase, signature, rule, attachment list or threshold gives another name."""
    variants = [
        settings,
        replace(settings, policy=replace(settings.policy, threshold=6.0)),
        replace(settings, rules=settings.rules[1:]),
        replace(settings, attachments=Attachments(block_remove=("exe",))),
        replace(settings, attachments=Attachments(report_add=("zzz",))),
        replace(settings, phrases=Phrases()),
        replace(settings, signatures=Signatures()),
    ]
    hashes = [build(variant).hash for variant in variants]
    (tmp_path / "list.txt").write_text("buy it later\n")
    hashes.append(build(settings).hash)
    (tmp_path / "rules/one.yar").write_text(RULE.replace("abcdefgh", "hgfedcba"))
    hashes.append(build(settings).hash)
    assert len(set(hashes)) == len(hashes)


def test_settings_that_decide_nothing_do_not_count(settings: Settings) -> None:
    """Where mail is taken from changes no verdict."""
    assert build(replace(settings, listeners=())).hash == build(settings).hash


def test_attachment_lists(settings: Settings) -> None:
    """Replaced, added to, taken from."""
    chosen = Attachments(block=("exe", "vbs"), block_add=("zzz",), block_remove=("vbs",), report=())
    built = build(replace(settings, attachments=chosen))
    lists = json.loads(Path(built.directory, bundle.ATTACHMENTS).read_text())
    assert lists == {"block": ["exe", "zzz"], "report": []}


def test_shipped_attachment_lists(settings: Settings) -> None:
    """Scripts are blocked, HTML is reported."""
    lists = json.loads(Path(build(settings).directory, bundle.ATTACHMENTS).read_text())
    assert {"vbs", "exe", "js", "lnk"} <= set(lists["block"])
    assert "html" in lists["report"]


def test_all_errors_at_once(settings: Settings, tmp_path: Path) -> None:
    """Phrases and signatures that do not compile are reported together, and nothing is left behind."""
    (tmp_path / "list.txt").write_text("buy\theavy\n")
    (tmp_path / "rules/two.yar").write_text("rule two {\n condition: nonsense }\n")
    with pytest.raises(ConfigError) as caught:
        build(settings)
    files = {Path(problem.file).name for problem in caught.value.problems}
    assert files == {"list.txt", "two.yar"}
    assert os.listdir(tmp_path / "cache/bundle") == []


def test_broken_signatures_can_be_left_out(settings: Settings, tmp_path: Path) -> None:
    """What was left out is told each time, also when the bundle is used again."""
    (tmp_path / "rules/two.yar").write_text("rule two { condition: nonsense }")
    lenient = replace(settings, signatures=replace(settings.signatures, skip_broken=True))
    for _ in range(2):
        built = build(lenient)
        assert built.signatures == 2
        assert [Path(problem.file).name for problem in built.skipped] == ["two.yar"]


@pytest.mark.parametrize("name", [*bundle.FILES, bundle.MANIFEST])
def test_damaged_bundle_is_made_anew(settings: Settings, name: str) -> None:
    """A torn file is not used."""
    built = build(settings)
    path = Path(built.directory, name)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert build(settings) == built
    assert name == bundle.MANIFEST or path.read_bytes() == whole
    assert os.listdir(Path(built.directory).parent) == [built.hash]


def test_cache_that_others_may_write_to(settings: Settings, tmp_path: Path) -> None:
    """Compiled signatures are code, so nobody else may put them there."""
    (tmp_path / "cache/bundle").mkdir(parents=True)
    (tmp_path / "cache/bundle").chmod(0o777)
    with pytest.raises(ConfigError, match="nobody else may write to"):
        build(settings)


def test_cache_that_cannot_be_made(settings: Settings, tmp_path: Path) -> None:
    """It is a configuration error, not a traceback."""
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ConfigError, match="expected a cache directory"):
        build(settings)
