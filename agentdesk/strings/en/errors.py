"""Errors of settings, folders, terminal and command line: what is wrong and what to do."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.file": "File: {file}",
    "error.nearest": "Did you mean: {nearest}",
    "error.unexpected.title": "Something went wrong in the program",
    "error.unexpected.body": "{reason}\nWhat was saved is not lost. Details are in {log}; "
    "please pass them to whoever maintains this.",
    "error.config.missing.title": "The settings file was not found",
    "error.config.missing.body": "{file} does not exist. Check the path given by --config or "
    "AGENTDESK_CONFIG, or leave it out to use the defaults.",
    "error.config.unreadable.title": "The settings file cannot be read",
    "error.config.unreadable.body": "{file}: {reason}",
    "error.config.encoding.title": "The settings file is not UTF-8",
    "error.config.encoding.body": "{file}, line {line}, holds something that is not UTF-8. "
    "Save the file as UTF-8.",
    "error.config.syntax.title": "The settings file is malformed",
    "error.config.syntax.body": "{file}, line {line}, column {column} is not TOML: {reason}\n"
    'Text needs quotes, for example company = "Example Express".',
    "error.config.unknown_key.title": "Unknown key in the settings file",
    "error.config.unknown_key.body": "{file}, line {line}: there is no setting called {key}.",
    "error.config.value.title": "A setting cannot have this value",
    "error.config.value.body": "{file}, line {line}: {key} cannot be {value}; "
    "it should be {expected}",
    "error.config.hours.backwards.title": "Hours that end before they begin",
    "error.config.hours.backwards.body": "{file}, line {line}: {value} in {key} does not end "
    "after it begins. Write work over midnight as two: until 24:00, and from 00:00 the next day.",
    "error.config.hours.overlap.title": "Overlapping hours",
    "error.config.hours.overlap.body": "{file}, line {line}: {value} in {key} overlaps the hours "
    "before it.",
    "error.config.hours.empty.title": "No working time",
    "error.config.hours.empty.body": "{file}, line {line}: {key} holds no interval, so nothing "
    "would ever be due.\nGive at least one, or take it away for the default.",
    "error.config.variable.title": "An environment variable cannot have this value",
    "error.config.variable.body": "{key} cannot be {value}; it should be {expected}",
    "error.config.flag.title": "An option cannot have this value",
    "error.config.flag.body": "{key} cannot be {value}; it should be {expected}",
    "error.config.unknown_command.title": "Unknown command in the key settings",
    "error.config.unknown_command.body": "{file}, line {line}: there is no command called {key}. "
    "Run agentdesk keys to see them all.",
    "error.config.key_clash.title": "Two commands share a key",
    "error.config.key_clash.body": "{file}, line {line}: key {key} is given to "
    "both {first} and {second}.\n"
    "Change one of them; the default keys are used meanwhile.",
    "error.config.key_fixed.title": "This key cannot be changed",
    "error.config.key_fixed.body": "{file}, line {line}: the key of {key} is fixed.",
    "error.config.key_forbidden.title": "This key cannot be used",
    "error.config.key_forbidden.body": "{file}, line {line}: {key} cannot use {value}: "
    "terminals do not send it, or it has another use.\n"
    "Choose an F-key or ctrl with a letter.",
    "error.folder.unwritable.title": "A folder cannot be written",
    "error.folder.unwritable.body": "{path}: {reason}\nCheck permissions and disk, or choose "
    "another place with XDG_DATA_HOME and its kin.",
    "error.terminal.not_a_terminal.title": "This is not a terminal",
    "error.terminal.not_a_terminal.body": "The console opens in a terminal window; its input and "
    "output cannot be redirected.\nScripts can use the sub-commands: agentdesk --help.",
    "error.terminal.dumb.title": "This terminal is too simple",
    "error.terminal.dumb.body": "A terminal with TERM={term} cannot move its cursor. Use another "
    "terminal window, or set TERM=xterm-256color and try again.",
    "error.terminal.encoding.title": "This terminal is not UTF-8",
    "error.terminal.encoding.body": "The encoding is {encoding}; Chinese would be garbled.\n"
    "Run export LC_ALL=C.UTF-8 (or zh_CN.UTF-8) first, then open it again.",
    "error.usage.command.title": "No such sub-command",
    "error.usage.command.body": "{value} is not a sub-command of agentdesk. "
    "agentdesk --help lists them all.",
    "error.usage.arguments.title": "The command line is wrong",
    "error.usage.arguments.body": "{reason}\nSee {prog} --help.",
    "error.usage.unavailable.title": "A part of the program is missing",
    "error.usage.unavailable.body": "{value} could not be loaded: {reason}. "
    "Please install agentdesk again.",
}
