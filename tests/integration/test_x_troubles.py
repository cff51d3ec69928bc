"""X where it refuses, falls silent or sends what nobody can read; engine and journal are real."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from connectors import x
from connectors.connector import Failure
from connectors.listening.wires import asked, wired
from connectors.polling.means import utc_now
from connectors.reading.readers import Readers
from connectors.streaming import Ask
from tests.desk import reading
from tests.ear import FETCH, listening
from tests.loopback import on_loopback
from tests.xhouse import House, crowded, fresh, source, there, until, whole

__all__ = ["reading", "there"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


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
