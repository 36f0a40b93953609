"""Pure makers of lines: from a snapshot to what a panel of the call screen shows."""
