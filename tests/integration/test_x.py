"""X against a server that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from connectors import x
from connectors.reading.readers import Readers
from streams.items import Op, RawItem
from tests.desk import reading
from tests.ear import listening
from tests.xhouse import BEGUN, TOKEN, House, fresh, source, there, whole

__all__ = ["reading", "there"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


def told(item: RawItem) -> str:
    """Return the words of an item."""
    return zlib.decompress(item.body).decode()


async def test_new_post(there: House, reading: Readers, tmp_path: Path) -> None:
    """A post is an item with its author's name and handle, its time, language and place on X."""
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1))
        (item,) = await whole(ear, 1)
    assert item.id == f"birds:{fresh(1)['id']}"
    assert (item.author, item.handle, item.language, told(item)) == ("Amal", "amal", "en", "The bridge is open")
    assert item.url == f"https://x.com/amal/status/{fresh(1)['id']}"
    assert item.published_at == (BEGUN[-1] + timedelta(seconds=10)).replace(microsecond=0)
    assert TOKEN not in str(there.asked)


async def test_edit(there: House, reading: Readers, tmp_path: Path) -> None:
    """Each version of an edited post is the next revision of the first, however often and late X tells it."""
    first, second, third = (fresh(1, f"Version {edits + 1}", edits=edits) for edits in range(3))
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        for shown in (first, first, third, second, third):
            there.put(shown)
        items = await whole(ear, 2)
        assert ear.counted("read") == {"passed": 2, "repeated": 3}
    assert [(item.id, item.revision, told(item)) for item in items] == [
        (f"birds:{first['id']}", 1, "Version 1"),
        (f"birds:{first['id']}", 3, "Version 3"),
    ]


async def test_gap(there: House, reading: Readers, tmp_path: Path) -> None:
    """What was posted during a disconnect is searched for page by page, and comes once."""
    there.page = 20
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        for number in range(1, 4):
            there.put(fresh(number))
        await ear.items(3)
        there.listeners.cut()
        for number in range(4, 100):
            there.put(fresh(number))
        await there.listeners.heard()
        there.put(fresh(101))
        items = await whole(ear, 100)
    assert len({item.id for item in items}) == 100
    searched = [asked for asked in there.asked if asked.startswith("search")]
    assert len(searched) >= 5
    assert 'query="bridge"&since_id=' in searched[0]


async def test_settled(there: House, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gap waits until search knows it and new rules are in force; what is streamed meanwhile is taken."""
    async with listening(source(there, tmp_path), tmp_path, reading):
        await there.listeners.heard()
    there.listeners.cut()
    there.put(fresh(1))
    monkeypatch.setattr(x, "SETTLED", timedelta(seconds=1.5))
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(2))
        (item,) = await ear.items(1)
        assert there.count("search") == 0
        items = await whole(ear, 2)
    assert [one.id for one in items] == [item.id, f"birds:{fresh(1)['id']}"]


async def test_new_names(there: House, reading: Readers, tmp_path: Path) -> None:
    """Where search knows the fields of a post by their new names, it is asked and read by these."""
    there.fields = "post.fields"
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.listeners.cut()
        there.put(fresh(1, edits=1))
        (item,) = await whole(ear, 1)
    assert (item.id, item.revision) == (f"birds:{fresh(1)['id']}", 2)


async def test_recheck(there: House, reading: Readers, tmp_path: Path) -> None:
    """Posts we hold are looked up where that is wanted: who deleted his post is taken back, an edit is taken."""
    wanted = source(there, tmp_path, recheck_hours=0.0001)
    async with listening(wanted, tmp_path, reading) as ear:
        await there.listeners.heard()
        for number in (1, 2, 3):
            there.put(fresh(number))
        await ear.items(3)
        newer = fresh(2, "The bridge is closed", edits=1)
        there.posts[newer["id"]] = newer
        there.posts[fresh(2)["id"]] = {**fresh(2), "edit_history_tweet_ids": newer["edit_history_tweet_ids"]}
        del there.posts[fresh(3)["id"]]
        items = await whole(ear, 5)
    assert {(item.id[6:], item.op, item.revision) for item in items[3:]} == {
        (fresh(2)["id"], Op.PUT, 2),
        (fresh(3)["id"], Op.DELETE, 2),
    }


async def test_restart(there: House, reading: Readers, tmp_path: Path) -> None:
    """After a restart the stream goes on where it was left: what was told meanwhile comes once."""
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1))
        await ear.items(1)
    there.listeners.cut()
    there.put(fresh(1, "The bridge is closed", edits=1))
    there.put(fresh(2))
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        items = await whole(ear, 3)
    assert [(item.id[6:], item.revision) for item in items] == [
        (fresh(1)["id"], 1),
        (fresh(1)["id"], 2),
        (fresh(2)["id"], 1),
    ]


async def test_backfill(there: House, reading: Readers, tmp_path: Path) -> None:
    """Who may has the last minutes streamed once more, and nothing is searched for."""
    async with listening(source(there, tmp_path, backfill_minutes=5), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1))
        await ear.items(1)
        there.listeners.cut()
        await there.listeners.heard()
        for number in (1, 2):
            there.put(fresh(number))
        await whole(ear, 2)
    opened = [asked for asked in there.asked if asked.startswith("stream")]
    assert "backfill" not in opened[0]
    assert "backfill_minutes=2" in opened[1]
    assert there.count("search") == 0
