"""What a process knows of its journal: whether it can write, and how far each step is behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import Gauge

from streams.errors import ChangehandsError

LAG = Gauge("changehands_lag_records", "Records that a step has yet to read, as of the last question", ["step"])


def _nothing() -> dict[str, str]:
    return {}


async def _unknown() -> Mapping[str, int]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """How the journal is asked: `troubles` by what they concern, `lags` in records by step."""

    troubles: Callable[[], dict[str, str]] = _nothing
    lags: Callable[[], Awaitable[Mapping[str, int]]] = _unknown

    async def lag(self) -> Mapping[str, int]:
        """Return the lags, and let Prometheus know; none where the journal cannot be asked, which others tell."""
        try:
            lags = await self.lags()
        except ChangehandsError:
            return {}
        for step, records in lags.items():
            LAG.labels(step).set(records)
        return lags


SIGNS: web.AppKey[Signs] = web.AppKey("signs", Signs)
