"""Detectors: they look at nodes and report findings. Policy decides."""
