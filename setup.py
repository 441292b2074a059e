"""Build of the compiled core: one extension bartizan._core.NAME for each src/_core/NAME.pyx.

Always cythonized, generated C stays in build/; the .pyx are named as what extensions depend on, so that an sdist has
them. Two other builds are made by environment variable, each in a place of its own and never in place of the real one:
BARTIZAN_SANITIZE=address (or address,undefined: gcc's sanitizers) below build/asan, BARTIZAN_LINETRACE=1 (line tracing,
for coverage) below build/trace; the modules are then in its lib/bartizan/_core.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

CORE = Path("src/_core")
SANITIZE = os.environ.get("BARTIZAN_SANITIZE", "")
LINETRACE = os.environ.get("BARTIZAN_LINETRACE") == "1"
APART = "build/asan" if SANITIZE else "build/trace" if LINETRACE else ""
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def link_sources() -> str:
    """Make build/cy/bartizan/_core point at src/_core, since Cython looks for a .pxd under the dotted module name."""
    link = Path("build/cy/bartizan/_core")
    link.parent.mkdir(parents=True, exist_ok=True)
    for package in (link.parent, link.parent.parent):
        package.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(CORE.resolve(), target_is_directory=True)
    return "build/cy"


def extensions() -> list[Extension]:
    """One extension for each .pyx, with the flags the options ask for."""
    flags = ["-O3", "-fno-plt", "-Wall", "-Wno-unused-function", "-Wno-maybe-uninitialized"]
    link: list[str] = []
    macros: list[tuple[str, str | None]] = []
    if SANITIZE:
        sanitize = [f"-fsanitize={SANITIZE}", "-fno-sanitize-recover=all"]
        flags = ["-O1", "-g", "-fno-omit-frame-pointer", "-Wno-maybe-uninitialized", *sanitize]
        link = sanitize
    if LINETRACE:
        macros = [("CYTHON_TRACE_NOGIL", "1"), ("CYTHON_USE_SYS_MONITORING", "0")]
    sources = sorted(CORE.glob("*.pyx"))
    if not sources:
        raise SystemExit(f"no {CORE}/*.pyx here: the compiled core cannot be built")
    return [
        Extension(
            f"bartizan._core.{source.stem}",
            [str(source)],
            depends=[str(source), *map(str, sorted(CORE.glob("*.h")))],
            extra_compile_args=flags,
            extra_link_args=link,
            define_macros=macros,
        )
        for source in sources
    ]


if APART and "--inplace" in sys.argv:
    raise SystemExit("a sanitized or traced core is never built in place")
setup(
    ext_modules=cythonize(
        extensions(),
        build_dir=f"{APART or 'build'}/c",
        include_path=[link_sources()],
        nthreads=CORES,
        compiler_directives={"language_level": 3, "linetrace": LINETRACE, "embedsignature": True},
    ),
    options={
        "build_ext": {
            "parallel": CORES,
            **({"build_lib": f"{APART}/lib", "build_temp": f"{APART}/temp"} if APART else {}),
        }
    },
)
