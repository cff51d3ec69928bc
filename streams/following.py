"""A topic followed in a terminal: a journal that cannot be read for now is told once and asked again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from rich.console import Console
from rich.text import Text

from streams.errors import JournalUnusable
from streams.highlight import printable
from streams.journal import Journal, Stored
from streams.topics import Topic

_AGAIN_SECONDS = 1.0


async def following(journal: Journal, topic: Topic, console: Console) -> AsyncIterator[Stored]:
    """Yield a topic from its start, without end; after a failure from its start again.

    Whoever looks at a quiet screen must be able to tell that it is not the
    world that is quiet.
    """
    is_told = False
    while True:
        try:
            async for stored in journal.follow(topic):
                is_told = False
                yield stored
        except JournalUnusable as error:
            if not is_told:
                text = f"No alerts can be seen for now, it is tried again: {printable(str(error))}"
                console.print(Text(text, "bold red"), soft_wrap=True)
            is_told = True
            await asyncio.sleep(_AGAIN_SECONDS)
