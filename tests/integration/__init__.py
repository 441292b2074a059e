"""Real servers, a bare Debian, and what people's programs make: run by make integration."""
