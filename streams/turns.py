"""How a step is run on one record, whatever runs it: bytes in, an end out, and what was remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from streams.codec import decode, decode_memory, encode_memory
from streams.endings import Ended, ended, failed
from streams.errors import BadRecord, ConfigError, JournalUnusable
from streams.items import Record
from streams.journal import Stored
from streams.steps import RememberingStep, Step
from streams.topics import MAX_RECORD
from streams.workers import Workers

_log = structlog.get_logger()

Recall = Callable[[str], Awaitable[bytes | None]]


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
        key = step.key(record)
        before = changed[key] if key in changed else await recall(key)
        outcome, memory = step.function(record, None if before is None else decode_memory(before, step.memory))
        after = None if memory is None else _bounded(key, encode_memory(memory))
        end = ended(step, record, outcome)
    except (JournalUnusable, ConfigError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's end and no other's
        return _dead(step, stored, record, error)
    if after != before:
        changed[key] = after
    return end


def _bounded(key: str, memory: bytes) -> bytes:
    if len(memory) > MAX_RECORD:
        raise BadRecord(f"the memory of {key!r} has grown to {len(memory)} bytes (limit: {MAX_RECORD})")
    return memory


def _record_in(step: Step | RememberingStep, stored: Stored) -> Record:
    record = decode(stored.value)
    if not isinstance(record, step.source.carries):
        raise BadRecord(f"{step.source.name} carries {step.source.carries.__name__}, not {type(record).__name__}")
    return record


def _dead(step: Step | RememberingStep, stored: Stored, record: Record | None, error: Exception) -> Ended:
    reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
    place = f"{stored.topic}/{stored.partition}/{stored.offset}"
    _log.error("record.dead_lettered", step=step.name, place=place, error=reason)
    return failed(step.name, stored, record, error, at=datetime.now(UTC))
