"""Bluesky against a Jetstream that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.reading.readers import Readers
from streams.items import ItemKind, Op
from tests.desk import reading
from tests.ear import listening
from tests.skyhouse import AMAL, BADR, FIRST, SECOND, SkyHouse, record, sky, source

__all__ = ["reading", "sky"]
pytestmark = [pytest.mark.asyncio(loop_scope="module")]
both = pytest.mark.parametrize("path", [FIRST, SECOND], ids=["first", "second"])


@both
async def test_new_post(sky: SkyHouse, reading: Readers, tmp_path: Path, path: str) -> None:
    """A post is an item with its account, time, language, links, hashtags, pictures and what it quotes."""
    text = "Мост открыт, see example.org/b... #bridge"
    at = len("Мост открыт, see ".encode())
    facets = [
        {
            "index": {"byteStart": at, "byteEnd": at + 16},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/bridge"}],
        },
        {
            "index": {"byteStart": at + 17, "byteEnd": at + 24},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "bridge"}],
        },
    ]
    cid = "bafkreicwsq23gkygrgpijv7ocssxdyjokfv3quss3f2dg4csds3jpeqkwe"
    embed = {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": {"record": {"uri": f"at://{BADR}/app.bsky.feed.post/3kquoted", "cid": cid}},
        "media": {"images": [{"alt": "The <old> bridge", "image": {"$type": "blob", "ref": {"$link": cid}}}]},
    }
    async with listening(source(sky, path), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3kpost", record(text, facets=facets, embed=embed))
        (item,) = await ear.items(1)
    assert (item.id, item.revision, item.kind) == (f"sky:at://{AMAL}/app.bsky.feed.post/3kpost", 1, ItemKind.POST)
    assert (item.handle, item.language, item.hashtags) == (AMAL, "en", ("bridge",))
    assert item.url == f"https://bsky.app/profile/{AMAL}/post/3kpost"
    assert item.media == (f"https://cdn.bsky.app/img/feed_fullsize/plain/{AMAL}/{cid}",)
    assert [(quote.handle, quote.url) for quote in item.quotes] == [
        (BADR, f"https://bsky.app/profile/{BADR}/post/3kquoted")
    ]
    assert zlib.decompress(item.body).decode() == (
        'Мост открыт, see <a href="https://example.org/bridge">example.org/b...</a> #bridge'
        "<p>The &lt;old&gt; bridge</p>"
    )
    assert item.published_at
    assert item.published_at.isoformat() == "2026-11-20T12:00:00+00:00"


@both
async def test_edit_and_deletion(sky: SkyHouse, reading: Readers, tmp_path: Path, path: str) -> None:
    """An edit is the next revision, a deletion takes the item back; events of accounts are passed over."""
    async with listening(source(sky, path), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3kpost", record("The bridge is open"))
        sky.tell(AMAL, "identity", {"did": AMAL, "handle": "amal.example", "seq": 1, "time": "2026-11-20T12:00:00Z"})
        sky.tell(AMAL, "account", {"did": AMAL, "active": True, "seq": 2, "time": "2026-11-20T12:00:00Z"})
        sky.commit("update", "3kpost", record("The bridge is closed"))
        sky.commit("delete", "3kpost")
        items = await ear.items(3)
        assert ear.counted("read") == {"passed": 3, "other": 2}
    assert [(item.op, item.revision) for item in items] == [(Op.PUT, 1), (Op.PUT, 2), (Op.DELETE, 3)]
    assert sky.data_frames == 0


@both
async def test_gap(sky: SkyHouse, reading: Readers, tmp_path: Path, path: str) -> None:
    """What was told during a disconnect arrives after it, once."""
    async with listening(source(sky, path), tmp_path, reading) as ear:
        await sky.heard()
        for number in range(5):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        await ear.items(5)
        await sky.cut()
        for number in range(5, 300):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        sky.commit("update", "3k0", record("Post 0, corrected"))
        sky.commit("delete", "3k1")
        items = await ear.items(302)
        await asyncio.sleep(0.3)
        assert len(await ear.items()) == 302
    assert len({(item.id, item.revision) for item in items}) == 302
    assert [item.revision for item in items[-2:]] == [2, 2]
    assert items[-1].op is Op.DELETE


@both
async def test_account_gone(sky: SkyHouse, reading: Readers, tmp_path: Path, path: str) -> None:
    """When an account is taken down, all that we hold of it is taken back, and of nobody else."""
    async with listening(source(sky, path), tmp_path, reading) as ear:
        await sky.heard()
        for number in range(3):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        sky.commit("create", "3kbadr", record("Another's post"), did=BADR)
        sky.tell(
            AMAL,
            "account",
            {"did": AMAL, "active": False, "status": "takendown", "seq": 2, "time": "2026-11-20T12:00:00Z"},
        )
        items = await ear.items(7)
    assert {item.id.rpartition("/")[2] for item in items if item.op is Op.DELETE} == {"3k0", "3k1", "3k2"}


async def test_renumbered(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """A Jetstream that was killed numbers its events anew: what it reads again is left out, what is new is taken."""
    async with listening(source(sky), tmp_path, reading) as ear:
        await sky.heard()
        for number in range(10):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        await ear.items(10)
        await sky.cut()
        now = int(datetime.now(UTC).timestamp() * 1e6)
        sky.events = [replace(told, seq=told.seq - 4, micros=now + told.seq) for told in sky.events[4:]]
        for number in range(10, 13):
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
        items = await ear.items(13)
        await asyncio.sleep(0.3)
        assert len(await ear.items()) == 13
    assert [item.id.rpartition("/")[2] for item in items] == [f"3k{number}" for number in range(13)]


async def test_names(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """Accounts given by name are looked up, and only theirs are asked for; posts then bear the name."""
    sky.handles = {"amal.example": AMAL}
    wanted = source(sky, accounts=("@Amal.example", BADR, "nobody.example"))
    async with listening(wanted, tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Post 1"))
        sky.commit("create", "3k2", record("Post 2"), did="did:plc:somebodyelse")
        sky.commit("create", "3k3", record("Post 3"), did=BADR)
        items = await ear.items(2)
    assert [item.handle for item in items] == ["amal.example", BADR]
    assert sorted(sky.asked[0]["dids"]) == [AMAL, BADR]


async def test_words(sky: SkyHouse, reading: Readers, tmp_path: Path) -> None:
    """Of a word list only what has one of the words is taken, and an edit or deletion of the rest is of no concern."""
    async with listening(source(sky, words=("captur", "سيطر")), tmp_path, reading) as ear:
        await sky.heard()
        sky.commit("create", "3k1", record("Lunch"))
        sky.commit("create", "3k2", record("They CAPTURED it"))
        sky.commit("create", "3k3", record("وسيطَرت القوات"))
        sky.commit("delete", "3k1")
        sky.commit("update", "3k2", record("No, they did not"))
        items = await ear.items(3)
        assert ear.counted("read") == {"filtered": 1, "passed": 3, "unknown": 1}
    assert [(item.id[-3:], item.revision) for item in items] == [("3k2", 1), ("3k3", 1), ("3k2", 2)]
