"""The dead letter of what a source sent and nobody could read: a body, a frame, a document. Pure."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from streams.items import DeadLetter
from streams.sources import SourceSettings

# What the letter names as its topic and step: it came from no topic of ours.
TOPIC, STEP = "sources", "read"
FIRST_MIB = 1024 * 1024


def dead_letter(
    source: SourceSettings,
    data: bytes,
    *,
    size: int,
    name: str,
    place: str,
    text: str,
    at: datetime,
    error: str = "SourceUnreadable",
) -> DeadLetter:
    """Return the letter of what was read of something that had `size` bytes; its first MiB is kept.

    `name` tells it from the source's other letters, so that it is one letter
    however often it is read; `place` is for people: where it lay.
    """
    return DeadLetter(
        id=sha256(f"{TOPIC}:{source.id}:{name}".encode()).hexdigest()[:32],
        topic=TOPIC,
        partition=0,
        offset=0,
        key=f"{source.id} {place}",
        payload=data[:FIRST_MIB],
        complete=size <= FIRST_MIB and size == len(data),
        size=size,
        sha256=sha256(data).hexdigest(),
        step=STEP,
        error=error,
        text=text,
        at=at,
    )
