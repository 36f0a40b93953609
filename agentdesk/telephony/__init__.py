"""Telephony: how a phone system reaches the running console, on this machine only."""
