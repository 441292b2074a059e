"""The configuration: its schema, and loading it with every problem at once."""
