"""An instance streams for minutes, with edits, deletions, disconnects and refusals, while the listener is killed.

    .venv/bin/python tests/bench/mastodon_soak.py [MINUTES] [KILLS] [SEED]

The end is right if the journal tells exactly the instance: no post lost, none
twice, each with its last words, none that was deleted.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import Op
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS
from tests.instance import TOKEN, Instance, instance, status
from tests.soaking import Reader, moments

PATIENCE = 180.0
# Whoever was away is told of edits and deletions among the newest posts alone, which he looks up.
RECENT = 30
QUOTA_SECONDS = 300.0


@dataclass(slots=True, kw_only=True)
class Town:
    """What people do on the instance, at random."""

    on: Instance
    chance: random.Random
    number: int = 0
    edits: int = 0
    deletions: int = 0
    cuts: int = 0
    refusals: int = 0
    recent: list[dict[str, object]] = field(default_factory=list)

    def live(self) -> None:
        """Let one thing happen: mostly a post, now and then an edit, a deletion, a disconnect, a refusal."""
        self.number += 1
        self.recent = [*self.recent[-RECENT:], status(self.number, f"Post {self.number}")]
        self.on.put(self.recent[-1])
        one = self.chance.choice(self.recent)
        if one["id"] in self.on.statuses and self.chance.random() < 0.12:
            self.edits += 1
            self.on.edit(one, f"Edited {self.edits}", minutes=self.edits)
        elif one["id"] in self.on.statuses and self.chance.random() < 0.08:
            self.deletions += 1
            self.on.delete(one)
        if self.chance.random() < 0.008:
            self._trouble()

    def _trouble(self) -> None:
        self.cuts += 1
        if self.chance.random() < 0.4:
            self.refusals += 1
            self.on.refuses = [web.Response(status=self.chance.choice((500, 502, 503)))]
        self.on.listeners.cut()


async def lived(town: Town, reader: Reader, minutes: float, kills: int) -> None:
    """Let the town live for so long, and kill its listener at the moments set."""
    began, due, quota_at = time.monotonic(), moments(minutes, kills), QUOTA_SECONDS
    while (passed := time.monotonic() - began) < 60 * minutes:
        town.live()
        if passed > quota_at:
            town.on.remaining, quota_at = 299, quota_at + QUOTA_SECONDS
        if due and passed > due[0]:
            due.pop(0)
            print(f"{passed:.0f} s, post {town.number}: killed at {await reader.kill()}", flush=True)
            for _ in range(town.chance.randint(0, 8)):
                await asyncio.sleep(1)
                town.live()
            await reader.start()
        reader.look()
        await asyncio.sleep(town.chance.uniform(0.5, 2.0))


async def told(url: str) -> tuple[dict[str, str], int, int, int]:
    """Return the posts that the journal tells by id, how many records, how many twice, how many dead letters."""
    posts: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    journal = SqliteJournal(url)
    count = twice = 0
    async for stored in journal.read(RAW_ITEMS):
        item = decode(stored.value)
        count, twice = count + 1, twice + ((item.id, item.revision) in seen)  # type: ignore[union-attr]
        seen.add((item.id, item.revision))  # type: ignore[union-attr]
        posts[item.id.rpartition("/")[2].rpartition(":")[2]] = (  # type: ignore[union-attr]
            zlib.decompress(item.body).decode() if item.op is Op.PUT else ""  # type: ignore[union-attr]
        )
    letters = len([one async for one in journal.read(DEAD_LETTERS)])
    await journal.close()
    return {id_: words for id_, words in posts.items() if words}, count, twice, letters


def wrong_in(found: dict[str, str], on: Instance) -> set[str]:
    """Return the ids that the journal tells otherwise than the instance does."""
    wanted = {id_: str(shown["content"]).removeprefix("<p>").removesuffix("</p>") for id_, shown in on.statuses.items()}
    return {id_ for id_ in found.keys() | wanted.keys() if wanted.get(id_, "-") not in found.get(id_, "")}


async def soak(minutes: float, kills: int, seed: int) -> bool:
    """Run the trial and print what came of it; returns whether the journal tells exactly the instance."""
    with tempfile.TemporaryDirectory() as folder:
        token, url = Path(folder) / "token", f"sqlite:///{folder}/journal.db"
        token.write_text(TOKEN)
        async with instance() as on:
            on.listeners.alive_seconds = 5.0
            source = SourceSettings(
                id="town", kind="mastodon", url=f"{on.base}/public", token_file=token, allow_private=True
            )
            command = ["-m", "tests.ear_process", url, source.model_dump_json()]
            reader = Reader(command=command, log=Path(folder) / "log")
            town = Town(on=on, chance=random.Random(seed))
            await reader.start()
            await lived(town, reader, minutes, kills)
            end = time.monotonic() + PATIENCE
            while wrong_in((await told(url))[0], on) and time.monotonic() < end:
                await asyncio.sleep(2)
            last = await reader.kill()
            found, count, twice, letters = await told(url)
            wrong = wrong_in(found, on)
    print(
        f"{town.number} posts, {town.edits} edits, {town.deletions} deletions, {town.cuts} disconnects "
        f"({town.refusals} refused after it), {kills} kills, {count} records, {letters} dead letters: "
        f"{len(wrong)} wrong {sorted(wrong)[:9]}, {twice} twice; "
        f"the last reader from {reader.begin} to {last}; {reader.share(last):.1f} % of a core"
    )
    return not wrong and not twice and not letters


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    length, times, start = (given + [40, 10, 1][len(given) :])[:3]
    sys.exit(not asyncio.run(soak(length, int(times), int(start))))
