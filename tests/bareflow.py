"""The steps of a flow as bare functions, without any host: records go from topic to topic, first in, first out."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

from streams.errors import ChangehandsError
from streams.notices import Tick
from streams.records import Record
from streams.steps import Dropped, Flow, Outcome, Process, RememberingStep, Step, Why
from streams.topics import Topic


class BareFlow:
    """Runs records through a flow, one after the other, each with all that follows from it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._loaded: dict[str, Process] = {}
        self.memories: dict[str, dict[str, object]] = defaultdict(dict)
        self.topics: dict[str, list[Record]] = defaultdict(list)
        self.endings: list[tuple[str, Why | None]] = []

    def anew(self) -> BareFlow:
        """Return the same flow with its steps loaded and nothing remembered."""
        other = BareFlow(self._flow)
        other._loaded = self._loaded
        return other

    def give(self, topic: Topic, records: Iterable[Record]) -> None:
        """Put records on a topic, one by one, and take each to its end."""
        for record in records:
            waiting = deque([(topic, record)])
            while waiting:
                source, one = waiting.popleft()
                self.topics[source.name].append(one)
                for step in (step for step in self._flow if step.source is source):
                    waiting.extend(self._taken(step, one))

    def told(self, topic: Topic) -> list[Record]:
        """Return what lies on a topic."""
        return self.topics[topic.name]

    def _taken(self, step: Step | RememberingStep, record: Record) -> list[tuple[Topic, Record]]:
        records = self._ticked(step, record) if isinstance(record, Tick) else self._ended(step, record)
        return [(next(t for t in step.targets if isinstance(one, t.carries)), one) for one in records]

    def _ended(self, step: Step | RememberingStep, record: Record) -> tuple[Record, ...]:
        outcome = self._outcome(step, record)
        self.endings.append((step.name, outcome.why if isinstance(outcome, Dropped) else None))
        return outcome.records if outcome else ()

    def _outcome(self, step: Step | RememberingStep, record: Record) -> Outcome | None:
        if isinstance(step, Step):
            try:
                return self._process(step)(record)
            except ChangehandsError:
                return None
        key, memories = step.key(record), self.memories[step.name]
        outcome, memories[key] = step.function(record, memories.get(key))
        return outcome

    def _process(self, step: Step) -> Process:
        if step.name not in self._loaded:
            self._loaded[step.name] = step.load()
        return self._loaded[step.name]

    def _ticked(self, step: Step | RememberingStep, tick: Tick) -> tuple[Record, ...]:
        if not isinstance(step, RememberingStep) or step.on_tick is None:
            return ()
        memories, records = self.memories[step.name], []
        for key, memory in sorted(memories.items()):
            told, memories[key] = step.on_tick(tick, key, memory)
            records.extend(told)
        return tuple(records)
