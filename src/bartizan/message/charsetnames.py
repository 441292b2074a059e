"""Names of charsets that Python does not know, and mail programs do.

In: nothing. Out: a table from a name in lower case, letters and digits only, to Python's codec. The names are those of
the IANA registry, of Microsoft's code pages, of ICU and of the C library, as far as they mean something that Python can
read; charsets that have ASCII as it is need none, since an unknown name is read so.
EBCDIC has more tables than Python: letters, digits and blanks are in the same place in all of them but the Japanese
ones, so that the one for the United States stands in for those that Python lacks. EBCDIC_KANA is for these.
Not here: decoding (charset), the names that the compiled core knows.
"""

from __future__ import annotations

IMAP_UTF7 = "imap_utf7"
"""Stands in the table for a codec that Python does not have."""
EBCDIC_KANA = "ebcdic_kana"
"""Stands for the EBCDIC of Japan, in which small letters are where others have signs."""

_OTHERS = {
    "cp1252": "ansi iso8859 latin xuserdefined",
    "utf_8": "cp65001 windows65001 utf8mb4 ibm1208 cp1208 unicode11utf8 unicode20utf8 xunicode20utf8",
    IMAP_UTF7: "imap4utf7 utf7imap csutf7imap ximap4modifiedutf7",
    "utf_7": "unicode11utf7 csunicode11utf7 csutf7 unicode20utf7 xunicode11utf7 xunicode20utf7 xutf7 cp65000",
    "utf_16": (
        "unicode csunicode csutf16 ucs2 csucs2 iso10646ucs2 iso10646j1 unicode11 csunicode11 unicodefeff xutf16 "
        "ibm1204 cp1204 unicode20 csiso10646 iso10646"
    ),
    "utf_16_le": (
        "ucs2le unicodelittle unicodelittleunmarked xutf16le csutf16le xutf16lebom utf16leoppositeendian ibm1202 "
        "cp1202 cp1200 ucs2internal"
    ),
    "utf_16_be": (
        "ucs2be unicodebig unicodebigunmarked unicodefffe xutf16be csutf16be xutf16bebom ibm1200 ibm1201 cp1201 "
        "ibm13488 ibm17584 ucs2swapped"
    ),
    "utf_32": "ucs4 csucs4 iso10646ucs4 csutf32 xutf32 ibm1236 cp1236",
    "utf_32_le": "ucs4le csutf32le xutf32le xutf32lebom ibm1234 cp1234 cp12000 wchart ucs4internal",
    "utf_32_be": "ucs4be csutf32be xutf32be xutf32bebom ibm1232 cp1232 cp12001 ucs4swapped",
    "iso8859_8": "iso88598i iso88598e csiso88598i csiso88598e",
    "iso8859_6": "iso88596i iso88596e csiso88596i csiso88596e",
    "mac_roman": "macintosh xmacroman",
    "mac_cyrillic": "xmaccyrillic",
    "cp874": "windows874",
    "gbk": "windows936 xgbk",
    "cp949": "windows949",
    "euc_jp": "xeucjp",
    "shift_jis": "xsjis",
    "big5": "xxbig5",
    "hz": "cp52936",
    "iso2022_jp_ext": "cp50220 cp50221 cp50222",
    "iso2022_kr": "cp50225",
}
_PAGES = {
    "cp037": (
        "37 38 256 274 275 277 278 280 281 282 284 285 297 420 423 833 836 838 870 871 880 905 918 924 933 935 937 939 "
        "1025 1027 1047 1069 1070 1079 1081 1084 1097 1112 1122 1123 1130 1132 1137 1142 1143 1144 1145 1146 1147 1149 "
        "1153 1154 1155 1156 1157 1158 1160 1164 1165 1166 1364 1371 1388 1399 4517 4899 4971 5123 5351 8482 8612 "
        "9030 9067 12712 16684 16804 20277 20278 20280 20284 20285 20297 20420 20423 20833 20838 20871 20880 20905 "
        "20924 21025"
    ),
    "cp273": "1141 20273",
    "cp424": "20424",
    "cp500": "500 1148",
    "cp875": "875",
    "cp1026": "1026",
    "cp1140": "1140",
    EBCDIC_KANA: "290 930 931 1390 5026 20290",
}
"""The code pages of EBCDIC, by the codec that reads their letters."""
_PREFIXES = ("cp", "cscp", "ibm", "csibm", "xibm", "ccsid")
_COUNTRIES = (
    "at atde atdea be br ca cafr cpar1 cpar2 cpca cpdk cpes cpfi cpfr cpgb cpgr cpis cpit cpnl cpno "
    "cproece cpse cptr cpus cpwt cpyu cyrillic dkno dknoa es esa ess fise fisea fr greek int int1 isfriss it jpe "
    "koreanextended latin9euro pt uk us us37euro de273euro dk277euro no277euro fi278euro se278euro it280euro es284euro "
    "gb285euro fr297euro international500euro is871euro"
)
"""Names behind the word EBCDIC."""


def _names() -> dict[str, str]:
    names = {name: codec for codec, listed in _OTHERS.items() for name in listed.split()}
    for codec, pages in _PAGES.items():
        for page in pages.split():
            for digits in range(6):
                names.update(dict.fromkeys((prefix + page.zfill(digits) for prefix in _PREFIXES), codec))
            if len(page) > 3:  # shorter numbers are too much like other names
                names[page] = codec
    for country in _COUNTRIES.split():
        for prefix in ("ebcdic", "csebcdic", "xebcdic"):
            names[prefix + country] = "cp037"
    names |= {"ebcdic": "cp037", "ibmthai": "cp037", "500v1": "cp500"}
    for country in ("kana", "jpkana", "japaneseandkana", "japanesekatakanaextended", "japaneseanduscanada"):
        for prefix in ("ebcdic", "csebcdic", "xebcdic"):
            names[prefix + country] = EBCDIC_KANA
    return names


NAMES = _names()
"""Compact name to codec. Read only."""
