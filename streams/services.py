"""The services, put together from their parts; each runs until it is cancelled."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console
from rich.text import Text

from connectors.newsroom import newsroom, sources_of
from connectors.poller import poll_forever
from connectors.starter import starter_sources
from processors.detect.actors import load_actors
from processors.flow import flow
from processors.gazetteer import Gazetteer, compiled
from processors.identity import letters
from processors.naming import Names
from processors.partynames import party_names
from processors.reviewing import verdict_on
from streams import docket
from streams.alerts import Alert
from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.errors import ConfigError, NoRoom
from streams.highlight import printable
from streams.journal import Journal
from streams.masking import masked
from streams.pulse import Pulse
from streams.retention import retention
from streams.settings import Settings, WebSettings
from streams.sharing import Sharing
from streams.sources import SourceSettings
from streams.terminal import watch
from streams.topics import FEEDBACK
from streams.verdicts import Feedback, Opinion
from streams.web.app import Endings, build_app
from streams.web.serving import serving
from streams.web.signs import Signs
from streams.web.verdicts import Judge
from streams.web.vitals import tell

log = structlog.get_logger()
Sources = tuple[SourceSettings, ...]


@asynccontextmanager
async def opened(url: str, *, patient: bool = False) -> AsyncIterator[Journal]:
    """Open the journal a URL names; raises ConfigError for a scheme that is not sqlite or kafka.

    A `patient` one waits where the disk is full, as services do.
    """
    journal = await _open(url, patient=patient)
    try:
        yield journal
    finally:
        await journal.close()


async def _open(url: str, *, patient: bool) -> Journal:
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return SqliteJournal(url, patient=patient)
    if scheme == "kafka":
        from streams.kafka.journal import KafkaJournal  # noqa: PLC0415 - Kafka's libraries only where it is used

        return await KafkaJournal.open(url)
    raise ConfigError(f"journal: {masked(url)!r} is neither sqlite:///PATH nor kafka://HOST:PORT")


async def run(settings: Settings, console: Console | None) -> None:
    """Run every service in this process on the embedded journal: sources, processing, page and terminal."""
    if not settings.journal.startswith("sqlite:"):
        raise ConfigError(
            f"run needs the embedded journal, not {masked(settings.journal)}; use connect, process and serve there"
        )
    compiled(settings.gazetteer, say=_say(console))
    counters = Counters()
    async with AsyncExitStack() as stack:
        journal = SqliteJournal(settings.journal, patient=True)
        stack.push_async_callback(journal.close)
        sources = await stack.enter_async_context(sources_for(settings))
        services = [
            _room_told(journal, console),
            _host(journal, settings, counters).run(),
            poll_forever(sources, journal, settings.fetch, push=settings.push, counters=counters),
            _page(journal, counters, settings, sources, console=console, endings=journal.endings),
        ]
        if console:
            services.append(watch(journal, console, sources=sources, speakers=party_names(), endings=journal.endings))
        await until_stopped(*services)


async def _room_told(journal: Journal, console: Console | None = None) -> None:
    """Tell people that the disk is full and that it no longer is; at the end nobody is left waiting for room."""
    if not isinstance(journal, SqliteJournal):
        return
    try:
        while True:
            await journal.room.changed.wait()
            journal.room.changed.clear()
            trouble = journal.room.trouble
            said = (
                Text(f"waiting: {printable(trouble)}", "red")
                if trouble
                else Text("the journal has room again", "green")
            )
            _say(console)(said)
    finally:
        journal.room.give_up()


def _signs(journal: Journal, settings: Settings) -> Signs:
    """Return how the page learns of the journal's state; what is written into Kafka waits in other processes."""
    if not isinstance(journal, SqliteJournal):
        return Signs()
    steps = flow(settings)
    return Signs(troubles=partial(_trouble, journal), lags=lambda: journal.lags(steps))


def _trouble(journal: SqliteJournal) -> dict[str, str]:
    return {"journal": printable(journal.room.trouble)} if journal.room.trouble else {}


def _say(console: Console | None) -> Any:
    return console.print if console else lambda _: None


async def connect(settings: Settings, slot: str, metrics: WebSettings | None = None) -> None:
    """Read the sources into the journal: alone on the embedded one, or as one slot among several on Kafka.

    Health and metrics are told at `metrics`, if anywhere.
    """
    async with opened(settings.journal, patient=True) as journal, sources_for(settings) as sources:
        pulse = Pulse()
        sharing = sharing_of(settings.journal, slot, pulse)
        polling = poll_forever(
            sources, journal, settings.fetch, push=settings.push, counters=Counters(), sharing=sharing
        )
        troubles = partial(_trouble, journal) if isinstance(journal, SqliteJournal) else pulse.troubles
        telling = _telling(metrics, Signs(troubles=troubles))
        await until_stopped(_room_told(journal), polling, *telling)


def sharing_of(url: str, slot: str, pulse: Pulse) -> Sharing | None:
    """Return how the process in this slot shares the sources with others, None where it has them all to itself.

    `pulse` is told that the brokers answer.
    """
    if not url.startswith("kafka:"):
        return None
    from streams.kafka.sharing import shared  # noqa: PLC0415

    return shared(url, slot, pulse)


def _telling(metrics: WebSettings | None, signs: Signs) -> list[Coroutine[Any, Any, None]]:
    return [tell(metrics, signs)] if metrics else []


async def process(settings: Settings, slot: str, metrics: WebSettings | None = None) -> None:
    """Run the steps: alone on the embedded journal, or as one slot among several on Kafka.

    Health and metrics are told at `metrics`, if anywhere.
    """
    counters = Counters()
    compiled(settings.gazetteer)
    if settings.journal.startswith("kafka:"):
        from streams.kafka.host import process as process_on_kafka  # noqa: PLC0415
        from streams.kafka.leaving import leaving  # noqa: PLC0415

        steps, pulse = flow(settings), Pulse()
        kept = retention(settings.retention, steps)
        running = process_on_kafka(
            settings.journal, steps, slot, counters, settings.workers, retention=kept, pulse=pulse
        )
        with leaving():
            await until_stopped(running, *_telling(metrics, Signs(troubles=pulse.troubles, lags=pulse.lag)))
        return
    async with opened(settings.journal, patient=True) as journal:
        if isinstance(journal, SqliteJournal):
            running = _host(journal, settings, counters).run()
            await until_stopped(_room_told(journal), running, *_telling(metrics, _signs(journal, settings)))


def _host(journal: SqliteJournal, settings: Settings, counters: Counters) -> EmbeddedHost:
    steps = flow(settings)
    return EmbeddedHost(journal, steps, counters, settings.workers, retention(settings.retention, steps))


async def serve(settings: Settings) -> None:
    """Serve the page and the live stream."""
    async with opened(settings.journal) as journal:
        endings = journal.endings if isinstance(journal, SqliteJournal) else None
        await until_stopped(_page(journal, Counters(), settings, configured(settings), endings=endings))


async def follow_alerts(settings: Settings, console: Console, *, reorder: bool) -> None:
    """Show alerts in this terminal as they come."""
    async with opened(settings.journal) as journal:
        shown = watch(journal, console, sources=configured(settings), speakers=party_names(), reorder=reorder)
        await until_stopped(shown)


def judging(journal: Journal, gazetteer: Path | None) -> Judge:
    """Return what takes an analyst's opinion of an alert into the journal as a verdict.

    It raises VerdictRefused, VerdictLate and NoRoom. Names are looked up in a thread:
    the tables take seconds to load, once.
    """

    @cache
    def names() -> Names:
        places = Gazetteer(compiled(gazetteer))
        return Names(places, load_actors(places))

    async def judge(alert: Alert, opinion: Opinion) -> Feedback:
        standing = await docket.last_on(journal, alert.id)
        now = datetime.now(UTC)
        verdict = await asyncio.to_thread(verdict_on, alert, opinion, names, at=now, standing=standing)
        if isinstance(journal, SqliteJournal) and journal.room.trouble:
            raise NoRoom(journal.room.trouble)  # services wait for room, people are told
        await journal.publish(FEEDBACK, [verdict])
        return verdict

    return judge


def configured(settings: Settings) -> Sources:
    """Return the sources of the configuration and, unless switched off, of the starter list."""
    return settings.sources + (starter_sources() if settings.starter_sources else ())


@asynccontextmanager
async def sources_for(settings: Settings) -> AsyncIterator[Sources]:
    """Yield what is to be polled; the demo newsroom is open while it lasts."""
    sources = configured(settings)
    async with AsyncExitStack() as stack:
        if settings.demo:
            sources += sources_of(await stack.enter_async_context(newsroom()))
        yield sources


async def _page(
    journal: Journal,
    counters: Counters,
    settings: Settings,
    sources: Sources,
    *,
    console: Console | None = None,
    endings: Endings | None = None,
) -> None:
    judge = judging(journal, settings.gazetteer)
    app = build_app(
        journal,
        counters,
        settings.web,
        sources=sources,
        endings=endings,
        judge=judge,
        signs=_signs(journal, settings),
        speakers=party_names(),
        fold=letters,
    )
    async with serving(app, settings.web) as address:
        log.info("service.started", service="web", url=address)
        if console:
            console.print(f"page: {address}", highlight=False)
        await asyncio.Event().wait()


async def until_stopped(*services: Coroutine[Any, Any, None]) -> None:
    """Run services together until one fails or a person or supervisor asks to stop (SIGINT, SIGTERM)."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - always true within a coroutine
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        asked.set()
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(service)
    except asyncio.CancelledError:
        if not asked.is_set():
            raise
        task.uncancel()
        log.info("service.stopped")
