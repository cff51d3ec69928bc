"""What a source's last fetches brought, for `changehands sources health SOURCE`: read from the journal, summed up."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, json
from msgspec.structs import asdict

from streams.codec import decode
from streams.errors import NotKnown
from streams.fetches import Came, Fetch, Way, middle, within
from streams.journal import Journal
from streams.roster import Row, is_to_be_made
from streams.services import opened
from streams.topics import FETCHES

SHOWN = 30
SLOW = 95
LIKE = 3


class Sum(Struct, frozen=True, kw_only=True):
    """What several fetches took together.

    `came` counts how they ended. `usual`, `slow` and `slowest` are milliseconds: what
    half of them took at most, 95 in a hundred, all; None where nobody was
    asked. Stretches of a stream took no time in this sense. `wire` and `size`
    are bytes as they came and after decompression.
    """

    times: int
    since: datetime | None
    came: dict[Came, int]
    usual: int | None
    slow: int | None
    slowest: int | None
    wire: int
    size: int
    new: int
    known: int
    published: int


async def history(url: str, source: str, most: int = SHOWN) -> list[Fetch]:
    """Return a source's last fetches, oldest first; raises JournalUnusable. A journal is not made for it."""
    if is_to_be_made(url):
        return []
    async with opened(url) as journal:
        return await fetches_of(journal, source, most)


async def fetches_of(journal: Journal, source: str, most: int = SHOWN) -> list[Fetch]:
    """Return a source's last fetches, oldest first, quiet polls told as one; raises BadRecord."""
    records = [decode(stored.value) for stored in await journal.last(FETCHES, source, most)]
    told = [record for record in records if isinstance(record, Fetch)]
    cursor = (await journal.cursors(whole=False)).get(source)
    quiet = (cursor.quiet,) if cursor and cursor.quiet else ()
    return [*told, *quiet][-most:]


def summed(fetches: Sequence[Fetch]) -> Sum:
    """Return what these fetches took together."""
    came: Counter[Came] = Counter()
    for one in fetches:
        came[one.came] += one.times
    took = [one for fetch in fetches if fetch.way is not Way.STREAM for one in fetch.took]
    return Sum(
        times=came.total(),
        since=min((one.began for one in fetches), default=None),
        came=dict(came.most_common()),
        usual=middle(took),
        slow=within(took, SLOW),
        slowest=max(took, default=None),
        wire=sum(one.wire for one in fetches),
        size=sum(one.size for one in fetches),
        new=sum(one.new for one in fetches),
        known=sum(one.known for one in fetches),
        published=sum(one.published for one in fetches),
    )


def row_of(rows: Sequence[Row], source: str) -> Row:
    """Return the row of a source; raises NotKnown with the ids that are like it."""
    there = {row.id: row for row in rows}
    if source in there:
        return there[source]
    close = difflib.get_close_matches(source, there, n=LIKE)
    hint = f"did you mean {', '.join(close)}?" if close else "`changehands sources list` lists them"
    raise NotKnown(f"there is no source {source!r}; {hint}")


def as_json(row: Row, fetches: Sequence[Fetch]) -> str:
    """Return how a source fares and what its last fetches brought, as one line of JSON."""
    return json.encode(
        {**asdict(row), "fetches": [asdict(one) for one in fetches], "sum": asdict(summed(fetches))}
    ).decode()
