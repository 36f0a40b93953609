"""Random scripts: what happens, how often."""

from __future__ import annotations

from random import Random

from tests.simulation.seats import ACTS
from tests.simulation.world import CLOCKS, ROLES, Step


def script(seed: int, length: int) -> list[Step]:
    """A random history."""
    chance = Random(f"{seed} script")
    found: list[Step] = []
    while len(found) < length:
        found.append(_step(chance))
    return found


def _step(chance: Random) -> Step:
    seat, roll = chance.randrange(6), chance.randrange(100)
    if roll < 34:
        return ("act", seat, chance.choice(ACTS))
    if roll < 72:
        return ("work", seat, chance.randint(1, 12))
    if roll < 80:
        return ("wait", chance.choice((50, 1_000, 7_000, 61_000, 3_600_000)), None)
    rare: list[Step] = [
        ("weather", seat, chance.choice(("calm", "storm", "storm", "cut", "pulls", "pushes"))),
        ("weather", seat, chance.choice(("calm", "storm", "cut"))),
        ("clock", seat, chance.choice(CLOCKS)),
        ("fragile", seat, chance.random() < 0.6),
        ("crash", seat, None),
        ("die", None, None),
        ("backup", None, None),
        ("restore", chance.randrange(4), chance.random() < 0.6),
        ("save_disk", seat, None),
        ("roll_back", seat, None),
        ("clone", seat, None),
        ("role", chance.randrange(4), chance.choice(ROLES)),
        ("forge", seat, chance.choice(("actor", "install", "role"))),
        ("listen", seat, chance.random() < 0.8),
        ("listen", seat, chance.random() < 0.8),
        ("lose_disk", seat, None),
        ("purge", chance.choice((-1_000, 5_000, 600_000)), None),
        ("server_clock", chance.choice((0, 3_600_000, -3_600_000)), None),
    ]
    return chance.choice(rare)
