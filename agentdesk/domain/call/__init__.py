"""The call: its state, what may be done to it, and what the standard still wants."""
