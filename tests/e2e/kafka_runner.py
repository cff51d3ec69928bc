"""Runs one slot on Kafka as a process of its own: kafka_runner.py URL SLOT MODULE, which holds FLOW (and WORKERS)."""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path


def main(url: str, slot: str, module: str) -> int:
    """Run the module's flow until killed; a failure is named on stderr and is the exit status."""
    # imported here, because each worker process imports this file's head again
    from streams.counters import Counters  # noqa: PLC0415
    from streams.errors import ChangehandsError  # noqa: PLC0415
    from streams.kafka.host import process  # noqa: PLC0415
    from streams.kafka.leaving import leaving  # noqa: PLC0415
    from streams.settings import WorkerSettings  # noqa: PLC0415

    play = importlib.import_module(module)
    settings = getattr(play, "WORKERS", WorkerSettings(count=1))

    async def run() -> None:
        with leaving():
            await process(url, play.FLOW, slot, Counters(), settings)

    try:
        asyncio.run(run())
    except ChangehandsError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main(*sys.argv[1:]))
