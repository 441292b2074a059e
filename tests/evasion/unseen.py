"""What is known to get through, and why; to become empty where the reason begins with "to be fixed"."""

from __future__ import annotations

UNSEEN: dict[str, str] = {
    "O11-leet": "to be fixed: digits that stand for letters are digits",
    "O12-dots": "only blanks separate words",
    "O12-hyphenated": "a hyphen at the end of a line is a hyphen",
    "O12-underscores": "only blanks separate words",
}
"""What is accepted though something is in it, by the id of the sample, and why."""
