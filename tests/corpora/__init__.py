"""Mails and archives that others made, through everything `bartizan scan` does, sandboxed scanners included."""
