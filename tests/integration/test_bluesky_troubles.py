"""Bluesky where the service refuses, stumbles or sends what nobody can read; engine and journal are real."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from connectors import bluesky
from connectors.reading.readers import Readers
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import listening
from tests.skyhouse import SkyHouse, record, sky, source

__all__ = ["reading", "sky"]
pytestmark = [pytest.mark.asyncio(loop_scope="module")]


async def test_too_late(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """Where the host no longer has all that was missed, the stream goes on with what it has, and people are told."""
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        await ear.items(1)
        await sky.cut()
        for number in range(2, 8):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        sky.floor = 6
        items = await ear.items(3)
        assert (await ear.health("ok", "OutdatedCursor: starting at seq 6")).failures == 0
    assert [item.id.rpartition("/")[2] for item in items] == ["3k1", "3k6", "3k7"]


async def test_too_old(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """A host that refuses the cursor as too old is asked without one, and people are told what is left out."""
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        await ear.items(1)
        body = {"error": "CursorTooOld", "message": "cursor is below the floor"}
        sky.refuses = [web.json_response(body, status=400) for _ in "ab"]
        await sky.cut()
        await ear.health("ok", "CursorTooOld")
        await sky.heard()
        sky.commit("create", "3k2", record("Post 2"))
        assert len(await ear.items(2)) == 2
    assert "cursor" not in sky.asked[-1]


async def test_too_slow(sky: SkyHouse, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ConsumerTooSlow ends the connection, people see it, and the next one goes on where the last was left."""
    monkeypatch.setattr(bluesky, "SLOW_FIRST", 0.5)
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        await ear.items(1)
        sky.send('{"$type":"error","error":"ConsumerTooSlow","message":"too far behind"}')
        assert (await ear.health("unavailable", "ConsumerTooSlow")).failures == 1
        sky.commit("create", "3k2", record("Post 2"))
        assert len(await ear.items(2)) == 2
    assert ear.counted("stream") == {"told": 1}


async def test_refused(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """A bad request is told in the service's own words and tried again in an hour."""
    sky.refuses = [web.json_response({"error": "InvalidRequest", "message": "unknown kind"}, status=400) for _ in "ab"]
    async with listening(source(sky), tmp_path, reading) as ear:
        health = await ear.health("refused", "unknown kind")
    assert (health.next_at - health.polled_at).total_seconds() == pytest.approx(3600)


async def test_bad_frames(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """What is no event becomes one dead letter each, and what is good between it is taken."""
    bad = ['{"$type":"message","payload":{}}', "[" * 100_000, "not json", '{"$type":"message"}', '{"$type":"x"}']
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        for number, text in enumerate(bad):
            sky.send(text)
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        sky.commit("create", "../../x", record("a key that is a path"))
        sky.commit("create", "3kx", {"$type": "app.bsky.feed.post", "text": 7})
        assert len(await ear.items(5)) == 5
        letters = await ear.letters(7)
    assert {letter.text.partition(":")[0] for letter in letters} <= {
        "not an event of Jetstream",
        "not a post of Bluesky",
    }
    assert ear.counted("read") == {"passed": 5, "dead-letter": 7}


async def test_nothing_but_bad_frames(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """A service that only sends what cannot be read is left after some of it; the letters are bounded."""
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        for number in range(200):
            sky.send(f"no {number}")
        health = await ear.health("unavailable", "frames in a row cannot be read")
        assert health.failures == 1
        assert len(await ear.letters()) <= 200


async def test_silent_death(sky: SkyHouse, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that says nothing for the idle time is given up and made again; pings alone keep one open."""
    monkeypatch.setattr(bluesky, "IDLE_SECONDS", 0.4)
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        await asyncio.sleep(1.0)
        assert len(sky.asked) == 1
        sky.pings = False
        await ear.health("unavailable", "nothing was heard for 0.4 s")
        sky.pings = True
        sky.commit("create", "3k1", record("Post 1"))
        assert len(await ear.items(1)) == 1


async def test_oversize(sky: SkyHouse, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message beyond the limit ends the connection; where it comes again the stream goes on behind it and says so."""
    monkeypatch.setattr(bluesky, "LIMIT", 100_000)
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        await ear.items(1)
        sky.commit("create", "3kbig", record("x" * 200_000))
        await ear.health("ok", "is left out")
        sky.commit("create", "3k2", record("Post 2"))
        items = await ear.items(2)
    assert [item.id.rpartition("/")[2] for item in items] == ["3k1", "3k2"]


@pytest.mark.parametrize(
    "state", [b"", b"{", b"[]", b'{"tries": "x"}', b'{"own": {"held": 7}}', b'{"own": 7}', b"\xff"]
)
async def test_damaged_cursor(sky: SkyHouse, reading: Readers, tmp_path: Path, state: bytes) -> None:
    """A source whose cursor cannot be read starts anew."""
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    await journal.save((), Cursor(source="sky", state=state, saved_at=datetime.now(UTC)))
    await journal.close()
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        assert len(await ear.items(1)) == 1


@pytest.mark.parametrize(
    "url", ["ftp://jetstream.example", "https://jetstream.example/other", "https://[::1", "nonsense"]
)
async def test_no_address(reading: Readers, tmp_path: Path, url: str) -> None:
    """An address that cannot be one is refused in words and ends nothing."""
    wrong = SourceSettings(id="sky", kind="bluesky", url=url)
    async with listening(wrong, tmp_path, reading) as ear:
        health = await ear.health("refused")
        assert ear.task
        assert not ear.task.done()
    assert health.text
