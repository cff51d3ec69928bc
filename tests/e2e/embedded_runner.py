"""Runs the embedded host as a process of its own: embedded_runner.py JOURNAL_URL MODULE, which holds FLOW."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
from pathlib import Path

from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.settings import WorkerSettings


async def main(url: str, module: str) -> None:
    """Run the module's flow on the journal until killed."""
    flow = importlib.import_module(module).FLOW
    journal = await SqliteJournal.open(url)
    await EmbeddedHost(journal, flow, Counters(), WorkerSettings(count=2)).run()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it
    sys.path.insert(0, str(Path(__file__).parents[2]))
    asyncio.run(main(*sys.argv[1:]))
