"""Processes are killed at random moments under load; nothing that was acknowledged may be lost."""
