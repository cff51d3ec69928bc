"""One source tried once by the very code that polls: what was asked and answered, what would be published.

Nothing is saved: a notebook stands where the journal does. No address is asked
twice, since servers answer a second request within a moment with 429.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.archives.leafing import leaf
from connectors.asking.gates import Gates
from connectors.asking.redirects import PERMANENT, Hop
from connectors.asking.robots import Leave, agent_of, leave, request_for
from connectors.connector import Failure, Purpose, Response
from connectors.finding.described import Described, described
from connectors.finding.witness import Asked, Notebook, Witness
from connectors.http import Web, web
from connectors.kinds import KINDS, LOCALS
from connectors.listening.engine import listen
from connectors.listening.wires import Wires, wired
from connectors.polling.means import Poller, utc_now
from connectors.polling.progress import Progress, begun
from connectors.polling.turn import advance, coming
from connectors.reading.readers import Readers, readers
from streams.counters import Counters
from streams.errors import SourceUnreadable
from streams.items import DeadLetter, RawItem, SourceHealth
from streams.settings import FetchSettings
from streams.sources import SourceSettings

T = TypeVar("T")
# The first reader in a fresh process imports its libraries before it reads.
WALL_SECONDS = 30.0
# Lists of an index that are read before there is an entry to show.
MOST_LISTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The page behind the first entry: its address, what robots.txt says (None: not asked), and what came of it.

    `item` is what would be published, a stub among it; `text` says why there is none.
    """

    url: str
    robots: Leave | None
    item: RawItem | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one source.

    `asked` are the addresses asked for the source itself, redirects among
    them, and `answer` is the last one's. `described` is None where there was
    no document, `progress` where the source streams. `robots` is what
    robots.txt says about the source's own address, None where it was not asked.
    """

    source: SourceSettings
    health: SourceHealth
    asked: tuple[Asked, ...] = ()
    answer: Response | Failure | None = None
    items: tuple[RawItem, ...] = ()
    letters: tuple[DeadLetter, ...] = ()
    described: Described | None = None
    progress: Progress | None = None
    robots: Leave | None = None
    behind: Behind | None = None

    @property
    def is_read(self) -> bool:
        """Whether the source brought something that can be read, be it that nothing is new."""
        return self.health.outcome in {"ok", "unchanged"}

    @property
    def moved_to(self) -> str | None:
        """Where permanent redirects alone led, None where there were none or others among them."""
        *hops, last = self.asked or (None,)
        is_for_good = all(one and isinstance(one.answer, Hop) and one.answer.status in PERMANENT for one in hops)
        return last.url if last and hops and is_for_good else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What trying needs, open while several sources are tried."""

    poller: Poller
    witness: Witness
    wires: Wires

    async def run(self, function: Callable[..., T], url: str, *arguments: object) -> T | None:
        """Return what a pure function makes of hostile bytes in the worker process, None where it cannot."""
        with suppress(SourceUnreadable):
            return await self.poller.readers.read(function, url, *arguments)
        return None


@asynccontextmanager
async def bench(fetch: FetchSettings) -> AsyncIterator[Bench]:
    """Open all that polling needs, with a witness for the web and a notebook for the journal."""
    async with web(fetch) as net, wired(fetch, now=utc_now) as wires, readers(wall=WALL_SECONDS) as pool:
        yield _bench(fetch, net, wires, pool)


def _bench(fetch: FetchSettings, net: Web, wires: Wires, pool: Readers) -> Bench:
    witness = Witness(public=net.public, private=net.private)
    poller = Poller(
        journal=Notebook(),
        web=witness,
        readers=pool,
        gates=Gates(clock=time.monotonic, sleep=asyncio.sleep),
        counters=Counters(),
        agent=agent_of(fetch.user_agent),
    )
    return Bench(poller=poller, witness=witness, wires=wires)


async def tried(at: Bench, source: SourceSettings, *, pages: bool = True) -> Trial:
    """Poll a source once and, with `pages`, read the page behind its first entry."""
    notebook = Notebook()
    poller = replace(at.poller, journal=notebook)
    progress = begun(poller.now(), source.url)
    request, _ = coming(poller, source, progress)
    progress = await advance(poller, source, progress, request)
    for _ in range(MOST_LISTS):
        following, due = coming(poller, source, progress)
        if notebook.items or due > poller.now():
            break
        progress = await advance(poller, source, progress, following)
        # The feed of a channel that was found by its name counts, a list that an index named does not.
        request = request if following.purpose is Purpose.PAGE else following
    asked = _chain(at.witness.noted, request.url)
    trial = Trial(
        source=source,
        health=_health(progress),
        asked=asked,
        answer=_last(asked),
        items=tuple(notebook.items),
        letters=tuple(notebook.letters),
        progress=progress,
        robots=await _robots(at, source, request.url) if KINDS[source.kind].asks_robots else None,
    )
    trial = replace(trial, described=await _described(at, trial))
    return replace(trial, behind=await _behind(at, poller, trial, notebook)) if pages and trial.is_read else trial


def _health(progress: Progress) -> SourceHealth:
    assert progress.health is not None  # noqa: S101 - a turn always tells how it ended
    return progress.health


def _chain(noted: Sequence[Asked], url: str) -> tuple[Asked, ...]:
    """Return what was asked for one address: itself, then where it was redirected to."""
    known = {one.url: one for one in noted}
    found: list[Asked] = []
    for one in noted:
        if one.url == url or (found and isinstance(found[-1].answer, Hop)):
            found.append(one)
            if not isinstance(one.answer, Hop):
                break
    return tuple(found) or tuple(filter(None, (known.get(url),)))


def _last(asked: Sequence[Asked]) -> Response | Failure | None:
    answer = asked[-1].answer if asked else None
    return None if isinstance(answer, Hop) else answer


async def _described(at: Bench, trial: Trial) -> Described | None:
    answer = trial.answer
    if not isinstance(answer, Response) or not answer.body:
        return None
    return await at.run(described, answer.url, trial.source, answer, at.poller.now())


async def _robots(at: Bench, source: SourceSettings, url: str) -> Leave | None:
    """Return what the site's robots.txt says, as far as polling asked for it."""
    rules = at.poller.robots.known(request_for(url).url, at.poller.now())
    if source.allow_private or rules is None or rules.text is None:
        return None
    return await at.run(leave, url, rules.text, url, at.poller.agent)


async def _behind(at: Bench, poller: Poller, trial: Trial, notebook: Notebook) -> Behind | None:
    """Read the page behind the first entry, where there is one still to fetch."""
    assert trial.progress is not None  # noqa: S101 - only sources that are polled come here
    request, _ = coming(poller, trial.source, trial.progress)
    if request.purpose is not Purpose.PAGE:
        return None
    before = len(notebook.items)
    progress = await advance(poller, trial.source, trial.progress, request)
    item = notebook.items[before] if len(notebook.items) > before else None
    robots = await _robots(at, trial.source, request.url)
    return Behind(url=request.url, robots=robots, item=item, text=_health(progress).text)


async def overheard(at: Bench, source: SourceSettings, *, seconds: float, enough: int) -> Trial:
    """Hear a source that streams, or leaf through an archive, for some seconds; until `enough` came, or it fails."""
    # The process that reads takes its time to begin; the seconds count from then on.
    await at.run(str, source.url)
    notebook = Notebook()
    poller = replace(at.poller, journal=notebook)
    work = leaf(poller, source, None) if source.kind in LOCALS else listen(poller, at.wires, source, None)
    listening = asyncio.create_task(work)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _until(notebook, enough, poller.now() + timedelta(seconds=seconds))
    finally:
        listening.cancel()
        await asyncio.wait([listening])
    now = at.poller.now()
    silent = SourceHealth(
        polled_at=now, next_at=now, outcome="unavailable", text=f"nothing was opened within {seconds:g} s"
    )
    return Trial(
        source=source,
        health=notebook.health or silent,
        items=tuple(notebook.items),
        letters=tuple(notebook.letters),
    )


async def _until(notebook: Notebook, enough: int, end: datetime) -> None:
    while len(notebook.items) < enough:
        await notebook.changed.wait()
        notebook.changed.clear()
        health = notebook.health
        # An archive that is read through looks again much later; a stream that is open, or a file half written, soon.
        if health and (health.outcome != "ok" or health.next_at > end):
            return
