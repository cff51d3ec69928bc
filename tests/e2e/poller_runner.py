"""Reads feeds as a process of its own: poller_runner.py JOURNAL_URL SLOT FEEDS_URL COUNT."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def main(url: str, slot: str, base: str, count: int) -> None:
    """Read so many feeds under the address, every second, until killed."""
    # imported here, because the reading process imports this file's head again
    from connectors.poller import poll_forever  # noqa: PLC0415
    from streams import logs  # noqa: PLC0415
    from streams.pulse import Pulse  # noqa: PLC0415
    from streams.services import opened, sharing_of  # noqa: PLC0415
    from streams.settings import FetchSettings, LogSettings  # noqa: PLC0415
    from streams.sources import SourceSettings  # noqa: PLC0415

    logs.configure(LogSettings(level="info"), sys.stderr)
    sources = [
        SourceSettings(id=f"f{n}", url=f"{base}/f{n}", allow_private=True, full_text=False, min_interval_seconds=1)
        for n in range(count)
    ]
    async with opened(url) as journal:
        sharing = sharing_of(url, slot, Pulse())
        await poll_forever(sources, journal, FetchSettings(user_agent=f"slot-{slot}/1"), sharing=sharing)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
