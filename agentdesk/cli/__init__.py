"""The command line: ``agentdesk [options] [sub-command …]``; no sub-command opens the console.

A sub-command is one module with two functions::

    def add_arguments(parser: argparse.ArgumentParser, strings: Strings) -> None: ...
    def run(args: argparse.Namespace, context: Context) -> int: ...

and a line in :data:`agentdesk.cli.dispatch.COMMANDS` (name, module). Only the chosen module is
imported, and it imports heavy things inside ``run``, so ``--help`` and ``paths`` are quick.
The name's help text is ``cli.<name>.help`` in the string tables.

``run`` returns the exit code or raises an ``AgentdeskError``, which is shown as title and body
on stderr and gives its own exit code. Data goes to stdout (``context.put``), narration to
stderr (``context.say``). Both make control characters visible.

Exit codes: 0 fine · 1 something is wrong · 2 wrong settings, pack, usage or terminal ·
3 the database cannot be used · 4 a running console did not answer · 130 interrupted.

The options every sub-command shares (``--config --language --theme --pack --agent-no``) are
taken out before the sub-command sees its arguments.
"""
