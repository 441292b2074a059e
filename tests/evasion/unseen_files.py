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
    "reported, so that a rule can stop it; the shipped rules let pages, sources and documents through": (
        "F22-one F22-onepkg F22-mht F22-mhtml F22-html F22-htm F22-shtml F22-svg F22-xhtml F22-py F22-pyc F22-pyw "
        "F22-pyz F22-rb F22-sh F22-pl F22-php F22-docm F22-xlsm F22-pptm F22-xlam F22-ppam F22-dotm F22-xltm "
        "F22-xlsb F22-mdb F22-accdb F22-pub"
    ),
    "to be fixed: data: addresses whose base64 is written with entities or percent signs, or that are no base64": (
        "S14-escaped-blanks S14-escaped-blanks-file S14-entities S14-entities-file S14-hex-entities "
        "S14-hex-entities-file S14-plus-entities S14-plus-entities-file S14-percent S14-percent-file "
        "S14-percent-signs S14-percent-signs-file S14-not-base64 S14-not-base64-file"
    ),
    "told as evidence (name:elsewhere), and blocks nothing alone: few programs save a part under such a name": (
        "F11-location F11-location-first F11-location-whole-mail F11-location-no-type F11-location-url "
        "F11-location-url-first F11-location-url-whole-mail F11-location-url-no-type F11-location-query "
        "F11-location-query-first F11-location-query-whole-mail F11-location-query-no-type F11-location-file "
        "F11-location-file-first F11-location-file-whole-mail F11-location-file-no-type F11-location-folded "
        "F11-location-folded-first F11-location-folded-whole-mail F11-location-folded-no-type F11-location-quoted "
        "F11-location-quoted-first F11-location-quoted-whole-mail F11-location-quoted-no-type F11-location-percent "
        "F11-location-percent-first F11-location-percent-whole-mail F11-location-percent-no-type F11-description "
        "F11-description-first F11-description-whole-mail F11-description-no-type F11-description-quoted "
        "F11-description-quoted-first F11-description-quoted-whole-mail F11-description-quoted-no-type "
        "F11-description-word F11-description-word-first F11-description-word-whole-mail "
        "F11-description-word-no-type F11-description-folded F11-description-folded-first "
        "F11-description-folded-whole-mail F11-description-folded-no-type F11-description-capitals "
        "F11-description-capitals-first F11-description-capitals-whole-mail F11-description-capitals-no-type "
        "F11-content-name F11-content-name-first F11-content-name-whole-mail F11-content-name-no-type F11-sun "
        "F11-sun-first F11-sun-whole-mail F11-sun-no-type"
    ),
}
UNSEEN = {id: reason for reason, words in REASONS.items() for id in ids(words)}
"""What is accepted though something is in it, by the id of the sample, and why."""
