"""Faust runs a step without memory: at least once, and only what it is seen to do safely.

    partition ──Faust agent──► workers ──in order──► our producer, acknowledged ──► Faust may commit the offset

An exception that leaves an agent's body is a lost record, and so is a stop
between two awaits: Faust acknowledges both. So the stream acknowledges nothing
by itself (`noack`), every record is decoded and handled inside our own
`try`, and it is acknowledged in its order once its outputs are durable. A
record may come twice; its outputs carry the same ids, and the next step ends
the repetition. (Faust's own exactly-once is not used: it leaves topics that
the app does not consume outside any transaction.)
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import faust
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from streams.counters import Counters
from streams.endings import Ended
from streams.errors import JournalUnusable
from streams.journal import Stored
from streams.kafka.cluster import METADATA_MS, Cluster, admin, let_go, started
from streams.kafka.journal import KafkaJournal
from streams.steps import Step
from streams.turns import worked_end
from streams.workers import Workers

_AHEAD = 8  # records made ready beyond those in the workers
_LEAVE_SECONDS = 10.0
_COMMIT_SECONDS = 0.5  # what a kill makes it do again, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A record that a worker is at, and the task that will know its end."""

    event: Any
    end: asyncio.Task[Ended]


def preload() -> None:
    """Import what Faust else imports at first use: the better part of a second, better spent while waiting."""
    for module in ("faust.app", "faust.topics", "streams.kafka.faust_entry"):
        import_module(module)


class FaustHost:
    """One step without memory on the partitions that fall to one slot, `width` records at once."""

    def __init__(
        self, cluster: Cluster, step: Step, slot: str, counters: Counters, *, workers: Workers, width: int = 1
    ) -> None:
        self.step = step
        self.group = cluster.named(step.name)
        self._cluster = cluster
        self._counters = counters
        self._workers = workers
        self._journal = KafkaJournal(cluster)
        self._begun: asyncio.Queue[_Begun] = asyncio.Queue(width + _AHEAD)
        self._committed: Mapping[TopicPartition, int] = {}
        self._ends: set[asyncio.Task[Ended]] = set()
        self._finishing = asyncio.Lock()
        self._admin = admin(cluster)
        self._folder = tempfile.TemporaryDirectory(prefix="faust-")
        self._app = self._made_app(slot)

    async def run(self) -> None:
        """Work until cancelled; what is durable by then is acknowledged. Raises JournalUnusable."""
        await started(self._admin, self._cluster)
        finishing = asyncio.create_task(self._finish())
        try:
            await self._app.start()
            ended = asyncio.create_task(self._app.wait_until_stopped())
            await asyncio.wait({finishing, ended}, return_when=asyncio.FIRST_COMPLETED)
            if finishing.done():
                finishing.result()
            raise JournalUnusable(f"step {self.step.name}: Faust ended by itself: {self._app.crash_reason!r}")
        finally:
            await self._leave(finishing)

    async def positions(self) -> Mapping[TopicPartition, int]:
        """Return the committed offset of each partition that Faust has here; 0 where there is none yet."""
        places = [TopicPartition(*place) for place in self._app.consumer.assignment()]
        with suppress(KafkaError):  # without an answer the last one stands: nothing has moved
            found = await self._admin.list_consumer_group_offsets(self.group, partitions=places) if places else {}
            self._committed = {place: max(0, found[place].offset) if place in found else 0 for place in places}
        return self._committed

    def _made_app(self, slot: str) -> faust.App:
        from streams.kafka.faust_entry import committed_only, credentials  # noqa: PLC0415 - slow: see preload

        app = faust.App(
            self.group,
            broker=[f"kafka://{server}" for server in self._cluster.servers.split(",")],
            loop=asyncio.get_running_loop(),
            autodiscover=False,
            web_enabled=False,
            topic_disable_leader=True,
            topic_allow_declare=False,
            datadir=self._folder.name,
            table_standby_replicas=0,
            # a member that was killed comes back to its own partitions at once, not after its session
            consumer_group_instance_id=slot,
            broker_session_timeout=float(self._cluster.session_seconds),
            broker_heartbeat_interval=min(3.0, self._cluster.session_seconds / 4),
            broker_commit_interval=_COMMIT_SECONDS,
            broker_max_poll_records=100,
            stream_buffer_maxsize=100,
            stream_wait_empty=False,
            consumer_auto_offset_reset="earliest",
            consumer_metadata_max_age_ms=METADATA_MS,
            broker_credentials=credentials(self._cluster.access),
        )
        app.transport = committed_only(app)
        topic = app.topic(self._cluster.named(self.step.source.name), key_serializer="raw", value_serializer="raw")
        app.agent(topic, name=self.step.name, concurrency=1)(self._read)
        return app

    async def _read(self, stream: Any) -> None:
        """Hand each record to a worker, in order, no more than fit."""
        async for event in stream.noack().events():
            end = asyncio.create_task(self._end_of(event.message))
            self._ends.add(end)
            end.add_done_callback(self._ends.discard)
            await self._begun.put(_Begun(event=event, end=end))

    async def _end_of(self, message: Any) -> Ended:
        found = Stored(
            topic=self.step.source.name,
            partition=message.partition,
            offset=message.offset,
            key=(message.key or b"").decode("utf-8", "replace"),
            value=message.value or b"",
            stored_at=datetime.fromtimestamp(message.timestamp, UTC),
        )
        return await worked_end(self.step, self._workers, found)

    async def _finish(self) -> None:
        """Make ends durable and acknowledge their records, in the records' order, as many at once as have come."""
        while True:
            done = [await self._begun.get()]
            await asyncio.wait({done[0].end})
            while not self._begun.empty() and len(done) < _AHEAD:
                done.append(self._begun.get_nowait())
            await asyncio.wait({one.end for one in done})  # awaiting a task itself would pass our cancellation to it
            ends = [one.end.result() for one in done]
            async with self._finishing:
                await self._journal.publish_written([written for end in ends for written in end.written])
                for one in done:
                    one.event.ack()
                for ending, times in Counter(end.ending for end in ends).items():
                    self._counters.count(ending, times)

    async def _leave(self, finishing: asyncio.Task[None]) -> None:
        """Let what is being made durable be acknowledged and committed; drop the rest, which comes again."""
        await let_go(self._stop(finishing), seconds=_LEAVE_SECONDS)
        for end in self._ends:
            end.cancel()
        await let_go(self._journal.close(), self._admin.close())
        self._folder.cleanup()

    async def _stop(self, finishing: asyncio.Task[None]) -> None:
        async with self._finishing:
            finishing.cancel()
            await self._app.consumer.commit()
            await self._app.stop()
