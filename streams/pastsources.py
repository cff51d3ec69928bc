"""Where the past comes from: the topics of a journal, or files; either a handful at a time, with a bookmark."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote_to_bytes

import msgspec
from pydantic import ValidationError

from connectors.archives.leaves import letter_of
from connectors.archives.shelf import listed
from connectors.archives.verifying import odd
from connectors.archives.whole import WALL_SECONDS, begun, handfuls
from connectors.local import Handful
from connectors.reading.readers import Readers, readers
from streams.codec import decode
from streams.counters import Ending
from streams.embedded.journal import SCHEME, SqliteJournal, path_of
from streams.endings import dead_letter
from streams.errors import BadRecord, ConfigError, SourceUnreadable
from streams.items import DeadLetter, EnrichedItem, RawItem
from streams.journal import Journal, Stored
from streams.masking import masked
from streams.replay.digest import added
from streams.replay.reading import STEP, Handed
from streams.services import opened
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS, Topic

# Documents of an archive that bring items nobody named otherwise belong to this source.
ARCHIVE = "archive"
_TOPICS = {"raw": RAW_ITEMS, "enriched": ENRICHED_ITEMS}
_MANY = 200
_NS = 10**9
Open = Callable[[bytes], AsyncIterator[Handed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A source of the past as it was asked for; of a journal `topic` and its address, of files the source settings."""

    words: str
    topic: Topic | None = None
    journal: str = ""
    files: SourceSettings | None = None


def past_of(words: str, settings: Settings, columns: dict[str, str] | None = None) -> Past:
    """Return what SOURCE names: `raw`, `enriched`, these with `:JOURNAL`, the id of an archive, a file or a folder.

    Raises ConfigError for what is none of these.
    """
    kind, _, address = words.partition(":")
    if kind in _TOPICS and (not address or "://" in address):
        journal = address or settings.journal
        if journal.startswith(SCHEME) and not path_of(journal).exists():
            raise ConfigError(
                f"{words}: there is no journal {masked(journal)}; name another, as in raw:sqlite:///old.db"
            )
        return Past(words=words, topic=_TOPICS[kind], journal=journal)
    known = next((one for one in settings.sources if one.id == words and one.kind == "archive"), None)
    if known is None and not (words.startswith("file:") or Path(words).exists()):
        raise ConfigError(
            f"{words[:200]!r} is no file or folder, no archive among the sources, and neither raw nor enriched items "
            "of a journal; write PATH, an archive's id, raw, enriched, or raw:sqlite:///old.db"
        )
    files = known or SourceSettings(id=ARCHIVE, kind="archive", url=words)
    if columns:
        try:
            files = SourceSettings.model_validate({**files.model_dump(), "columns": columns})
        except ValidationError as error:
            raise ConfigError(f"columns: {error.errors()[0]['msg']}") from error
    return Past(words=words, files=files)


def odd_in(past: Past) -> list[str]:
    """Return what is odd about the files of the past before they are read: some there twice, some or whole days gone.

    What is torn is told as it is read.
    """
    return [str(flaw) for flaw in odd(past.files.url)] if past.files else []


def state_of(past: Past, made_at: datetime) -> str:
    """Return a digest of what the files are, so that a change of them is seen; of a journal when it was looked at.

    A journal only grows: what came after that time is left out. Raises ConfigError where there are no such files.
    """
    if past.files is None:
        return f"{past.topic.name if past.topic else ''} of {masked(past.journal)} until {made_at.isoformat()}"
    try:
        listing = listed(past.files.url, -1, int(made_at.timestamp() * _NS))
    except OSError as error:
        raise ConfigError(f"{past.words[:200]!r} cannot be read: {error.strerror}") from error
    if not listing.names:
        raise ConfigError(f"{past.words[:200]!r} holds no files")
    facts = "".join(f"{name} {_size(listing.root, name)}\n" for name in listing.names)
    return f"{len(listing.names)} files, {added('', facts.encode())[:16]}"


def _size(root: Path, name: str) -> str:
    facts = Path(root, os.fsdecode(unquote_to_bytes(name))).lstat()
    return f"{facts.st_size} {facts.st_mtime_ns}"


@asynccontextmanager
async def reading(past: Past, made_at: datetime, *, stop_at_torn: bool = False) -> AsyncIterator[Open]:
    """Yield what reads a source on from a bookmark; its worker process and its journal are open while this lasts.

    Reading raises SourceUnreadable at the first torn document where `stop_at_torn`.
    """
    async with AsyncExitStack() as stack:
        if past.files is not None:
            at = await stack.enter_async_context(readers(wall=WALL_SECONDS))
            told: Open = partial(_of_files, past.files, made_at, at)
        else:
            journal = await stack.enter_async_context(opened(past.journal))
            told = partial(_of_journal, journal, past.topic or RAW_ITEMS, made_at)
        yield partial(_unless_torn, told) if stop_at_torn else told


async def _unless_torn(told: Open, mark: bytes) -> AsyncIterator[Handed]:
    async for handed in told(mark):
        if handed.letters:
            raise SourceUnreadable(
                f"{handed.letters[0].text}; stopped there as asked: without --stop-on-torn the replay goes on behind it"
            )
        yield handed


async def _of_files(source: SourceSettings, made_at: datetime, at: Readers, mark: bytes) -> AsyncIterator[Handed]:
    async for found in handfuls(source, mark or begun(made_at), at):
        yield _handed(source, found, made_at)


def _handed(source: SourceSettings, found: Handful, made_at: datetime) -> Handed:
    return Handed(
        mark=found.state,
        items=(*found.items, *found.enriched),
        letters=tuple(letter_of(source, torn, made_at) for torn in found.torn),
        endings={Ending("document", source.id, word): times for word, times in found.endings.items()},
    )


async def _of_journal(journal: Journal, topic: Topic, until: datetime, mark: bytes) -> AsyncIterator[Handed]:
    """Yield what was stored in a topic until a time; the bookmark holds the next offset of each partition."""
    at = msgspec.json.decode(mark, type=dict[int, int]) if mark else {}
    end = await journal.end(topic) if isinstance(journal, SqliteJournal) else 0
    items: list[RawItem | EnrichedItem] = []
    letters: list[DeadLetter] = []
    async for stored in journal.read(topic):
        if stored.offset < at.get(stored.partition, 0) or stored.stored_at > until:
            continue
        at[stored.partition] = stored.offset + 1
        try:
            items.append(_item_of(stored))
        except BadRecord as error:
            letters.append(dead_letter(STEP, stored, error, at=stored.stored_at))
        if len(items) + len(letters) >= _MANY:
            share = at[stored.partition] / end if end else None
            yield Handed(mark=msgspec.json.encode(at), items=items, letters=letters, share=share)
            items, letters = [], []
    yield Handed(mark=msgspec.json.encode(at), items=items, letters=letters, share=1.0)


def _item_of(stored: Stored) -> RawItem | EnrichedItem:
    record = decode(stored.value)
    if not isinstance(record, RawItem | EnrichedItem):
        raise BadRecord(f"{stored.topic} at {stored.partition}/{stored.offset} holds a {type(record).__name__}")
    return record
