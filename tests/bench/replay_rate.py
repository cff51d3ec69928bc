"""What a replay costs beside its bare parts: enriched items against detection, raw pages against trafilatura.

    python tests/bench/replay_rate.py [ITEMS [PAGES]]

Rates are by processor time, all processes of a replay together (steps, worker,
reader, commits) without what starting them costs, as if everything shared one
core; so other work on the machine changes little. Enriched items have about 1 KB of the newsroom's
text, Arabic and English by turns, from forty publishers over three years; raw
ones are its pages. The last line tells where the time of a replay goes.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import trafilatura

sys.path.insert(0, str(Path(__file__).parents[2]))
from processors.again import detect_again
from processors.enrich import enrich
from processors.knowledge import load
from processors.signature import signature, text_hash
from streams import replaying
from streams.codec import encode
from streams.embedded.agenda import read_notes
from streams.items import EnrichedItem, ItemKind, RawItem
from streams.mentions import Precision
from streams.replay.notes import Read, Told
from streams.settings import Settings
from tests.bench.detect_rate import desks, page_of, paragraphs_of

ITEMS, PAGES = 3000, 300
SIZE = 1000
FIRST = datetime(2023, 3, 1, tzinfo=UTC)
LAST = timedelta(days=3 * 365)
PUBLISHERS = 40


def texts_of(count: int) -> list[str]:
    """Return texts of about a kilobyte."""
    chance = random.Random(1)
    rooms = [paragraphs_of(desk) for desk in desks() if desk.charset == "utf-8"]
    texts = []
    for number in range(count):
        text = ""
        while len(text.encode()) < SIZE:
            text += chance.choice(rooms[number % len(rooms)]) + "\n\n"
        texts.append(text)
    return texts


def known(number: int, count: int) -> dict[str, object]:
    """Return what an item has beside its text."""
    source = f"publisher-{number % PUBLISHERS}"
    at = FIRST + LAST * number / count
    url = f"https://{source}.example/{number}"
    return {
        "id": f"{source}:{number}",
        "revision": 1,
        "source": source,
        "owner": source,
        "kind": ItemKind.PAGE,
        "url": url,
        "canonical_url": url,
        "fetched_at": at + timedelta(minutes=20),
        "published_at": at,
        "published_precision": Precision.INSTANT,
    }


def enriched(texts: Sequence[str]) -> list[EnrichedItem]:
    """Return enriched items of these texts, without claims."""
    return [
        EnrichedItem(
            **known(number, len(texts)),  # type: ignore[arg-type]
            text=text,
            text_hash=text_hash(None, text),
            signature=signature(text),
        )
        for number, text in enumerate(texts)
    ]


def raw(pages: Sequence[str]) -> list[RawItem]:
    """Return raw items of these pages."""
    return [
        RawItem(**known(number, len(pages)), content_type="text/html; charset=utf-8", body=zlib.compress(page.encode()))  # type: ignore[arg-type]
        for number, page in enumerate(pages)
    ]


def spent() -> float:
    """Return the seconds of processor time of this process and of all its children that have ended."""
    forkserver._forkserver._stop()  # the workers are its children, and are counted once it has ended
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def seconds_for(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Clock:
    """How much processor time this process had used when the passes of a replay were over."""

    def __init__(self) -> None:
        self.read = self.told = 0.0

    def reads(self, _known: Read, _share: float | None) -> None:
        self.read = time.process_time()

    def tells(self, _known: Told, _at: datetime, _length: int) -> None:
        self.told = time.process_time()


class Cost(NamedTuple):
    """The seconds of processor time of a whole replay, and of this process: for reading, for telling."""

    whole: float
    reading: float
    telling: float
    alerts: int


def replayed(items: Sequence[RawItem | EnrichedItem], folder: Path, name: str) -> Cost:
    """Replay items and return what it cost."""
    archive = folder / f"{name}.jsonl"
    archive.write_bytes(b"".join(encode(item) + b"\n" for item in items))
    settings = Settings(runs=folder / "runs", sources=())
    clock = Clock()
    watching = replaying.Watching(made=lambda _: None, reads=clock.reads, tells=clock.tells)
    start, own = spent(), time.process_time()
    done = asyncio.run(replaying.replay(replaying.Wish(name=name, source=str(archive)), settings, watching))
    assert read_notes(folder / "runs" / f"{name}.db")
    return Cost(spent() - start, clock.read - own, clock.told - clock.read, done.told.alerts)


def compared(name: str, items: Sequence[RawItem | EnrichedItem], bare: dict[str, Callable[[], object]]) -> None:
    """Print what a replay of these items costs beside bare functions on them, which run before it and after it."""
    many = len(items)
    with TemporaryDirectory() as folder:
        before = [seconds_for(work) for work in bare.values()]
        starting = replayed(items[:1], Path(folder), f"{name}-start")
        cost = replayed(items, Path(folder), name)
        after = [seconds_for(work) for work in bare.values()]
    each = 1e3 / many
    whole = (cost.whole - starting.whole) * each
    reading, telling = (cost.reading - starting.reading) * each, (cost.telling - starting.telling) * each
    print(
        f"{name}: {many} items  replay {1e3 / whole:.0f}/s, {whole:.2f} ms an item: in worker and reader"
        f" {whole - reading - telling:.2f}, beside them {reading:.2f}, telling {telling:.2f}; {cost.alerts} alerts,"
        f" starting {starting.whole:.1f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"
    )
    for word, one, other in zip(bare, before, after, strict=True):
        alone = (one + other) / 2 * each
        spread = f"({one * each:.2f}, {other * each:.2f})"
        print(f"    bare {word:12} {alone:6.2f} ms an item {spread}  ratio {alone / whole:.2f}")


def main(count: int, pages: int) -> None:
    """Print the rates and their ratios."""
    knowledge = load()
    rooms = [(desk, paragraphs_of(desk)) for desk in desks() if desk.charset == "utf-8"]
    bodies = [page_of(*rooms[number % len(rooms)], number) for number in range(pages)]
    ready, fresh = enriched(texts_of(count)), raw(bodies)
    detection = partial(detect_again, knowledge=knowledge)
    compared("enriched", ready, {"detection": lambda: [detection(item) for item in ready]})
    wanted = {
        "trafilatura": lambda: [trafilatura.extract(body) for body in bodies],
        "enrich": lambda: [enrich(item, knowledge=knowledge) for item in fresh],
    }
    compared("raw", fresh, wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS, int(sys.argv[2]) if len(sys.argv) > 2 else PAGES)
