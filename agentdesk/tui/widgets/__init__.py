"""Widgets that know nothing of calls."""
