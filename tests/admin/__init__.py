"""The admin process."""
