"""How a step is run on one record, whatever runs it: bytes in, an end out, and what was remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from streams.codec import decode, decode_memory, encode_memory
from streams.endings import Ended, ended, failed
from streams.errors import BadRecord, ConfigError, JournalUnusable
from streams.journal import Stored
from streams.notices import Tick
from streams.records import Record
from streams.steps import Dropped, Passed, RememberingStep, Step, Why
from streams.topics import MAX_RECORD, names_of
from streams.workers import Workers

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """The committed memories of a step: `one` by its key, None where there is none, and `every` one."""

    one: Callable[[str], Awaitable[bytes | None]]
    every: Callable[[], Awaitable[Mapping[str, bytes]]]


async def worked_end(step: Step, workers: Workers, stored: Stored) -> Ended:
    """Return how one record ended in a worker; raises only JournalUnusable and ConfigError, which stop the host."""
    record = None
    try:
        record = _record_in(step, stored)
        return ended(step, record, await workers.run(record))
    except (JournalUnusable, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's end and no other's
        return _dead(step, stored, record, error)


async def remembered_end(
    step: RememberingStep, stored: Stored, recall: Recall, changed: dict[str, bytes | None]
) -> Ended:
    """Return how one record ended, and put into `changed` what its key's memory became.

    `recall` gives the committed memory of a key; `changed` holds what this
    turn made of it since, None for a forgotten key. Raises as `worked_end`.
    """
    record = None
    try:
        record = _record_in(step, stored)
        if isinstance(record, Tick):
            end, moved = await _ticked(step, record, recall, changed)
        else:
            key = step.key(record)
            before = changed[key] if key in changed else await recall.one(key)
            outcome, memory = step.function(record, None if before is None else decode_memory(before, step.memory))
            moved = _moved(key, before, memory)
            end = ended(step, record, outcome)
    except (JournalUnusable, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's end and no other's
        return _dead(step, stored, record, error)
    changed.update(moved)
    return end


async def _ticked(
    step: RememberingStep, tick: Tick, recall: Recall, changed: Mapping[str, bytes | None]
) -> tuple[Ended, dict[str, bytes | None]]:
    """Tell every remembered key that time passed, in the order of the keys; one that is damaged costs no other."""
    if step.on_tick is None:
        return ended(step, tick, Dropped(Why.UNCHANGED)), {}
    known = {**await recall.every(), **changed}
    records: list[Record] = []
    moved: dict[str, bytes | None] = {}
    for key, before in sorted(known.items()):
        if before is None:
            continue
        try:
            told, memory = step.on_tick(tick, key, decode_memory(before, step.memory))
            after = _moved(key, before, memory)
        except Exception as error:  # noqa: BLE001 - the others are to hear of the time all the same
            _log.error("memory.damaged", step=step.name, key=key, error=_reason(error))
            continue
        records.extend(told)
        moved |= after
    return ended(step, tick, Passed(tuple(records)) if records else Dropped(Why.UNCHANGED)), moved


def _moved(key: str, before: bytes | None, memory: object) -> dict[str, bytes | None]:
    """Return what the key's memory became, nothing where it stayed."""
    after = None if memory is None else _bounded(key, encode_memory(memory))
    return {} if after == before else {key: after}


def _bounded(key: str, memory: bytes) -> bytes:
    if len(memory) > MAX_RECORD:
        raise BadRecord(f"the memory of {key!r} has grown to {len(memory)} bytes (limit: {MAX_RECORD})")
    return memory


def _record_in(step: Step | RememberingStep, stored: Stored) -> Record:
    record = decode(stored.value)
    if not isinstance(record, step.source.carries):
        raise BadRecord(f"{step.source.name} carries {names_of(step.source.carries)}, not {type(record).__name__}")
    return record


def _dead(step: Step | RememberingStep, stored: Stored, record: Record | None, error: Exception) -> Ended:
    place = f"{stored.topic}/{stored.partition}/{stored.offset}"
    _log.error("record.dead_lettered", step=step.name, place=place, error=_reason(error))
    return failed(step.name, stored, record, error, at=datetime.now(UTC))


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
