"""Mastodon where the instance refuses, falls silent or sends what nobody can read; engine and journal are real."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from connectors import mastodon
from connectors.listening import inbox
from connectors.reading.readers import Readers
from tests.desk import reading
from tests.ear import listening
from tests.instance import Instance, source, status, town

__all__ = ["reading", "town"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_heartbeats(town: Instance, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats keep a quiet stream; without them it is given up and made again, and nothing is lost."""
    monkeypatch.setattr(mastodon, "IDLE_SECONDS", 0.5)
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        await asyncio.sleep(1.2)
        assert len([asked for asked in town.asked if "streaming" in asked]) == 1
        town.listeners.alive_seconds = 0.0
        town.put(status(1, "Post 1"))
        await ear.items(1)
        await asyncio.sleep(1.0)
        town.listeners.forget()
        await town.listeners.heard()
        town.listeners.alive_seconds = 0.05
        town.put(status(2, "Post 2"))
        assert len(await ear.items(2)) == 2
    assert ear.counted("stream")["silent"] >= 1


async def test_no_token(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Without a token nothing is dialled, and people are told what to do."""
    bare = source(town, tmp_path).model_copy(update={"token_file": None})
    async with listening(bare, tmp_path, reading) as ear:
        await ear.health("refused", "token_file")
    assert town.asked == []


async def test_wrong_token(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """A token that is refused is not tried again for an hour, and is shown nowhere."""
    wrong = source(town, tmp_path)
    (tmp_path / "token").write_text("a-wrong-token")
    async with listening(wrong, tmp_path, reading) as ear:
        health = await ear.health("refused", "read:statuses")
        cursor = (await ear.journal.cursors())["town"]
    assert health.http_status == 401
    assert (health.next_at - health.polled_at).total_seconds() == 3600
    assert b"a-wrong-token" not in cursor.state
    assert "a-wrong-token" not in health.text


@pytest.mark.parametrize("status_", [429, 503])
async def test_busy(town: Instance, reading: Readers, tmp_path: Path, status_: int) -> None:
    """What Retry-After asks for is waited out in full."""
    town.refuses = [web.Response(status=status_, headers={"Retry-After": "1234"})]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        health = await ear.health("unavailable", str(status_))
    assert (health.next_at - health.polled_at).total_seconds() == 1234
    assert health.failures == 1


async def test_wait_survives(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """A restart does not knock sooner than the service asked for."""
    town.refuses = [web.Response(status=429, headers={"Retry-After": "1234"})]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await ear.health("unavailable")
    async with listening(source(town, tmp_path), tmp_path, reading):
        await asyncio.sleep(0.5)
    assert len([asked for asked in town.asked if "streaming" in asked]) == 1


async def test_spent_quota(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Where the timeline's quota is nearly spent the rest of the gap waits, and the stream goes on meanwhile."""
    for number in range(1, 60):
        town.put(status(number, f"Post {number}"))
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await ear.items(40)
        town.listeners.cut()
        for number in range(60, 160):
            town.put(status(number, f"Post {number}"))
        town.remaining = 5
        await town.listeners.heard()
        town.put(status(200, "Post 200"))
        async with asyncio.timeout(20):
            while not any(item.id.endswith("200") for item in await ear.items()):
                await asyncio.sleep(0.05)
        assert len(await ear.items()) < 40 + 101
    assert len([asked for asked in town.asked if "min_id" in asked]) == 1


async def test_closed_timeline(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """An instance that shows nobody its timeline is streamed all the same, and people see what that means."""
    town.refuses_timeline = [web.Response(status=403)]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.listeners.heard()
        await ear.health("ok", "what was missed cannot be read")
        town.put(status(1, "Post 1"))
        assert len(await ear.items(1)) == 1


async def test_bad_events(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Events that cannot be read become one dead letter each; what is good between them is taken."""
    bad = [b"event: update\ndata: {\n\n", b"event: delete\ndata: ../../etc\n\n", b"event: update\ndata: [7]\n\n"]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        for number, event in enumerate((*bad, *bad), 1):
            town.listeners.send(event)
            town.put(status(number, f"Post {number}"))
        assert len(await ear.items(6)) == 6
        letters = await ear.letters(3)
        await asyncio.sleep(0.3)
        assert len(await ear.letters()) == 3
    assert sorted(letter.payload for letter in letters) == [b"../../etc", b"[7]", b"{"]
    assert ear.counted("read") == {"passed": 6, "dead-letter": 6}


async def test_oversize(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Of an event beyond the limit a dead letter keeps the beginning and the size, and the next one is read."""
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        town.say("update", json.dumps(status(1, "x" * 3_000_000)))
        town.put(status(2, "Post 2"))
        (item,) = await ear.items(1)
        (letter,) = await ear.letters(1)
    assert item.id.endswith("2")
    assert (letter.complete, len(letter.payload)) == (False, 1024 * 1024)
    assert letter.size > 3_000_000


async def test_full_queue(town: Instance, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full queue stops the reading and says so; nothing is lost by it."""
    monkeypatch.setattr(inbox, "BATCH_FRAMES", 5)
    monkeypatch.setattr(inbox.Inbox.__init__, "__defaults__", (10, *inbox.Inbox.__init__.__defaults__[1:]))
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        await ear.health("ok")
        for number in range(1, 201):
            town.put(status(number, f"Post {number}"))
        await ear.health("ok", "queue is full")
        assert len(await ear.items(200)) == 200


async def test_elsewhere(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """A redirect is not followed with a token in hand; people are told where it leads."""
    town.refuses = [web.Response(status=302, headers={"Location": "https://elsewhere.example/"})]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await ear.health("refused", "https://elsewhere.example/")


async def test_private_address(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """A stream at a private address is refused unless the source names the exception."""
    guarded = source(town, tmp_path).model_copy(update={"allow_private": False})
    async with listening(guarded, tmp_path, reading) as ear:
        await ear.health("refused", "private, loopback")
    assert town.asked == []


async def test_token_mended(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Where the token's file was not there nobody was asked: once it is, a restart listens at once."""
    mended = source(town, tmp_path)
    async with listening(mended.model_copy(update={"token_file": tmp_path / "none"}), tmp_path, reading) as ear:
        await ear.health("refused", "token_file")
    async with listening(mended, tmp_path, reading) as ear:
        await town.listeners.heard()
        await ear.health("ok")
