"""agentdesk: a keyboard-driven console for people who answer a service hotline."""

__version__ = "0.3.0"
