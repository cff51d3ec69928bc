"""Bluesky's own Jetstream, fed by its own simulator, on loopback.

Runs where CHANGEHANDS_JETSTREAM names a folder with the programs `jetstream`
and `simulator` of bluesky-social/jetstream; nothing but 127.0.0.1 is spoken to.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from connectors.reading.readers import Readers
from streams.items import RawItem
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import Ear, listening
from tests.skyhouse import FIRST, POSTS, SECOND

FOLDER = os.environ.get("CHANGEHANDS_JETSTREAM", "")
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not FOLDER, reason="CHANGEHANDS_JETSTREAM names no folder with jetstream and simulator"),
]
__all__ = ["reading"]
HOPELESS = 60


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Network:
    """A simulated network and the Jetstream that reads it."""

    folder: Path
    relay: int = field(default_factory=free_port)
    port: int = field(default_factory=free_port)
    simulator: subprocess.Popen[bytes] | None = None
    jetstream: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """The address of Jetstream."""
        return f"http://127.0.0.1:{self.port}"

    def _start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JETSTREAM")}
        with (self.folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(
                [Path(FOLDER) / program, "serve", *options], cwd=self.folder, stdout=log, stderr=log, env=clean
            )

    def simulate(self) -> None:
        """Let 30 people write 40 records a second."""
        relay = f"127.0.0.1:{self.relay}"
        options = ("--accounts", "30", "--commits-per-sec", "40", "--data-dir", "simulator")
        self.simulator = self._start("simulator", "--addr", relay, "--public-url", f"http://{relay}", *options)

    async def stream(self) -> None:
        """Start Jetstream, on what it stored before, and wait until it is ready."""
        relay = f"http://127.0.0.1:{self.relay}"
        options = ("--relay-url", relay, "--plc-url", relay, "--data-dir", "jetstream", "--skip-merge-discovery")
        self.jetstream = self._start(
            "jetstream", "--addr", f"127.0.0.1:{self.port}", "--disable-repo-action-rate-limits", *options
        )
        async with asyncio.timeout(HOPELESS):
            while not await self._is_ready():
                await asyncio.sleep(0.2)

    async def simulated(self) -> None:
        """Wait until the simulator answers; Jetstream would else wait longer each time it finds nobody."""
        async with asyncio.timeout(HOPELESS):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.relay)
                    writer.close()
                    return
                await asyncio.sleep(0.1)

    async def _is_ready(self) -> bool:
        try:
            async with aiohttp.ClientSession() as session, session.ws_connect(self.base + FIRST):
                return True
        except aiohttp.ClientError:
            return False

    def stop(self) -> None:
        """Kill what still runs."""
        for process in (self.simulator, self.jetstream):
            if process:
                process.kill()
                process.wait()

    async def told(self, most: int = 1_000_000) -> list[tuple[int, str, str, str]]:
        """Return number, operation, account and key of every post's event up to now."""
        now = datetime.now(UTC)
        found: list[tuple[int, str, str, str]] = []
        url = f"{self.base}{SECOND}?cursor=1&collections={POSTS}&kinds=commit"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as stream:
            while len(found) < most:
                try:
                    event = json.loads((await stream.receive(timeout=3)).data)["payload"]
                except TimeoutError:
                    break
                if datetime.fromisoformat(event["time"]) >= now:
                    break
                found.append((event["seq"], event["operation"], event["did"], event["rkey"]))
        return found


@pytest_asyncio.fixture(loop_scope="module")
async def network(tmp_path: Path) -> AsyncIterator[Network]:
    """Run the two programs."""
    running = Network(tmp_path)
    try:
        running.simulate()
        await running.simulated()
        await running.stream()
        yield running
    finally:
        running.stop()


def as_told(items: list[RawItem]) -> list[tuple[str, str, str]]:
    """Return what each item did to whose post, as the stream says it: a put is a create or an update."""
    return [(item.op.value, *item.id.removeprefix("sky:at://").split(f"/{POSTS}/")) for item in items]  # type: ignore[misc]


def expected(told: list[tuple[int, str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the same of what the stream says."""
    for _, operation, did, key in told:
        yield ("delete" if operation == "delete" else "put", did, key)


def by_post(told: list[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return what was done to each post, in order."""
    found: dict[tuple[str, str], list[str]] = {}
    for done, did, key in told:
        found.setdefault((did, key), []).append(done)
    return found


async def settled(ear: Ear) -> list[RawItem]:
    """Return the items once no more come."""
    before: list[RawItem] = []
    while len(items := await ear.items(1)) > len(before):
        before = items
        await asyncio.sleep(3)
    return before


@pytest.mark.parametrize("path", [FIRST, SECOND], ids=["first", "second"])
async def test_all_and_once(network: Network, reading: Readers, tmp_path: Path, path: str) -> None:
    """Every event of a post is an item, once and in its post's order, though Jetstream is killed meanwhile."""
    source = SourceSettings(id="sky", kind="bluesky", url=network.base + path, allow_private=True)
    async with listening(source, tmp_path, reading) as ear:
        await ear.health("ok")
        before = len(await network.told())
        await ear.items(150)
        assert network.jetstream
        assert network.simulator
        network.jetstream.kill()
        network.jetstream.wait()
        await ear.health("unavailable")
        await network.stream()
        await ear.items(400)
        network.simulator.kill()
        items = await settled(ear)
        told = list(expected(await network.told()))
    # Killed, it reads the network again and mixes the accounts in another order; of one post the order stands.
    seen, all_ = by_post(as_told(items)), by_post(told)
    assert all(all_[post][len(all_[post]) - len(some) :] == some for post, some in seen.items())
    assert len(told) - len(items) <= before
    assert len({(item.id, item.revision) for item in items}) == len(items) >= 400


async def test_accounts(network: Network, reading: Readers, tmp_path: Path) -> None:
    """The filters of the second form are those Jetstream knows: of ten accounts, every event and no other."""
    dids = sorted({did for _, _, did, _ in await network.told(200)})[:10]
    source = SourceSettings(id="sky", kind="bluesky", url=network.base + SECOND, accounts=dids, allow_private=True)
    async with listening(source, tmp_path, reading) as ear:
        items = await ear.items(20)
    assert {did for _, did, _ in as_told(items)} <= set(dids)
