"""Confinement of every process that meets strangers: lock-down, profiles, walls, accounts."""
