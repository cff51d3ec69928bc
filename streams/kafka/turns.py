"""What a batch becomes: an end for each record and the memories that changed, before any transaction opens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from streams.codec import decode, decode_memory, encode_memory
from streams.endings import Ended, ended, failed
from streams.errors import BadRecord, ConfigError, JournalUnusable
from streams.items import Record
from streams.journal import Stored
from streams.steps import RememberingStep, Step
from streams.topics import MAX_RECORD
from streams.workers import Workers

_SLICE_SECONDS = 0.02  # a long batch lets heartbeats and other partitions through this often

_log = structlog.get_logger()


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


async def worked_end(step: Step, workers: Workers, stored: Stored) -> Ended:
    """Return how one record ended in a worker; raises only what must stop the process."""
    record = None
    try:
        record = record_in(step, stored)
        return ended(step, record, await workers.run(record))
    except (JournalUnusable, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's end and no other's
        return dead(step, stored, record, error)


async def remember(
    step: RememberingStep, memory: Mapping[str, bytes], records: Sequence[Stored], worked: Callable[[], None]
) -> Turn:
    """Run a step with memory over a batch in order; `memory` itself is left as it was."""
    turn = Turn()
    slice_ends = time.monotonic() + _SLICE_SECONDS
    for stored in records:
        turn.ends.append(remembered_end(step, memory, turn.changed, stored))
        worked()
        if time.monotonic() > slice_ends:
            await asyncio.sleep(0)
            slice_ends = time.monotonic() + _SLICE_SECONDS
    return turn


def remembered_end(
    step: RememberingStep, memory: Mapping[str, bytes], changed: dict[str, bytes | None], stored: Stored
) -> Ended:
    """Return how one record ended, and put into `changed` what its key's memory became."""
    record: Any = None
    try:
        record = record_in(step, stored)
        key = step.key(record)
        before = changed[key] if key in changed else memory.get(key)
        outcome, after = step.function(record, None if before is None else decode_memory(before, step.memory))
        kept = None if after is None else _bounded(key, encode_memory(after))
        end = ended(step, record, outcome)
    except (JournalUnusable, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's end and no other's
        return dead(step, stored, record, error)
    if kept != before:
        changed[key] = kept
    return end


def _bounded(key: str, memory: bytes) -> bytes:
    if len(memory) > MAX_RECORD:
        raise BadRecord(f"the memory of {key!r} has grown to {len(memory)} bytes (limit: {MAX_RECORD})")
    return memory


def record_in(step: Step | RememberingStep, stored: Stored) -> Record:
    """Return the record; raises BadRecord where the bytes are none, or one that the topic does not carry."""
    record = decode(stored.value)
    if not isinstance(record, step.source.carries):
        raise BadRecord(f"{step.source.name} carries {step.source.carries.__name__}, not {type(record).__name__}")
    return record


def dead(step: Step | RememberingStep, stored: Stored, record: Record | None, error: Exception) -> Ended:
    """Return the dead letter of a record, and say so in the log."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
    place = f"{stored.partition}/{stored.offset}"
    _log.error("record.dead_lettered", step=step.name, topic=stored.topic, place=place, error=reason)
    return failed(step.name, stored, record, error, at=datetime.now(UTC))
