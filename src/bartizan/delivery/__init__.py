"""The next hop, and the durable store behind quarantine."""
