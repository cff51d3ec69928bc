"""The sources of one process and whose turn it is: the one place where the progress of a polled source changes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.asking.gates import site_of
from connectors.connector import Purpose, Request
from connectors.polling.due import Door, DueQueue
from connectors.polling.means import Poller
from connectors.polling.progress import Progress
from connectors.polling.turn import coming
from streams.dial import web_host
from streams.errors import SourceRefused
from streams.sources import SourceSettings

# Places in the queue that nobody holds any more, before they are cleared away.
STALE = 1024


@dataclass(slots=True)
class Standing:
    """A source, who reads it, how far it is read, and what it needs next.

    `request` is None where its own state keeps us from knowing. Whoever
    changes `progress` holds `lock`, and nobody does while the network is
    waited for, so that what a hub pushes never races what a poll brought.
    `number` is that of its last place in the queue, `running` says that its
    turn is under way, `pinged` that its hub told of news meanwhile, `asking`
    that its hub is being asked.
    """

    poller: Poller
    source: SourceSettings
    progress: Progress
    request: Request | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    number: int = 0
    running: bool = False
    pinged: bool = False
    asking: bool = False


class Place(NamedTuple):
    """A place in the queue: it is over once its source has a later one."""

    one: Standing
    number: int

    @property
    def is_over(self) -> bool:
        """Whether the source waits at another place by now."""
        return self.number != self.one.number


@dataclass(slots=True, kw_only=True)
class Round:
    """The sources of one process and who of them is due; `changed` wakes the dispatcher."""

    poller: Poller
    queue: DueQueue[Place] = field(default_factory=DueQueue)
    standings: list[Standing] = field(default_factory=list)
    running: int = 0
    stale: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, one: Standing) -> None:
        """Take in a source that is read from now on."""
        self.standings.append(one)
        self.put(one)

    def put(self, one: Standing) -> None:
        """Let a source wait for what it needs next."""
        try:
            one.request, due = coming(one.poller, one.source, one.progress)
        except Exception:  # noqa: BLE001 - its turn says what is wrong
            one.request, due = None, one.progress.schedule.next_at
        one.number += 1
        self.queue.put(due, door_of(one.request), Place(one, one.number))

    def put_anew(self, one: Standing) -> None:
        """Let a source whose progress changed while it waited wait for what it needs now; a turn does so at its end."""
        if one.running:
            return
        self.put(one)
        self.stale += 1
        if self.stale > STALE + len(self.standings):
            self.queue.drop(lambda place: place.is_over)
            self.stale = 0
        self.changed.set()

    def pause(self, door: Door, place: Place) -> float:
        """Return for how many seconds a source that is due must wait: for its site, or for our own network."""
        if place.one.source.allow_private or not door.site:
            return 0.0
        return max(self.poller.gates.pause_before(door.site), self.poller.network.holds(self.poller.now()))


def door_of(request: Request | None) -> Door:
    """Return where a request queues up."""
    with suppress(SourceRefused):
        if request is not None:
            return Door(site_of(web_host(request.url)), request.purpose)
    return Door("", Purpose.POLL)
