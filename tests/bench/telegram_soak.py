"""A channel of 5,000 posts that grows while it is read, with edits, deletions, throttling and kills of the reader.

    .venv/bin/python tests/bench/telegram_soak.py [POSTS] [SEED]

The reader is a process of its own that is killed and started anew; the end is
right if the journal tells exactly the channel: no post lost, none twice, each
with its last words, none that was deleted.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import tempfile
import time
import zlib
from pathlib import Path

from connectors.poller import poll_forever
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import Op
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.channelmaker import Served
from tests.unruly import Unruly, unruly

PATIENCE = 120.0


async def read_on(journal: str, url: str) -> None:
    """Read the channel until killed."""
    source = SourceSettings(id="tg", kind="telegram", url=url, allow_private=True, min_interval_seconds=1)
    await poll_forever([source], SqliteJournal(journal))


async def started(journal: str, url: str) -> asyncio.subprocess.Process:
    """Start a reader."""
    return await asyncio.create_subprocess_exec(sys.executable, __file__, "read", journal, url)


async def polled(channel: Served) -> None:
    """Wait until the newest page was asked for twice more: what stood on it before was read."""
    count = channel.asked.count("") + 2
    async with asyncio.timeout(PATIENCE):
        while channel.asked.count("") < count:
            await asyncio.sleep(0.02)


async def told(journal: str) -> tuple[dict[int, str], int, int]:
    """Return the posts that the journal tells, how many records it has, and how many are the same revision again."""
    posts: dict[int, str] = {}
    seen: set[tuple[str, int]] = set()
    again = count = 0
    opened = SqliteJournal(journal)
    async for stored in opened.read(RAW_ITEMS):
        item = decode(stored.value)
        count += 1
        again += (item.id, item.revision) in seen
        seen.add((item.id, item.revision))
        words = zlib.decompress(item.body).decode() if item.op is Op.PUT else ""
        posts[int(item.id.rpartition("/")[2])] = words
    await opened.close()
    return {number: words for number, words in sorted(posts.items()) if words}, count, again


def trouble(channel: Served, chance: random.Random) -> int:
    """Edit and delete on the newest page, in its middle; returns how many of both."""
    newest = sorted(channel.messages)[-18:-1]
    for number in chance.sample(newest, 2):
        channel.edit(number, f"Edited {chance.random()}.")
    if len(newest) > 10:
        del channel.messages[chance.choice(newest[1:])]
    return 3


async def grow(channel: Served, house: Unruly, journal: str, posts: int, chance: random.Random) -> tuple[int, int]:
    """Let the channel grow to so many posts under trouble; returns the changes and the kills."""
    last, changes, kills = 20, 0, 0
    channel.write(1, last)
    reader = await started(journal, house.url("/s/harbour"))
    await polled(channel)
    while last < posts:
        burst = chance.choice((1, 5, 30, 90, 200))
        channel.write(last + 1, last + burst)
        last += burst
        channel.throttled = chance.choice((0, 0, 0, 0, 1))
        if chance.random() < 0.35:
            await asyncio.sleep(chance.random() * 1.5)
            reader.send_signal(signal.SIGKILL)
            await reader.wait()
            kills += 1
            reader = await started(journal, house.url("/s/harbour"))
        await polled(channel)
        changes += trouble(channel, chance)
        await polled(channel)
    await settled(channel, journal)
    reader.terminate()
    await reader.wait()
    return changes, kills


async def settled(channel: Served, journal: str) -> None:
    """Wait until the journal tells as many posts as the channel has, or for no longer than patience lasts."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and len((await told(journal))[0]) != len(channel.messages):
        await asyncio.sleep(1)


async def soak(posts: int, seed: int) -> bool:
    """Run the trial and print what came of it; returns whether the journal tells exactly the channel."""
    chance, begun = random.Random(seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        journal = f"sqlite:///{Path(folder)}/journal.db"
        async with unruly() as house:
            channel = Served()
            house.says = {"/s/harbour": channel.answer}
            changes, kills = await grow(channel, house, journal, posts, chance)
        found, count, again = await told(journal)
    wanted = {number: str(message.words) for number, message in sorted(channel.messages.items())}
    wrong = {number for number in found.keys() | wanted.keys() if found.get(number) != wanted.get(number)}
    print(
        f"{len(wanted)} posts, {changes} edits and deletions, {kills} kills, {len(channel.asked)} requests, "
        f"{count} records ({again} told again), {time.monotonic() - begun:.0f} s: "
        f"{len(wrong)} wrong {sorted(wrong)[:9]}"
    )
    return not wrong


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        asyncio.run(read_on(sys.argv[2], sys.argv[3]))
    else:
        numbers = [int(word) for word in sys.argv[1:]]
        sys.exit(not asyncio.run(soak(*(numbers + [5000, 1][len(numbers) :]))))
