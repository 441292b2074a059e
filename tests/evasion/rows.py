"""The rows of the suite: what each technique is, and what must become of a mail that uses it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One technique: `title` in words, `must` what has to happen."""

    title: str
    must: str


FOUND = "found"
"""The payload is found, and the mail stopped for it."""
READ = "found, or held because readings differ"
NAME = "the name is blocked"
HELD = "held: cannot be read"
LIMIT = "found, or held at a limit, in bounded time and memory"
SEEN = "found, or held as a container that is not opened"
REFUSED = "refused, closed or bounded while it is received"

HEADERS = {
    "H01": Row("two transfer encodings, the true one first", READ),
    "H02": Row("two transfer encodings, the true one last", READ),
    "H03": Row("a transfer encoding beside an empty or unknown one", READ),
    "H04": Row("three transfer encodings, one of them false, or two", READ),
    "H05": Row("several encodings in one field", READ),
    "H06": Row("an encoding with something in front, behind or inside", READ),
    "H07": Row("comments in the encoding, closed or not", READ),
    "H08": Row("the encoding as an encoded word", READ),
    "H09": Row("the encoding folded: around the colon, twice, inside the word", READ),
    "H10": Row("blanks, controls and colons before or behind the name of a field", READ),
    "H11": Row("NUL inside or around the value of a field", READ),
    "H12": Row("a field behind a bare CR of another field", READ),
    "H13": Row("a field as the continuation of a line that is none", READ),
    "H14": Row("fields separated by CR, LF and mixtures of them", READ),
    "H15": Row("lines that are no fields before a field", READ),
    "H16": Row("the name of a field twice in one line", READ),
    "H17": Row("two content types", READ),
    "H18": Row("a content type misspelt, quoted, escaped or cut", READ),
    "H19": Row("names and values in odd case", FOUND),
    "H20": Row("no content type, or only its parameter", READ),
    "H21": Row("no MIME-Version, or an odd one", FOUND),
    "H22": Row("something else than an empty line between header and body", READ),
    "H23": Row("fields behind the empty line", READ),
    "H24": Row("base64 in the place of a field", READ),
    "H25": Row("a part that begins with an empty line, a CR, a blank or a colon", READ),
    "H26": Row("fields too long or too many", LIMIT),
    "H27": Row("8-bit text, broken UTF-8 and byte order marks in the header", READ),
    "H28": Row("a parameter with faults in front of the one that matters", READ),
}
BOUNDARIES = {
    "B01": Row("two boundary parameters", READ),
    "B02": Row("two content types, each with a boundary", READ),
    "B03": Row("an extended or continued boundary parameter", READ),
    "B04": Row("an extended boundary in UTF-16", READ),
    "B05": Row("an encoded word as boundary", READ),
    "B06": Row("blanks and folds around the equals sign", READ),
    "B07": Row("a blank before, inside or behind the boundary", READ),
    "B08": Row("a blank at the end of the definition only, or of the delimiter only", READ),
    "B09": Row("a difference behind a blank or a fold", READ),
    "B10": Row("a boundary that is empty or blank", READ),
    "B11": Row("quotes that are not balanced, or inside", READ),
    "B12": Row("backslashes in boundary, parameter and type", READ),
    "B13": Row("semicolons and commas in the boundary", READ),
    "B14": Row("comments in or around the boundary", READ),
    "B15": Row("a boundary parameter that no semicolon precedes, or that stands in another value", READ),
    "B16": Row("boundary=boundary=", READ),
    "B17": Row("the name of the parameter misspelt", READ),
    "B18": Row("delimiters that only begin like the boundary", READ),
    "B19": Row("inner and outer boundary alike, or one the beginning of the other", READ),
    "B20": Row("no boundary, but delimiters", READ),
    "B21": Row("no closing delimiter: inside, outside, both", FOUND),
    "B22": Row("a closing delimiter with one hyphen, or with something behind", READ),
    "B23": Row("a part behind the closing delimiter", READ),
    "B24": Row("a part before the first delimiter", READ),
    "B25": Row("a delimiter inside the header of a part", READ),
    "B26": Row("an outer delimiter inside base64", READ),
    "B27": Row("bare CR and LF around a delimiter", READ),
    "B28": Row("CR and NUL inside the boundary", READ),
    "B29": Row("boundaries too long, that differ far behind", READ),
    "B30": Row("a boundary for a type that has no parts", READ),
    "B31": Row("blanks before a delimiter", READ),
    "B32": Row("a multipart without delimiters, then parts", FOUND),
}
ENCODINGS = {
    "E01": Row("base64 in pieces that are padded each", READ),
    "E02": Row("every two bytes a piece of their own", READ),
    "E03": Row("padding in wrong places", READ),
    "E04": Row("padding that is missing", READ),
    "E05": Row("padding that is too much: at line ends, in lines of its own", READ),
    "E06": Row("other characters between those of base64", READ),
    "E07": Row("some characters of base64 and empty lines in front", READ),
    "E08": Row("base64 behind a character that is none", READ),
    "E09": Row("lines of any length", FOUND),
    "E10": Row("a second file behind the padding", READ),
    "E11": Row("begin-base64 inside base64", FOUND),
    "E12": Row("the alphabet for URLs", READ),
    "E13": Row("soft line breaks anywhere", FOUND),
    "E14": Row("quoted-printable with small hexadecimal digits", FOUND),
    "E15": Row("escapes of quoted-printable that are none", READ),
    "E16": Row("quoted-printable with bare line ends, without line ends, without breaks", READ),
    "E17": Row("uuencode as transfer encoding", READ),
    "E18": Row("uuencode inside text", FOUND),
    "E19": Row("yEnc, declared or inside text", SEEN),
    "E20": Row("BinHex", SEEN),
    "E21": Row("AppleDouble, AppleSingle, MacBinary", SEEN),
    "E22": Row("gzip inside base64 by name", READ),
    "E23": Row("an encoding on a multipart or on an attached mail", READ),
    "E24": Row("binary content declared as 7bit or 8bit", FOUND),
    "E25": Row("encoded twice, or as hexadecimal, base-85 or other text", FOUND),
    "E26": Row("UTF-7", READ),
    "E27": Row("text in wide, shifting and unknown charsets", READ),
    "E28": Row("a charset that is not the declared one", FOUND),
    "E29": Row("shifts that do nothing, overlong UTF-8", FOUND),
}
NAMES = {
    "F01": Row("two names: of the type and of the disposition", NAME),
    "F02": Row("the parameter or the field twice", NAME),
    "F03": Row("an extended parameter", NAME),
    "F04": Row("a continued parameter: order, gaps, repeats", NAME),
    "F05": Row("an extended parameter with a language", NAME),
    "F06": Row("an extended parameter beside a plain one", NAME),
    "F07": Row("encoded words as a name", NAME),
    "F08": Row("quotes, backslashes and semicolons inside", NAME),
    "F09": Row("comments", NAME),
    "F10": Row("blanks and folds around the equals sign", NAME),
    "F11": Row("a name that stands elsewhere only", "the name is told as evidence, which rules can use"),
    "F12": Row("two extensions", NAME),
    "F13": Row("characters that turn the direction", NAME),
    "F14": Row("dots, blanks and invisible characters at the end", NAME),
    "F15": Row("streams, paths and devices", NAME),
    "F16": Row("NUL and line ends inside", NAME),
    "F17": Row("letters that look alike", NAME),
    "F18": Row("a name so long that nobody sees its end", NAME),
    "F19": Row("no name at all, a program by its content", NAME),
    "F20": Row("a type or extension that the content contradicts", NAME),
    "F21": Row("a plain name with percent signs", NAME),
    "F22": Row(
        "every kind of file that runs or makes something run",
        "the name is blocked, or reported if people send such files",
    ),
}
STRUCTURES = {
    "S01": Row("mails in mails", LIMIT),
    "S02": Row("mails under other types, digests", FOUND),
    "S03": Row("a fragment of a mail", "held: partial"),
    "S04": Row("a mail whose body is elsewhere", "held: partial"),
    "S05": Row("a file among alternatives, or related to a page", FOUND),
    "S06": Row("a file shown inline, without disposition, or known by its Content-ID", FOUND),
    "S07": Row("S/MIME: signed, compressed", SEEN),
    "S08": Row("encrypted by S/MIME or PGP", "held: encrypted"),
    "S09": Row("winmail.dat", SEEN),
    "S10": Row("a mail as Outlook stores it", SEEN),
    "S11": Row("files in calendars and cards", FOUND),
    "S12": Row("a report that returns the mail", FOUND),
    "S13": Row("mails in archives in mails", FOUND),
    "S14": Row("data: addresses", FOUND),
    "S15": Row("From_ lines and dots", FOUND),
    "S16": Row("parts, levels and delimiters without end", LIMIT),
    "S17": Row("a mail that is cut off", FOUND),
    "S18": Row("a payload far behind", LIMIT),
}
DOCUMENTS = {
    "O01": Row("Office and OpenDocument archives", SEEN),
    "O02": Row("compound files of old Office", SEEN),
    "O03": Row("pages as MHT", FOUND),
    "O04": Row("objects in RTF", FOUND),
    "O05": Row("streams of PDF", SEEN),
    "O06": Row("files in OneNote", FOUND),
    "O07": Row("pages whose scripts hold a file", FOUND),
    "O08": Row("SVG with scripts and files", FOUND),
    "O09": Row("entities of XML", FOUND),
    "O10": Row("a phrase between tags, comments and what is not shown", FOUND),
    "O11": Row("a phrase in letters that look alike", FOUND),
    "O12": Row("a phrase across lines, breaks and edges", FOUND),
    "O13": Row("a phrase in encoded words, cut anywhere", FOUND),
    "O14": Row("a link written another way", FOUND),
    "O17": Row("the test file with something around it", FOUND),
}
ARCHIVES = {
    "Z01": Row("encrypted archives", "held: encrypted"),
    "Z02": Row("encrypted archives whose password is in the mail", FOUND),
    "Z03": Row("the two headers of a zip member differ", READ),
    "Z04": Row("a member encrypted by one header only", READ),
    "Z05": Row("members of one name, and names that mean the same", FOUND),
    "Z06": Row("odd characters in names of members", NAME),
    "Z07": Row("members that no directory lists", FOUND),
    "Z08": Row("several directories", READ),
    "Z09": Row("counts that are wrong", FOUND),
    "Z10": Row("something in front of an archive", FOUND),
    "Z11": Row("ZIP64", FOUND),
    "Z12": Row("methods and checksums that are wrong or unknown", READ),
    "Z13": Row("sizes that are wrong", READ),
    "Z14": Row("members that overlap", FOUND),
    "Z15": Row("archives in archives, bombs", LIMIT),
    "Z16": Row("very many members", LIMIT),
    "Z17": Row("several streams in one compressed file", READ),
    "Z18": Row("two archives, or an archive and something else, in one file", READ),
    "Z19": Row("rare formats", SEEN),
    "Z20": Row("pieces of a set of archives", READ),
    "Z22": Row("names that lead elsewhere", FOUND),
    "Z23": Row("disk images", FOUND),
    "Z24": Row("disks of virtual machines", "held, or the name is blocked"),
    "Z26": Row("a payload in comments and between members", FOUND),
    "Z27": Row("archives that only a repair opens", READ),
}
WALL = {
    **{
        f"P{number:02}": Row(f"{end} is no end of a message", "stays text; refused; nothing is smuggled")
        for number, end in enumerate(
            (
                "LF . LF",
                "CR . CR",
                "CR . LF",
                "LF . CR",
                "LF . CRLF",
                "CRLF . LF",
                "CR . CRLF",
                "CRLF . CR",
                "CRLF NUL . CRLF",
                "CRLF . NUL CRLF",
                "CRLF . CR CRLF",
                "CR CRLF . CRLF, but for its last four octets,",
                "LF .. CRLF",
            ),
            1,
        )
    },
    "P14": Row("commands in the packet of STARTTLS", REFUSED),
    "P15": Row("a client that talks early, or pipelines out of turn", REFUSED),
    "P16": Row("control characters, source routes and other old forms in addresses", REFUSED),
    "P17": Row("several senders in the header, or one in odd form", "found by a check of the form"),
    "P18": Row("results of authentication that somebody else wrote", "taken out"),
    "P19": Row("a DKIM signature of less than the body", "told"),
    "P20": Row("sizes that are lies", REFUSED),
    "P21": Row("a byte now and then", REFUSED),
    "P22": Row("recipients, commands and log-ins without end", REFUSED),
}
MAILS = HEADERS | BOUNDARIES | ENCODINGS | NAMES | STRUCTURES | DOCUMENTS | ARCHIVES
"""The rows of which there are samples."""
ROWS = MAILS | WALL
