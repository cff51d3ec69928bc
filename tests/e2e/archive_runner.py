"""Reads an archive as a process of its own: archive_runner.py JOURNAL_URL PATH."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


async def main(url: str, path: str) -> None:
    """Read the archive until killed."""
    # imported here, because the reading process imports this file's head again
    from connectors.poller import poll_forever  # noqa: PLC0415
    from streams import logs  # noqa: PLC0415
    from streams.pulse import Pulse  # noqa: PLC0415
    from streams.services import opened, sharing_of  # noqa: PLC0415
    from streams.settings import LogSettings  # noqa: PLC0415
    from streams.sources import SourceSettings  # noqa: PLC0415

    logs.configure(LogSettings(level="info"), sys.stderr)
    source = SourceSettings(id="old", kind="archive", url=path, min_interval_seconds=1)
    async with opened(url) as journal:
        await poll_forever([source], journal, sharing=sharing_of(url, "1", Pulse()))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    asyncio.run(main(*sys.argv[1:3]))
