"""How several processes share what is to be read: each is given its part, and the part is taken from it again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from streams.items import Cursor
from streams.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What is this process's to read now.

    `journal_for` returns where a source is saved, by the word that it spreads
    by (sources of one word are always one process's), and None where it is
    another's. `cursors` says how far every source was read, by its id.
    """

    journal_for: Callable[[str], Journal | None]
    cursors: Mapping[str, Cursor]


Work = Callable[[Share], Coroutine[Any, Any, None]]
# Gives the work its share, and cancels it and waits for its end before the share is another's.
Sharing = Callable[[Work], Coroutine[Any, Any, None]]


def alone(journal: Journal) -> Sharing:
    """Return how one process reads everything."""

    async def sharing(work: Work) -> None:
        await work(Share(journal_for=lambda _: journal, cursors=await journal.cursors()))

    return sharing
