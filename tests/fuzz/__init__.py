"""Fuzz targets: each module has `TestOneInput(data)`, which raises if any bytes at all break a property.

`python -m fuzz TARGET SECONDS` (make fuzz) runs one under atheris; test_seeds.py runs all seeds, and mutations of them,
with the other tests. A seed is the bytes that a target gets, as they would come from outside, so that a file is as
good as a seed. What a target decides besides (pieces, options) follows from the bytes alone: see `chance_of`.
"""

TARGETS = (
    "lines",
    "chunks",
    "commands",
    "mime",
    "decoders",
    "text",
    "names",
    "protocol",
    "archives",
    "config",
    "tables",
    "proxy",
    "runs",
    "pdf",
    "ole",
    "rtf",
    "macros",
    "ziprest",
    "mailfiles",
    "readings",
    "hide",
    "passwords",
    "images",
    "locks",
    "pages",
)
