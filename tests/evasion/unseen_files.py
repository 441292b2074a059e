"""What is known to get through of rows E, F and S, and why."""

from __future__ import annotations

from evasion.sample import ids

REASONS: dict[str, str] = {
    "to be fixed: what a script makes of its constants in other ways than joining and unescaping": (
        "E25-unicode-escapes-in-script E25-octal-escapes-in-script E25-entities-in-script "
        "E25-decimal-spaces-in-script E25-reversed-in-script"
    ),
    "to be fixed: base-32, base-85, rot13, quoted-printable and spaced hexadecimal in a text are not decoded": (
        "E25-hex-spaces-in-text E25-hex-spaces-in-file E25-hex-colons-in-text E25-hex-colons-in-file "
        "E25-hex-prefixed-in-text E25-hex-prefixed-in-file E25-ascii85-in-text E25-ascii85-in-file "
        "E25-ascii85-adobe-in-text E25-ascii85-adobe-in-file E25-rot13-in-text E25-rot13-in-file "
        "E25-rot13-of-base64-in-text E25-rot13-of-base64-in-file E25-base64-of-rot13-in-text "
        "E25-base64-of-rot13-in-file E25-base64-reversed-in-text E25-base32-in-text E25-base32-in-file "
        "E25-quoted-in-base64-in-text E25-quoted-in-base64-in-file E25-base64-in-quoted-in-text "
        "E25-base64-in-quoted-in-file E25-hex-spaces-in-script E25-hex-colons-in-script E25-rot13-in-script "
        "E25-rot13-of-base64-in-script E25-base64-of-rot13-in-script E25-base32-in-script "
        "E25-quoted-in-base64-in-script E25-base64-in-quoted-in-script E25-base64-quoted-lines-in-script "
        "E25-base64-backslashes-in-script"
    ),
    "to be fixed: labels of IBM that are not known, and lines that HZ continues": (
        "E27-label-ibm-500 E27-label-IBM01140 E29-hz-line"
    ),
    "to be fixed: data: addresses whose base64 is written with entities or percent signs, or that are no base64": (
        "S14-escaped-blanks S14-escaped-blanks-file S14-entities S14-entities-file S14-hex-entities "
        "S14-hex-entities-file S14-plus-entities S14-plus-entities-file S14-percent S14-percent-file "
        "S14-percent-signs S14-percent-signs-file S14-not-base64 S14-not-base64-file"
    ),
}
UNSEEN = {id: reason for reason, words in REASONS.items() for id in ids(words)}
"""What is accepted though something is in it, by the id of the sample, and why."""
