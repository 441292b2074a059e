"""Zips that programs may read in more than one way, held against the programs that unpack them."""
