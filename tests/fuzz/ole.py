"""Compound files: the bytes as one, and as a stream of one that readers look into; compressed macros."""

from __future__ import annotations

from bartizan.unpack import officetext, vba
from bartizan.unpack.ole import OLE, open_ole
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from fuzz.pdf import Kept
from unpack.compound_file import Layout, Tree, compound
from unpack.vba_project import compressed, project

NAMES = (
    *("\1Ole10Native", "PowerPoint Document", "Workbook", "WordDocument", "Current User", "EncryptedPackage"),
    *("__substg1.0_10090102", "__substg1.0_1000001F", "__substg1.0_3707001F", "__substg1.0_37010102"),
)


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; what is put into a compound file comes out of it."""
    chance = chance_of(data)
    short = data[:4000]
    tree: Tree = {chance.choice(NAMES): short, "Macros": {"VBA": {**project("One", short), "dir": data[:2000]}}}
    layout = Layout(shift=chance.choice((9, 12)), difat=chance.random() < 0.5)
    for file in (data, compound(tree, layout), compound({"VBA": {"dir": compressed(short), "m": data}})):
        for members, size in ((40, 1 << 20), (chance.randrange(5), chance.randrange(5000))):
            open_ole(chance.choice(sorted(OLE)), memoryview(file), Sink(members, size), LIMITS)
    kept = Kept(40, 1 << 20)
    open_ole("ole", memoryview(compound({"content": short, "VBA": project("One", short)})), kept, LIMITS)
    assert short in kept.content
    assert vba.decompress(compressed(short), 0, 4000).text == short
    assert len(vba.decompress(data, 0, 1000).text) <= 1000
    vba.offsets(data)
    for text, whole in (officetext.powerpoint(data, 1000), officetext.excel(data, 1000)):
        assert text.decode("utf-8", "replace").encode() == text or not whole
    officetext.word(data, data, 1000)
