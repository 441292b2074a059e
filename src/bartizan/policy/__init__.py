"""Rules over findings and envelopes: a pure function from what is known to a verdict for each recipient."""
