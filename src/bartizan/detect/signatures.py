"""YARA rules: compiled once in several forms, and for each node the form that is enough.

`compile` takes rule sources and writes files; `SignatureDetector` loads them and matches. Namespaces are the paths of
sources.

What a call costs before it looks at the first byte (callgrind and experiments with 7,000 rules): two parts in three are
the tables that modules fill anew each time if any rule imports them, `pe` above all (`elf` a tenth); the rest is
clearing the match tables and running the conditions. So there are three compiled files: all rules as they are, for
nodes that begin like a program; the same rules without these modules (plain_rules.py) for every other node that has
what one of them needs (routing.py); and of those the few that need nothing, for the nodes that have nothing. Of a share
of the nodes it is looked at whether that makes a difference, which is a gap `crash`.
Namespaces, externals and the timeout cost nothing measurable.

Not here: which rules need what (routing.py), libyara (engine.py).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bartizan.detect import engine
from bartizan.detect.plain_rules import MAGICS, without_modules
from bartizan.detect.router import Router
from bartizan.detect.routing import always, routes
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node

SECONDS = 20.0
SUFFIXES = frozenset({".yar", ".yara"})
FORMS = PLAIN, ALWAYS, ROUTES = ".plain.yac", ".always.yac", ".routes.json"
VERIFIED = 1024
"""One in so many nodes is looked at with all rules though it has nothing that they need."""
IMPORTS = re.compile(r'^\s*import\s*"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """What was compiled: number of `rules` (private ones too), the files left out with the reason, the files whose
    modules could not be taken out (as long as there is one, plain nodes cost as much as programs), how many rules are
    for `plain` nodes, and how many of them `always` run."""

    rules: int
    skipped: tuple[Problem, ...] = ()
    unproven: tuple[str, ...] = ()
    plain: int = 0
    always: int = 0


def compile(paths: Sequence[Path], out: Path, skip_broken: bool) -> Report:
    """Compile sources (files, or folders of .yar and .yara files) and the shipped rules into `out` and its FORMS.

    Raises ConfigError with every file that does not compile, unless `skip_broken`; always for a path without sources.
    """
    sources = _sources(paths)
    broken: tuple[Problem, ...] = ()
    try:
        rules = engine.compiled(sources)
    except engine.RuleError as error:
        broken = tuple(problem for problem in map(engine.problem_in, sources.values()) if problem)
        if not broken:
            raise ConfigError((Problem("signatures", "", f"rules that compile together: {error}"),)) from None
        if not skip_broken:
            raise ConfigError(broken) from None
        bad = {problem.file for problem in broken}
        sources = {namespace: file for namespace, file in sources.items() if file not in bad}
        rules = engine.compiled(sources)
    rules.save(str(out))
    texts = {namespace: Path(file).read_bytes().decode("latin-1") for namespace, file in sources.items()}
    simpler, unproven = _without_modules(texts)
    plain = engine.compiled_texts(simpler)
    plain.save(str(beside(out, PLAIN)))
    found = {namespace: routes(text) for namespace, text in simpler.items()}
    few = {name: text if found[name] is None else always(text, found[name] or []) for name, text in simpler.items()}
    always_rules = engine.compiled_texts(few)
    always_rules.save(str(beside(out, ALWAYS)))
    router = Router.of(route.needs for all in found.values() for route in all or () if route.needs is not None)
    router.save(beside(out, ROUTES))
    return Report(
        sum(1 for _ in rules),
        broken,
        tuple(sources[namespace] for namespace in unproven),
        sum(1 for _ in plain),
        sum(1 for _ in always_rules),
    )


def beside(path: Path, which: str) -> Path:
    """Where another form of the rules at `path` is: PLAIN, ALWAYS or ROUTES."""
    return path.with_suffix(which)


def _without_modules(texts: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The same rules without modules, and the namespaces where that is not certain: they stay as they are."""
    changed: dict[str, str] = {}
    unproven: list[str] = []
    for namespace, text in texts.items():
        simpler = without_modules(text)
        if simpler is not None and engine.compiles(simpler):
            changed[namespace] = simpler
            continue
        changed[namespace] = text
        if IMPORTS.search(text):
            unproven.append(namespace)
    return changed, unproven


def _sources(paths: Sequence[Path]) -> dict[str, str]:
    """The source files by namespace, each file once. Raises ConfigError for paths that lead to none."""
    shipped = Path(str(files("bartizan.detect") / "eicar.yar"))
    found: dict[str, str] = {}
    seen: set[Path] = set()
    problems: list[Problem] = []
    for path in (shipped, *paths):
        below = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not below and not path.is_file():
            problems.append(Problem(str(path), "", "a file, or a folder with .yar or .yara files"))
        for file in below or [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                name = str(file.relative_to(path.parent))
                found[name if name not in found else str(file)] = str(file)
    if problems:
        raise ConfigError(tuple(problems))
    return found


class Ran(enum.StrEnum):
    """The compiled sets."""

    ALL = "all"
    PLAIN = "plain"
    ALWAYS = "always"


class SignatureDetector:
    """Compiled rules; shared by all nodes, keeps nothing between them."""

    def __init__(self, rules: engine.Rules, plain: engine.Rules, always: engine.Rules, router: Router) -> None:
        """`plain` are the same rules for nodes that begin with none of MAGICS, `always` those of them that do not ask
        the router."""
        self._sets = {Ran.ALL: rules, Ran.PLAIN: plain, Ran.ALWAYS: always}
        self._router = router

    @classmethod
    def load(cls, path: Path) -> SignatureDetector:
        """From the files that `compile` wrote. Raises ValueError if one is missing, damaged or of another version."""
        try:
            all, plain, always = (engine.load(file) for file in (path, beside(path, PLAIN), beside(path, ALWAYS)))
            return cls(all, plain, always, Router.load(beside(path, ROUTES)))
        except (engine.RuleError, OSError) as error:
            raise ValueError(f"{path}: {error}") from None

    def look(self, node: Node, data: bytes | memoryview, seconds: float = SECONDS) -> Iterable[Finding]:
        """All rules over the node's bytes, for `seconds` at most (rounded up); a finding for each that matches."""
        ran = self.route(data)
        found = engine.run(self._sets[ran], node, data, seconds)
        if ran is Ran.ALWAYS and int(node.sha256[:8] or "1", 16) % VERIFIED == 0:
            return _checked(found, engine.run(self._sets[Ran.PLAIN], node, data, seconds), node)
        return found

    def route(self, data: bytes | memoryview) -> Ran:
        """Which rules are for these bytes."""
        if bytes(data[:4]).startswith(MAGICS):
            return Ran.ALL
        return Ran.PLAIN if self._router.may_match(data) else Ran.ALWAYS

    def run(self, ran: Ran, node: Node, data: bytes | memoryview, seconds: float = SECONDS) -> list[Finding]:
        """What these rules find, whether they are for the node or not."""
        return engine.run(self._sets[ran], node, data, seconds)

    def names(self, ran: Ran) -> list[str]:
        """The rules of a set, private ones too."""
        return [rule.identifier for rule in self._sets[ran]]

    @property
    def literals(self) -> int:
        """How many literals are looked for."""
        return self._router.literals


def _checked(few: list[Finding], all: list[Finding], node: Node) -> list[Finding]:
    """What all rules find, and a gap when that is not what the few did."""
    missed = sorted(rules_in(few) ^ rules_in(all))
    if not missed:
        return few
    return [*all, gap(Reason.CRASH, node.path, "signatures: not run but for a check: " + ", ".join(missed[:5]))]


def rules_in(findings: Iterable[Finding]) -> set[str]:
    """The names of the rules that matched."""
    return {finding.name for finding in findings if finding.kind is Kind.SIGNATURE}
