"""Checks on who connects, what it calls itself, and whom it sends from and to, before any content is looked at."""
