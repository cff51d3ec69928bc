"""What reading and processing on Kafka tell of themselves, asked of the real commands behind a real proxy."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.kafka.broker import Broker, free_port
from processors.gazetteer import compiled
from streams.kafka.journal import KafkaJournal
from streams.topics import RAW_ITEMS
from tests.contract.small_flow import item
from tests.proxy import Proxy

HOPELESS = 90
CHANGEHANDS = Path(sys.executable).with_name("changehands")

pytestmark = pytest.mark.asyncio


@contextmanager
def running(journal: str, folder: Path, *command: str) -> Iterator[int]:
    """Run a command while the block lasts, and give the port at which it tells of itself; it must not end by itself."""
    port = free_port()
    config = folder / "changehands.toml"
    config.write_text(f'journal = "{journal}"\nstarter_sources = false\ndemo = true\n')
    with (folder / f"{command[0]}.log").open("wb") as log:
        line = [CHANGEHANDS, "--config", config, *command, "--metrics", str(port)]
        service = subprocess.Popen(line, stdout=log, stderr=log)
    try:
        yield port
        assert service.poll() is None, (folder / f"{command[0]}.log").read_text()[-2000:]
    finally:
        service.kill()
        service.wait()


async def asked(port: int, path: str = "/health") -> Any:
    """Return what a service answers: of its health the JSON, else the text; an empty one while it starts."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
            return await response.json() if path == "/health" else await response.text()
    except aiohttp.ClientConnectionError:
        return {}


async def until(port: int, holds: Callable[[Any], bool]) -> Any:
    """Ask for a service's health until something holds of it."""
    state: Any = {}
    try:
        async with asyncio.timeout(HOPELESS):
            while not (state and holds(state)):
                await asyncio.sleep(0.2)
                state = await asked(port)
    except TimeoutError:
        pytest.fail(f"still {state}")
    return state


def is_well(state: Any) -> bool:
    """Say whether nothing is wrong."""
    return bool(state["status"] == "ok")


async def test_a_silent_broker_and_what_waits_are_told(url: str, broker: Broker, far: Proxy, tmp_path: Path) -> None:
    """Lag and outcomes are told; while the broker is away both services say so, and are well again afterwards."""
    compiled()  # once and before the services
    distant = url.replace(broker.servers, f"127.0.0.1:{far.port}")
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item(n, "Nothing of note happened today.") for n in range(20)])
    reading = running(distant, tmp_path, "connect", "--slot", "1")
    working = running(distant, tmp_path, "process", "--slot", "1")
    with reading as connect, working as process:
        await until(process, lambda state: len(state["lag"]) > 3)
        await until(connect, is_well)
        text = await asked(process, "/metrics")
        assert 'changehands_lag_records{step="enrich"}' in text
        far.go()
        for port in (process, connect):
            state = await until(port, lambda state: not is_well(state))
            assert "no broker has answered for" in state["troubles"]["kafka"]
        await far.come()
        await asyncio.gather(until(process, is_well), until(connect, is_well))
        await until(process, lambda state: not any(state["lag"].values()))
        text = await asked(process, "/metrics")
        ended = re.findall(r'changehands_records_total\{outcome="[a-z-]+",source="test",step="enrich"\} (\d+)', text)
        assert sum(map(int, ended)) == 20
    await journal.close()
