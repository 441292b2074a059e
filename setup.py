"""Build of the compiled core: one extension bartizan._core.NAME for each src/_core/NAME.pyx.

Always cythonized, generated C stays in build/; the .pyx are named as what extensions depend on, so that an sdist has
them. Options by environment variable:
BARTIZAN_ASAN=1 builds with AddressSanitizer, BARTIZAN_COVERAGE=1 with line tracing.
"""

from __future__ import annotations

import os
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

CORE = Path("src/_core")
ASAN = os.environ.get("BARTIZAN_ASAN") == "1"
COVERAGE = os.environ.get("BARTIZAN_COVERAGE") == "1"
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
    if ASAN:
        flags = ["-O1", "-g", "-fsanitize=address", "-fno-omit-frame-pointer"]
        link = ["-fsanitize=address"]
    if COVERAGE:
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


setup(
    ext_modules=cythonize(
        extensions(),
        build_dir="build/c",
        include_path=[link_sources()],
        nthreads=CORES,
        compiler_directives={"language_level": 3, "linetrace": COVERAGE, "embedsignature": True},
    ),
    options={"build_ext": {"parallel": CORES}},
)
