"""Telephony and the sub-commands ring, calls and demo, English."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.remote.not_running.title": "No console is running",
    "error.remote.not_running.body": "No running console was found ({path}).\n"
    "Open agentdesk in another terminal first, with [push] enabled = true in the settings.",
    "error.remote.unreachable.title": "The console cannot be reached",
    "error.remote.unreachable.body": "{url} did not answer: {reason}\n"
    "See whether the console is still open; if it has just started, wait a second or two.",
    "cli.ring.unknown": "The console knows no call {id}; nothing was changed.",
    "error.remote.refused.title": "The console did not accept it",
    "error.remote.refused.body": "HTTP {status}: {reason}",
    "error.remote.port.title": "The telephone door cannot be opened",
    "error.remote.port.body": "Port {port} of {host} cannot be used: {reason}\n"
    "Set [push] port to 0 or to another port. Until then open calls by hand with F2.",
    "error.push.not_loopback.title": "The telephone door is for this machine only",
    "error.push.not_loopback.body": "[push] host cannot be {host}; "
    "127.0.0.1, ::1 and localhost are accepted.",
    "error.calls.unknown.title": "No such call",
    "error.calls.unknown.body": "No call's id ends with {value}. agentdesk calls lists the ids;\n"
    "for another day add --day or write all 32 digits.",
    "error.calls.ambiguous.title": "The id is too short",
    "error.calls.ambiguous.body": "{count} calls have an id that ends with {value}; "
    "write more of it.",
    "error.calls.locked.title": "The console holds the database",
    "error.calls.locked.body": "Process {pid} is using {path}. Look at the calls in the console, "
    "or close it and run this again.\nOnly one program may open the database, not even to read: "
    "with two connections older versions of SQLite can damage it.",
    "error.usage.ring_from.title": "The caller's number is missing",
    "error.usage.ring_from.body": "{event} needs {option}, for example {option} 13800138000.",
    "error.usage.ring_id.title": "The call id is missing",
    "error.usage.ring_id.body": "{event} needs --id, as printed by the agentdesk ring before.",
    "error.usage.day.title": "Not a date",
    "error.usage.day.body": "{value} is not a date; write YYYY-MM-DD, for example 2026-03-07.",
    "cli.ring.help": "ring the running console, or report what became of a call",
    "cli.ring.from": "calling number",
    "cli.ring.to": "called number",
    "cli.ring.name": "name of the other party",
    "cli.ring.queue": "queue",
    "cli.ring.id": "id of the call; a new one is made and printed if not given",
    "cli.ring.event": "what happened: offered, answered, ended, held or resumed",
    "cli.ring.outbound": "the agent made this call",
    "cli.calls.help": "list the calls of a day line by line (for screen readers and scripts)",
    "cli.calls.day": "which day, YYYY-MM-DD; today if not given",
    "cli.calls.json": "one JSON object a line",
    "cli.calls.show": "tell the course of one call",
    "cli.calls.show.id": "id of the call, or its end",
    "cli.calls.none": "No calls on {day}",
    "cli.calls.count": "{count} calls on {day}",
    "cli.calls.missing": "missing {items}",
    "cli.demo.help": "open a throw-away console with made-up data; nothing is left behind",
    "cli.demo.seed": "another set of made-up data",
    "cli.demo.ready": "Made-up data is ready ({count} calls), opening the console…",
}
