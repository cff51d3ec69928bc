"""The dead letters: what could not be handled, found again and sent again once the reason is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from streams.codec import decode
from streams.errors import BadRecord, LetterRefused
from streams.items import DeadLetter
from streams.journal import Journal
from streams.topics import BY_NAME, DEAD_LETTERS


async def letters(journal: Journal) -> list[DeadLetter]:
    """Return every letter once, oldest first and without its payload.

    `redriven_at` says whether it was sent again, `tries` counts the letters
    that these same bytes had become by then. Raises JournalUnusable.
    """
    return folded([replace(letter, payload=b"") async for letter in _tellings(journal)])


async def whole(journal: Journal, id_start: str) -> DeadLetter:
    """Return the one letter whose id begins so, with its payload; raises LetterRefused where none or several do."""
    chosen = one(await letters(journal), id_start)
    async for letter in _tellings(journal):
        if letter.id == chosen.id and letter.redriven_at is None:
            return replace(chosen, payload=letter.payload)
    raise LetterRefused(f"dead letter {chosen.id} is no longer there")


async def redrive(journal: Journal, chosen: Sequence[DeadLetter], *, now: datetime) -> None:
    """Put each letter's bytes back at the end of their topic, and tell that this was done (at `now`, UTC).

    Raises LetterRefused, before anything is sent, where one of them cannot be
    sent again. A crash after sending and before telling lets a letter be sent
    once more; the record's id then makes it a duplicate.
    """
    current = {letter.id: letter for letter in await letters(journal)}
    for letter in chosen:
        if reason := refusal(current.get(letter.id, letter)):
            raise LetterRefused(f"dead letter {letter.id}: {reason}")
    left = {letter.id for letter in chosen}
    async for letter in _tellings(journal):
        if letter.id in left:
            left.remove(letter.id)
            await _send(journal, letter, now)


async def _send(journal: Journal, letter: DeadLetter, now: datetime) -> None:
    topic = BY_NAME[letter.topic]
    await journal.publish_bytes(topic, partition=letter.partition, key=letter.key, value=letter.payload)
    await journal.publish(DEAD_LETTERS, [replace(letter, payload=b"", redriven_at=now)])


async def _tellings(journal: Journal) -> AsyncIterator[DeadLetter]:
    async for stored in journal.read(DEAD_LETTERS):
        try:
            letter = decode(stored.value)
        except BadRecord:
            continue  # a stranger's bytes in this topic have nowhere further to go
        if isinstance(letter, DeadLetter):
            yield letter


def folded(tellings: Iterable[DeadLetter]) -> list[DeadLetter]:
    """Return each letter once: a later telling of its id can only say that it was redriven."""
    found: dict[str, DeadLetter] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for letter in tellings:
        if letter.id not in found:
            seen[letter.topic, letter.sha256] += 1
            found[letter.id] = replace(letter, tries=seen[letter.topic, letter.sha256])
        elif letter.redriven_at is not None:
            found[letter.id] = replace(found[letter.id], redriven_at=letter.redriven_at)
    return list(found.values())


def matching(
    among: Iterable[DeadLetter], *, step: str | None = None, topic: str | None = None, redriven: bool | None = None
) -> list[DeadLetter]:
    """Return the letters of this step and topic, `redriven` or not; None asks for no difference."""
    return [
        letter
        for letter in among
        if step in {None, letter.step}
        and topic in {None, letter.topic}
        and redriven in {None, letter.redriven_at is not None}
    ]


def one(among: Iterable[DeadLetter], id_start: str) -> DeadLetter:
    """Return the one letter whose id begins so; raises LetterRefused where none or several do."""
    found = [letter for letter in among if letter.id.startswith(id_start)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise LetterRefused(f"no dead letter's id begins with {id_start!r}; `dead-letters list` shows them")
    raise LetterRefused(f"{len(found)} dead letters' ids begin with {id_start!r}; write more of it")


def refusal(letter: DeadLetter) -> str | None:
    """Return why a letter cannot be sent again, None where it can."""
    if letter.redriven_at is not None:
        return f"was redriven already, at {letter.redriven_at.isoformat()}"
    if letter.topic not in BY_NAME:
        return f"came from {letter.topic or 'a source'} and not from a topic; the source's next poll reads it again"
    if not letter.complete:
        return f"holds only the beginning of its {letter.size} bytes"
    return None
