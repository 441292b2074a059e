"""Bartizan: the SMTP edge gateway that looks into every message before it lets it pass."""

__version__ = "0.1.0"
