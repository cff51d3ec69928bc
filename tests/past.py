"""The past for tests of replays: own small reports by several publishers, and files they lie in."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from streams.codec import encode
from streams.items import EnrichedItem, ItemKind, Op, RawItem
from streams.mentions import Precision
from tests.play import enriched

FIRST = datetime(2013, 4, 2, 8, tzinfo=UTC)
# Hours after the first, the publisher, the report; what comes again under a name is its next revision.
REPORTS = (
    (0, "north-wire", "a", "The army seized the town of Saraqib from the rebels on Tuesday."),
    (3, "levant-post", "b", "سيطر الجيش السوري على مدينة سراقب."),
    (9, "harbour-news", "c", "Government forces captured Saraqib, residents said."),
    (40, "north-wire", "d", "Rebels denied that the town of Saraqib had fallen."),
    (75, "levant-post", "e", "Islamic State captured the city of Raqqa."),
    (76, "harbour-news", "f", "سيطر تنظيم الدولة الإسلامية على مدينة الرقة."),
    (80, "north-wire", "a", "The army has not seized the town of Saraqib, its spokesman said on Friday."),
    (400, "harbour-news", "g", "The market of Homs reopened."),
    (1500, "levant-post", "h", "The army recaptured the city of Raqqa from Islamic State."),
    (1501, "north-wire", "i", "Syrian army forces took the city of Raqqa from Islamic State on Monday."),
)


def reports(delay: timedelta = timedelta(minutes=20)) -> list[RawItem]:
    """Return the reports as they were fetched, some time after they were out, and at last one that is deleted."""
    found, revisions = [], dict[str, int]()
    for hours, source, name, text in REPORTS:
        revisions[name] = revisions.get(name, 0) + 1
        published = FIRST + timedelta(hours=hours)
        item = RawItem(
            id=f"{source}:{name}",
            revision=revisions[name],
            source=source,
            owner=source,
            kind=ItemKind.ENTRY,
            url=f"https://{source}.example/{name}",
            canonical_url=f"https://{source}.example/{name}",
            fetched_at=published + delay,
            published_at=published,
            published_precision=Precision.INSTANT,
            body=zlib.compress(text.encode()),
        )
        found.append(item)
    gone = replace(found[1], op=Op.DELETE, body=b"", fetched_at=FIRST + timedelta(hours=60))
    return [*found, gone]


@cache
def ready() -> tuple[EnrichedItem, ...]:
    """Return the same reports enriched."""
    return tuple(enriched(item) for item in reports())


def shuffled(items: Sequence[RawItem | EnrichedItem], seed: int) -> list[RawItem | EnrichedItem]:
    """Return them in another order."""
    return random.Random(seed).sample(items, len(items))


def written(path: Path, items: Sequence[RawItem | EnrichedItem], *, torn: bytes = b"") -> Path:
    """Write items as JSON Lines, and a torn line behind them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(encode(item) + b"\n" for item in items) + torn)
    return path
