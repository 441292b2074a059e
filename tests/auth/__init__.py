"""Tests of who may log in, and what plays the other side in them."""
