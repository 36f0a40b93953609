"""``agentdesk check``: forbidden phrases and customers' numbers in files."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "category.confidentiality": "Customer data",
    "cli.check.help": "look for banned phrases and customers' numbers in files",
    "cli.check.files": "files to check; none, or -, is the standard input",
    "cli.check.rules": "use your own list of phrases (TOML) and no service standard",
    "cli.check.speaker": "whose words: agent (default), customer (not checked) or note",
    "cli.check.format": "output: text (default), json or sarif",
    "cli.check.min_severity": "report this and above: advise (default), reason or block",
    "cli.check.encoding": "encoding of the files: utf-8 (default) or gb18030",
    "cli.check.transcript": "read JSON Lines transcripts (known by the name .jsonl): "
    'each line {{"speaker", "at", "text"}}',
    "cli.check.required": "also list what the standard asks for and is not there "
    "(greeting, name, closing …)",
    "cli.check.numbers": "also look for mobile, identity card and bank card numbers "
    "where the standard has no clause on confidentiality, and with --rules",
    "cli.check.severity.advise": "advise",
    "cli.check.severity.reason": "reason",
    "cli.check.severity.block": "block",
    "cli.check.hit": "{place}: {severity}  {rule}  {category}  “{text}”",
    "cli.check.better": " → {suggestion}",
    "cli.check.missing": "{file}: missing  {rule}  {title} ({value}/{target})",
    "cli.check.broken": "{file}: broken  {rule}  {title} ({value} times)",
    "cli.check.sarif": "“{text}” breaks {rule}",
    "cli.check.clean": "● nothing is wrong (by {name})",
    "cli.check.unread": "Not every file was checked; see above.",
    "cli.check.summary": "{count} found (by {name})  {each}",
    "cli.check.gaps": "{count} requirements missing or broken",
    "error.check.unreadable.title": "A file to check cannot be read",
    "error.check.unreadable.body": "{file}: {reason}",
    "error.check.too_large.title": "A file to check is too large",
    "error.check.too_large.body": "{file} has more than {limit} MB; split it.",
    "error.check.encoding.title": "The file has another encoding",
    "error.check.encoding.body": "{file}: byte {offset} (from 0, {byte}) is not {encoding}. "
    "Check the file, or name its encoding with --encoding.",
    "error.check.is_gb18030.title": "The file has another encoding",
    "error.check.is_gb18030.body": "{file}: byte {offset} (from 0, {byte}) is not {encoding}. "
    "It looks like GB18030; add --encoding gb18030.",
    "error.check.is_utf8.title": "The file has another encoding",
    "error.check.is_utf8.body": "{file}: from byte {offset} (from 0) on this is UTF-8 and not "
    "gb18030. Leave out --encoding gb18030.",
    "error.check.transcript.title": "A line of the transcript is no JSON object",
    "error.check.transcript.body": "{file}, line {line}, column {column} cannot be understood. "
    "Every line is one object, for example "
    '{{"speaker": "agent", "at": "09:30:05", "text": "您好"}}',
    "error.check.member.title": "A value in the transcript is wrong",
    "error.check.member.body": "{file}, line {line}, column {column}: "
    "{key} cannot be {value}; it should be {expected}",
    "error.check.member_missing.title": "A value in the transcript is missing",
    "error.check.member_missing.body": "{file}, line {line} has no {key}; it should be {expected}",
    "error.check.required_needs_pack.title": "A list of phrases requires nothing to be said",
    "error.check.required_needs_pack.body": "--required needs a service standard and cannot be "
    "used with --rules.",
    "error.rules.unreadable.title": "Cannot read the list of phrases",
    "error.rules.unreadable.body": "{file}: {value}\n"
    "Check that it exists, is a plain file, and may be read.",
    "error.rules.too_large.title": "The list of phrases is too large",
    "error.rules.too_large.body": "{file} has more than {expected} bytes. Is it the right file?",
    "error.rules.encoding.title": "The list of phrases is not UTF-8",
    "error.rules.encoding.body": "{file}, line {line}: this is not {expected} ({value}). "
    "Save the file as UTF-8.",
    "error.rules.syntax.title": "The list of phrases cannot be parsed",
    "error.rules.syntax.body": "{file}, line {line}: not valid {expected}: {value}\n"
    "Text needs quotes, lists need brackets and commas.",
    "error.rules.no_rules.title": "The list of phrases is empty",
    "error.rules.no_rules.body": "{file} has no {expected}.",
    "error.rules.unknown_table.title": "Unknown part in a list of phrases",
    "error.rules.unknown_table.body": "{file}, line {line}: there is no part called “{value}”, "
    "only {expected}",
    "error.rules.unknown_key.title": "Unknown setting in a list of phrases",
    "error.rules.unknown_key.body": "{file}, line {line}: in {key}, “{value}” is unknown. "
    "Known: {expected}",
    "error.rules.missing_key.title": "A list of phrases lacks a required setting",
    "error.rules.missing_key.body": "{file}: the rule from line {line} lacks “{value}” ({key}).",
    "error.rules.wrong_type.title": "A value in a list of phrases is of the wrong kind",
    "error.rules.wrong_type.body": "{file}, line {line}: {key} is “{value}”; "
    "write it like {expected}",
    "error.rules.unknown_name.title": "Unknown name in a list of phrases",
    "error.rules.unknown_name.body": "{file}, line {line}: {key} cannot be “{value}”. "
    "Known: {expected}",
    "error.rules.duplicate.title": "An id stands twice in a list of phrases",
    "error.rules.duplicate.body": "{file}, line {line}: {key}: “{value}” is used already.",
    "error.rules.bad_id.title": "An id in a list of phrases is malformed",
    "error.rules.bad_id.body": "{file}, line {line}: {key} cannot be “{value}”; "
    "it looks like {expected}",
    "error.rules.too_many.title": "A list of phrases is too long",
    "error.rules.too_many.body": "{file}, line {line} ({key}): a file may have at most "
    "{expected} phrases.",
    "error.rules.too_long.title": "A phrase in a list is too long",
    "error.rules.too_long.body": "{file}, line {line}: {key} has {value} characters, "
    "at most {expected} are allowed.",
    "error.rules.empty.title": "An empty value in a list of phrases",
    "error.rules.empty.body": "{file}, line {line}: {key} is empty; fill it in.",
    "error.rules.nothing.title": "A phrase that cannot be looked for",
    "error.rules.nothing.body": "{file}, line {line}: {key}: nothing is left of “{value}” without "
    "punctuation, spaces and wildcards.",
    "error.rules.wildcards.title": "A phrase has too many wildcards",
    "error.rules.wildcards.body": "{file}, line {line}: {key}: “{value}” has {count} wildcards, "
    "at most {expected} are allowed. Split it into shorter phrases.",
    "error.rules.crowd.title": "Too many phrases are alike",
    "error.rules.crowd.body": "{file}, line {line} ({key}): where a text says “{value}”, {count} "
    "phrases would have to be compared, at most {expected} are allowed. Merge phrases that say "
    "the same, or write more before and after a wildcard.",
    "error.rules.unsafe_character.title": "An invisible character in a list of phrases",
    "error.rules.unsafe_character.body": "{file}, line {line}: {key} holds the control or "
    "invisible character {value}. Delete it and type the line again.",
    "error.rules.count_alone.title": "A count in the wrong place",
    "error.rules.count_alone.body": "{file}, line {line}: {key} goes with {expected} only.",
}
