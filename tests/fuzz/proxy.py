"""The header of a balancer: how much of a connection it is, and whom it names."""

from __future__ import annotations

from ipaddress import ip_address

from bartizan.smtpd.proxy import LONGEST, Header, Unread, parse


def TestOneInput(data: bytes) -> None:
    """As more octets come, more is needed until the answer is given, and then it stays; it names an address or none."""
    answer = parse(data)
    if isinstance(answer, Header):
        assert 0 < answer.octets <= min(len(data), LONGEST)
        assert parse(data[: answer.octets]) == answer
        assert {parse(data[:length]) for length in range(answer.octets)} == {Unread.NEED_MORE}
        if answer.source is not None:
            assert str(ip_address(answer.source.address)) == answer.source.address
            assert 0 <= answer.source.port <= 0xFFFF
    elif answer is Unread.NEED_MORE:
        assert len(data) < LONGEST
        assert {parse(data[:length]) for length in range(len(data))} <= {Unread.NEED_MORE}
    for behind in (b"\n", b"\r\n", b"x" * LONGEST):
        assert parse(data + behind) == answer or answer is Unread.NEED_MORE
