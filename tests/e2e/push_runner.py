"""Reads one feed that a hub pushes, as a process of its own: push_runner.py JOURNAL_URL FEED_URL PORT."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def main(url: str, feed: str, port: int) -> None:
    """Read the feed every six hours and listen to its hub, until killed."""
    # imported here, because the reading process imports this file's head again
    from connectors.poller import poll_forever  # noqa: PLC0415
    from streams import logs  # noqa: PLC0415
    from streams.services import opened  # noqa: PLC0415
    from streams.settings import LogSettings, PushSettings  # noqa: PLC0415
    from streams.sources import SourceSettings  # noqa: PLC0415

    logs.configure(LogSettings(level="info"), sys.stderr)
    source = SourceSettings(id="harbour", url=feed, allow_private=True, full_text=False, min_interval_seconds=21_600)
    async with opened(url) as journal:
        await poll_forever([source], journal, push=PushSettings(callback=f"http://127.0.0.1:{port}", port=port))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    asyncio.run(main(*sys.argv[1:3], int(sys.argv[3])))
