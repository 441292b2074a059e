"""Layer 1: listeners, sessions, and receiving messages."""
