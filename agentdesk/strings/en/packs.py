"""Standards packs: names of their parts; what is wrong in which line, and what to do."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.pack.not_found.title": "No such standard",
    "error.pack.not_found.body": "There is no standard called “{value}”. Known: {expected}",
    "error.pack.unreadable.title": "Cannot read the standards file",
    "error.pack.unreadable.body": "{file}: {value}\n"
    "Check that it exists, is a plain file, and may be read.",
    "error.pack.too_large.title": "The standards file is too large",
    "error.pack.too_large.body": "{file} has more than {expected} bytes. Is it the right file?",
    "error.pack.misnamed.title": "The standards file has another name than its standard",
    "error.pack.misnamed.body": "{file}: the id in [pack], or the file name, is “{value}”. "
    "Name the file for its standard, for example {expected}.",
    "error.pack.encoding.title": "The standards file is not UTF-8",
    "error.pack.encoding.body": "{file}, line {line}: this is not {expected} ({value}). "
    "Save the file as UTF-8.",
    "error.pack.syntax.title": "The standards file cannot be parsed",
    "error.pack.syntax.body": "{file}, line {line}: not valid {expected}: {value}\n"
    "Text needs quotes, lists need brackets and commas.",
    "error.pack.unknown_key.title": "Unknown setting in a standard",
    "error.pack.unknown_key.body": "{file}, line {line}: in {key}, “{value}” is unknown. "
    "Known: {expected}",
    "error.pack.unknown_table.title": "Unknown part in a standard",
    "error.pack.unknown_table.body": "{file}, line {line}: there is no part called “{value}”. "
    "Known: {expected}",
    "error.pack.missing_table.title": "A standard lacks a part it needs",
    "error.pack.missing_table.body": "{file} has no {expected}; no call can be taken without it.",
    "error.pack.missing_key.title": "A standard lacks a required setting",
    "error.pack.missing_key.body": "{file}: the part from line {line} lacks “{value}” ({key}).",
    "error.pack.wrong_type.title": "A value in a standard is of the wrong kind",
    "error.pack.wrong_type.body": "{file}, line {line}: {key} is “{value}”; "
    "write it like {expected}",
    "error.pack.unknown_name.title": "Unknown name in a standard",
    "error.pack.unknown_name.body": "{file}, line {line}: {key} cannot be “{value}”. "
    "Known: {expected}",
    "error.pack.unknown_reference.title": "A standard refers to something it does not have",
    "error.pack.unknown_reference.body": "{file}, line {line}: {key} names “{value}”, "
    "but there is no such {expected}.",
    "error.pack.duplicate.title": "Something stands twice in a standard",
    "error.pack.duplicate.body": "{file}, line {line}: {key}: “{value}” is used already; "
    "rename or delete one.",
    "error.pack.bad_id.title": "An id in a standard is malformed",
    "error.pack.bad_id.body": "{file}, line {line}: {key}: “{value}” may only have Latin letters, "
    "digits, - and _, for example {expected}",
    "error.pack.bad_rule.title": "A clause number in a standard is malformed",
    "error.pack.bad_rule.body": "{file}, line {line}: {key}: “{value}” is no clause; "
    "it looks like {expected}",
    "error.pack.out_of_range.title": "A number in a standard is out of range",
    "error.pack.out_of_range.body": "{file}, line {line}: {key} cannot be {value}; "
    "it must be within {expected}.",
    "error.pack.too_many.title": "Too many items in a standard",
    "error.pack.too_many.body": "{file}, line {line}: {key} may have at most {expected}.",
    "error.pack.too_long.title": "A text in a standard is too long",
    "error.pack.too_long.body": "{file}, line {line}: {key} has {value} characters, "
    "at most {expected} are allowed.",
    "error.pack.empty.title": "An empty value in a standard",
    "error.pack.empty.body": "{file}, line {line}: {key} is empty; fill it in.",
    "error.pack.unsafe_character.title": "An invisible character in a standard",
    "error.pack.unsafe_character.body": "{file}, line {line}: {key} holds the control or invisible "
    "character {value}. Delete the line and type it again.",
    "error.pack.braces.title": "Unbalanced braces in a line to say",
    "error.pack.braces.body": "{file}, line {line}: the braces in {key} do not match: {value}",
    "error.pack.unknown_slot.title": "Unknown blank in a line to say",
    "error.pack.unknown_slot.body": "{file}, line {line}: {key} cannot hold “{value}”. "
    "Known: {expected}",
    "error.pack.endless_chain.title": "Lines to say follow each other in a circle",
    "error.pack.endless_chain.body": "{file}, line {line}: {key} leads back to “{value}”; "
    "break the chain somewhere.",
    "error.pack.uses_ni.title": "A line to say uses 你",
    "error.pack.uses_ni.body": "{file}, line {line}: {key} must say “{expected}”: {value}",
    "error.pack.own_ban.title": "A line to say uses a phrase its standard bans",
    "error.pack.own_ban.body": "{file}, line {line}: {key} breaks {expected}; "
    "find other words: {value}",
    "error.pack.extends_circle.title": "The standards extend each other in a circle",
    "error.pack.extends_circle.body": "{file}, line {line}: "
    "{key} leads back to “{value}”; break the circle.",
    "error.pack.extends_depth.title": "Too many standards behind each other",
    "error.pack.extends_depth.body": "{file}, line {line}: "
    "“{value}” in {key} is more than {expected} steps away; use fewer.",
    "error.pack.unknown_removal.title": "There is nothing like that to remove",
    "error.pack.unknown_removal.body": "{file}, line {line}: "
    "{key} names “{value}”, which {expected} does not have.",
    "error.pack.removed_reference.title": "What was removed is still used",
    "error.pack.removed_reference.body": "{file}, line {line}: "
    "{key} drops “{value}”, but {expected} still uses it; change or drop that too.",
    "error.pack.inherited_ban.title": "A new rule bans an inherited sentence",
    "error.pack.inherited_ban.body": "{file}, line {line}: "
    "{key} bans what {expected} says; reword or drop it too: {value}",
    "error.pack.no_clause.title": "No such clause",
    "error.pack.no_clause.body": "There is no clause “{value}”.",
    "packs.table.pack": "Settings",
    "packs.table.line": "Lines",
    "packs.table.phrase": "Banned phrases",
    "packs.table.requirement": "Requirements",
    "packs.table.clock": "Call timers",
    "packs.table.field": "Fields",
    "packs.table.category": "Categories",
    "packs.table.level": "Levels",
    "packs.table.reason": "Reasons to escalate",
    "packs.table.disposition": "Dispositions",
    "packs.table.guard": "Guards",
    "packs.table.guards": "Guards",
    "packs.table.guidance": "Guidance",
    "packs.table.clause": "Clauses",
    "packs.table.limit": "Limits",
    "packs.table.target": "Targets",
    "packs.table.step": "Steps",
    "packs.table.heading": "Handover headings",
    "packs.table.roster": "Roster",
    "packs.table.report": "Reports",
    "packs.table.duty": "Duties",
    "packs.table.entitlement": "Entitlements",
    "packs.table.grade": "Grades and training",
    "packs.table.conflict": "Conflicts",
    "packs.way.console": "done by the console",
    "packs.way.record": "recorded",
    "packs.way.poster": "shown",
}
