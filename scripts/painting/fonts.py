"""The fonts of the pictures: one for narrow cells, one for wide ones, regular and bold.

``python -m scripts.painting.fonts`` says which are missing; its exit code is 1 then.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]
from PIL import ImageFont

MISSING = """shots: no font for {kinds}.
Debian/Ubuntu: apt-get install fonts-noto-cjk fonts-dejavu-core
macOS: brew install --cask font-noto-sans-mono-cjk-sc font-dejavu"""

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/Library/Fonts")


@dataclass(frozen=True)
class Face:
    """What one kind of cell is written in.

    Attributes:
        files: names of files to look for, best first.
        family: face to take out of a collection.
        size: pixels of an em.
    """

    files: tuple[str, ...]
    family: str
    size: int


FACES = {
    "narrow": Face(("DejaVuSansMono.ttf",), "DejaVu Sans Mono", 16),
    "narrow-bold": Face(("DejaVuSansMono-Bold.ttf",), "DejaVu Sans Mono", 16),
    "wide": Face(
        ("NotoSansCJK-Regular.ttc", "NotoSansMonoCJKsc-Regular.otf", "wqy-zenhei.ttc"),
        "Noto Sans Mono CJK SC",
        18,
    ),
    "wide-bold": Face(
        ("NotoSansCJK-Bold.ttc", "NotoSansMonoCJKsc-Bold.otf", "wqy-zenhei.ttc"),
        "Noto Sans Mono CJK SC",
        18,
    ),
}
"""A font for each kind of cell."""


def _candidates(name: str) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(Path(folder).expanduser().rglob(name))
    try:
        listed = subprocess.run(
            ["fc-list", "--format", "%{file}\n"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return
    yield from (Path(line) for line in listed.stdout.splitlines() if Path(line).name == name)


@cache
def find(kind: str) -> Path | None:
    """The file of a kind of cell, if it is installed."""
    for name in FACES[kind].files:
        for path in _candidates(name):
            return path
    return None


def _place(path: Path, family: str) -> int:
    """Place of a face in a collection; 0 in a plain file or if it is not there."""
    if path.suffix != ".ttc":
        return 0
    with TTCollection(str(path), lazy=True) as collection:
        names = [str(font["name"].getDebugName(1)) for font in collection.fonts]
    return next((place for place, name in enumerate(names) if name.startswith(family)), 0)


@cache
def load(kind: str) -> ImageFont.FreeTypeFont:
    """The font of a kind of cell.

    Raises:
        SystemExit: it is not installed; the message says what to install.
    """
    path, face = find(kind), FACES[kind]
    if path is None:
        raise SystemExit(MISSING.format(kinds=kind))
    return ImageFont.truetype(str(path), face.size, index=_place(path, face.family))


@cache
def covered(kind: str) -> frozenset[int]:
    """Code points the font of a kind of cell has."""
    path, face = find(kind), FACES[kind]
    if path is None:
        return frozenset()
    with TTFont(str(path), fontNumber=_place(path, face.family), lazy=True) as font:
        return frozenset(font.getBestCmap())


def main() -> int:
    """Say what is missing."""
    missing = [kind for kind in FACES if find(kind) is None]
    if missing:
        print(MISSING.format(kinds=", ".join(missing)), file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
