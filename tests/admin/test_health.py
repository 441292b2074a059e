"""Live and ready: each reason alone, and all together."""

from __future__ import annotations

import time

import pytest

from admin.pages import Pages
from bartizan.admin.health import SILENT, what_hinders, what_kills
from bartizan.observe.metrics import SUPERVISOR


def wrong(pages: Pages, later: float = 0.0) -> tuple[list[str], list[str]]:
    """Why it is not live, and why not ready, so many seconds from now."""
    board, now = pages.board(), time.monotonic() + later
    return what_kills(board.supervisor(), now), what_hinders(board.supervisor(), board.smtpds(), now)


def test_in_good_health(pages: Pages) -> None:
    """Nothing is wrong."""
    assert wrong(pages) == ([], [])
    assert wrong(pages, SILENT - 1) == ([], [])


def test_a_silent_supervisor(pages: Pages) -> None:
    """Neither live nor ready, until it beats again."""
    silence = ["no sign of life of the supervisor for 11 s"]
    assert wrong(pages, SILENT + 1) == (silence, silence)
    pages.supervision._cells[SUPERVISOR.cell("supervisor_heartbeat_age_seconds")] = 0
    never = ["the supervisor has not begun"]
    assert wrong(pages) == (never, never)
    pages.supervision.beat()
    assert wrong(pages) == ([], [])


@pytest.mark.parametrize(
    ("smtpds", "scanners", "why"),
    [
        (0, 1, ["no smtpd is ready"]),
        (1, 0, ["no scanner is ready"]),
        (0, 0, ["no smtpd is ready", "no scanner is ready"]),
    ],
)
def test_nobody_at_work(pages: Pages, smtpds: int, scanners: int, why: list[str]) -> None:
    """Live, but not ready."""
    pages.supervision.set_ready(smtpds=smtpds, scanners=scanners)
    assert wrong(pages) == ([], why)
    pages.supervision.set_ready(smtpds=1, scanners=1)
    assert wrong(pages) == ([], [])


def test_draining(pages: Pages) -> None:
    """Live, but not ready."""
    pages.supervision.set_draining()
    assert wrong(pages) == ([], ["draining"])


def test_a_failed_store(pages: Pages) -> None:
    """One is enough to be not ready, until it works again."""
    pages.meters[1].set_store_failed(True)
    assert wrong(pages) == ([], ["the quarantine store has failed"])
    pages.meters[1].set_store_failed(False)
    assert wrong(pages) == ([], [])
