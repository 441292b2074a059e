"""Inputs made to cost more than their size; what every reader must take in linear time and bounded memory."""
