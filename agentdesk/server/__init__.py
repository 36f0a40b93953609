"""The server: one truth for many seats (see :mod:`agentdesk.sync.wire` for what is spoken)."""
