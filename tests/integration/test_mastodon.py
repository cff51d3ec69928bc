"""Mastodon against an instance that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import mastodon
from connectors.listening import inbox
from connectors.reading.readers import Readers
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import listening
from tests.instance import TOKEN, Instance, instance, status

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["reading"]


@pytest_asyncio.fixture(loop_scope="module")
async def town() -> AsyncIterator[Instance]:
    """Run an instance."""
    async with instance() as running:
        yield running


def source(town: Instance, folder: Path, path: str = "/public", **more: object) -> SourceSettings:
    """Return a source that streams from the instance with the user's token."""
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    return SourceSettings(
        id="town", kind="mastodon", url=town.base + path, token_file=token, allow_private=True, **more
    )


def told(item: object) -> str:
    """Return the words of an item."""
    return zlib.decompress(item.body).decode()


async def test_new_post(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """A post is an item with its author's handle, its time, language, hashtags and media."""
    picture = {
        "type": "image",
        "url": "https://files.example/1.jpg",
        "remote_url": None,
        "description": "The old bridge",
    }
    post = status(1, "The <b>bridge</b> is open", tags=[{"name": "bridge"}], media_attachments=[picture])
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        town.put(post)
        (item,) = await ear.items(1)
    assert (item.id, item.revision, item.kind, item.op) == (f"town:{post['id']}", 1, ItemKind.POST, Op.PUT)
    assert (item.author, item.handle, item.language) == ("Amal", "amal@127.0.0.1", "en")
    assert (item.hashtags, item.media) == (("bridge",), ("https://files.example/1.jpg",))
    assert item.published_at
    assert item.published_at.isoformat() == "2026-11-20T12:01:00+00:00"
    assert told(item) == "<p>The <b>bridge</b> is open</p><p>The old bridge</p>"
    assert town.asked[0] == "instance"


async def test_edit_and_deletion(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """An edit is the next revision of the same item, a deletion takes it back, and what is no post is passed over."""
    post = status(1, "The bridge is open")
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        town.put(post)
        town.say("filters_changed", "undefined")
        town.edit(post, "The bridge is closed")
        town.delete(post)
        items = await ear.items(3)
        assert ear.counted("read") == {"passed": 3, "other": 1}
    assert [(item.op, item.revision) for item in items] == [(Op.PUT, 1), (Op.PUT, 2), (Op.DELETE, 3)]
    assert len({item.id for item in items}) == 1


async def test_gap(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """What was posted, edited and deleted during a disconnect arrives after it, once."""
    posts = [status(number, f"Post {number}") for number in range(1, 131)]
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.listeners.heard()
        for post in posts[:4]:
            town.put(post)
        await ear.items(4)
        town.listeners.cut()
        for post in posts[4:]:
            town.put(post)
        town.edit(posts[0], "Post 1, corrected")
        town.delete(posts[1])
        await town.listeners.heard()
        town.put(status(200, "Post 200"))
        items = await ear.items(133)
        await asyncio.sleep(0.5)
        assert len(await ear.items()) == 133
    puts = [item.id for item in items if item.op is Op.PUT and item.revision == 1]
    assert len(puts) == len(set(puts)) == 131
    assert {(item.id, item.op, item.revision) for item in items if item.revision > 1} == {
        (f"town:{posts[0]['id']}", Op.PUT, 2),
        (f"town:{posts[1]['id']}", Op.DELETE, 2),
    }


@pytest.mark.parametrize(
    ("path", "stream", "timeline"),
    [
        ("", "public", "public?limit=40"),
        ("/public/local", "public/local", "public?local=true&limit=40"),
        ("/public/remote", "public/remote", "public?remote=true&limit=40"),
        (
            "/tags/%D8%AF%D9%85%D8%B4%D9%82",
            "hashtag?tag=%D8%AF%D9%85%D8%B4%D9%82",
            "tag/%D8%AF%D9%85%D8%B4%D9%82?limit=40",
        ),
        ("/lists/12", "list?list=12", "list/12?limit=40"),
        ("/home", "user", "home?limit=40"),
    ],
)
async def test_places(  # noqa: PLR0917 (three fixtures and three parameters)
    town: Instance, reading: Readers, tmp_path: Path, path: str, stream: str, timeline: str
) -> None:
    """Each page of Mastodon that an address can name has its stream and its timeline."""
    town.put(status(1, "Post 1"))
    async with listening(source(town, tmp_path, path), tmp_path, reading) as ear:
        await ear.items(1)
    assert [asked.rpartition("/api/v1/")[2] for asked in town.asked[1:3]] == [
        f"streaming/{stream}",
        f"timelines/{timeline}",
    ]


async def test_other_host(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """The stream is opened where the instance says, with the token in the header and nowhere else."""
    async with instance() as other:
        town.streaming = other.base.replace("http", "ws", 1)
        async with listening(source(town, tmp_path), tmp_path, reading) as ear:
            await other.listeners.heard()
            other.put(status(1, "Post 1"))
            await ear.items(1)
    assert [asked.partition("?")[0] for asked in (*town.asked, *other.asked)] == [
        "instance",
        "/api/v1/timelines/public",
        "/api/v1/streaming/public",
    ]
    assert TOKEN not in str(town.asked + other.asked)


async def test_not_public(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """What was written for followers or for one reader stays out of it, though a home timeline shows it."""
    async with listening(source(town, tmp_path, "/home"), tmp_path, reading) as ear:
        await town.level()
        for number, visibility in enumerate(("private", "direct", "unlisted", "public"), 1):
            town.put(status(number, "Post", visibility=visibility))
        assert len(await ear.items(2)) == 2
        assert ear.counted("read") == {"private": 2, "passed": 2}


async def test_boost_and_quote(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Whose words a boost or a quote passes on is kept: they are not the booster's own."""
    other = {"id": "9", "acct": "badr@far.example", "display_name": "Badr", "url": "https://far.example/@badr"}
    first = status(1, "The <b>bridge</b> is open<br>to carts", account=other)
    async with listening(source(town, tmp_path, "/home"), tmp_path, reading) as ear:
        await town.level()
        town.put(status(2, "ignored: a boost repeats the words", reblog=first))
        town.put(status(3, "Look", quote={"state": "accepted", "quoted_status": first}))
        town.put(status(4, "Look", quote={"state": "revoked", "quoted_status": None}))
        boost, quoting, bare = await ear.items(3)
    assert (told(boost), boost.handle) == ("", "amal@127.0.0.1")
    for item in (boost, quoting):
        (quoted,) = item.quotes
        assert (quoted.handle, quoted.text) == ("badr@far.example", "The bridge is open\nto carts")
        assert quoted.url == first["url"]
    assert bare.quotes == ()


async def test_edit_never_seen(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """An edit of a post never seen is an item of its own, and its next edit the revision after it."""
    post = status(1, "Long ago")
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.level()
        town.edit(post, "Long ago, corrected", minutes=1)
        town.edit(post, "Long ago, corrected again", minutes=2)
        items = await ear.items(2)
    assert [item.revision for item in items] == [61, 62]


async def test_filter(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """Words, tags and accounts choose the posts; a post that an edit makes fit is taken, its deletion passed on."""
    wanted = source(town, tmp_path, words=("bridge",), tags=("Sudan",), accounts=("badr@far.example",))
    badr = {"id": "9", "acct": "badr@far.example"}
    plain = status(1, "Lunch")
    async with listening(wanted, tmp_path, reading) as ear:
        await town.level()
        town.put(plain)
        town.put(status(2, "Two Bridges"))
        town.put(status(3, "Dinner", tags=[{"name": "sudan"}]))
        town.put(status(4, "Breakfast", account=badr))
        town.delete(status(5, "never taken"))
        town.edit(plain, "Lunch by the bridge")
        town.delete(plain)
        items = await ear.items(5)
        assert ear.counted("read") == {"passed": 5, "filtered": 1, "unknown": 1}
    assert [item.id[-1] for item in items] == ["2", "3", "4", "1", "1"]


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


async def test_restart(town: Instance, reading: Readers, tmp_path: Path) -> None:
    """After a restart the stream goes on where it was left: what was told meanwhile comes once."""
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        await town.listeners.heard()
        town.put(status(1, "Post 1"))
        await ear.items(1)
    town.put(status(2, "Post 2"))
    town.edit(status(1, "Post 1"), "Post 1, corrected")
    async with listening(source(town, tmp_path), tmp_path, reading) as ear:
        items = await ear.items(3)
        await asyncio.sleep(0.3)
        assert len(await ear.items()) == 3
    assert sorted((item.id[-1], item.revision) for item in items) == [("1", 1), ("1", 2), ("2", 1)]
