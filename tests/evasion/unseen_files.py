"""What is known to get through of rows E, F and S, and why."""

from __future__ import annotations

from evasion.sample import ids

REASONS: dict[str, str] = {
    "to be fixed: escapes of quoted-printable that are none are not taken for nothing": (
        "E15-letters-in-marker E15-half-in-marker E15-half-letter-in-marker E15-letter-half-in-marker "
        "E15-space-in-marker E15-tab-in-marker E15-space-inside-in-marker E15-sign-in-marker E15-small-in-marker "
        "E15-eight-bit-in-marker E15-minus-in-marker E15-hex-prefix-in-marker E15-plus-in-marker "
        "E15-bracket-in-marker E15-before-letters"
    ),
    "to be fixed: the name inside of MacBinary is not looked at": ("E21-binary-name E21-binary-name-declared"),
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
    "to be fixed: a parameter that another program ends or begins elsewhere": (
        "F07-half-end F07-type-half-end F08-semicolon-behind F08-type-semicolon-behind F08-semicolon-then-png "
        "F08-type-semicolon-then-png F08-comma-behind F08-type-comma-behind F09-quoted F09-type-quoted F09-unopened "
        "F09-type-unopened F10-nbsp-utf-8 F10-type-nbsp-utf-8 F10-quoted-key F10-type-quoted-key"
    ),
    "to be fixed: a field that stands in for a name and begins on the next line": (
        "F11-location-folded F11-location-folded-first F11-location-folded-whole-mail F11-location-folded-no-type "
        "F11-description-folded F11-description-folded-first F11-description-folded-whole-mail "
        "F11-description-folded-no-type"
    ),
    "to be fixed: characters that are drawn as nothing and are kept": (
        "F16-separator F16-separator-word F16-separator-quoted F16-separator-zip F16-paragraph F16-paragraph-word "
        "F16-paragraph-quoted F16-paragraph-zip F14-e0100-inside F14-e0100-inside-word F14-e0100-inside-quoted "
        "F14-e0100-inside-zip F14-e0100-end F14-e0100-end-word F14-e0100-end-quoted F14-e0100-end-zip F14-e0100-dot "
        "F14-e0100-dot-word F14-e0100-dot-quoted F14-e0100-dot-zip F14-e01ef-inside F14-e01ef-inside-word "
        "F14-e01ef-inside-quoted F14-e01ef-inside-zip F14-e01ef-end F14-e01ef-end-word F14-e01ef-end-quoted "
        "F14-e01ef-end-zip F14-e01ef-dot F14-e01ef-dot-word F14-e01ef-dot-quoted F14-e01ef-dot-zip F14-2065-inside "
        "F14-2065-inside-word F14-2065-inside-quoted F14-2065-inside-zip F14-2065-end F14-2065-end-word "
        "F14-2065-end-quoted F14-2065-end-zip F14-2065-dot F14-2065-dot-word F14-2065-dot-quoted F14-2065-dot-zip "
        "F14-fff0-inside F14-fff0-inside-word F14-fff0-inside-quoted F14-fff0-inside-zip F14-fff0-end "
        "F14-fff0-end-word F14-fff0-end-quoted F14-fff0-end-zip F14-fff0-dot F14-fff0-dot-word F14-fff0-dot-quoted "
        "F14-fff0-dot-zip F14-2028-end F14-2028-end-word F14-2028-end-quoted F14-2028-end-zip F14-2028-ends "
        "F14-2028-ends-word F14-2028-ends-quoted F14-2028-ends-zip F14-2028-dot-end F14-2028-dot-end-word "
        "F14-2028-dot-end-quoted F14-2028-dot-end-zip"
    ),
    "to be fixed: letters and dots that look alike and are not told": (
        "F17-dot-0701 F17-dot-0701-word F17-dot-0701-quoted F17-dot-0701-zip F17-dot-a60e F17-dot-a60e-word "
        "F17-dot-a60e-quoted F17-dot-a60e-zip F17-dot-2027 F17-dot-2027-word F17-dot-2027-quoted F17-dot-2027-zip "
        "F17-dot-22c5 F17-dot-22c5-word F17-dot-22c5-quoted F17-dot-22c5-zip F17-dot-a4f8 F17-dot-a4f8-word "
        "F17-dot-a4f8-quoted F17-dot-a4f8-zip F17-dot-1d16d F17-dot-1d16d-word F17-dot-1d16d-quoted F17-dot-1d16d-zip "
        "F17-dot-10a50 F17-dot-10a50-word F17-dot-10a50-quoted F17-dot-10a50-zip F17-dot-0660 F17-dot-0660-word "
        "F17-dot-0660-quoted F17-dot-0660-zip F17-letter-03bd F17-letter-03bd-word F17-letter-03bd-quoted "
        "F17-letter-03bd-zip F17-letter-1d20 F17-letter-1d20-word F17-letter-1d20-quoted F17-letter-1d20-zip "
        "F17-letter-0299 F17-letter-0299-word F17-letter-0299-quoted F17-letter-0299-zip F17-letter-a731 "
        "F17-letter-a731-word F17-letter-a731-quoted F17-letter-a731-zip F17-small-capitals F17-small-capitals-word "
        "F17-small-capitals-quoted F17-small-capitals-zip F17-dotless F17-dotless-word F17-dotless-quoted "
        "F17-dotless-zip F17-enclosed F17-enclosed-word F17-enclosed-quoted F17-enclosed-zip"
    ),
    "to be fixed: names that a file system cuts, or whose last component is a dot": (
        "F15-slash-dot F15-slash-dot-word F15-slash-dot-quoted F15-slash-dot-zip F18-spaces-behind-zip "
        "F18-dots-behind-zip F18-stream-behind-zip F18-cut-at-255 F18-cut-at-255-word F18-cut-at-255-quoted "
        "F18-cut-at-255-zip F18-cut-at-260 F18-cut-at-260-word F18-cut-at-260-quoted F18-cut-at-260-zip"
    ),
    "to be fixed: not on the shipped list": (
        "F22-webpnp F22-webpnp-capitals F22-webpnp-in-zip F22-webpnp-as-text F22-dmg F22-dmg-capitals F22-dmg-in-zip "
        "F22-dmg-as-text"
    ),
    "reported, so that a rule can stop it; the shipped rules let pages, sources and documents through": (
        "F22-one F22-onepkg F22-mht F22-mhtml F22-html F22-htm F22-shtml F22-svg F22-xhtml F22-py F22-pyc F22-pyw "
        "F22-pyz F22-rb F22-sh F22-pl F22-php F22-docm F22-xlsm F22-pptm F22-xlam F22-ppam F22-dotm F22-xltm F22-xlsb "
        "F22-mdb F22-accdb F22-pub"
    ),
    "to be fixed: a type in quotes, and PKCS 7 that is not recognised": (
        'S03-"message/partial" S04-"message/external-body" S07-signed-tail-pem S08-pgp-compressed-file S07-stamped-pem'
    ),
    "to be fixed: files in calendars and cards of UTF-16 or quoted-printable, and names that only they give": (
        "S10-name-short S11-calendar-utf-16 S11-calendar-folded-utf-16 S11-calendar-plain-utf-16 "
        "S11-calendar-order-utf-16 S11-calendar-lower-utf-16 S11-calendar-typed-utf-16 S11-calendar-quoted-utf-16 "
        "S11-calendar-tab-folds-utf-16 S11-calendar-lf-folds-utf-16 S11-calendar-short-folds-utf-16 "
        "S11-calendar-data-utf-16 S11-calendar-image-utf-16 S11-calendar-no-parameters-utf-16 "
        "S11-calendar-description-utf-16 S11-calendar-x-utf-16 S11-calendar-url-safe-utf-16 "
        "S11-calendar-8bit-utf-16 S11-calendar-blank-line-utf-16 S11-calendar-second-utf-16 S11-card-utf-16 "
        "S11-card-typed-utf-16 S11-card-old-utf-16 S11-card-folded-utf-16 S11-card-logo-utf-16 "
        "S11-card-sound-utf-16 S11-card-key-utf-16 S11-card-data-utf-16 S11-card-agent-utf-16 S11-card-note-utf-16 "
        "S11-card-group-utf-16 S11-card-quoted-printable S11-card-quoted-printable-file "
        "S11-card-quoted-printable-octets S11-card-quoted-printable-utf-16 S11-name-x-label S11-name-link"
    ),
    "to be fixed: data: addresses whose base64 is written with entities or percent signs, or that are no base64": (
        "S14-escaped-blanks S14-escaped-blanks-file S14-entities S14-entities-file S14-hex-entities "
        "S14-hex-entities-file S14-plus-entities S14-plus-entities-file S14-percent S14-percent-file "
        "S14-percent-signs S14-percent-signs-file S14-not-base64 S14-not-base64-file"
    ),
    "to be fixed: wrappings of CMS and PGP that are not recognised": ("S07-stamped-pem"),
}
UNSEEN = {id: reason for reason, words in REASONS.items() for id in ids(words)}
"""What is accepted though something is in it, by the id of the sample, and why."""
