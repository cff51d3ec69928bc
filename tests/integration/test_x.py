"""X against a server that follows the documented protocol, with the real engine and a real journal."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from connectors import x
from connectors.connector import Failure
from connectors.listening import engine
from connectors.listening.wires import asked, wired
from connectors.polling.means import utc_now
from connectors.reading.readers import Readers
from connectors.streaming import Ask
from streams.items import Op, RawItem
from streams.sources import SourceSettings
from tests.desk import reading
from tests.ear import FETCH, Ear, listening
from tests.loopback import on_loopback
from tests.xhouse import TOKEN, House, crowded, house, post

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["reading"]
# Search knows the last week only.


# When each test began; the last is the one that runs.
BEGUN: list[datetime] = []


@pytest_asyncio.fixture(loop_scope="module")
async def there(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """Run X; what X needs a minute for is there at once."""
    BEGUN.append(datetime.now(UTC))  # a search goes back a minute only, and this file was read long before its turn
    monkeypatch.setattr(x, "SETTLED", timedelta(0))
    monkeypatch.setattr(x, "HTTP_FIRST", 0.3)
    monkeypatch.setattr(engine, "STILL_SECONDS", 0.2)
    async with house() as running:
        yield running


def source(there: House, folder: Path, **more: Any) -> SourceSettings:
    """Return a source that is sent posts about a bridge."""
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    given = {"words": ("bridge",), "token_file": token, "allow_private": True, **more}
    return SourceSettings(id="birds", kind="x", url=f"{there.base}/2/tweets/search/stream", **given)


def fresh(number: int, text: str = "The bridge is open", **more: Any) -> dict[str, Any]:
    """Return a post of these minutes."""
    return post(number, text, began=BEGUN[-1], **more)


def told(item: RawItem) -> str:
    """Return the words of an item."""
    return zlib.decompress(item.body).decode()


async def until(condition: Any) -> None:
    """Wait until this holds."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


async def whole(ear: Ear, count: int) -> list[RawItem]:
    """Return the items once there are so many, and see that no more come."""
    await ear.items(count)
    await asyncio.sleep(0.5)
    items = await ear.items()
    assert len(items) == count
    return items


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


async def test_rules(there: House, reading: Readers, tmp_path: Path) -> None:
    """Before the stream is opened old rules of ours are deleted and missing ones added; no other is touched."""
    there.rules = {
        "1": {"value": "cats", "tag": "somebody's"},
        "2": {"value": "old words", "tag": "changehands:birds:0123456789ab"},
        "3": {"value": "dogs", "tag": "changehands:birds2:0123456789ab"},
    }
    wanted = source(there, tmp_path, words=("bridge", "dam"), tags=("حلب",), accounts=("@amal", "77"), language="ar")
    async with listening(wanted, tmp_path, reading):
        await there.listeners.heard()
    assert sorted(rule["value"] for rule in there.rules.values()) == [
        '("bridge" OR "dam" OR #حلب) lang:ar',
        "cats",
        "dogs",
        "from:amal OR from:77",
    ]
    assert [asked.partition(" ")[0] for asked in there.asked] == ["rules", "rules", "delete", "add", "stream"]


async def test_rules_kept(there: House, reading: Readers, tmp_path: Path) -> None:
    """Rules that are as configured are left as they are at the next start."""
    for _ in range(2):
        async with listening(source(there, tmp_path), tmp_path, reading):
            await there.listeners.heard()
        there.listeners.cut()
    assert (there.count("add"), there.count("delete"), len(there.rules)) == (1, 0, 1)


async def test_rule_refused(there: House, reading: Readers, tmp_path: Path) -> None:
    """A rule that X does not take is told with X's reason, and the others are streamed."""
    reason = {"title": "UnprocessableEntity", "details": ["no such operator (at position 3)"]}
    there.refused = {'"bridge"': reason}
    async with listening(source(there, tmp_path, accounts=("amal",)), tmp_path, reading) as ear:
        health = await ear.health("ok", "no such operator")
        await there.listeners.heard()
        there.put(fresh(1))
        await ear.items(1)
    assert "X does not take the rule '\"bridge\"'" in health.text
    assert there.count("add") == 1


async def test_no_rule_left(there: House, reading: Readers, tmp_path: Path) -> None:
    """Where X takes none of the rules, nothing is streamed and people see why."""
    there.refused = {'"bridge"': {"title": "UnprocessableEntity", "details": ["too short"]}}
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await ear.health("refused", "too short")
        await until(lambda: there.count("add") >= 2)
    assert there.count("stream") == 0


async def test_rule_of_somebody(there: House, reading: Readers, tmp_path: Path) -> None:
    """What somebody's rule with the very words of ours lets through is ours; what other rules do is not."""
    there.rules = {"1": {"value": '"bridge"', "tag": "somebody's"}, "2": {"value": "cats", "tag": "cats"}}
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1, "A cat"), tag="cats")
        there.put(fresh(2), tag="somebody's")
        (item,) = await whole(ear, 1)
        assert ear.counted("read") == {"passed": 1, "filtered": 1}
    assert item.id.endswith(fresh(2)["id"])
    assert there.count("add") == there.count("delete") == 0


async def test_rules_looked_after(
    there: House, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that somebody deletes while the stream is open are added again, and a failure there does not end it."""
    monkeypatch.setattr("connectors.posts.x.tending.STALE", timedelta(seconds=0.5))
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.answers["rules"] = [web.Response(status=503)]
        await ear.health("ok", "rules at X may be old ones")
        there.rules.clear()
        await until(lambda: there.rules)
        there.put(fresh(1))
        await ear.items(1)
    assert there.count("stream") == 1


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


async def test_silence(there: House, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life keep a quiet stream; without them it is made again at once, and nothing is lost."""
    monkeypatch.setattr(x, "IDLE_SECONDS", 0.5)
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        await asyncio.sleep(1.2)
        assert there.count("stream") == 1
        there.listeners.alive_seconds = 0.0
        there.put(fresh(1))
        await ear.items(1)
        there.listeners.forget()
        there.put(fresh(2))
        await there.listeners.heard()
        there.listeners.alive_seconds = 0.05
        await whole(ear, 2)
    assert ear.counted("stream")["silent"] >= 1


async def test_too_many_requests(there: House, reading: Readers, tmp_path: Path) -> None:
    """The reset that a 429 names is waited out in full; without one it is a minute, then two."""
    reset = {"x-rate-limit-reset": str(int(datetime.now(UTC).timestamp()) + 700)}
    there.answers["stream"] = [web.Response(status=429, headers=reset)]
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        health = await ear.health("unavailable", "429")
    assert 690 < (health.next_at - health.polled_at).total_seconds() <= 700
    there.answers["stream"] = [web.Response(status=429)]
    async with listening(source(there, tmp_path).model_copy(update={"id": "b"}), tmp_path, reading) as ear:
        health = await ear.health("unavailable", "429")
    assert (health.next_at - health.polled_at).total_seconds() == 60


async def test_refused_again(there: House, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals in a row wait longer each time, although the rules are answered for in between; frames end the row."""
    monkeypatch.setattr("connectors.posts.x.tending.FRESH", timedelta(seconds=0.2))
    there.answers["stream"] = [web.Response(status=503) for _ in range(4)]
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        async with asyncio.timeout(60):
            while (health := await ear.health("unavailable", "503")).failures < 4:
                await asyncio.sleep(0.05)
        assert there.count("rules") >= 4
        assert (health.next_at - health.polled_at).total_seconds() == pytest.approx(2.4)
        there.answers["stream"] = []
        await there.listeners.heard()
        there.put(fresh(1))
        await ear.items(1)
        assert (await ear.health("ok")).failures == 0


async def test_refusal_without_end() -> None:
    """A refusal whose body drips for ever is still the refusal it is, with what came of its reasons."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=429, headers={"Retry-After": "77"})
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b"because ")
                await asyncio.sleep(0.3)
        return response

    app = web.Application()
    app.router.add_post("/", drip)
    async with on_loopback(app) as base, wired(FETCH, now=utc_now) as wires:
        failure = await asked(wires, Ask(name="x", url=f"{base}/", method="POST"), "", allow_private=True)
    assert isinstance(failure, Failure)
    assert (failure.status, failure.retry_after) == (429, 77)
    assert failure.said.startswith("because because ")
    assert failure.text == f"POST {base}/: HTTP 429 Too Many Requests"


@pytest.mark.parametrize("is_told", [True, False])
async def test_taken_connection(there: House, reading: Readers, tmp_path: Path, is_told: bool) -> None:
    """That the one connection is taken is told in words, with what to look for, and tried again a minute later."""
    if not is_told:
        there.answers["stream"] = [web.json_response(crowded(), status=429)]
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        if is_told:
            await there.listeners.heard()
            there.say(crowded())
        health = await ear.health("unavailable", "maximum allowed connection limit")
    assert "does another installation listen with this token?" in health.text
    assert health.text.count("maximum allowed") == 1
    assert (health.next_at - health.polled_at).total_seconds() == 60


async def test_operational_disconnect(there: House, reading: Readers, tmp_path: Path) -> None:
    """What X says before it ends the stream is shown; what was posted meanwhile is not lost."""
    problem = {"title": "operational-disconnect", "detail": "Disconnected upstream for operational reasons."}
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1))
        there.say({"errors": [{**problem, "type": "https://api.x.com/2/problems/operational-disconnect"}]})
        there.put(fresh(2))
        await ear.health("unavailable", "operational-disconnect: Disconnected upstream")
        there.listeners.cut()
        await whole(ear, 2)
    assert ear.counted("stream")["told"] == 1


async def test_bad_lines(there: House, reading: Readers, tmp_path: Path) -> None:
    """Lines that cannot be read become one dead letter each, new kinds of message are passed over."""
    bad = [b"{", b'{"data": {"id": "../etc", "text": "x"}}', b"[7]"]
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        for number, data in enumerate((*bad, *bad), 1):
            there.listeners.send(data + b"\r\n")
            there.put(fresh(number))
        there.say({"something": "new"})
        there.listeners.send(json.dumps(fresh(9, "x" * 2_000_000)).encode() + b"\r\n")
        await whole(ear, 6)
        letters = await ear.letters(4)
        await until(lambda: ear.counted("read") == {"passed": 6, "dead-letter": 7, "other": 1})
    assert sorted(letter.payload for letter in letters if letter.complete) == sorted(bad)


async def test_wrong_token(there: House, reading: Readers, tmp_path: Path) -> None:
    """A token that is refused is told in X's words, is shown nowhere, and tried seldom."""
    wrong = source(there, tmp_path)
    (tmp_path / "token").write_text("a-wrong-token")
    async with listening(wrong, tmp_path, reading) as ear:
        health = await ear.health("refused", "Unauthorized")
        cursor = (await ear.journal.cursors())["birds"]
    assert health.http_status == 401
    assert b"a-wrong-token" not in cursor.state
    assert "a-wrong-token" not in health.text


async def test_search_refused(there: House, reading: Readers, tmp_path: Path) -> None:
    """Where search is refused the stream goes on and people see that a gap stays; where it is busy it waits."""
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.answers["search"] = [web.json_response({"title": "client-forbidden"}, status=403)]
        there.listeners.cut()
        await there.listeners.heard()
        await ear.health("ok", "what was missed cannot be read")
        reset = {"x-rate-limit-reset": str(int(datetime.now(UTC).timestamp()) + 2)}
        there.answers["search"] = [web.Response(status=429, headers=reset)]
        there.listeners.cut()
        there.put(fresh(1))
        await there.listeners.heard()
        there.put(fresh(2))
        items = await whole(ear, 2)
    assert [item.id[6:] for item in items] == [fresh(2)["id"], fresh(1)["id"]]


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
