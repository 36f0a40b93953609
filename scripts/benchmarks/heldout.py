"""Score the phrase checker on texts nobody tuned for (tests/data/heldout), one set of them.

By text: flagged or not, for the speaker the text is given. By hit: the same rule on an
overlapping span. A miss is a label without its hit, a false alarm a hit without its label.

    scripts/bench heldout [--second | --third] [--json] [--verbose]
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agentdesk.domain.pack import Pack
from agentdesk.domain.phrases import PhraseBook, Speaker
from agentdesk.domain.phrases.detectors import confidentiality_rule, detect
from agentdesk.standards.loader import load_shipped

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "heldout"


@dataclass(frozen=True, slots=True)
class Span:
    """A rule's place in a text."""

    rule: str
    start: int
    end: int

    def meets(self, other: Span) -> bool:
        """Whether both are the same rule on overlapping text."""
        return self.rule == other.rule and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text; ``kind`` is the first word of its reason."""

    name: str
    pack: str
    speaker: Speaker
    text: str
    kind: str
    labels: tuple[Span, ...]


@dataclass(slots=True)
class Tally:
    """What was right and what was not."""

    texts: int = 0
    text_right: int = 0
    text_missed: int = 0
    text_false: int = 0
    labels: int = 0
    labels_found: int = 0
    hits: int = 0
    hits_right: int = 0
    missed_by_kind: dict[str, int] = field(default_factory=dict)
    false_by_kind: dict[str, int] = field(default_factory=dict)

    def add(self, sample: Sample, found: tuple[Span, ...]) -> None:
        """Count one text."""
        self.texts += 1
        self.text_right += bool(sample.labels and found)
        if sample.labels and not found:
            self.text_missed += 1
            self.missed_by_kind[sample.kind] = self.missed_by_kind.get(sample.kind, 0) + 1
        if found and not sample.labels:
            self.text_false += 1
            self.false_by_kind[sample.kind] = self.false_by_kind.get(sample.kind, 0) + 1
        self.labels += len(sample.labels)
        self.labels_found += len(sample.labels) - len(without(sample.labels, found))
        self.hits += len(found)
        self.hits_right += len(found) - len(without(found, sample.labels))

    def figures(self) -> dict[str, object]:
        """The counts with their ratios."""
        return asdict(self) | {
            "text_recall": ratio(self.text_right, self.text_right + self.text_missed),
            "text_precision": ratio(self.text_right, self.text_right + self.text_false),
            "hit_recall": ratio(self.labels_found, self.labels),
            "hit_precision": ratio(self.hits_right, self.hits),
        }


def ratio(part: int, whole: int) -> float:
    """A share, 1 when there is nothing to share."""
    return round(part / whole, 4) if whole else 1.0


def without(spans: tuple[Span, ...], others: tuple[Span, ...]) -> list[Span]:
    """The spans none of the others meets."""
    return [span for span in spans if not any(span.meets(other) for other in others)]


def read(path: Path) -> list[Sample]:
    """The samples of one file; a label is looked up after the one before it."""
    samples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        labels: list[Span] = []
        for hit in entry["hits"]:
            start = entry["text"].index(hit["text"], labels[-1].end if labels else 0)
            labels.append(Span(hit["rule"], start, start + len(hit["text"])))
        samples.append(
            Sample(
                entry["id"],
                entry["pack"],
                Speaker(entry["speaker"]),
                entry["text"],
                entry["why"].partition(":")[0],
                tuple(labels),
            )
        )
    return samples


def described(mark: str, sample: Sample, span: Span) -> str:
    """One line about a miss or a false alarm."""
    words = sample.text[span.start : span.end]
    return f"{mark} {sample.name} {sample.kind} {span.rule} {words!r} in {sample.text!r}"


def found_in(sample: Sample, book: PhraseBook, pack: Pack) -> tuple[Span, ...]:
    """What the checker finds: phrases, and people's numbers where the pack has a clause."""
    hits = book.check(sample.text, speaker=sample.speaker)
    found = [Span(hit.rule.rule, hit.start, hit.end) for hit in hits]
    clause = confidentiality_rule(pack)
    if clause is not None and sample.speaker is not Speaker.CUSTOMER:
        found += (Span(clause, item.start, item.end) for item in detect(sample.text))
    return tuple(sorted(found, key=lambda span: span.start))


def score(path: Path, whole: Tally) -> tuple[Tally, list[str]]:
    """Score the texts of one pack, adding to the whole as well."""
    pack = load_shipped(path.stem)
    book = PhraseBook(pack.phrases)
    tally, faults = Tally(), []
    for sample in read(path):
        found = found_in(sample, book, pack)
        tally.add(sample, found)
        whole.add(sample, found)
        faults += [described("missed", sample, span) for span in without(sample.labels, found)]
        faults += [described("false ", sample, span) for span in without(found, sample.labels)]
    return tally, faults


def main() -> int:
    """Score and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench heldout", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="list misses and false alarms")
    sets = parser.add_mutually_exclusive_group()
    for name in ("second", "third"):
        sets.add_argument(
            f"--{name}", dest="folder", action="store_const", const=name, help="a set written later"
        )
    args = parser.parse_args()
    folder = FOLDER / args.folder if args.folder else FOLDER
    whole, tallies, faults = Tally(), dict[str, Tally](), list[str]()
    for path in sorted(folder.glob("*.jsonl")):
        tallies[path.stem], some = score(path, whole)
        faults += some
    tallies["all"] = whole
    figures = {name: tally.figures() for name, tally in tallies.items()}
    if args.json:
        print(json.dumps(figures | ({"faults": faults} if args.verbose else {})))
        return 0
    for name, row in figures.items():
        print(
            f"{name:4} {row['texts']:4} texts   by text: recall {row['text_recall']:.1%} "
            f"precision {row['text_precision']:.1%}   "
            f"by hit: recall {row['hit_recall']:.1%} precision {row['hit_precision']:.1%}"
        )
    print("missed texts by kind:", whole.missed_by_kind)
    print("false texts by kind: ", whole.false_by_kind)
    if args.verbose:
        print("\n".join(faults))
    return 0


if __name__ == "__main__":
    sys.exit(main())
