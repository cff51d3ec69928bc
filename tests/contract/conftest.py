"""The hosts under contract: each test of the suite runs on every one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from hosts import EmbeddedRig, Rig


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Rig]:
    """Give the embedded journal and host, on a file of their own."""
    rig = EmbeddedRig(folder / "journal.db")
    try:
        yield rig
    finally:
        await rig.journal.close()


RIGS = {"embedded": embedded}


@pytest_asyncio.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """Give a fresh journal with its host."""
    async with RIGS[request.param](tmp_path) as one:
        yield one
