"""``agentdesk`` and ``python -m agentdesk``."""

from __future__ import annotations

import gc

# Starting makes a hundred thousand objects that all stay: looking through them for garbage
# again and again costs a tenth of the start. `dispatch` and the console turn it on again.
gc.disable()

import os
import sys
from collections.abc import Sequence

from agentdesk.cli.context import show_error
from agentdesk.cli.dispatch import dispatch, guess_strings
from agentdesk.errors import AgentdeskError

INTERRUPTED = 130
"""Exit code after ctrl+c, as shells have it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; the exit code (see :mod:`agentdesk.cli`)."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        return dispatch(arguments, os.environ)
    except AgentdeskError as error:
        show_error(error, guess_strings(arguments, os.environ), sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`agentdesk keys | head`); nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
