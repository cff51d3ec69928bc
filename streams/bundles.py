"""Items handed to worker processes several at a time: to send one alone costs as much as detection in a short text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from streams.endings import Ended, ended
from streams.errors import BadRecord
from streams.items import EnrichedItem, RawItem
from streams.journal import Stored
from streams.steps import Dropped, Outcome, Passed, Step
from streams.turns import worked_end
from streams.workers import Workers

MANY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """An item that waits to be sent, and who waits for its end."""

    item: RawItem | EnrichedItem
    stored: Stored
    end: asyncio.Future[Ended]


class Bundles:
    """Sends to the workers what comes at one time, `MANY` items together.

    One that raises, or ends its worker, is run once more alone with all of its
    bundle that did not come back, so that each item ends as it would alone.
    """

    def __init__(self, workers: Workers, step_of: Callable[[RawItem | EnrichedItem], Step]) -> None:
        self._workers = workers
        self._step_of = step_of
        self._waiting: list[_Waiting] = []
        self._sent: set[asyncio.Task[None]] = set()

    async def make(self, item: RawItem | EnrichedItem, stored: Stored) -> Ended:
        """Return how an item ended; `stored` are its bytes and where they lie. Raises as `worked_end` does."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._send)  # once all that come at this moment have come
        one = _Waiting(item=item, stored=stored, end=loop.create_future())
        self._waiting.append(one)
        return await one.end

    def close(self) -> None:
        """Wait for nothing that was sent any longer."""
        for task in self._sent:
            task.cancel()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), MANY):
            task = asyncio.create_task(self._run(waiting[start : start + MANY]))
            self._sent.add(task)
            task.add_done_callback(self._sent.discard)

    async def _run(self, bundle: list[_Waiting]) -> None:
        try:
            outcomes = await self._workers.run_several([one.item for one in bundle])
            for one, outcome in zip(bundle, outcomes, strict=True):
                end = await self._ended(one, outcome)
                if not one.end.done():
                    one.end.set_result(end)
        except Exception as error:  # noqa: BLE001 - whoever waits is to hear of it
            for one in bundle:
                if not one.end.done():
                    one.end.set_exception(error)

    async def _ended(self, one: _Waiting, outcome: Outcome | None) -> Ended:
        step = self._step_of(one.item)
        if isinstance(outcome, Passed | Dropped):
            try:
                return ended(step, one.item, outcome)
            except BadRecord:
                pass  # it ends as a dead letter, which is made below
        return await worked_end(step, self._workers, one.stored)
