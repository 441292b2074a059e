"""The Dockerfile is one that its strict reader knows, and keeps to what a container of ours must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bartizan.config.load import load
from bartizan.model.errors import ConfigError
from bench.sink import ROOT
from integration import context, dockerfile
from integration.dockerfile import DockerfileError, Instruction

OURS = dockerfile.parse((ROOT / "Dockerfile").read_text())
BUILD, RUNTIME = OURS.stages


def rest(word: str) -> list[str]:
    """What follows `word` wherever the runtime stage has it."""
    return [instruction.rest for instruction in RUNTIME.instructions if instruction.word == word]


def test_runs_as_a_user_without_privileges() -> None:
    """The last USER is bartizan, and nothing is done as root after it."""
    assert rest("USER") == ["bartizan"]
    words = [instruction.word for instruction in RUNTIME.instructions]
    assert not {"RUN", "COPY"} & set(words[words.index("USER") :])


def test_process_one_is_ours() -> None:
    """No shell stands between an engine's signals and the supervisor, and the signal is the one it drains at."""
    assert rest("ENTRYPOINT") == ['["/opt/bartizan/bin/bartizan"]']
    assert rest("STOPSIGNAL") == ["SIGTERM"]


def test_runtime_has_no_toolchain() -> None:
    """Compilers, headers and pip stay in the stage that compiles."""
    installed = " ".join(rest("RUN"))
    assert re.findall(r"gcc|make|-dev\b|-venv\b|pip|git|curl", installed) == []


def test_copies_what_changes_last_at_the_end() -> None:
    """A change of the sources leaves the layers of system packages and dependencies as they are."""
    order = [f"{one.word} {one.rest}" for one in BUILD.instructions if one.word in ("COPY", "RUN")]
    places = [next(n for n, text in enumerate(order) if word in text) for word in ("apt-get", "run.txt", "COPY src")]
    assert places == sorted(places)


def test_context_is_what_is_copied() -> None:
    """No compiled file, cache or test goes to an engine, and everything that COPY names does."""
    seen = {str(path) for path in context.files(ROOT)}
    assert [name for name in seen if re.search(r"\.so$|\.c$|__pycache__|egg-info|^tests|^docs|^build|^\.", name)] == []
    assert {"pyproject.toml", "setup.py", "packaging/container.toml", "src/_core/mime.pyx"} <= seen


def test_configuration_in_the_image_refuses_to_start() -> None:
    """What it lacks is named: where mail goes, and whom it is for."""
    with pytest.raises(ConfigError) as caught:
        load(ROOT / "packaging" / "container.toml")
    keys = [problem.key.partition(" ")[0] for problem in caught.value.problems]
    assert keys == ["listener[1].recipient_domains", "next_hop.host"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nSHELL sh", "line 2: unknown instruction SHELL"),
        ("FROM a\nADD x y", "line 2: unknown instruction ADD"),
        ("from a", "line 1: unknown instruction from"),
        ("RUN true", "line 1: RUN: only ARG may come before FROM"),
        ("FROM a b", "line 1: FROM: expected IMAGE or IMAGE AS NAME"),
        ("FROM ${X}", "line 1: FROM: unknown variable X"),
        ("ARG X\nFROM ${X}", "line 1: ARG: one that FROM uses needs a default"),
        ("FROM a\nRUN one \\", "line 2: the last line is continued"),
        ("FROM a\nRUN one \\\n\ntwo", "line 3: empty inside an instruction"),
        ("# nothing\n", "no FROM"),
    ],
)
def test_refused(text: str, expected: str) -> None:
    """Everything that the reader does not know is an error with its line."""
    with pytest.raises(DockerfileError, match=re.escape(expected)):
        dockerfile.parse(text)


def test_lines_and_comments() -> None:
    """Continued lines are one instruction, comments between them are none of it."""
    found = dockerfile.parse("ARG V=12\nFROM debian:${V} AS build\n\n# why\nRUN one \\\n# and\n    && two\n")
    assert found.stages[0].base == "debian:12"
    assert [(one.word, one.rest, one.line) for one in found.stages[0].instructions] == [("RUN", "one     && two", 5)]


def test_values() -> None:
    """Variables are replaced, pairs may be quoted, exec forms are JSON."""
    here = Instruction("ENV", 'A=1 B="two words" C=${A}', 1)
    assert dockerfile.pairs(here) == [("A", "1"), ("B", "two words"), ("C", "${A}")]
    assert dockerfile.replaced("x${A}y", {"A": "1"}, here) == "x1y"
    assert dockerfile.exec_form(Instruction("CMD", '["a", "b"]', 1)) == ("a", "b")


@pytest.mark.parametrize("rest", ["bartizan serve", "[]", '["a", 1]', '{"a": 1}'])
def test_shell_forms_are_refused(rest: str) -> None:
    """A program that a shell would start is refused, and so is any other JSON."""
    with pytest.raises(DockerfileError, match="expected"):
        dockerfile.exec_form(Instruction("ENTRYPOINT", rest, 1))


@pytest.mark.parametrize("text", ["$A", "a$", "$(date)"])
def test_other_dollar_signs(text: str) -> None:
    """Only ${NAME} is a variable; anything else with a dollar sign is an error."""
    with pytest.raises(DockerfileError, match="every dollar sign"):
        dockerfile.replaced(text, {"A": "1"}, Instruction("ENV", text, 1))


@pytest.mark.parametrize("text", ["--interval=1s CMD true", "CMD true", '--interval=1m CMD ["x"]', "NONE"])
def test_health_check_needs_everything(text: str) -> None:
    """A health check gives its program and all of its times."""
    with pytest.raises(DockerfileError):
        dockerfile.healthcheck(Instruction("HEALTHCHECK", text, 1))


def test_context_of_another_form(tmp_path: Path) -> None:
    """A .dockerignore that this reader might understand in another way than an engine is an error."""
    for text in ("build\n", "*\n!s?c\n", "*\n!gone\n", "*\nsrc/x\n"):
        (tmp_path / ".dockerignore").write_text(text)
        with pytest.raises(ValueError, match="expected"):
            list(context.files(tmp_path))


def test_context_patterns(tmp_path: Path) -> None:
    """What is taken in by name is left out again where a pattern matches any part of its path."""
    for name in ("src/a.py", "src/a.so", "src/__pycache__/a.pyc", "other.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".dockerignore").write_text("*\n!src\n**/*.so\n**/__pycache__\n")
    assert list(context.files(tmp_path)) == [Path("src/a.py")]
