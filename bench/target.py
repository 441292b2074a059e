"""Addresses given on the command line: HOST:PORT, and whether a load test may be aimed there."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """Where something listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def target(text: str) -> Target:
    """HOST:PORT or [IPV6]:PORT; ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return Target(host, int(port))


def ours(where: Target) -> bool:
    """Every address that the host stands for is loopback, link-local or private. OSError when it has none."""
    found = {info[4][0] for info in socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)}
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_private for address in found)
