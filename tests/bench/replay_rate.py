"""What a replay costs beside its bare parts: enriched items against detection, raw pages against trafilatura.

    python tests/bench/replay_rate.py [ITEMS [PAGES]]

Rates are by processor time, all processes of a replay together (steps, worker,
reader, commits) as if everything shared one core, without what starting them
costs: the last four fifths count, for both. So other work on the machine
changes little. Enriched items have about 1 KB of the newsroom's text, Arabic
and English by turns, from forty publishers over three years; raw ones are its
pages, each of which tells of changes: detection costs more there than
extraction, which the ratio to enrich leaves out.
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
from typing import Any, NamedTuple

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


def compared(name: str, items: Sequence[RawItem | EnrichedItem], bare: dict[str, Callable[[Any], object]]) -> None:
    """Print what the last four fifths of a replay cost beside bare functions on them, both after the first fifth."""
    first, rest = items[: len(items) // 5], items[len(items) // 5 :]
    each = 1e3 / len(rest)
    alone: dict[str, float] = {}
    for word, work in bare.items():
        seconds_for(lambda work=work: [work(item) for item in first])  # type: ignore[misc]
        alone[word] = each * seconds_for(lambda work=work: [work(item) for item in rest])  # type: ignore[misc]
    with TemporaryDirectory() as folder:
        start = replayed(first, Path(folder), f"{name}-start")
        cost = replayed(items, Path(folder), name)
    whole = (cost.whole - start.whole) * each
    reading, telling = (cost.reading - start.reading) * each, (cost.telling - start.telling) * each
    print(
        f"{name}: {len(rest)} items  replay {1e3 / whole:.0f}/s, {whole:.2f} ms an item: in worker and reader"
        f" {whole - reading - telling:.2f}, beside them {reading:.2f}, telling {telling:.2f};"
        f" {cost.alerts - start.alerts} alerts, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"
    )
    for word, seconds in alone.items():
        print(f"    bare {word:12} {seconds:6.2f} ms an item  ratio {seconds / whole:.2f}")


def main(count: int, pages: int) -> None:
    """Print the rates and their ratios."""
    knowledge = load()
    rooms = [(desk, paragraphs_of(desk)) for desk in desks() if desk.charset == "utf-8"]
    bodies = [page_of(*rooms[number % len(rooms)], number) for number in range(pages)]
    compared("enriched", enriched(texts_of(count)), {"detection": partial(detect_again, knowledge=knowledge)})
    wanted = {
        "trafilatura": lambda item: trafilatura.extract(zlib.decompress(item.body).decode()),
        "enrich": partial(enrich, knowledge=knowledge),
    }
    compared("raw", raw(bodies), wanted)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS, int(sys.argv[2]) if len(sys.argv) > 2 else PAGES)
