"""What verdicts do: relay, tag, quarantine, refuse."""
