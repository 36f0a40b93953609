"""People, authority, the commands of administrators and the audit."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "role.trainee": "trainee",
    "role.agent": "agent",
    "role.inspector": "QA inspector",
    "role.leader": "team leader",
    "role.director": "director",
    "role.administrator": "administrator",
    "verdict.forged": "signed by somebody other than who was signed in",
    "verdict.install": "written in another seat's store",
    "verdict.local": "entries of this kind stay at their seat",
    "verdict.unknown": "the server does not know entries of this kind",
    "verdict.entity": "written about the wrong thing",
    "verdict.fields": "holds fields an entry of this kind may not change",
    "verdict.people": "the particulars of the person or team are wrong",
    "verdict.body": "the content is not written as it has to be",
    "verdict.text": "the text holds characters that cannot be shown",
    "verdict.shape": "the content lacks the fields to be changed",
    "verdict.number": "the content holds a number that cannot be used",
    "verdict.trainee": "trainees, and people who left or are not signed in, do no real work",
    "verdict.reads_only": "QA inspectors read and change nothing",
    "verdict.administers": "administrators do not handle customers",
    "verdict.role": "takes a team leader or above",
    "verdict.session": "takes signing in with one's own work number and PIN",
    "verdict.not_own": "somebody else's; a team leader has to do it",
    "verdict.other_team": "belongs to another team",
    "verdict.touched": "others have worked on it; a team leader has to void it",
    "verdict.self": "nobody can confirm or change this for themselves",
    "verdict.taken": "somebody has taken it already; it cannot be withdrawn",
    "verdict.crowded": "what it belongs to already holds more than any work could bring about",
    "verdict.withdrawn": "it was withdrawn before",
    "verdict.not_taken": "nobody has taken it yet, so it cannot be resolved",
    "people.column.number": "number",
    "people.column.name": "name",
    "people.column.role": "role",
    "people.column.team": "team",
    "people.column.active": "active",
    "people.yes": "yes",
    "people.no": "no",
    "cli.server.help": "register people, give out codes, back up, restore and purge a server",
    "cli.server.database": "the server's database, as for serve; the default file if left out",
    "cli.server.json": "print one JSON object a line",
    "cli.server.dry_run": "only say what would change",
    "cli.server.users.help": "the register of people",
    "cli.server.users.list.help": "list everybody",
    "cli.server.users.add.help": "register somebody",
    "cli.server.users.set.help": "change somebody's particulars",
    "cli.server.users.off.help": "somebody has left: switch off and revoke their tokens",
    "cli.server.users.pin.help": "give somebody a PIN",
    "cli.server.users.import.help": "register people from a CSV file",
    "cli.server.teams.help": "teams",
    "cli.server.teams.list.help": "list all teams",
    "cli.server.teams.set.help": "register or rename a team",
    "cli.server.enrol.help": "give out a code for a seat (used once, within a day)",
    "cli.server.revoke.help": "revoke tokens and unused codes",
    "cli.server.tokens.help": "list tokens",
    "cli.server.backup.help": "copy the database; the server need not stop",
    "cli.server.restore.help": (
        "put a copy in place of the database and begin a new epoch (stop the server first)"
    ),
    "cli.server.epoch.help": "show the epochs, or begin a new one",
    "cli.server.retention.help": "purge records finished long ago, with a report",
    "cli.server.person": "work number",
    "cli.server.seat": "name of the seat, for example A03",
    "cli.server.sessions": "only sign people out; the seats stay",
    "cli.server.copy": "the copy",
    "cli.server.force": "even if the copy is another site's",
    "cli.server.epoch.new": "begin a new one: seats compare and send again what is missing",
    "cli.server.epoch.note": "why",
    "cli.server.epoch.now": "present epoch",
    "cli.server.epoch.site": "site",
    "cli.server.older": "how long ago, for example 180d",
    "cli.server.number": "work number: letters, digits and . _ -",
    "cli.server.name": "name",
    "cli.server.role": "role: agent, leader, director, inspector, trainee, administrator",
    "cli.server.team": "id of the team: letters, digits and . _ -",
    "cli.server.on": "they are back",
    "cli.server.pin": "ask for a PIN and set it",
    "cli.server.pin_stdin": "read the PIN from a line of standard input",
    "cli.server.csv": "CSV file: number,name,role,team (UTF-8 or GB18030)",
    "cli.server.pin.ask": "New PIN of {value}: ",
    "cli.server.pin.again": "Once more: ",
    "cli.server.active": "active",
    "cli.server.left": "left",
    "cli.server.users.count": "{count} people",
    "cli.server.users.add.done": "{value} is registered.",
    "cli.server.users.set.done": "{value} is changed.",
    "cli.server.users.off.done": "{value} has left; {count} tokens and codes revoked.",
    "cli.server.users.pin.done": "{value} has a new PIN; earlier sessions have ended.",
    "cli.server.users.import.done": "{added} registered, {changed} changed.",
    "cli.server.users.import.try": (
        "{added} would be registered, {changed} changed; nothing was done."
    ),
    "cli.server.teams.set.done": "Team {value} is registered.",
    "cli.server.enrol.done": (
        "For {name} ({person}) at seat {seat}, within 24 hours, once. At that seat: "
        "agentdesk login SERVER --code"
    ),
    "cli.server.revoke.done": (
        "{count} tokens and codes revoked. What was not sent yet stays at the seats."
    ),
    "cli.server.token.seat": "seat",
    "cli.server.token.session": "session",
    "cli.server.token.good": "good",
    "cli.server.token.revoked": "revoked",
    "cli.server.token.expired": "expired",
    "cli.server.restore.replaced": "replaced",
    "cli.server.restore.done": (
        "Restored. The replaced database had {behind} more entries; seats send theirs again. "
        "Tokens and PINs are as they were just before, and so are {people} people and teams."
    ),
    "cli.server.retention.done": "{count} purged that were finished before {before}.",
    "cli.server.retention.try": (
        "{count} finished before {before} would be purged; nothing was done."
    ),
    "cli.server.entity.call": "calls",
    "cli.server.entity.promise": "promises",
    "cli.server.entity.callback": "callbacks",
    "cli.server.entity.escalation": "calls for help",
    "cli.server.entity.ticket": "tickets",
    "cli.server.entity.refused": "entries that were not accepted",
    "cli.audit.help": "check whether a server's journal was tampered with",
    "cli.audit.verify.help": "check every entry and print the newest hash",
    "cli.audit.altered": "✗ altered",
    "cli.audit.missing": "✗ entries taken out or put in",
    "cli.audit.chain": "✗ the chain was altered",
    "cli.audit.fork": "○ a seat's database was copied or restored",
    "cli.audit.hash": "hash",
    "cli.audit.good": "● {seq} entries in {groups} groups, nothing altered.",
    "cli.audit.bad": "{seq} entries in {groups} groups, {count} alterations found.",
    "error.pin.length.title": "Wrong length",
    "error.pin.length.body": "A PIN has {least} to {most} characters.",
    "error.pin.characters.title": "Characters that cannot be used",
    "error.pin.characters.body": (
        "A PIN neither begins nor ends with a space and holds nothing invisible."
    ),
    "error.pin.own.title": "That is the work number",
    "error.pin.own.body": "Choose a PIN that is not the work number.",
    "error.pin.repeated.title": "Too easy to guess",
    "error.pin.repeated.body": "Do not just repeat the same characters.",
    "error.pin.common.title": "Too easy to guess",
    "error.pin.common.body": "Anybody would try this first; choose another.",
    "error.pin.differs.title": "The two differ",
    "error.pin.differs.body": "The PIN was not changed; please try again.",
    "error.pin.no_terminal.title": "Nobody to ask",
    "error.pin.no_terminal.body": (
        "This is no terminal. Give the PIN on standard input with --pin-stdin."
    ),
    "error.people.known.title": "Registered already",
    "error.people.known.body": (
        "Somebody has {value} already. To change them: agentdesk server users set."
    ),
    "error.people.unknown.title": "No such work number",
    "error.people.unknown.body": "{value} is not registered. See agentdesk server users list.",
    "error.people.left.title": "They have left",
    "error.people.left.body": (
        "{value} has left. If they are back: agentdesk server users set {value} --on."
    ),
    "error.people.twice.title": "Twice the same work number",
    "error.people.twice.body": "{value} occurs twice; nothing was changed.",
    "error.people.team.title": "No such team",
    "error.people.team.body": (
        "The team {value} of {person} is not registered. First: agentdesk server teams set "
        "{value} NAME."
    ),
    "error.people.seat.title": "Not a name for a seat",
    "error.people.seat.body": (
        "{value} cannot be used: 1 to {most} characters, no space at either end."
    ),
    "error.people.whom.title": "Whose?",
    "error.people.whom.body": "Give --person or --seat.",
    "error.people.nothing.title": "Nothing to change",
    "error.people.nothing.body": "Say what to change, see agentdesk server users set --help.",
    "error.people.wrong.id.title": "Not a number or id",
    "error.people.wrong.id.body": (
        "{value} cannot be used: letters, digits and . _ - only, at most 32, a letter or "
        "digit at both ends."
    ),
    "error.people.wrong.empty.title": "Nothing to change",
    "error.people.wrong.empty.body": "No field was given.",
    "error.people.wrong.unknown.title": "No such field",
    "error.people.wrong.unknown.body": "{field} is no field of a person or team.",
    "error.people.wrong.name.title": "Not a name",
    "error.people.wrong.name.body": (
        "{value} cannot be used: 1 to 64 characters, no space at either end, nothing invisible."
    ),
    "error.people.wrong.role.title": "No such role",
    "error.people.wrong.role.body": "{value} is no role, expected one of: {expected}",
    "error.people.wrong.team.title": "Not an id of a team",
    "error.people.wrong.team.body": (
        "{value} cannot be used: letters, digits and . _ - only, at most 32."
    ),
    "error.people.wrong.active.title": "Neither active nor not",
    "error.people.wrong.active.body": "{value} should be yes or no.",
    "error.people.file.title": "The file cannot be read",
    "error.people.file.body": "{file}: {reason}",
    "error.people.encoding.title": "Wrong encoding",
    "error.people.encoding.body": "{file}, line {line}: neither UTF-8 nor GB18030.",
    "error.people.lacks.title": "The first line lacks a column",
    "error.people.lacks.body": "{file}, line 1: there is no column {lacking}, of: {expected}",
    "error.people.columns.title": "The first line is wrong",
    "error.people.columns.body": (
        "{file}, line 1: {value}\nThe first line names the columns, number and name at "
        "least, of: {expected}"
    ),
    "error.people.csv.title": "A line is wrong",
    "error.people.csv.body": (
        "{file}, line {line}: {field} cannot be {value}, expected: {expected}\nNothing was changed."
    ),
    "error.people.csv.id.title": "A line is wrong",
    "error.people.csv.id.body": (
        "{file} line {line}: {field} cannot be '{value}': letters, digits and . _ - only, "
        "32 at the most.\nNothing was changed."
    ),
    "error.people.csv.name.title": "A line is wrong",
    "error.people.csv.name.body": (
        "{file} line {line}: {field} cannot be '{value}': 1 to 64 characters.\nNothing was changed."
    ),
    "error.people.csv.team.title": "A line is wrong",
    "error.people.csv.team.body": (
        "{file} line {line}: {field} cannot be '{value}': letters, digits and . _ - only, "
        "32 at the most.\nNothing was changed."
    ),
    "error.people.csv_twice.title": "Twice the same work number",
    "error.people.csv_twice.body": (
        "{file}, line {line}: {value} stands in line {first} already. Nothing was changed."
    ),
    "error.admin.act.title": "No such act",
    "error.admin.act.body": "The server does not know {value}; perhaps it is another version.",
    "error.admin.params.title": "Wrong parameters",
    "error.admin.params.body": "{act}: {reason}",
    "error.admin.no_database.title": "There is no server's database",
    "error.admin.no_database.body": (
        "{path} is not there. Name it with --database, or register people or run agentdesk "
        "serve first."
    ),
    "error.admin.closed.title": "The database is in use",
    "error.admin.closed.body": (
        "Another program uses the server's database, but no server can be reached there "
        "({path}). Wait until it has ended."
    ),
    "error.admin.failed.title": "The server did not do it",
    "error.admin.failed.body": "{reason}\nSee the server's log.",
    "error.backup.exists.title": "The file is there already",
    "error.backup.exists.body": (
        "{path} is there already and was not overwritten. Choose another name."
    ),
    "error.backup.folder.title": "No such folder",
    "error.backup.folder.body": "{path} is not there; make it first.",
    "error.backup.elsewhere.title": "It cannot be copied here",
    "error.backup.elsewhere.body": "Only a SQLite database is copied by the server itself.",
    "error.backup.tool.title": "The tool did not do it",
    "error.backup.tool.body": "{tool}: {reason}",
    "error.restore.source.title": "No such copy",
    "error.restore.source.body": "{path} is not there or no file.",
    "error.restore.damaged.title": "This is no sound copy",
    "error.restore.damaged.body": "{path} is damaged, or no copy of a server. Nothing was "
    "replaced; take another copy.",
    "error.server.damaged.title": "The server's database is damaged",
    "error.server.damaged.body": (
        "{path} failed its check: {detail}. The file was left as it is.\n"
        "Go back to the last copy: agentdesk server restore FILE. The seats send their own records "
        "again."
    ),
    "error.restore.site.title": "Another site's copy",
    "error.restore.site.body": (
        "{path} is another site's; seats would refuse it. If you mean it: --force."
    ),
    "error.restore.live.title": "The server is running",
    "error.restore.live.body": "{path} is held by process {pid}. Stop the server first.",
    "error.retention.age.title": "Not an age",
    "error.retention.age.body": (
        "--older-than is a number of days, at least one, for example 180d."
    ),
}
