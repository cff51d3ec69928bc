"""How one record ends at a step: what goes out for it, and the one count it gets; the same for every host."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from traceback import format_exception

from streams.codec import encode
from streams.counters import Ending
from streams.errors import BadRecord, ChangehandsError, StepFailed
from streams.holding import Holding, Pledge
from streams.items import Claim, Cursor, DeadLetter, EnrichedItem, RawItem
from streams.journal import Stored
from streams.notices import Heard, Subject, Tick
from streams.records import Record
from streams.steps import Dropped, Outcome, RememberingStep, Step
from streams.topics import DEAD_LETTERS, MAX_RECORD, Topic, names_of
from streams.verdicts import Feedback

UNKNOWN_SOURCE = "unknown"
DEAD_LETTER = "dead-letter"
_KINDS: dict[type, str] = {Tick: "tick", Feedback: "analyst", Holding: "ledger"}  # what goes back to no source
_PAYLOAD_OF_OVERSIZED = 1024 * 1024
_LONGEST_TEXT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record ready for the journal; `spread` decides its partition."""

    topic: Topic
    key: str
    spread: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One input record's end: its count and everything that is to be appended with it."""

    ending: Ending
    written: tuple[Written, ...] = ()


def written(topic: Topic, record: Record) -> Written:
    """Return the record as bytes for `topic`; raises BadRecord where the topic would refuse it."""
    if not isinstance(record, topic.carries):
        raise BadRecord(f"{topic.name} carries {names_of(topic.carries)}, not {type(record).__name__}")
    value = encode(record)
    if len(value) > topic.limit:
        raise BadRecord(f"a record of {len(value)} bytes is too large for {topic.name} (limit: {topic.limit})")
    return Written(topic=topic, key=topic.key(record), spread=topic.spread(record), value=value)


def source_of(record: object) -> str:
    """Return the id of the source a record goes back to, for counting; of what has none, a kind.

    No name that people give (an analyst's, a front's) is among them: each would be a series of its own for ever.
    """
    match record:
        case RawItem() | EnrichedItem() | Cursor():
            return record.source
        case Claim() | Pledge():
            return record.item.source
        case Heard():
            return record.key if record.subject is Subject.SOURCE else "front"
    return _KINDS.get(type(record), UNKNOWN_SOURCE)


def ended(step: Step | RememberingStep, record: object, outcome: Outcome) -> Ended:
    """Return how a record ended that the step could handle; raises BadRecord for an output its topic would refuse."""
    out = tuple(written(_target(step, successor), successor) for successor in outcome.records)
    word = outcome.why.value if isinstance(outcome, Dropped) else "passed"
    return Ended(ending=Ending(step.name, source_of(record), word), written=out)


def _target(step: Step | RememberingStep, record: Record) -> Topic:
    """Return the topic of the step that carries such a record; the last one says no where none does."""
    return next((topic for topic in step.targets if isinstance(record, topic.carries)), step.targets[-1])


def failed(step: str, stored: Stored, record: object, error: BaseException, *, at: datetime) -> Ended:
    """Return the end of a record that `step` could not handle; `record` is None where it could not even be read."""
    letter = dead_letter(step, stored, error, at=at)
    ending = Ending(step, source_of(record), DEAD_LETTER)
    return Ended(ending=ending, written=(written(DEAD_LETTERS, letter),))


def dead_letter(step: str, stored: Stored, error: BaseException, *, at: datetime) -> DeadLetter:
    """Return the letter for a record of a topic; its id follows from where the record lies and its bytes."""
    digest = hashlib.sha256(stored.value).hexdigest()
    whole = len(stored.value) <= MAX_RECORD
    place = f"{stored.topic}/{stored.partition}/{stored.offset}/{digest}"
    return DeadLetter(
        id=hashlib.sha256(place.encode()).hexdigest()[:32],
        topic=stored.topic,
        partition=stored.partition,
        offset=stored.offset,
        key=stored.key or None,
        payload=stored.value if whole else stored.value[:_PAYLOAD_OF_OVERSIZED],
        complete=whole,
        size=len(stored.value),
        sha256=digest,
        step=step,
        error=f"{type(error).__name__}: {error.cause}" if isinstance(error, StepFailed) else type(error).__name__,
        text=_text(error),
        at=at,
    )


def _text(error: BaseException) -> str:
    """Return the error in words, with its traceback where nobody foresaw it; always encodable."""
    foreseen = isinstance(error, ChangehandsError)
    text = str(error) if foreseen else "".join(format_exception(error))
    return text.encode("utf-8", "backslashreplace").decode("utf-8")[-_LONGEST_TEXT:]
