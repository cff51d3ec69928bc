"""A slot is a named place in the work; one living process holds it, a second is refused.

A holder tells the topic `slots` several times a second that it lives. Who comes tells
its claim first and then looks: whoever was alive shortly before the claim is
listened for until it was silent for long enough, and if it is heard again the
newcomer is refused. Times are the broker's, so that no two clocks are compared. Nothing that is written depends
on this: two processes at one partition are kept apart by its transactional id.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import ConfigError, SlotTaken
from streams.kafka.cluster import Cluster, consumer, let_go, producer, started, unusable
from streams.kafka.topics import SLOTS
from streams.pulse import Pulse

BEAT_SECONDS = 0.3
SILENCE_SECONDS = 1.3  # who was not heard for so long is gone: four beats; a restart after a kill waits for it


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a process says about a slot; `left` is its last word."""

    slot: str
    holder: str
    process: int
    host: str
    left: bool = False


@asynccontextmanager
async def held(cluster: Cluster, slot: str, pulse: Pulse) -> AsyncIterator[asyncio.Task[None]]:
    """Hold a slot within the block; the task it gives raises SlotTaken where the slot is lost meanwhile.

    Each time that a broker took our word, `pulse` hears of it.

    Raises SlotTaken where another living process holds it, and ConfigError for
    a name that is none.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", slot):
        raise ConfigError(f"slot {slot!r}: a name has 1 to 32 of a-z, 0-9 and -, as in 1 or west-2")
    claim = Claim(slot=slot, holder=uuid4().hex, process=os.getpid(), host=socket.gethostname())
    teller = await started(producer(cluster), cluster)
    try:
        said = await _tell(teller, cluster, claim)
        beats = asyncio.create_task(_beat(teller, cluster, claim, said, pulse))
        try:
            await _refuse_if_taken(cluster, claim, said)
            yield beats
        finally:
            beats.cancel()
            await asyncio.wait({beats})
            await let_go(_tell(teller, cluster, msgspec.structs.replace(claim, left=True)))
    except KafkaError as error:
        raise unusable(cluster, error) from error
    finally:
        await let_go(teller.stop())


async def _tell(teller: AIOKafkaProducer, cluster: Cluster, claim: Claim) -> Any:
    return await teller.send_and_wait(cluster.named(SLOTS), msgspec.json.encode(claim), claim.slot.encode())


async def _beat(teller: AIOKafkaProducer, cluster: Cluster, claim: Claim, said: Any, pulse: Pulse) -> None:
    """Tell that we live, and after a pause of our own look whether somebody came meanwhile.

    The group would not say so: it would give the place to and fro between the
    two for ever.
    """
    said_at = time.monotonic()
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            now = await _tell(teller, cluster, claim)
        except KafkaError:
            continue  # a broker that is away is waited for here; those who work will not pass over it
        pulse.heard()
        if time.monotonic() - said_at > SILENCE_SECONDS / 2:
            await _refuse_if_replaced(cluster, claim, said.offset, now)
        said, said_at = now, time.monotonic()


@asynccontextmanager
async def _listener(cluster: Cluster) -> AsyncIterator[AIOKafkaConsumer]:
    listener = consumer(cluster)
    try:
        yield await started(listener, cluster)
    finally:
        await let_go(listener.stop())


async def _refuse_if_replaced(cluster: Cluster, claim: Claim, since: int, said: Any) -> None:
    """Raise SlotTaken where another claimed the slot while we were silent, and has not left it."""
    place = TopicPartition(cluster.named(SLOTS), said.partition)
    alive: dict[str, Claim] = {}
    async with _listener(cluster) as listener:
        listener.assign([place])
        listener.seek(place, since)
        while await listener.position(place) <= said.offset:
            for record in (await listener.getmany(timeout_ms=100)).get(place, ()):
                other = msgspec.json.decode(record.value, type=Claim)
                if other.slot == claim.slot and other.holder != claim.holder:
                    alive[other.holder] = other
    for other in alive.values():
        if not other.left:
            raise SlotTaken(
                f"slot {claim.slot} was taken by process {other.process} on {other.host} while this process was paused"
            )


async def _refuse_if_taken(cluster: Cluster, claim: Claim, said: Any) -> None:
    said_at = time.monotonic()
    place = TopicPartition(cluster.named(SLOTS), said.partition)
    async with _listener(cluster) as listener:
        listener.assign([place])
        lately = said.timestamp - int(SILENCE_SECONDS * 1000)
        listener.seek(place, (await listener.offsets_for_times({place: lately}))[place].offset)
        alive: dict[str, int] = {}
        await _listen(listener, place, claim, alive, mine=said.offset)
        # of that silence a part lies before the claim
        heard = (said.timestamp - max(alive.values(), default=lately)) / 1000
        await asyncio.sleep(said_at + SILENCE_SECONDS - heard - time.monotonic())
        await _listen(listener, place, claim, alive, mine=said.offset)


async def _listen(
    listener: AIOKafkaConsumer, place: TopicPartition, claim: Claim, alive: dict[str, int], *, mine: int
) -> None:
    """Hear what was said up to now; `alive` gets when who is alive was heard (in the broker's milliseconds).

    Raises SlotTaken.
    """
    end = (await listener.end_offsets([place]))[place]
    while await listener.position(place) < end:
        for records in (await listener.getmany(timeout_ms=100)).values():
            for record in records:
                other = msgspec.json.decode(record.value, type=Claim)
                if other.slot == claim.slot and other.holder != claim.holder:
                    _heard(other, record, alive, before=record.offset < mine)


def _heard(other: Claim, record: Any, alive: dict[str, int], *, before: bool) -> None:
    if other.left:
        alive.pop(other.holder, None)
    elif before:
        alive[other.holder] = record.timestamp
    elif other.holder in alive:
        raise SlotTaken(
            f"slot {other.slot} is held by process {other.process} on {other.host}: "
            "stop that one, or give this one another slot"
        )
