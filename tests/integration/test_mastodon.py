"""Mastodon against an instance that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.readers import Readers
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
        await town.heard()
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
        await town.heard()
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
        await town.heard()
        for post in posts[:4]:
            town.put(post)
        await ear.items(4)
        town.cut()
        for post in posts[4:]:
            town.put(post)
        town.edit(posts[0], "Post 1, corrected")
        town.delete(posts[1])
        await town.heard()
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
