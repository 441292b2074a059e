"""The processes of one node: what they are told, how they start, take a new configuration, and end."""
