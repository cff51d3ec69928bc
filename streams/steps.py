"""What a step is: a function from one record to the next, and how it ends.

A step knows nothing of what runs it. A step with memory is handed the memory
of its key and hands back the next; the host stores it in the transaction that
stores the outputs and the read position.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streams.notices import Tick
from streams.records import Record
from streams.topics import Topic


class Why(StrEnum):
    """Why a record ended without a successor."""

    DUPLICATE = "duplicate"
    UNCHANGED = "unchanged"
    STALE = "stale"
    NO_MENTION = "no-mention"
    EMPTY = "empty"
    BACKGROUND = "background"
    NOT_A_CHANGE = "not-a-change"
    NOT_A_FACT = "not-a-fact"
    UNKNOWN_CLAIM = "unknown-claim"
    UNNAMED_PLACE = "unnamed-place"
    UNKNOWN_ALERT = "unknown-alert"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Passed:
    """The record ended in these successors."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The record ended here, for this reason; `records` tell that it came, not what it said."""

    why: Why
    records: tuple[Record, ...] = ()


Outcome = Passed | Dropped
Process = Callable[[Any], Outcome]
Remember = Callable[[Any, Any], tuple[Outcome, Any]]
OnTick = Callable[[Tick, str, Any], tuple[tuple[Record, ...], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the flow, without memory.

    `load` is picklable and called once in each worker process: it returns the
    function, bound to the immutable values it needs.
    """

    name: str
    source: Topic
    targets: tuple[Topic, ...]
    load: Callable[[], Process]


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberingStep:
    """One step of the flow that remembers something for each key.

    `function(record, memory)` returns the outcome and the next memory; memory
    is None at first, and None handed back forgets the key. `memory` is its
    type, for the codec. A successor goes to the one of `targets` that carries
    its type. `on_tick(tick, key, memory)` is asked for each key that is
    remembered when time passes, every `tick_seconds`; a step without it gets no
    ticks. What a `lasting` step remembers is what people ask for, however old
    it is: it is not forgotten with the memories of other steps.
    """

    name: str
    source: Topic
    targets: tuple[Topic, ...]
    function: Remember
    key: Callable[[Any], str]
    memory: type
    on_tick: OnTick | None = None
    tick_seconds: float = 60.0
    lasting: bool = False


Flow = tuple[Step | RememberingStep, ...]
