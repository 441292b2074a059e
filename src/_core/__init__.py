"""The compiled scanning core.

A missing or stale build is an error at start, never a silent slow path: there is no Python fallback.
"""
