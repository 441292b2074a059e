"""Certificates for tests of TLS towards a next hop, made when they are wanted."""

from __future__ import annotations

import subprocess
from pathlib import Path


def self_signed(folder: Path, names: str, *, days: int = 9) -> Path:
    """A PEM file with a key and its certificate, for `names` such as "DNS:a.example"; with negative `days` expired."""
    key, request, chain = (folder / f"hop.{suffix}" for suffix in ("key", "csr", "pem"))
    make = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=hop"]
    sign = [
        "openssl",
        "x509",
        "-req",
        "-in",
        request,
        "-signkey",
        key,
        "-days",
        str(days),
        "-copy_extensions",
        "copyall",
    ]
    for command in (
        [*make, "-addext", f"subjectAltName={names}", "-keyout", key, "-out", request],
        [*sign, "-out", chain],
    ):
        subprocess.run(command, check=True, capture_output=True)
    chain.write_bytes(key.read_bytes() + chain.read_bytes())
    return chain
