"""What is known to get through, and why; to become empty where the reason begins with "to be fixed"."""

from __future__ import annotations

from evasion import unseen_files
from evasion.sample import ids

BODY = "to be fixed: what a lenient reader shows as the body, no phrases are looked for in"
PAGE = "to be fixed: markup is not taken out of the text of other readings"
SUBJECT = "to be fixed: encoded words are not decoded in lines that only a lenient reader takes for a field"
UNSEEN: dict[str, str] = {
    **unseen_files.UNSEEN,
    "F11-subject": "to be fixed: the subject of a mail that is a file is not taken for its name",
    "O10-html-generated-by-style": "what a style sheet generates is no text",
    "O10-html-reversed-by-override": "to be fixed: reversed text is not turned",
    "O10-html-svg-text": "to be fixed: the texts of a drawing are joined without a blank",
    "O10-html-script-string": "scripts are not run",
    "O11-accents": "to be fixed: letters with accents are letters of their own",
    "O11-leet": "to be fixed: digits that stand for letters are digits",
    "O12-across-parts": "to be fixed: each part is read for itself",
    "O12-dots": "only blanks separate words",
    "O12-hyphenated": "a hyphen at the end of a line is a hyphen",
    "O12-underscores": "only blanks separate words",
    "O13-2000-words": "to be fixed: phrases behind MAX_HEADER_TEXT bytes of a field are not looked for, silently",
    "H22-text-colon": BODY,
    **dict.fromkeys(ids("B24-page-part B32-page-payload-in-inner"), PAGE),
    **dict.fromkeys(ids("H13-subject-first-of-part H23-subject-behind-empty-line"), SUBJECT),
}
"""What is accepted though something is in it, by the id of the sample, and why."""
