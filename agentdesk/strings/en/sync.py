"""How the exchange with a server stands, and why."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "sync.state.local": "this computer only",
    "sync.state.synced": "in sync",
    "sync.state.sending": "sending",
    "sync.state.offline": "offline",
    "sync.state.refused": "stopped",
    "sync.state.reset": "checking",
    "sync.reason.network": "The server cannot be reached; it is tried again by itself",
    "sync.reason.stranger": "What answers is no agentdesk server (perhaps the network wants a "
    "login on a web page first); it is tried again by itself",
    "sync.reason.untrusted": "The server's certificate cannot be trusted, or its address is not "
    "https; nothing was sent",
    "sync.reason.refused": "The server does not take the request (HTTP {status}, {detail}); it is "
    "tried again by itself",
    "sync.reason.busy": "The server is busy; it is tried again by itself",
    "sync.reason.signed_out": "The login of {actor} has ended: run agentdesk login. What waits is "
    "kept here",
    "sync.reason.wrong_site": "This server belongs to another site ({site}): nothing was sent, all "
    "is kept here",
    "sync.reason.unsupported": "Server and console cannot talk ({detail}): one of them needs an "
    "upgrade. All is kept here",
    "sync.reason.waits_for": "{count} records of {actor} wait until {actor} signs in",
    "sync.reason.set_aside": "The server does not take {count} records; they were set "
    "aside, the rest goes on",
    "sync.reason.elsewhere": "The server has {count} records that belong to another team: this "
    "seat does not hear of them again",
    "sync.reason.unknown_kind": "Some records wait for an upgrade of the server; they are tried "
    "again by themselves",
    "sync.reason.loop": "The server wants everything checked from the start over and over; it is "
    "done slowly now. All is kept here, please tell the administrator",
    "sync.reason.garbage": "Part of what the server sends makes no sense and is left out; it is "
    "tried again by itself",
    "sync.reason.store": "The database here cannot be written ({detail}); what arrives has to wait",
    "error.sync.network.title": "The server cannot be reached",
    "error.sync.network.body": "It did not answer, or the connection broke ({detail}). Check the "
    "network and try again.",
    "error.sync.stranger.title": "This is no agentdesk server",
    "error.sync.stranger.body": "What came back is not what was agreed ({detail}). Perhaps the "
    "network wants a login on a web page first, or the address is wrong.",
    "error.sync.untrusted.title": "The server cannot be trusted",
    "error.sync.untrusted.body": "Only https is used, except to this very computer, and the "
    "certificate must hold ({detail}). Nothing was sent.",
    "error.sync.refused.title": "The server does not accept it",
    "error.sync.refused.body": "The server refused the request (HTTP {status}, {reason}).",
    "error.sync.credentials.title": "The login data cannot be used",
    "error.sync.credentials.body": "{path} cannot be read or written. Check its permissions; if it "
    "is damaged, remove it and sign in again. No record is affected.",
}
