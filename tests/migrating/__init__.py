"""The page for those who come from another product, row by row: every configuration loads, every row is played."""
