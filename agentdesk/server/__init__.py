"""The server: one truth for many seats (see :mod:`agentdesk.wire` for what is spoken)."""
