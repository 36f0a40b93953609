"""Carrying events between a seat and a server: wire models, client, engine. No rule, no screen."""
