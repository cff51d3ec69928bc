"""One record after the other through the steps that remember, each with all that follows from it.

First in, first out, so the same records in the same order leave the same
bytes. What comes of them is gathered until it is stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from streams.agenda import RunStore, RunTurn
from streams.counters import Ending
from streams.endings import Ended, Written, written
from streams.journal import Stored
from streams.notices import Tick
from streams.steps import Flow, RememberingStep
from streams.turns import Recall, remembered_end

Changed = dict[str, bytes | None]


class Cascade:
    """The steps of one run with what they remember, and what is to be stored since the last commit."""

    def __init__(self, store: RunStore, flow: Flow) -> None:
        self._store = store
        self._steps: dict[str, list[RememberingStep]] = defaultdict(list)
        self._recalls: dict[str, Recall] = {}
        for step in flow:
            if isinstance(step, RememberingStep):
                self._steps[step.source.name].append(step)
                every = partial(self._every, step.name)
                self._recalls[step.name] = Recall(one=partial(self._one, step.name), every=every)
        self._ends = Counter(store.ends())
        self._written: list[tuple[Written, datetime]] = []
        self._endings: Counter[Ending] = Counter()
        self._memory: dict[str, Changed] = defaultdict(dict)
        self.told: Counter[str] = Counter()

    async def take(self, stored: Stored, at: datetime) -> dict[str, Changed]:
        """Take a record and all that follows from it to their ends; return the memories that changed, by step.

        `at` is the time from which all of it stands in the journal (UTC).
        """
        moved: dict[str, Changed] = defaultdict(dict)
        waiting = deque([stored])
        while waiting:
            record = waiting.popleft()
            for step in self._steps[record.topic]:
                changed: Changed = {}
                end = await remembered_end(step, record, self._recalls[step.name], changed)
                self._memory[step.name].update(changed)
                moved[step.name].update(changed)
                waiting.extend(self._kept(end, at))
        return moved

    async def pass_time(self, step: RememberingStep, at: datetime, keys: tuple[str, ...]) -> dict[str, Changed]:
        """Tell some keys of a step that it is `at` (UTC); return the memories that changed, by step."""
        known = {key: value for key in keys if (value := await self._one(step.name, key)) is not None}

        async def every() -> Mapping[str, bytes]:
            return known

        tick = self._stored(written(step.source, Tick(at=at)), at)
        changed: Changed = {}
        end = await remembered_end(step, tick, Recall(one=self._recalls[step.name].one, every=every), changed)
        self._memory[step.name].update(changed)
        moved: dict[str, Changed] = defaultdict(dict, {step.name: changed})
        for record in self._kept(end, at):
            for name, more in (await self.take(record, at)).items():
                moved[name].update(more)
        return moved

    @property
    def size(self) -> int:
        """How many records wait to be stored."""
        return len(self._written)

    def turn(self, notes: Mapping[str, bytes]) -> RunTurn:
        """Return all that came since the last turn, to be stored with these notes, and begin the next."""
        # sorted is stable: the records of each topic keep their order
        done = sorted(self._written, key=lambda one: one[0].topic.name)
        turn = RunTurn(written=done, memory=dict(self._memory), endings=self._endings, notes=notes)
        self._written, self._memory, self._endings = [], defaultdict(dict), Counter()
        return turn

    async def _one(self, step: str, key: str) -> bytes | None:
        since = self._memory[step]
        return since[key] if key in since else self._store.memory(step, key)

    async def _every(self, step: str) -> Mapping[str, bytes]:
        known = {**self._store.memories(step), **self._memory[step]}
        return {key: value for key, value in known.items() if value is not None}

    def _kept(self, end: Ended, at: datetime) -> list[Stored]:
        self._endings[end.ending] += 1
        return [self._stored(record, at) for record in end.written]

    def _stored(self, record: Written, at: datetime) -> Stored:
        """Return a record as it will lie in the journal."""
        name = record.topic.name
        offset = self._ends[name]
        self._ends[name] += 1
        self.told[name] += 1
        self._written.append((record, at))
        return Stored(topic=name, partition=0, offset=offset, key=record.key, value=record.value, stored_at=at)
