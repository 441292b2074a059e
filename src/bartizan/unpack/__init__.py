"""Containers: one format family a file. Only ever run in short-lived sandboxed children."""
