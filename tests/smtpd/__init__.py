"""Tests of the SMTP side, and what they share."""
