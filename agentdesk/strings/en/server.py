"""``agentdesk serve`` and what may stand against it."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "cli.serve.help": "run the server that many seats share",
    "cli.serve.database": "sqlite:////path/to/file or postgresql://user@host/name; without it a "
    "SQLite file in the data folder",
    "cli.serve.host": "address to listen on; any but this machine's own needs TLS",
    "cli.serve.port": "port; 0 takes a free one and prints the address",
    "cli.serve.cert": "certificate with its chain, PEM",
    "cli.serve.key": "key of the certificate, PEM",
    "cli.serve.proxy": "a proxy on the way speaks TLS; this server then speaks plain HTTP",
    "cli.serve.rate": "requests a second one token may make (10)",
    "cli.serve.database_is": "Database: {database}",
    "cli.serve.site_is": "Site {site}, epoch {epoch}",
    "cli.serve.first": "Nobody is registered yet. Leave this running, and in another terminal:\n"
    "  agentdesk server users --help    register people\n"
    "  agentdesk server enrol --help    give out a code for a seat\n"
    "Then at the seat: agentdesk login --help",
    "error.server.plain.title": "A server others can reach needs TLS",
    "error.server.plain.body": "{host} is not this machine's own address. Give --tls-cert and "
    "--tls-key, or, if a proxy in front speaks TLS, --insecure-behind-proxy.",
    "error.server.tls_pair.title": "Certificate and key belong together",
    "error.server.tls_pair.body": "Give both --tls-cert and --tls-key, or neither.",
    "error.server.tls_files.title": "The certificate cannot be used",
    "error.server.tls_files.body": "{cert} with {key}: {reason}\nBoth must be readable PEM files "
    "that belong together; the key must not be locked by a password.",
    "error.server.port.title": "No such port",
    "error.server.port.body": "--port cannot be {value}; it should be 0 to 65535.",
    "error.server.rate.title": "No such rate",
    "error.server.rate.body": "--rate cannot be {value}; it should be 1 to 100000.",
    "error.server.address.title": "The address cannot be had",
    "error.server.address.body": "{host}, port {port}: {reason}\nAnother program may be using it; "
    "--port 0 takes a free one.",
    "error.server.database.title": "The database's address is wrong",
    "error.server.database.body": "{value} is none. It should be sqlite:////path/to/file or "
    "postgresql://user@host/name.",
    "error.server.postgres.title": "PostgreSQL cannot be used",
    "error.server.postgres.body": "Its driver could not be loaded: {reason}\n"
    "Install agentdesk with its server part: pip install 'agentdesk[server]'.",
    "error.server.missing.title": "The server part is not installed",
    "error.server.missing.body": "{reason}\nInstall it: pip install 'agentdesk[server]'.",
    "error.server.bad_request.title": "The request makes no sense",
    "error.server.bad_request.body": "{reason}",
    "error.server.unauthorised.title": "Not signed in",
    "error.server.unauthorised.body": "{reason}",
    "error.server.revoked.title": "No longer allowed",
    "error.server.revoked.body": "{reason}",
    "error.server.expired.title": "No longer valid",
    "error.server.expired.body": "{reason}",
    "error.server.forbidden_scope.title": "Not for this person",
    "error.server.forbidden_scope.body": "{reason}",
    "error.server.too_large.title": "Too much at once",
    "error.server.too_large.body": "{reason}",
    "error.server.conflict.title": "It stands against what is known",
    "error.server.conflict.body": "{reason}",
    "error.server.busy.title": "The server is busy",
    "error.server.busy.body": "{reason}\nTry again in a moment.",
    "error.server.unsupported.title": "The other side is of another version",
    "error.server.unsupported.body": "{reason}",
    "error.server.locked.title": "Locked",
    "error.server.locked.body": "{reason}",
    "error.server.not_found.title": "There is no such thing",
    "error.server.not_found.body": "{reason}",
    "error.server.internal.title": "A mistake in the server",
    "error.server.internal.body": "{reason}",
}
