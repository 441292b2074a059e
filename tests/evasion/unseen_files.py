"""What is known to get through of rows E, F and S, and why."""

from __future__ import annotations

from evasion.sample import ids

REASONS: dict[str, str] = {}
UNSEEN = {id: reason for reason, words in REASONS.items() for id in ids(words)}
"""What is accepted though something is in it, by the id of the sample, and why."""
