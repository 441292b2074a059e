"""Macro sheets and links to programs in SYLK tables are told, whatever these are called."""

from __future__ import annotations

import pytest

from bartizan.detect.macros import MacroDetector
from bartizan.detect.sylk import in_sylk, read
from bartizan.model.message import Node
from pace import seconds

SHEET, ITSELF, CALLS, PROGRAM = {"macro:xlm"}, {"macro:autoexec"}, {"macro:calls"}, {"dde:program"}
EXEC = b'ID;P\r\nO;E\r\nNN;NAuto_open;ER101C1;KOut;F\r\nC;X1;Y101;EEXEC("CALC.EXE")\r\nC;X1;Y102;EHALT()\r\nE\r\n'


def look(name: str, data: bytes, type: str = "text") -> set[str]:
    """Names of findings."""
    return {found.name for found in MacroDetector().look(Node(f"2/{name}", (name,), "", type, len(data), ""), data)}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (EXEC, SHEET | ITSELF | CALLS),
        (EXEC.replace(b"\r\n", b"\r"), SHEET | ITSELF | CALLS),
        (b"ID;P\nO;L;D;E\nC;X1;Y1;K1\nE\n", SHEET),
        (b"ID;P\n o;e\nC;X1;Y1;K1\nE\n", SHEET),
        (b"ID;P\nNN;ER1C1;Nauto_close2\nE\n", SHEET | ITSELF),
        (b"ID;P\nC;Y1;X1;ECALL(\"kernel32\",\"WinExec\")\nE\n", SHEET | CALLS),
        (b"ID;P\nC;X1;Y1;ERETURN()\nE\n", SHEET),
        (b"ID;P\nC;X1;Y1;E\x1b$5XEC(\"a\")\nE\n", SHEET | CALLS),
        (b"ID;P\r\nC;X1;Y1;K0;Ecmd|'/c calc'!A0\r\n", PROGRAM),
        (b"ID;P\r\nC;X1;Y1;E1+cmd|'/c calc'!A0\r\n", PROGRAM),
        (b"ID;P\r\nC;X1;Y1;K0;ESUM(cmd|'/c calc'!A0)\r\n", PROGRAM),
        (b"ID;P\r\nC;ESUM(1;;2)+cmd|'/c calc'!A0;K0\r\n", PROGRAM),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\nO;L;D;V0\r\nNN;NSales;ER1C1\r\nC;Y1;X1;K2;ESUM(R2C1:R4C1)\r\nE\r\n", set()),
        (b"ID;P\r\nC;X1;Y1;K\"use cmd|'/c x' or EXEC(1)\"\r\nE\r\n", set()),
        (b"ID;Name;Remark\r\nC;Emma;call (us)\r\nO;Olga;x\r\nNN;Auto_open\r\n", set()),
    ],
)  # fmt: skip
def test_records(data: bytes, names: set[str]) -> None:
    """Options, names and formulas count, wherever their fields stand; values do not."""
    assert look("a.slk", data) == names
    assert look("report.xls", data) == names


def test_tables_of_other_kinds() -> None:
    """What does not begin like one and is not called one is none."""
    assert look("a.txt", EXEC[4:]) == set()
    assert look("a.slk", EXEC[4:]) == SHEET | ITSELF | CALLS
    assert look("a.slk", EXEC, "zip") == set()


@pytest.mark.parametrize("unit", [b"C;E", b"\nC;E", b"\rO;E", b"\nNN;N", b"\n \t", b";E;E", b"\x1b$5", b"EXEC("])
def test_linear(unit: bytes) -> None:
    """However many fields, records or escapes there are."""

    def run(size: int) -> None:
        data = b"ID;P\nC;X1;E" + unit * (size // len(unit))
        read(data)
        list(in_sylk(data))

    small, large = (seconds(lambda size=size: run(size)) for size in (50_000, 200_000))
    assert large < 10 * max(small, 0.02)


def test_table_that_looks_like_a_song() -> None:
    """Excel asks for the first two letters only."""
    assert look("a.slk", b"ID3" + EXEC[2:], "mp3") == SHEET | ITSELF | CALLS
