"""Encrypted documents: the bytes where these say how they are encrypted, and in front of what is decrypted."""

from __future__ import annotations

import io
import zipfile

from bartizan.unpack.archive import open_archive
from bartizan.unpack.ole import open_ole
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from unpack.compound_file import compound
from unpack.locked_office import sealed_book, sealed_slides, sealed_word, turned_book

PASSWORD = "Sesame"
TREES = (
    sealed_word("basic", PASSWORD),
    sealed_word("api128", PASSWORD),
    sealed_book("basic", PASSWORD),
    sealed_book("api40", PASSWORD),
    turned_book(PASSWORD),
    sealed_slides(PASSWORD),
)


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early."""
    chance = chance_of(data)
    tree = dict(chance.choice(TREES))
    name = chance.choice(sorted(tree))
    stream = bytearray(tree[name])  # type: ignore[arg-type]
    start = chance.choice((0, 4, 10, 20, chance.randrange(len(stream) + 1)))
    piece = data[: chance.choice((1, 4, 64, 4096))]
    stream[start : start + len(piece)] = piece
    changed = compound({**tree, name: bytes(stream)})
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("content.xml", data)
        made.writestr("META-INF/manifest.xml", data)
    for members, size in ((40, 1 << 20), (chance.randrange(5), chance.randrange(5000))):
        for type, opener, file in (("ole", open_ole, changed), ("odt", open_archive, package.getvalue())):
            sink = Sink(members, size)
            sink.passwords = ("wrong", PASSWORD)
            opener(type, memoryview(file), sink, LIMITS)
