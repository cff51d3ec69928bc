"""A process that listens to one source as `changehands connect` does, to be killed: JOURNAL SOURCE-AS-JSON."""

from __future__ import annotations

import asyncio
import sys

from connectors.poller import poll_forever
from streams.embedded.journal import SqliteJournal
from streams.settings import FetchSettings
from streams.sources import SourceSettings


async def main(journal: str, source: str) -> None:
    """Listen for ever."""
    await poll_forever([SourceSettings.model_validate_json(source)], SqliteJournal(journal), FetchSettings())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
