"""Bench phrases: the phrase checker against the raw matcher, on generated Chinese text.

The floor is ``daachorse``, the fastest exact matcher that was found, run over the same text
already folded, in the same run: ``lines`` is one call for each line, ``whole`` one for all of
it. The checker folds the text itself and looks for disguises, repeats and (``everything``)
homophones, at gaps, edges, exceptions, place in the utterance and whose words they are.

Bars (design, phrases): a 50-character line while typing ≤ 20 µs median with a shipped pack and
≤ 40 µs with 100,000 patterns; batch ≥ 0.35 × the raw matcher by line at 10,000 patterns
without homophones, ≥ 0.12 × with everything; a kept list of 100,000 usable within 50 ms.

    scripts/bench phrases [--json] [--mb 10] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from agentdesk.domain.pack import Match, PhraseRule, Severity
from agentdesk.domain.phrases import PhraseBook
from agentdesk.domain.phrases.folding import pack
from agentdesk.domain.phrases.index import plan
from agentdesk.standards.compiled import Automaton, digest, kept_book, new_book
from agentdesk.standards.packfile import load_shipped

SIZES = (100, 1_000, 10_000, 100_000)
LINE = 50
SHORTEST = 5  # lists nobody curated are found by sound from five characters on
BARS = {
    "typing_pack_us": 20,
    "typing_100k_us": 40,
    "ratio_10k_written": 0.35,
    "ratio_10k_everything": 0.12,
    "kept_100k_ms": 50,
}


class Chinese:
    """Text and phrases with the frequencies of language: few characters and words are most."""

    def __init__(self) -> None:
        self._random = random.Random(20_260_101)
        common = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得"
        cells = ((row, cell) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF))
        rest = [bytes(pair).decode("gb2312") for pair in cells]  # the common characters
        self._random.shuffle(rest)
        self._chars = [*common, *rest]
        self._char_weights = [1 / (place + 8) for place in range(len(self._chars))]
        sizes = (1, 2, 2, 2, 3, 4)
        self._words = [self.phrase(self._random.choice(sizes)) for _ in range(30_000)]
        self._word_weights = [1 / (place + 20) for place in range(len(self._words))]

    def phrase(self, size: int) -> str:
        """Characters in a row."""
        return "".join(self._random.choices(self._chars, self._char_weights, k=size))

    def phrases(self, count: int) -> list[str]:
        """Different phrases of two to ten characters, most of four and more.

        Every character is as likely as another: a list that names something seldom meets
        ordinary text by chance.
        """
        found: dict[str, None] = {}
        while len(found) < count:
            size = self._random.choice((2, 3, 4, 4, 4, 5, 5, 6, 8, 10))
            found["".join(self._random.choices(self._chars, k=size))] = None
        return list(found)

    def lines(self, characters: int, planted: list[str]) -> list[str]:
        """Lines of :data:`LINE` characters, two clauses each, a phrase in one of fifty."""
        lines: list[str] = []
        for number in range(characters // LINE):
            words = "".join(self._random.choices(self._words, self._word_weights, k=30))
            if number % 50 == 0:
                words = words[:6] + self._random.choice(planted) + words[6:]
            lines.append(f"{words[:22]}，{words[22 : LINE - 2]}。")
        return lines


def best(runs: list[Callable[[], object]], rounds: int) -> list[float]:
    """Processor seconds of the fastest round of each, taken in turns."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for run, taken in zip(runs, times, strict=True):
            start = time.process_time()  # others on the machine are no part of it
            run()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def rules_of(phrases: list[str]) -> list[PhraseRule]:
    """A rule for each phrase, as an imported list has them."""
    return [
        PhraseRule(f"L-{at}", "list", Match.ANYWHERE, Severity.ADVISE, (phrase,))
        for at, phrase in enumerate(phrases)
    ]


def batch(chinese: Chinese, size: int, megabytes: float, rounds: int) -> dict[str, float]:
    """Throughput with a list of ``size`` phrases, and of the raw matcher."""
    phrases = chinese.phrases(size)
    lines = chinese.lines(int(megabytes * 357_000), phrases)
    text = "\n".join(lines)
    rules = rules_of(phrases)
    start = time.perf_counter()
    raw = Automaton(list(plan(rules, homophones=False).written))
    built = time.perf_counter() - start
    written = new_book(rules, homophones=False, builder=Automaton)
    everything = new_book(rules, shortest=SHORTEST, builder=Automaton)
    packed = pack(text)
    packed_lines = packed.split("\n")
    for book in (written, everything):
        book.check(text[:300_000])
    runs: list[Callable[[], object]] = [
        lambda: [raw.find(line) for line in packed_lines],
        lambda: raw.find(packed),
        lambda: written.check(text),
        lambda: everything.check(text),
    ]
    by_line, whole, seconds, seconds_everything = best(runs, rounds)
    size_mb = len(text.encode()) / 1e6
    return {
        "raw_build_ms": round(built * 1e3, 1),
        "raw_lines_mb_s": round(size_mb / by_line, 1),
        "raw_whole_mb_s": round(size_mb / whole, 1),
        "written_mb_s": round(size_mb / seconds, 1),
        "everything_mb_s": round(size_mb / seconds_everything, 1),
        "ratio_written": round(by_line / seconds, 3),
        "ratio_everything": round(by_line / seconds_everything, 3),
        "ratio_written_whole": round(whole / seconds, 3),
        "ratio_everything_whole": round(whole / seconds_everything, 3),
        "hits": len(everything.check(text)),
    }


def typing(book: PhraseBook, lines: list[str]) -> dict[str, float]:
    """Microseconds of one check while lines grow to :data:`LINE` characters, each text new."""
    book.check("您好")
    times = []
    for line in lines:
        for size in (LINE - 2, LINE - 1, LINE):
            start = time.perf_counter()
            book.check(line[:size])
            times.append((time.perf_counter() - start) * 1e6)
    cuts = statistics.quantiles(times, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "p99": round(cuts[98], 1)}


KEPT = """
import sys, time
from pathlib import Path
from agentdesk.domain.phrases import PhraseBook
start = time.perf_counter()
from agentdesk.standards.compiled import kept_book
book = kept_book(sys.argv[1], Path(sys.argv[2]))
loaded = time.perf_counter()
book.check(sys.argv[3])
print((loaded - start) * 1e3, (time.perf_counter() - start) * 1e3)
"""


def kept(rules: list[PhraseRule], line: str) -> dict[str, float]:
    """Milliseconds until a list of rules can be used again in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        key = digest(repr(rules).encode(), shortest=SHORTEST)
        start = time.perf_counter()
        new_book(rules, key, Path(folder), shortest=SHORTEST)
        made = time.perf_counter() - start
        bytes_kept = sum(path.stat().st_size for path in Path(folder).iterdir())
        assert kept_book(key, Path(folder)) is not None
        runs = []
        for _ in range(7):
            command = [sys.executable, "-c", KEPT, key, folder, line]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs.append([float(figure) for figure in done.stdout.split()])
    loaded, checked = (statistics.median(figures) for figures in zip(*runs, strict=True))
    return {
        "made_ms": round(made * 1e3),
        "loaded_ms": round(loaded, 1),
        "first_check_ms": round(checked, 1),
        "file_mb": round(bytes_kept / 1e6, 1),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench phrases", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--mb", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    chinese = Chinese()
    lines = chinese.lines(100_000, chinese.phrases(50))
    figures: dict[str, object] = {"floor": "daachorse, exact, over the folded text"}
    figures["typing_us_F6"] = typing(PhraseBook(load_shipped("F6").phrases), lines)
    rules = rules_of(chinese.phrases(100_000))
    figures["typing_us_100k"] = typing(new_book(rules, shortest=SHORTEST), lines)
    figures["kept_100k"] = kept(rules, lines[0])
    for size in SIZES:
        figures[f"batch_{size}"] = batch(chinese, size, args.mb, args.rounds)
    figures["rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    figures["bars"] = BARS
    if args.json:
        print(json.dumps(figures))
        return 0
    for name, figure in figures.items():
        print(f"{name:16} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
