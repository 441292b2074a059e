"""mime-is-broken: 160 mails that hide a file, or its name, from whoever reads mail otherwise than its recipient."""

from __future__ import annotations

from pathlib import Path

from corpora.examined import Examined, Scan, assert_known, files, read

NAMES = {"fname-cdisp.png.eml": ".png", "fname-ctype.png.eml": ".png"}
"""Two mails whose file is called what it is not; all others hold a name that ends in .zip."""


def test_content_is_found(corpus: Path, scan: Scan) -> None:
    """EICAR in a zip is found, or the mail is ambiguous; else it is listed."""
    folder = corpus / "mime-is-broken" / "hide-content"
    results = scan(read(folder, files(folder, "*.eml")))
    failing: dict[str, Examined] = {
        name: examined
        for name, examined in results.items()
        if "EICAR_Test_File" not in examined.found and "ambiguous" not in examined.gaps
    }

    assert len(results) == 84
    assert_known("mime-is-broken", failing)
    assert not [name for name in failing if name.startswith("level3/")]
    assert not [name for name in failing if name.startswith("level2/")]


def test_what_is_found_is_held(corpus: Path, scan: Scan) -> None:
    """A mail in which EICAR was found is never accepted."""
    folder = corpus / "mime-is-broken" / "hide-content"
    results = scan(read(folder, files(folder, "*.eml")))

    assert [name for name, one in results.items() if one.accepted and "EICAR_Test_File" in one.found] == []


def test_names_are_found(corpus: Path, scan: Scan) -> None:
    """The name that a recipient may see is among the names of the part; else it is listed."""
    folder = corpus / "mime-is-broken" / "hide-filename"
    results = scan(read(folder, files(folder, "*.eml")))
    failing = {
        name: examined
        for name, examined in results.items()
        if not any(n.endswith(NAMES.get(Path(name).name, ".zip")) for n in examined.names)
        and "ambiguous" not in examined.gaps
    }

    assert len(results) == 76
    assert_known("mime-is-broken-names", failing)
