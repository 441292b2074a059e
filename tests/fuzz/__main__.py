"""Run one target under atheris: python -m fuzz TARGET [SECONDS] [options of libFuzzer].

New inputs are kept below build/fuzz/TARGET, what fails as a crash-* file there: copied to seeds/TARGET under a name
that says what was wrong, it becomes a test. Python code and the plain twins guide the search; the compiled core cannot.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import atheris

from fuzz import TARGETS

HERE = Path(__file__).parent
KEPT = Path("build/fuzz")
LONGEST = 4096


def main(arguments: list[str]) -> None:
    """Fuzz until the time is over or something fails."""
    name, seconds, *options = [*arguments, "60"] if len(arguments) < 2 else arguments
    if name not in TARGETS:
        sys.exit(f"expected one of {', '.join(TARGETS)}, found {name}")
    with atheris.instrument_imports(include=["bartizan", "fuzz", "reference"]):
        target = importlib.import_module(f"fuzz.{name}").TestOneInput
    kept = KEPT / name
    kept.mkdir(parents=True, exist_ok=True)
    dictionary = KEPT / "tokens.dict"
    dictionary.write_text(tokens(), "ascii")
    flags = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-dict={dictionary}", f"-artifact_prefix={kept}/"]
    atheris.Setup([sys.argv[0], str(kept), str(HERE / "seeds" / name), *flags, *options], target)
    atheris.Fuzz()


def tokens() -> str:
    """The tokens of mutate.py in libFuzzer's notation."""
    from fuzz.mutate import TOKENS

    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"\n' for token in TOKENS if len(token) <= 64)


if __name__ == "__main__":
    main(sys.argv[1:])
