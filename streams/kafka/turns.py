"""What a batch becomes: an end for each record and the memories that changed, before any transaction opens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.endings import Ended
from streams.journal import Stored
from streams.steps import RememberingStep, Step
from streams.turns import Recall, remembered_end, worked_end
from streams.workers import Workers

_SLICE_SECONDS = 0.02  # a long batch lets heartbeats and other partitions through this often


@dataclass(slots=True, kw_only=True)
class Turn:
    """A batch of one input partition, worked through: `changed` holds new memories, None for a forgotten key."""

    ends: list[Ended] = field(default_factory=list)
    changed: dict[str, bytes | None] = field(default_factory=dict)


async def work(step: Step, workers: Workers, records: Sequence[Stored], worked: Callable[[], None]) -> Turn:
    """Run a step without memory, as many records at once as there are workers; ends keep the records' order."""

    async def end_of(stored: Stored) -> Ended:
        end = await worked_end(step, workers, stored)
        worked()
        return end

    return Turn(ends=list(await asyncio.gather(*map(end_of, records))))


async def remember(
    step: RememberingStep, memory: Mapping[str, bytes], records: Sequence[Stored], worked: Callable[[], None]
) -> Turn:
    """Run a step with memory over a batch in order; `memory` itself is left as it was."""

    async def one(key: str) -> bytes | None:
        return memory.get(key)

    async def every() -> Mapping[str, bytes]:
        return memory

    recall = Recall(one=one, every=every)
    turn = Turn()
    slice_ends = time.monotonic() + _SLICE_SECONDS
    for stored in records:
        turn.ends.append(await remembered_end(step, stored, recall, turn.changed))
        worked()
        if time.monotonic() > slice_ends:
            await asyncio.sleep(0)
            slice_ends = time.monotonic() + _SLICE_SECONDS
    return turn
