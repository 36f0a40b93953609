"""Errors of the database."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "error.store.locked.title": "The database is in use",
    "error.store.locked.body": (
        "{path} is held by another agentdesk (process {pid}). "
        "Go back to that window, or close it first."
    ),
    "error.store.corrupt.title": "The database is damaged",
    "error.store.corrupt.body": (
        "{path} failed its check: {detail}. The file was left as it is; no empty one was made.\n"
        "Run agentdesk rescue: it puts the file aside, makes a new database and saves every own "
        "record that can still be read."
    ),
    "error.store.read_only.title": "The database cannot be written",
    "error.store.read_only.body": (
        "{path} cannot be written: {detail}. Check the permissions of the folder."
    ),
    "error.store.full.title": "The disk is full",
    "error.store.full.body": (
        "No room left for {path}; the last act was not stored. Free some space and try again."
    ),
    "error.store.too_new.title": "The database is from a newer version",
    "error.store.too_new.body": (
        "{path} was written by a newer agentdesk (version {found}, known here {known}). "
        "Upgrade before opening it."
    ),
    "error.store.event_too_large.title": "Too long",
    "error.store.event_too_large.body": (
        "This entry has {size} bytes, at most {limit} are allowed; it was not stored. "
        "Shorten it or split it."
    ),
    "error.store.unreadable.title": "The disk cannot be read",
    "error.store.unreadable.body": (
        "{path}: {detail}. This is the disk, not the file: nothing was changed or put aside.\n"
        "Try again. If it goes on, copy the folder to another disk first, and have this one "
        "looked at."
    ),
    "error.store.failed.title": "The database failed",
    "error.store.failed.body": "{path}: {detail}. The last act was not stored.",
}
