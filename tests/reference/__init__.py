"""Slow, plain-Python twins of the compiled core: written for clarity, never for speed, and never shipped."""
