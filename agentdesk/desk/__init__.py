"""The only door: load, decide, commit, announce.

The console, the shell, telephony and practice all act through :class:`Desk`, so none of
them has rules of its own.
"""
