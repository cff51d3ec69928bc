"""Bluesky against a Jetstream that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import bluesky
from connectors.reading.readers import Readers
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, ItemKind, Op
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import listening
from tests.skyhouse import AMAL, BADR, FIRST, SECOND, SkyHouse, record, skyhouse

pytestmark = [pytest.mark.asyncio(loop_scope="module")]
both = pytest.mark.parametrize("path", [FIRST, SECOND], ids=["first", "second"])
__all__ = ["reading"]


@pytest_asyncio.fixture(loop_scope="module")
async def sky() -> AsyncIterator[SkyHouse]:
    """Run a Jetstream."""
    async with skyhouse() as running:
        yield running


def source(sky: SkyHouse, path: str = SECOND, **more: object) -> SourceSettings:
    """Return a source that streams from the server."""
    return SourceSettings(id="sky", kind="bluesky", url=sky.base + path, names_url=sky.base, allow_private=True, **more)


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
