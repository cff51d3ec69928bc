"""How several processes share what is to be read: each is given its part, and the part is taken from it again."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from streams.items import Cursor
from streams.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The sources that are this process's to read now.

    `has` says which ids they are, `cursors` how far they were read, and
    `journal` is where they are saved: it refuses what is no longer ours.
    """

    has: Callable[[str], bool]
    cursors: Mapping[str, Cursor]
    journal: Journal


Work = Callable[[Share], Coroutine[Any, Any, None]]
# Gives the work its share, and cancels it and waits for its end before the share is another's.
Sharing = Callable[[Work], Coroutine[Any, Any, None]]


def alone(journal: Journal) -> Sharing:
    """Return how one process reads everything."""

    async def sharing(work: Work) -> None:
        await work(Share(has=lambda _: True, cursors=await journal.cursors(), journal=journal))

    return sharing
