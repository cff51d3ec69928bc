"""What looking names up costs: in microseconds a word, and how it grows from ten thousand names to 250 thousand.

    python tests/bench/gazetteer_rate.py [ROUNDS]

Two gazetteers are built from the product's own places, the largest first, one
with some 10,000 names and one with some 250,000. The newsroom's paragraphs are
read with both: once by processes that have not seen them (every word is looked
up in the file), then again and again (words that begin no name are remembered).
Detection is timed with both as well; the last column is the larger over the smaller.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from connectors.newsroom.article import desks
from processors.detect import detect
from processors.detect.actors import load_actors
from processors.detect.places import context_of, names_in
from processors.gazetteer import Gazetteer, sources
from processors.gazetteer.build import write
from processors.gazetteer.sources import Place
from processors.knowledge import Knowledge, load
from processors.normalise import Folded, fold

SMALL, LARGE = 10_000, 250_000
ROUNDS = 7
BAR = 1.2
FORMS = 1.3  # written forms that come to one name


def sized(places: Sequence[Place], names: int, folder: Path) -> Gazetteer:
    """Build a gazetteer of the largest places that together have about this many names."""
    taken, count = [], 0
    for place in places:
        count += len({place.name, place.name_ar or place.name, *place.names})
        if count > names * FORMS:
            break
        taken.append(place)
    path = folder / f"{names}.bin"
    write(taken, path)
    return Gazetteer(path)


def seconds(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the seconds of the best round of each work; they take turns, so that a busy machine hits all alike."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            start = time.perf_counter()
            work()
            best[number] = min(best[number], time.perf_counter() - start)
    return best


def works(gazetteer: Gazetteer, known: Knowledge, texts: Sequence[Folded]) -> dict[str, Callable[[], object]]:
    """Return each kind of work over all texts."""
    knowledge = replace(known, gazetteer=gazetteer, actors=load_actors(gazetteer))

    def unseen() -> None:
        fresh = Gazetteer(gazetteer.path)
        for text in texts:
            list(names_in(text, fresh))

    return {
        "names, unseen": unseen,
        "names, seen": lambda: [list(names_in(text, gazetteer)) for text in texts],
        "context": lambda: [context_of(text, gazetteer) for text in texts],
        "detection": lambda: [detect(text.source, knowledge=knowledge) for text in texts],
    }


def main(rounds: int) -> int:
    """Print the costs with both sizes and their ratio; the status is 1 where detection grows by more than the bar."""
    known = load()
    texts = [fold(text) for desk in desks() for article in desk.articles for text in article.words.paragraphs]
    words = sum(len(text.text.split()) for text in texts)
    places = sorted(sources.places(), key=lambda place: (-place.population, place.id))
    with tempfile.TemporaryDirectory() as folder:
        small, large = (sized(places, names, Path(folder)) for names in (SMALL, LARGE))
        print(f"{words:,} words; {small.directory.names:,} and {large.directory.names:,} names; us a word")
        few, many = (works(gazetteer, known, texts) for gazetteer in (small, large))
        ratio = 0.0
        for kind in few:
            one, other = seconds([few[kind], many[kind]], rounds)
            ratio = other / one
            print(f"{kind:14} {one / words * 1e6:7.2f} {other / words * 1e6:7.2f}  x{ratio:.2f}")
    return int(ratio > BAR)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
