"""Lists that decide who may come in: map files and inline entries, compiled into one file that all processes share.

source.py reads, entry.py knows what an entry looks like, names.py how names compare, compile.py makes the file,
access.py looks up. Not here: noticing that a map file changed, and what a match means for a session or a message.
"""
