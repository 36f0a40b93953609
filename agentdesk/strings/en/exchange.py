"""login, logout, sync, export and import, English."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "cli.login.help": "sign in to the site's server; what is here goes up later",
    "cli.login.url": "address of the server, for example https://desk.example.com",
    "cli.login.code": "code an administrator gave out; --code alone asks for it",
    "cli.login.seat": "name of this seat at the site",
    "cli.login.code.ask": "Code:",
    "cli.login.pin.ask": "PIN of {number}:",
    "cli.login.done": "Signed in to {url} (site {site}, seat {seat})",
    "cli.login.who": "You are {who}, {role}, team {team}",
    "cli.login.no_team": "none",
    "cli.login.as_agent": "This is the seat itself, which may do what an agent may; "
    "leaders sign in with number and PIN besides",
    "cli.login.other": "Note: the console's work number is {number}; what {number} writes is sent "
    "once {number} signs in. Signed in now: {person}",
    "cli.login.waiting": "{count} events wait here: the console sends them while it runs, "
    "or run agentdesk sync --once",
    "cli.login.later": "The running console did not answer; it will see this within seconds",
    "cli.logout.help": "sign out of the server; the journal and what waits are kept",
    "cli.logout.nobody": "Nobody is signed in, or not that number",
    "cli.logout.done": "{person} is signed out",
    "cli.logout.kept": "The console runs, so what waits was not counted; all is kept here",
    "cli.logout.waiting": "{count} events were not sent; they are kept and go up after signing in",
    "cli.sync.help": "exchange with the server once, or show how things stand",
    "cli.sync.once": "send and receive once, then end",
    "cli.sync.status": "show how things stand, without asking the server",
    "cli.sync.json": "as JSON",
    "cli.sync.done": "All done: sent {sent}, received {received}, waiting {waiting}, "
    "not accepted {refused}",
    "cli.sync.not_done": "Not all done: sent {sent}, received {received}, waiting {waiting}, "
    "not accepted {refused}",
    "cli.sync.console": "The console runs; it was asked to exchange now:",
    "cli.export.help": "write the whole journal to a file of JSON lines",
    "cli.export.file": "file to write; none is ever written over",
    "cli.export.done": "{count} events written to {path}. It holds customers' data; only you can "
    "read it, keep it safe",
    "cli.import.help": "take in a file of agentdesk export; twice changes nothing",
    "cli.import.file": "file to read",
    "cli.import.skip": "leave damaged lines out and take in the others",
    "cli.import.own": "the file is of this seat's earlier store (another machine or disk): "
    "its events stay this seat's",
    "cli.import.done": "{total} events: {new} new, {known} known",
    "cli.import.skipped": "{count} lines left out: {lines}",
    "cli.import.foreign": "{count} of them were written at another seat and are somebody else's "
    "here; if that was this seat's earlier store, import into an empty one with --own",
    "error.login.no_url.title": "No address of a server",
    "error.login.no_url.body": "Give one, for example agentdesk login https://desk.example.com, "
    "or set url in [server] of config.toml.",
    "error.login.url.title": "This address cannot be used",
    "error.login.url.body": "{value} is no address we can use. It must be https://host[:port]; "
    "http://127.0.0.1:port only on this machine.",
    "error.login.ca_file.title": "The certificates cannot be read",
    "error.login.ca_file.body": "{path} does not exist or cannot be read; see [server] ca_file in "
    "config.toml.",
    "error.login.no_code.title": "No code",
    "error.login.no_code.body": "Give the code of your administrator: agentdesk login URL --code "
    "CODE.",
    "error.login.no_pin.title": "No PIN",
    "error.login.no_pin.body": "Type it when asked, or pipe it in. It never stands in the command "
    "line.",
    "error.login.no_way.title": "Nobody to sign in",
    "error.login.no_way.body": "A new seat joins with --code CODE; a seat that has joined uses "
    "--agent-no NO and asks for the PIN.",
    "error.login.not_joined.title": "This seat has not joined yet",
    "error.login.not_joined.body": "First use the code of your administrator: agentdesk login URL "
    "--code CODE, then sign in with your number.",
    "error.login.other_site.title": "The server of another site",
    "error.login.other_site.body": "{url} belongs to site {site}, what is here to site {ours}; the "
    "two are never mixed.\nNobody was signed in and nothing was sent. Check the address, or use "
    "another data folder for the new site.",
    "error.login.refused.title": "The server did not let you in",
    "error.login.refused.body": "Code or PIN is wrong, used or expired, or the number is closed. "
    "Ask your administrator.",
    "error.login.locked.title": "Signing in is locked for now",
    "error.login.locked.body": "Too many attempts, or the server is busy. Try again in {seconds} "
    "seconds.",
    "error.login.network.title": "The server cannot be reached",
    "error.login.network.body": "{reason}\nCheck the network and the address. The console works "
    "on, all is kept here.",
    "error.login.stranger.title": "This is no agentdesk server",
    "error.login.stranger.body": "{reason}\nA sign-in page of the network, a proxy or another "
    "service may have answered. Nothing but the credentials was sent.",
    "error.login.untrusted.title": "The server's certificate is not trusted",
    "error.login.untrusted.body": "{reason}\nFor an authority of your own set ca_file in [server] "
    "of config.toml.",
    "error.login.problem.title": "The server cannot do it",
    "error.login.problem.body": "HTTP {status}: {reason}",
    "error.sync.what.title": "Nothing to do",
    "error.sync.what.body": "Use agentdesk sync --once, or agentdesk sync status.",
    "error.sync.signed_out.title": "Not signed in to a server",
    "error.sync.signed_out.body": "Run agentdesk login first. All is kept here.",
    "error.sync.locked.title": "The console has the database open",
    "error.sync.locked.body": "Process {pid} has {path} open and does not answer. Close the "
    "console first,\nor set enabled = true in [push] to use this while the console runs.",
    "error.export.locked.title": "The console has the database open",
    "error.export.locked.body": "Process {pid} uses {path}. Close the console before an export "
    "or import.",
    "error.export.nothing.title": "Nothing to export",
    "error.export.nothing.body": "There is no database here yet.",
    "error.export.exists.title": "There is such a file",
    "error.export.exists.body": "{path} exists and is not written over. Choose another name.",
    "error.export.unwritable.title": "The file cannot be written",
    "error.export.unwritable.body": "{path}: {reason}",
    "error.import.unreadable.title": "The file cannot be read",
    "error.import.unreadable.body": "{path}: {reason}",
    "error.import.bad_line.title": "A line of the file is damaged",
    "error.import.bad_line.body": "{path}, line {line}: {reason}\nNothing was taken in. Use "
    "--skip-bad to leave damaged lines out.",
    "error.import.cut.title": "The file is not whole",
    "error.import.cut.body": "{path} breaks off at line {line}, its end is missing. Nothing was "
    "taken in.\nUse --skip-bad to take in what there is.",
    "error.import.sum.title": "The file was changed",
    "error.import.sum.body": "{path}, line {line}: the sum does not fit the content. Nothing was "
    "taken in.\nUse --skip-bad to take it in anyway.",
    "error.import.version.title": "The file is of another version",
    "error.import.version.body": "{path} was written by another version of agentdesk; update "
    "first. Nothing was taken in.",
    "verdict.forbidden": "not allowed to do this",
    "verdict.forbidden_now": "was allowed when written, no longer when it arrived",
    "verdict.invalid": "the content is against the rules",
    "verdict.conflict": "contradicts what the server has",
    "verdict.altered": "the server has this very entry with another content",
    "verdict.too_large": "too long for the server",
}
