"""Lists of addresses and names."""
