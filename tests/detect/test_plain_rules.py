"""Rules without modules: what libyara does with undefined values, and that both sets of rules find the same."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
import yara

from bartizan.detect import engine, signatures
from bartizan.detect.plain_rules import FIELDS, MAGICS, without_modules
from detect.conftest import Public

DATA = b"hello world, no program"
SAMPLES = {
    ("pe", "sections"): "pe.sections[0].name",
    ("pe", "resources"): "pe.resources[0].offset",
    ("pe", "signatures"): "pe.signatures[0].issuer",
    ("pe", "export_details"): "pe.export_details[0].name",
    ("pe", "overlay"): "pe.overlay.offset",
    ("pe", "version_info"): 'pe.version_info["a"]',
    ("pe", "version_info_list"): "pe.version_info_list[0].key",
    ("pe", "rich_signature"): "pe.rich_signature.toolid(1)",
    ("pe", "linker_version"): "pe.linker_version.major",
    ("pe", "os_version"): "pe.os_version.major",
    ("pe", "image_version"): "pe.image_version.major",
    ("pe", "subsystem_version"): "pe.subsystem_version.major",
    ("pe", "section_index"): 'pe.section_index(".text")',
    ("pe", "exports"): 'pe.exports("a")',
    ("pe", "exports_index"): 'pe.exports_index("a")',
    ("pe", "imports"): 'pe.imports("a")',
    ("pe", "imphash"): "pe.imphash()",
    ("pe", "locale"): "pe.locale(1)",
    ("pe", "language"): "pe.language(1)",
    ("pe", "is_dll"): "pe.is_dll()",
    ("pe", "is_32bit"): "pe.is_32bit()",
    ("pe", "is_64bit"): "pe.is_64bit()",
    ("pe", "calculate_checksum"): "pe.calculate_checksum()",
    ("pe", "rva_to_offset"): "pe.rva_to_offset(1)",
    ("pe", "import_details"): "pe.import_details[0].library_name",
    ("pe", "import_rva"): 'pe.import_rva("a", "b")',
    ("elf", "sections"): "elf.sections[0].name",
    ("elf", "segments"): "elf.segments[0].type",
}
"""How a field that is no plain value is used."""


def holds(condition: str, data: bytes = DATA) -> bool:
    """Does libyara find the condition true?"""
    strings = 'strings: $a = "hello"' if "$a" in condition or "#a" in condition else ""
    source = f'import "pe"\nimport "elf"\nimport "math"\nimport "hash"\nrule r {{ {strings} condition: {condition} }}'
    return bool(yara.compile(source=source).match(data=data))


@pytest.mark.parametrize(("module", "field"), sorted((m, f) for m, fields in FIELDS.items() for f in fields))
def test_every_field_is_undefined(module: str, field: str) -> None:
    """A listed field exists, and has no value on data that the module does not parse."""
    expression = SAMPLES.get((module, field), f"{module}.{field}")

    assert not holds(f"defined {expression}")
    assert not holds(expression)
    assert not holds(f"not {expression}")
    assert holds(f"{expression} or true")


@pytest.mark.parametrize(
    "condition",
    [
        "pe.number_of_sections == 0",
        "pe.number_of_sections != 1",
        "pe.number_of_signatures < 5",
        'pe.imphash() != "x"',
        'not pe.imphash() == "x"',
        "pe.characteristics & pe.DLL",
        "not (pe.characteristics & pe.DLL)",
        "uint16(pe.entry_point) == 0",
        "math.entropy(pe.overlay.offset, pe.overlay.size) < 9",
        'hash.md5(pe.overlay.offset, pe.overlay.size) != "x"',
        "$a at pe.entry_point",
        "$a in (0 .. pe.entry_point)",
        "#a in (0 .. pe.entry_point) == 0",
        "for any i in (0 .. pe.number_of_sections) : (true)",
        "for all i in (0 .. pe.number_of_sections - 1) : (true)",
        "for none i in (0 .. pe.number_of_sections) : (true)",
        "for any s in pe.sections : (true)",
        "for all s in pe.sections : (false)",
        "pe.is_pe",
    ],
)
def test_what_asks_for_a_field_is_false(condition: str) -> None:
    """Comparisons, places and loops over what has no value are false or undefined: as good as `false` in and / or."""
    assert not holds(condition)
    assert holds(f"({condition}) or true")
    assert not holds(f"({condition}) and true")


@pytest.mark.parametrize("quantifier", ["any", "all", "none", "1"])
def test_an_undefined_body_counts_as_false(quantifier: str) -> None:
    """A loop answers the same whether its body is undefined or false."""
    loop = "for {} i in (0 .. 1) : ({})"

    assert holds(loop.format(quantifier, "pe.machine == i")) == holds(loop.format(quantifier, "false"))


REPLACED = [
    ("pe.machine == 1 or $a", "false or $a"),
    ("uint16(0) == 0x5A4D and ($a or pe.is_dll())", "uint16(0) == 0x5A4D and ($a or false)"),
    ("not pe.is_dll() and $a", "false and $a"),
    ("$a at pe.entry_point", "(false and $a at filesize)"),
    ("#a > pe.number_of_sections", "(false and #a < 0)"),
    ('for any i in (0 .. pe.number_of_signatures) : (pe.signatures[i].serial == "x") and $a', "false and $a"),
    ("for any i in (0 .. 3) : (pe.machine == i or $a)", "for any i in (0 .. 3) : (false or $a)"),
    ("pe.is_pe and $a /* pe.x */", "false and $a /* pe.x */"),
    ('$a and pe.version_info["x"] contains " or "', "$a and false"),
]


@pytest.mark.parametrize(("condition", "expected"), REPLACED)
def test_replacement(condition: str, expected: str) -> None:
    """Only what asks for the module is replaced, everything else stays where it is."""
    head = 'rule r : pe { meta: pe = "pe.x" strings: $a = "hello" $b = { 4D 5A } $c = /a\\/b{2}/ condition: '
    changed = without_modules(f'import "pe"{head}({condition}) or $b }}')

    assert changed == f"{head}({expected}) or $b }}"


NEVER = [
    "uint16(0) == 0x5A4D",
    "0x5a4d == uint16(0) and $a",
    "$a and (uint16be(0) == 0x4D5A)",
    "uint32(0) == 0x464c457f and $a",
    "uint16(0) == 0x457f and $a",
    "uint16(0) == 23117",
    "pe.is_dll() and $a",
    "not pe.is_dll() and $a",
    "pe.is_pe and $a",
    "(uint16(0) == 0x5A4D or uint32(0) == 0x464C457F) and (any of them)",
    "(pe.machine == 1 and $a) or (uint16(0) == 0x5A4D and $a)",
    'for any s in pe.sections : (s.name == "x") and $a',
]
PERHAPS = [
    "uint16(0) == 0x5A4D or $a",
    "uint16(0) == 0x5A4D and $a or $a",
    "not uint16(0) == 0x5A4D and $a",
    "not (uint16(0) == 0x5A4D and $a)",
    "uint16(0) != 0x5A4D",
    "uint16(1) == 0x5A4D",
    "uint16(0) == 0x4B50",
    "uint8(0) == 0x4D",
    "uint32be(0) == 0x00004D5A",
    "$a",
    "for any i in (0 .. 1) : (uint16(0) == 0x5A4D or $a)",
    "false or $a",
]


@pytest.mark.parametrize("condition", NEVER)
def test_a_rule_that_cannot_match_is_left_out(condition: str) -> None:
    """It asks for a program, or for what is parsed of one; libyara finds it false for any other data."""
    source = f'import "pe" rule r {{ strings: $a = "hello" condition: {condition} }}'

    assert without_modules(source) == " "
    compiled = yara.compile(
        source=source.replace("{ strings", "{ meta: x = 1 strings").replace("condition: ", "condition: #a >= 0 and ")
    )
    for data in (b"", b"M", b"\x7f", b"hello", b" MZhello", b"ZMhello"):
        assert compiled.match(data=data) == []


@pytest.mark.parametrize("condition", PERHAPS)
def test_a_rule_that_may_match_stays(condition: str) -> None:
    """Whatever is not certainly false."""
    source = f'rule r {{ strings: $a = "hello" condition: {condition} }}'

    assert without_modules(source) == source


@pytest.mark.parametrize(
    "other",
    [
        "rule other { condition: not r }",
        "rule other { condition: any of (r*) }",
        "rule other { condition: 1 of (r, r) }",
    ],
)
def test_a_rule_that_others_ask_for_stays(other: str) -> None:
    """False is an answer to them."""
    source = f"rule r {{ condition: uint16(0) == 0x5A4D }} {other}"

    assert without_modules(source) == source


def test_a_global_rule_stays() -> None:
    """All others of the file depend on it: data that it does not match is matched by none of them."""
    source = "global rule r { condition: uint16(0) == 0x5A4D } rule other { condition: true }"

    assert without_modules(source) == source


def test_a_private_rule_goes_with_its_modifier() -> None:
    """Nothing of it is left over."""
    assert without_modules("private rule r { condition: uint16(0) == 0x5A4D } rule o { condition: true }") == (
        " rule o { condition: true }"
    )


@pytest.mark.parametrize(
    "source",
    [
        'import "pe" rule r { condition: not (pe.is_dll() or false) }',
        'import "pe" rule r { condition: defined pe.machine }',
        'import "pe" rule r { condition: pe.DLL == 0x2000 }',
        'import "pe" rule r { condition: pe.unknown_field == 1 }',
        'import "pe" rule r { condition: not pe.is_pe }',
        'import "pe" rule r { condition: pe.is_pe == 0 }',
        'import "pe" rule r { condition: not for any i in (0 .. pe.number_of_sections) : (true) }',
        'import "pe" rule r { condition: for pe.number_of_sections i in (0 .. 3) : (true) }',
        'import "pe" rule r { strings: $a = "x" condition: any of ($a*) in (0 .. pe.entry_point) }',
        'import "pe" rule r { condition: for any s in (1, pe.machine) : (s == 1) }',
        'import "pe" rule r { condition: for any s in ("a", pe.dll_name) : (s == "a") }',
        'import "pe" rule r { condition: for any i in (0 .. 1, pe.machine) : (true) }',
        'import "pe" rule r { strings: $a = "x" condition: '
        "for any s in pe.sections : (any of them in (0 .. s.raw_data_offset)) }",
        'import "pe" rule r { strings: $a = "x" condition: '
        "for any s in pe.sections : (any of ($a*) in (0 .. s.raw_data_offset)) }",
        'include "other.yar" import "pe" rule r { condition: true }',
        'import "pe" rule r { condition: (pe.machine == 1 }',
        'import "pe" rule r { condition: pe.machine == 1',
    ],
)
def test_doubt_leaves_a_file_alone(source: str) -> None:
    """Negation, constants, unknown fields and broken syntax are not certain."""
    assert without_modules(source) is None


def test_a_set_visits_what_is_defined() -> None:
    """Why a loop over a set that holds a field is in doubt."""
    assert holds("for any s in (1, pe.machine) : (s == 1)")


def test_a_file_that_does_not_compile_changed_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong with a changed text, the rules of the file are still all there, unchanged."""
    (tmp_path / "rules.yar").write_text('import "pe" rule r { strings: $a = "hello" condition: $a or pe.machine == 1 }')
    monkeypatch.setattr(signatures, "without_modules", lambda text: "rule r { condition: broken }")
    report = signatures.compile([tmp_path / "rules.yar"], tmp_path / "out.yac", False)
    plain = yara.load(str(signatures.beside(tmp_path / "out.yac", signatures.PLAIN)))

    assert report.unproven == (str(tmp_path / "rules.yar"),)
    assert [row[1] for row in found(plain, b"hello")] == ["r", "r"]


def found(rules: yara.Rules, data: bytes) -> list[tuple[object, ...]]:
    """Everything that a match tells."""
    matches = rules.match(data=data, externals=engine.EXTERNALS, fast=True)
    return [
        (m.namespace, m.rule, m.tags, s.identifier, [(i.offset, i.matched_length) for i in s.instances])
        for m in matches
        for s in m.strings
    ] + [(m.namespace, m.rule) for m in matches]


def test_both_sets_find_the_same(tmp_path: Path) -> None:
    """Rules of every shape, over data with and without their strings."""
    shapes = [condition for condition, _ in REPLACED] + [
        *NEVER,
        *PERHAPS,
        "$a and not $b",
        "any of them or pe.machine == 1",
        "$a",
    ]
    text = 'import "pe"\n' + "".join(
        f'rule r{n} {{ strings: $a = "hello" $b = "wor" condition: ({shape}) or ($a and $b and filesize < 0) }}\n'
        for n, shape in enumerate(shapes)
    )
    (tmp_path / "rules.yar").write_text(text)
    report = signatures.compile([tmp_path / "rules.yar"], tmp_path / "out.yac", False)
    whole, plain = (
        yara.load(str(tmp_path / "out.yac")),
        yara.load(str(signatures.beside(tmp_path / "out.yac", signatures.PLAIN))),
    )

    assert report.unproven == ()
    for data in (b"", b"M", b"hello", b"xhello hello wor", b"wor", b" MZ hello", b"PK hello"):
        assert found(whole, data) == found(plain, data)


def test_public_rules_find_the_same(corpus: Path, public: Public) -> None:
    """Over real mails, archives and evasions, and over texts made of the rules' own strings."""
    whole = yara.load(str(public.path))
    plain = yara.load(str(signatures.beside(public.path, signatures.PLAIN)))
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.stat().st_size < 1_000_000]
    sources = [path for path in files if "yara" in path.parts]
    inputs = [path.read_bytes() for path in files[::40] if "yara" not in path.parts]
    inputs += [own_strings(path.read_bytes()) for path in sources[::4]]
    inputs = [data for data in inputs if not data.startswith(MAGICS)]
    matched = 0
    for data in inputs:
        first = found(whole, data)
        matched += len(first)
        assert found(plain, data) == first

    assert public.report.unproven == ()
    assert len(inputs) > 300
    assert matched > 300


def own_strings(source: bytes) -> bytes:
    """The text strings of a rule file, one a line."""
    values = [line.partition(b'= "')[2].rpartition(b'"')[0] for line in source.splitlines() if b'= "' in line]
    out = []
    for value in values:
        try:
            out.append(codecs.escape_decode(value)[0])  # type: ignore[attr-defined]
        except ValueError:
            continue
    return b"text\n" + b"\n".join(out)
