"""The second pass: the agenda, item after item, in the order of event time.

Each handful of items is one transaction with where it ends, so that a run is
gone on with, whatever ended it, as if nothing had.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from streams.agenda import Entry, RunStore
from streams.journal import Stored
from streams.replay.cascade import Cascade, Changed
from streams.replay.digest import digest_of
from streams.replay.notes import TOLD, Told, noted, told_of
from streams.replay.ticking import Alarms
from streams.steps import Flow, RememberingStep
from streams.topics import CONTROL_ALERTS, LEDGER, NOTICES

_CHUNK = 256
TURN = 200  # items between commits: what a kill makes a run do again, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a run is told: what is done before a moment comes (waiting, at a speed), who hears of it, when to stop.

    `until` is the end of the time that is replayed (UTC), None for the last
    item's. With `until_alert` it stops behind the item that brought one.
    `turn` items are stored together.
    """

    pace: Callable[[datetime], Awaitable[None]]
    say: Callable[[Told, datetime], None]
    until: datetime | None = None
    until_alert: bool = False
    turn: int = TURN


async def tell(store: RunStore, flow: Flow, how: How) -> Told:
    """Tell a run to its end, or until an alert came; return how far it is told. Raises JournalUnusable, ConfigError."""
    told = told_of(store.note(TOLD))
    span = store.span()
    end = how.until or (span[1] if span else None)
    if told.is_all or end is None:
        return told if told.is_all else _ended(store, told)
    return await _Teller(store, flow, how, end).run()


def _ended(store: RunStore, told: Told) -> Told:
    return replace(told, is_all=True, digest=digest_of(store.values(CONTROL_ALERTS), store.values(LEDGER)))


class _Teller:
    """One run while it is told."""

    def __init__(self, store: RunStore, flow: Flow, how: How, end: datetime) -> None:
        self._store, self._how, self._end = store, how, end
        self._cascade = Cascade(store, flow)
        self._told = self._before = told_of(store.note(TOLD))
        ticking = [step for step in flow if isinstance(step, RememberingStep) and step.on_tick]
        self._alarms = [Alarms(step=step, horizon=end) for step in ticking]

    async def run(self) -> Told:
        self._wake()
        while entries := self._store.after(self._told.last, _CHUNK):
            for entry, stored in entries:
                is_alert = await self._tell(entry, stored)
                if self._told.items % self._how.turn == 0 or (is_alert and self._how.until_alert):
                    await self._commit(entry.at)
                if is_alert and self._how.until_alert:
                    return self._told
            await self._commit(entries[-1][0].at)
        await self._pass_time(self._end)
        await self._commit(self._end)
        self._told = _ended(self._store, self._told)
        await self._commit(self._end)
        return self._told

    def _wake(self) -> None:
        """Work out when those who are remembered are to hear of the time, once a run is gone on with."""
        if self._told.last is not None:
            for alarms in self._alarms:
                alarms.set({**self._store.memories(alarms.step.name)}, self._told.last.at)

    async def _tell(self, entry: Entry, stored: Stored) -> bool:
        """Tell one item; return whether it brought an alert."""
        await self._pass_time(entry.at)
        await self._how.pace(entry.at)
        before = self._cascade.told[CONTROL_ALERTS.name]
        self._heard(await self._cascade.take(stored, entry.at), entry.at)
        alerts, notices = (self._cascade.told[topic.name] for topic in (CONTROL_ALERTS, NOTICES))
        self._told = replace(
            self._told,
            last=entry,
            items=self._told.items + 1,
            alerts=self._before.alerts + alerts,
            notices=self._before.notices + notices,
        )
        return alerts > before

    async def _pass_time(self, until: datetime) -> None:
        """Tell those to whom it matters that time passes, up to a moment, in the order of time."""
        while due := [(at, number) for number, one in enumerate(self._alarms) if (at := one.next()) and at <= until]:
            at, number = min(due)
            await self._how.pace(at)
            alarms = self._alarms[number]
            self._heard(await self._cascade.pass_time(alarms.step, at, alarms.due(at)), at)

    def _heard(self, moved: dict[str, Changed], now: datetime) -> None:
        for alarms in self._alarms:
            if changed := moved.get(alarms.step.name):
                alarms.set(changed, now)

    async def _commit(self, now: datetime) -> None:
        self._store.commit(self._cascade.turn({TOLD: noted(self._told)}))
        self._how.say(self._told, now)
        await asyncio.sleep(0)  # whoever asks to stop is heard here, with everything stored
