"""Real servers and a bare Debian: run by make integration."""
