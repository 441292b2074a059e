"""What happened, said once: events and their encoding."""
