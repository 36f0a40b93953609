"""The drill: a copy of a PostgreSQL journal taken while seats work, and put back later."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from threading import Event, Thread

from agentdesk.server.dumps import dump, load
from tests.integration.test_server_kill import Site, epoch_of
from tests.postgres import Server
from tests.serving import journal


def test_seats_send_again_what_a_copy_taken_at_work_has_not(
    tmp_path: Path, postgres: Server
) -> None:
    """``pg_dump`` runs among pushes; what was taken in after it comes back from the seats."""
    site = Site(tmp_path, postgres.address())
    copy, over = tmp_path / "备份.dump", Event()
    before: list[int] = []

    def back_up() -> None:
        try:
            before.append(len(journal(site.url)))
            dump(site.url, copy)
        finally:
            over.set()

    backing = Thread(target=back_up)
    backing.start()
    site.crowd.work_until(over.is_set)
    backing.join()
    assert copy.stat().st_size > 0 and before
    turns = count()
    site.crowd.work_until(lambda: next(turns) > 60)
    site.served.kill()
    site.check("before the copy is put back")
    taken = len(journal(site.url))

    done = load(site.url, copy, tmp_path / "state")

    kept = {each.id for each in journal(site.url)}
    assert before[0] <= len(kept) < taken and done["behind"] == taken - len(kept)
    assert any(console.received - kept for console in site.consoles), "nothing had to come back"
    assert epoch_of(site.url) == done["epoch"] != site.epoch
    site.epoch = done["epoch"]
    site.again()
    turns = count()  # each notices the other past by itself, while they go on working
    site.crowd.work_until(lambda: next(turns) > 60)
    site.end()
