def zip_kind(view: memoryview) -> str:
    """What a file that begins as a zip is."""

def prefixed_zip(view: memoryview) -> bool:
    """Is this a zip with something in front: an end record with a directory before it?"""

def prefixed_rar(view: memoryview) -> bool:
    """Is there a RAR mark within the first bytes, as in self-extracting archives?"""

def ole_kind(view: memoryview) -> str:
    """What an OLE compound file is, by its root class or the streams in its first directory sector."""

def tar_header(block: bytes) -> bool:
    """Is this 512-byte block a tar header: the checksum right (signed or unsigned), and a name or the POSIX mark?"""
