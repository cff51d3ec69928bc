"""A process that takes its share under a slot and only holds it, to be killed: share_process.py JOURNAL_URL SLOT."""

from __future__ import annotations

import asyncio
import sys

from streams.kafka.sharing import shared
from streams.pulse import Pulse
from streams.sharing import Share


async def hold(_share: Share) -> None:
    """Say that there is a share, and hold it."""
    print("holds", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(shared(*sys.argv[1:3], Pulse())(hold))
