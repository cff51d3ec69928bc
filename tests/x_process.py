"""Listens to one source of X in a process of its own, to be killed; what X needs a minute for is there at once."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from connectors import x
from connectors.listening import engine
from connectors.reading.readers import readers
from streams.sources import SourceSettings
from tests.ear import listening


async def main(folder: Path, source: SourceSettings) -> None:
    """Listen until the process is killed."""
    x.SETTLED, engine.STILL_SECONDS = timedelta(seconds=0.3), 0.2
    async with readers() as pool, listening(source, folder, pool):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), SourceSettings.model_validate_json(sys.argv[2])))
