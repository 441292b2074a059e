"""Evasive mails and their benign twins, made from techniques; one file for each group of techniques."""
