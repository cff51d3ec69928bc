"""A replay, put together from its parts: source, worker processes, the run's file, and whoever watches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from processors.flow import flow, readying
from processors.gazetteer import Gazetteer, compiled
from streams.agenda import RunStore, RunTurn
from streams.bundles import Bundles
from streams.embedded.agenda import RunFile
from streams.embedded.journal import SqliteJournal
from streams.endings import Ended
from streams.errors import ConfigError
from streams.items import EnrichedItem, RawItem
from streams.journal import Stored
from streams.pastsources import Past, past_of, reading, state_of
from streams.replay.notes import MADE, READ, Made, Read, Told, made_of, noted, read_of
from streams.replay.order import Window
from streams.replay.reading import Make, Plan, read
from streams.replay.runs import path_of, url_of
from streams.replay.telling import TURN, How, tell
from streams.settings import Settings
from streams.steps import Flow, Step
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS
from streams.workers import Workers

_CODE = (("processors", ".py"), ("streams.replay", ".py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be replayed and how; `source` None goes on with a run as it was begun.

    `speed` is event time over time, None for as fast as it goes. `columns` are
    those of a foreign table (see SourceSettings).
    """

    name: str
    source: str | None
    first: datetime | None = None
    until: datetime | None = None
    as_of_publication: bool = False
    as_detected: bool = False
    speed: float | None = None
    until_alert: bool = False
    stop_at_torn: bool = False
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Who hears how far a replay is: while the source is read, while the agenda of so many items is told."""

    made: Callable[[Made], None]
    reads: Callable[[Read, float | None], None]
    tells: Callable[[Told, datetime, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a replay: how far its source was read, and how far it is told."""

    read: Read
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A run that is worked on: what it is made of, as it was wished, and the steps that tell it."""

    made: Made
    wish: Wish
    settings: Settings
    steps: Flow


async def replay(wish: Wish, settings: Settings, watching: Watching) -> Done:
    """Begin a run or go on with it, to its end or until an alert came.

    Raises ConfigError where the run was begun otherwise, SlotTaken where
    another process is at it, and what source and journal raise.
    """
    path = path_of(settings.runs, wish.name)
    if wish.source is None and not path.exists():
        raise ConfigError(f"there is no run {wish.name!r}; `changehands runs list` tells which there are")
    made_now = await asyncio.to_thread(_made, wish, settings) if not path.exists() else None
    journal = await SqliteJournal.open(url_of(settings.runs, wish.name))
    try:
        steps = await asyncio.to_thread(flow, settings)
        with journal.slot(), _file(path, steps) as store:
            made = await asyncio.to_thread(_agreed, store, wish, settings, made_now)
            watching.made(made)
            return await _both_passes(_Begun(made=made, wish=wish, settings=settings, steps=steps), store, watching)
    finally:
        await journal.close()


@contextmanager
def _file(path: Path, steps: Flow) -> Iterator[RunFile]:
    store = RunFile(path, steps)
    try:
        yield store
    finally:
        store.close()


async def _both_passes(begun: _Begun, store: RunStore, watching: Watching) -> Done:
    made, wish = begun.made, begun.wish
    known = read_of(store.note(READ))
    if not known.is_all:
        known = await _first_pass(begun, store, watching)
    length = store.length()
    how = How(
        pace=_pacing(wish.speed),
        say=lambda told, at: watching.tells(told, at, length),
        until=made.until,
        until_alert=wish.until_alert,
        turn=1 if wish.speed else TURN,
    )
    return Done(read=known, told=await tell(store, begun.steps, how))


async def _first_pass(begun: _Begun, store: RunStore, watching: Watching) -> Read:
    made, wish, settings = begun.made, begun.wish, begun.settings
    past = past_of(made.source, settings, made.columns)
    async with reading(past, made.made_at, stop_at_torn=wish.stop_at_torn) as told, _making(settings) as make:
        plan = Plan(
            window=Window(first=made.first, until=made.until),
            make=make,
            say=watching.reads,
            as_of_publication=made.as_of_publication,
            as_detected=made.as_detected,
        )
        return await read(told(read_of(store.note(READ)).mark), store, plan)


@asynccontextmanager
async def _making(settings: Settings) -> AsyncIterator[Make]:
    """Yield what makes items ready in worker processes."""
    load = partial(readying, settings.gazetteer)
    raw = Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=load)
    again = Step(name="detect", source=ENRICHED_ITEMS, targets=(ENRICHED_ITEMS,), load=load)
    workers = Workers(load, settings.workers)
    bundles = Bundles(workers, lambda item: raw if isinstance(item, RawItem) else again)
    ready: asyncio.Task[None] | None = None

    async def make(item: RawItem | EnrichedItem, stored: Stored) -> Ended:
        nonlocal ready
        ready = ready or asyncio.create_task(workers.start())  # not before the first item that needs them
        await asyncio.shield(ready)
        return await bundles.make(item, stored)

    try:
        yield make
    finally:
        if ready is not None:
            ready.cancel()
        bundles.close()
        await workers.close()


def _pacing(speed: float | None) -> Callable[[datetime], Awaitable[None]]:
    """Return what waits until a moment of event time comes, the first at once; no waiting without a speed."""
    began: tuple[datetime, float] | None = None

    async def wait(at: datetime) -> None:
        nonlocal began
        if speed is None:
            return
        began = began or (at, time.monotonic())
        due = began[1] + (at - began[0]).total_seconds() / speed
        await asyncio.sleep(max(0.0, due - time.monotonic()))

    return wait


def _made(wish: Wish, settings: Settings, made_at: datetime | None = None) -> Made:
    """Return what a run by this wish is made of; raises ConfigError for a source that is none."""
    assert wish.source is not None  # noqa: S101 - a run that is gone on with was made before
    now = made_at or datetime.now(UTC)
    past = past_of(wish.source, settings, wish.columns)
    return Made(
        name=wish.name,
        made_at=now,
        source=wish.source,
        columns=wish.columns,
        state=state_of(past, now),
        first=wish.first,
        until=wish.until,
        as_of_publication=wish.as_of_publication,
        as_detected=wish.as_detected,
        settings=_that_matter(settings, past),
        versions=versions(settings),
    )


def _that_matter(settings: Settings, past: Past) -> dict[str, object]:
    """Return the settings that decide what is told."""
    groups = settings.model_dump(mode="json", include={"corroborate", "coverage"})
    return {**groups, **({"files": past.files.model_dump(mode="json", exclude_defaults=True)} if past.files else {})}


def versions(settings: Settings) -> dict[str, str]:
    """Return digests of what decides what is told beside the settings: code, lexicons, gazetteer."""
    code = sha256("".join(_digest(files(package), suffix) for package, suffix in _CODE).encode()).hexdigest()[:12]
    places = Gazetteer(compiled(settings.gazetteer)).directory
    made_from = sha256(repr(places.made_from).encode()).hexdigest()[:8] if places.made_from else ""
    return {
        "code": f"{version('changehands')}, {code}",
        "lexicons": _digest(files("processors.detect.lexicon"), ".toml")[:12],
        "gazetteer": places.digest + (f", finer {made_from}" if made_from else ""),
    }


def _digest(folder: Traversable, suffix: str) -> str:
    """Return SHA-256 in hex over the files of a package, by name."""
    known = sha256()
    for one in sorted(folder.iterdir(), key=lambda each: each.name):
        if one.is_dir():
            known.update(_digest(one, suffix).encode())
        elif one.name.endswith(suffix):
            known.update(one.name.encode() + one.read_bytes())
    return known.hexdigest()


def _agreed(store: RunFile, wish: Wish, settings: Settings, made_now: Made | None) -> Made:
    """Return what the run is made of, noted when it begins; raises ConfigError where that is no longer what it was."""
    note = store.note(MADE)
    if note is None:
        if wish.source is None:
            raise ConfigError(f"run {wish.name} was never begun: name its source")
        made = made_now or _made(wish, settings)
        store.commit(RunTurn(notes={MADE: noted(made)}))
        return made
    try:
        before = made_of(note)
    except msgspec.DecodeError as error:
        raise ConfigError(f"run {wish.name} was begun by another version of changehands: {error}") from error
    again = wish if wish.source is not None else _again(before)
    changed = before.differences(_made(again, settings, before.made_at))
    if changed:
        raise ConfigError(
            f"run {wish.name} was begun with another {', '.join(changed)}; take another name, "
            f"or delete it first: changehands runs delete {wish.name}"
        )
    return before


def _again(made: Made) -> Wish:
    """Return the wish by which a run was made."""
    return Wish(
        name=made.name,
        source=made.source,
        columns=made.columns,
        first=made.first,
        until=made.until,
        as_of_publication=made.as_of_publication,
        as_detected=made.as_detected,
    )
