"""The Python face of the core: parsed messages, names, and the work list of nodes."""
