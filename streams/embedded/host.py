"""The embedded host: runs the steps of a flow in one process, each turn one transaction.

    journal ──records──► step ──► outputs, memory, position, endings ──commit──► journal

A kill at any moment leaves either all of a turn or nothing of it, so every
record ends exactly once. Each commit wakes the steps that read what it wrote.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from streams.counters import Counters
from streams.embedded.journal import SqliteJournal, Turn
from streams.embedded.pruning import prune_forever
from streams.endings import Ended
from streams.errors import first_of
from streams.journal import Stored
from streams.notices import Tick
from streams.retention import FOR_GOOD, Retention
from streams.settings import WorkerSettings
from streams.steps import Flow, RememberingStep, Step
from streams.turns import Recall, remembered_end, worked_end
from streams.workers import Workers

_AHEAD = 8  # records of a costly step made ready beyond those in the workers, so that none of these waits
_TURN = 50  # records of a remembering step between commits: what a kill makes it do again, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A record that a worker is at, and the task that will know its end."""

    offset: int
    end: asyncio.Task[Ended]


class EmbeddedHost:
    """Runs a flow over an embedded journal and takes out of it what is not kept any longer; one host a journal."""

    def __init__(
        self,
        journal: SqliteJournal,
        flow: Flow,
        counters: Counters,
        workers: WorkerSettings,
        retention: Retention = FOR_GOOD,
    ) -> None:
        self._journal = journal
        self._retention = retention
        self._flow = flow
        self._counters = counters
        self._settings = workers

    async def run(self) -> None:
        """Run until cancelled; raises SlotTaken, JournalUnusable, and ConfigError where a step cannot load."""
        with self._journal.slot():
            try:
                async with asyncio.TaskGroup() as group:
                    for step in self._flow:
                        group.create_task(self._run(step), name=step.name)
                        if isinstance(step, RememberingStep) and step.on_tick:
                            group.create_task(self._tick(step), name=f"{step.name} ticks")
                    group.create_task(prune_forever(self._journal, self._flow, self._retention), name="pruning")
            except BaseExceptionGroup as several:
                raise first_of(several) from several

    async def _run(self, step: Step | RememberingStep) -> None:
        position = await self._journal.position(step.name)
        if isinstance(step, RememberingStep):
            await self._run_remembering(step, position)
        else:
            await self._run_costly(step, position)

    async def _run_remembering(self, step: RememberingStep, position: int) -> None:
        async for found in self._journal.chunks(step.source, position):
            for start in range(0, len(found), _TURN):
                await self._take_turn(step, found[start : start + _TURN])

    async def _take_turn(self, step: RememberingStep, records: Sequence[Stored]) -> None:
        changed: dict[str, bytes | None] = {}
        journal = self._journal
        recall = Recall(one=partial(journal.memory, step.name), every=partial(journal.memories, step.name))
        ends = [await remembered_end(step, stored, recall, changed) for stored in records]
        await self._commit(step, records[-1].offset + 1, ends, changed)

    async def _tick(self, step: RememberingStep) -> None:
        """Put the time on the step's topic, where it takes its place among the records."""
        while True:
            await asyncio.sleep(step.tick_seconds)
            await self._journal.publish(step.source, [Tick(at=datetime.now(UTC))])

    async def _run_costly(self, step: Step, position: int) -> None:
        workers = Workers(step.load, self._settings)
        begun: asyncio.Queue[_Begun] = asyncio.Queue(self._settings.count + _AHEAD)
        try:
            await workers.start()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._finish(step, begun))
                async for found in self._journal.chunks(step.source, position):
                    for stored in found:
                        end = group.create_task(worked_end(step, workers, stored))
                        await begun.put(_Begun(offset=stored.offset, end=end))
        finally:
            await workers.close()

    async def _finish(self, step: Step, begun: asyncio.Queue[_Begun]) -> None:
        """Commit ends in the order of the records, as many at once as have come meanwhile."""
        first: _Begun | None = None
        while True:
            first = first or await begun.get()
            await asyncio.wait({first.end})
            done, first = _done(first, begun)
            await self._commit(step, done[-1].offset + 1, [one.end.result() for one in done], {})

    async def _commit(
        self, step: Step | RememberingStep, position: int, ends: Sequence[Ended], memory: dict[str, bytes | None]
    ) -> None:
        endings = Counter(end.ending for end in ends)
        out = [written for end in ends for written in end.written]
        turn = Turn(step=step.name, source=step.source, position=position, written=out, endings=endings, memory=memory)
        await self._journal.commit(turn)
        for ending, times in endings.items():
            self._counters.count(ending, times)


def _done(first: _Begun, begun: asyncio.Queue[_Begun]) -> tuple[list[_Begun], _Begun | None]:
    """Return `first` and those after it that have ended too, and the next one if it has not."""
    done = [first]
    while not begun.empty():
        following = begun.get_nowait()
        if not following.end.done():
            return done, following
        done.append(following)
    return done, None
