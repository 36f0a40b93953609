"""Settings: file, then environment, then command line; each overrides the one before.

The file is never rewritten by the program. What the first start asks is kept in the store;
a value set here wins over it.
"""

from agentdesk.config.load import load, located, unknown_variables
from agentdesk.config.model import Agent, Config, Push, Ring, Shift, Typing
from agentdesk.config.remote import Server

__all__ = [
    "Agent",
    "Config",
    "Push",
    "Ring",
    "Server",
    "Shift",
    "Typing",
    "load",
    "located",
    "unknown_variables",
]
