"""Mastodon against an instance that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest

from connectors.reading.readers import Readers
from streams.items import ItemKind, Op
from tests.desk import reading
from tests.ear import listening
from tests.instance import TOKEN, Instance, instance, source, status, town

__all__ = ["reading", "town"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


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
