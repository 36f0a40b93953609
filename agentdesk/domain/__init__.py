"""Pure rules: no clock, no I/O, no randomness of their own; standard library only."""
