"""Health and metrics of processes that have no page, asked over a real socket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from structlog.testing import capture_logs

from streams.counters import Counters, Ending
from streams.errors import ConfigError
from streams.pulse import Pulse
from streams.settings import WebSettings
from streams.web.signs import Signs
from streams.web.vitals import tell

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def told(signs: Signs) -> AsyncIterator[aiohttp.ClientSession]:
    """Tell the signs while the block lasts; gives who asks for them."""
    with capture_logs() as logged:
        telling = asyncio.create_task(tell(WebSettings(port=0), signs))
        while not logged:
            await asyncio.sleep(0.01)
    try:
        async with aiohttp.ClientSession(logged[0]["url"]) as session:
            yield session
    finally:
        telling.cancel()
        await asyncio.wait({telling})


async def test_what_is_wrong_is_said_and_counted() -> None:
    """Where nothing is wrong the answer is 200, else 503 with what it is; the metrics hold lags and outcomes."""
    pulse = Pulse(lags={"enrich": 7})
    pulse.heard()
    Counters().count(Ending("vitals", "harbour-post", "passed"), 3)
    async with told(Signs(troubles=pulse.troubles, lags=pulse.lag)) as session:
        async with session.get("/health") as response:
            assert response.status == 200
            assert await response.json() == {"status": "ok", "troubles": {}, "lag": {"enrich": 7}}
        pulse._heard_at = time.monotonic() - 7
        async with session.get("/health") as response:
            told_of = {"kafka": "no broker has answered for 7 s"}
            assert (response.status, (await response.json())["troubles"]) == (503, told_of)
        async with session.get("/metrics") as response:
            text = await response.text()
        assert 'changehands_lag_records{step="enrich"} 7.0' in text
        assert 'changehands_records_total{outcome="passed",source="harbour-post",step="vitals"} 3.0' in text
        async with session.get("/health", headers={"Host": "changehands.example"}) as response:
            assert response.status == 421


async def test_a_port_that_is_taken_is_refused() -> None:
    """The error names the address and the option."""
    async with told(Signs()) as session:
        where = WebSettings(port=session._base_url.port)
        with pytest.raises(ConfigError, match=rf"cannot listen on 127.0.0.1:{where.port} .*set another --metrics"):
            await tell(where, Signs())
