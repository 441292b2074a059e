"""Is the gateway alive, and should it be sent mail? Pure: readings and a time in, what is wrong out.

Live: the supervisor gave a sign of life within 10 s; else restart the gateway. Ready: live, not draining, at least one
smtpd and one scanner at work, and no store that has stopped acknowledging; else send mail elsewhere for now.
"""

from __future__ import annotations

from bartizan.observe.page import Reading

SILENT = 10.0
"""Seconds without a sign of life of the supervisor."""


def what_kills(supervisor: Reading, now: float) -> list[str]:
    """Why the gateway is not live at `now` (CLOCK_MONOTONIC); empty when it is."""
    age = supervisor.age("supervisor_heartbeat_age_seconds", now)
    if age is None:
        return ["the supervisor has not begun"]
    return [f"no sign of life of the supervisor for {age:.0f} s"] if age >= SILENT else []


def what_hinders(supervisor: Reading, smtpds: Reading, now: float) -> list[str]:
    """Why the gateway is not ready; empty when it is."""
    wrong = what_kills(supervisor, now)
    if supervisor.value("draining"):
        wrong.append("draining")
    if not supervisor.value("smtpds_ready"):
        wrong.append("no smtpd is ready")
    if not supervisor.value("scanners_ready"):
        wrong.append("no scanner is ready")
    if smtpds.value("store_failed"):
        wrong.append("the quarantine store has failed")
    return wrong
