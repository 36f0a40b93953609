"""Texts in English, one module per area."""
