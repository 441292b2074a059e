"""What is known to get through, and why; to become empty where the reason begins with "to be fixed"."""

from __future__ import annotations

UNSEEN: dict[str, str] = {
    "O12-hyphens": "words with hyphens between them are one word, as up-to-date is",
}
"""What is accepted though something is in it, by the id of the sample, and why."""
