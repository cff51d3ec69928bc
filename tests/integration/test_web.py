"""The web application on a real journal, asked over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec
import pytest

from streams.alerts import Alert
from streams.counters import Counters, Ending
from streams.items import Cursor, SourceHealth
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS
from streams.view import Card, card
from streams.web import board
from streams.web.app import build_app
from streams.web.serving import serving
from streams.web.signs import Signs
from tests.alerts import NOON, alert, telling
from tests.journals import journal
from tests.letters import letter
from tests.served import HOPELESS, LOOPBACK, events, heads, numbered, site, take

__all__ = ["journal"]


@pytest.mark.asyncio
async def test_an_alert_published_while_listening_arrives(journal):
    """A reader of the stream gets what was there and then what comes."""
    await journal.publish(CONTROL_ALERTS, numbered(1))
    async with site(journal) as session:
        reading = asyncio.create_task(take(session, 2))
        await take(session, 1)
        await journal.publish(CONTROL_ALERTS, numbered(2))
        assert heads(await reading) == ["headline 1", "headline 2"]


@pytest.mark.asyncio
async def test_resuming_misses_nothing_and_repeats_nothing(journal):
    """A reader who hangs up and resumes by its last id gets each alert once, over a restart of the server too."""
    await journal.publish(CONTROL_ALERTS, numbered(1, 2, 3))
    async with site(journal) as session:
        first = await take(session, 2)
    await journal.publish(CONTROL_ALERTS, numbered(4))
    async with site(journal) as session:
        rest = await take(session, 2, headers={"Last-Event-ID": first[-1][0]})
        assert heads(first + rest) == [f"headline {number}" for number in range(1, 5)]
        again = await take(session, 1, path=f"/stream?after={rest[0][0]}")
        assert heads(again) == ["headline 4"]


@pytest.mark.asyncio
async def test_a_reader_from_far_back_is_served_from_the_journal(journal, monkeypatch):
    """What has left the window in memory is read from the journal again, in order and once each."""
    monkeypatch.setattr(board, "_WINDOW", 5)
    await journal.publish(CONTROL_ALERTS, numbered(*range(40)))
    async with site(journal) as session:
        start = await take(session, 3)
        found = await take(session, 37, headers={"Last-Event-ID": start[-1][0]})
        reading = asyncio.create_task(take(session, 45))
        await journal.publish(CONTROL_ALERTS, numbered(*range(40, 45)))
        everything = await reading
    assert heads(start + found) == [f"headline {number}" for number in range(40)]
    assert len({id_ for id_, _ in found}) == 37
    assert heads(everything) == [f"headline {number}" for number in range(45)]


@pytest.mark.asyncio
async def test_a_position_of_another_journal_starts_over(journal):
    """A page left open while the journal was removed is not left waiting for ever."""
    await journal.publish(CONTROL_ALERTS, numbered(1))
    async with site(journal) as session:
        assert heads(await take(session, 1, headers={"Last-Event-ID": "0:999999"})) == ["headline 1"]


@pytest.mark.asyncio
async def test_what_the_journal_says_of_itself_is_shown(journal):
    """A journal that waits for room makes health 503 and names why; lags stand in health and metrics by step."""
    lags = {"enrich": 7, "revise": 0}
    troubles = {"journal": "the disk is full"}

    async def lag() -> dict[str, int]:
        return lags

    async with site(journal, signs=Signs(troubles=lambda: troubles, lags=lag)) as session:
        await until_ready(session)
        async with session.get("/health") as response:
            told = await response.json()
        assert (response.status, told["troubles"], told["lag"]) == (503, {"journal": "the disk is full"}, lags)
        async with session.get("/metrics") as response:
            assert 'changehands_lag_records{step="enrich"} 7.0' in await response.text()
        troubles.clear()
        async with session.get("/health") as response:
            assert (response.status, (await response.json())["status"]) == (200, "ok")


async def until_ready(session: aiohttp.ClientSession) -> None:
    """Return once the page has read the journal."""
    ready = False
    while not ready:
        async with session.get("/api/alerts") as response:
            ready = (await response.json())["ready"]


@pytest.mark.asyncio
async def test_a_reader_who_does_not_take_is_hung_up_and_goes_on_later(journal, monkeypatch):
    """Who lets a full connection stand is hung up and costs nothing more; resuming by his last id he misses nothing."""
    monkeypatch.setattr("streams.web.app._STUCK_SECONDS", 0.3)
    await journal.publish(CONTROL_ALERTS, long(0))
    async with asyncio.timeout(HOPELESS), site(journal) as session:
        await until_ready(session)
        async with narrow(session) as idle, idle.get("/stream", read_bufsize=1024) as response:
            first = [await response.content.readline() for _ in range(3)]
            told = await until_hung_up(session, journal)
            with pytest.raises(aiohttp.ClientError):
                await response.read()
        last = next(line.split(b":", 1)[1].strip().decode() for line in first if line.startswith(b"id:"))
        rest = await take(session, told - 1, headers={"Last-Event-ID": last})
    assert [head.split()[1] for head in heads(rest)] == [str(n) for n in range(1, told)]


def long(start: int) -> list[Alert]:
    """Return twenty alerts numbered from `start`, of 60 kB each."""
    numbers = range(start, start + 20)
    return [alert(f"alert-{n}", telling(), headline=f"headline {n} " + "x" * 60_000) for n in numbers]


@asynccontextmanager
async def narrow(session: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientSession]:
    """Give a session to the same site whose connections hold little that was not read."""

    def connection(address: aiohttp.connector.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, _ = address
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return made

    connector = aiohttp.TCPConnector(socket_factory=connection)
    async with aiohttp.ClientSession(session._base_url, connector=connector) as made:
        yield made


async def until_hung_up(session: aiohttp.ClientSession, journal) -> int:
    """Publish until nobody reads any more, for how much a connection holds is the kernel's choice; return how many."""
    told = 20
    while (await health(session))["readers"]:
        await journal.publish(CONTROL_ALERTS, long(told))
        told += 20
        await asyncio.sleep(0.1)
    return told


async def health(session: aiohttp.ClientSession) -> dict[str, int]:
    """Return what /health says."""
    async with session.get("/health") as response:
        return await response.json()


@pytest.mark.asyncio
async def test_a_revision_replaces_its_card(journal):
    """The list holds each alert once, newest first, with its life."""
    later = alert("alert-1", telling(), telling(source="other"), revision=2, headline="headline 1b", sources=2)
    await journal.publish(CONTROL_ALERTS, [*numbered(1, 2), later])
    async with site(journal) as session:
        found = await take(session, 3)
        async with session.get("/api/alerts") as response:
            listed = await response.json()
    assert [card["headline"] for card in listed["alerts"]] == ["headline 2", "headline 1b"]
    assert [moment["revision"] for moment in listed["alerts"][1]["history"]] == [1, 2]
    assert listed["position"] == found[-1][0]


@pytest.mark.asyncio
async def test_sources_dead_letters_and_endings_are_told(journal):
    """The panel's data names each source's last poll, what was dropped and why, and the dead letters."""
    health = SourceHealth(polled_at=NOON, next_at=NOON, outcome="ok", items_total=9, items_new=2)
    await journal.save([], Cursor(source="harbour-post", state=b"{}", health=health, saved_at=NOON))
    await journal.publish(DEAD_LETTERS, [letter("d", payload=b"x", size=1, text="not a record\x1b[2J")])
    counters = Counters()
    counters.count(Ending("enrich", "harbour-post", "no-mention"), 7)
    async with site(journal, counters) as session:
        async with asyncio.timeout(HOPELESS):
            await take_until(session, lambda state: state["dead_letters"]["total"] == 1)
        async with session.get("/api/sources") as response:
            state = await response.json()
    (source,) = state["sources"]
    assert (source["outcome"], source["items_total"]) == ("ok", 9)
    assert source["endings"] == {"enrich": {"no-mention": 7}}
    assert state["steps"] == {"enrich": {"no-mention": 7}}
    assert state["dead_letters"]["latest"][0]["text"] == "not a record␛[2J"


async def take_until(session, holds):
    """Ask for the state until it holds."""
    while True:
        async with session.get("/api/sources") as response:
            if holds(await response.json()):
                return
        await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_endings_stored_in_the_journal_are_preferred(journal):
    """Where the journal keeps the counts over restarts, those are shown."""

    async def endings():
        return {Ending("enrich", "harbour-post", "empty"): 4}

    async with site(journal, endings=endings) as session, session.get("/api/sources") as response:
        assert (await response.json())["steps"] == {"enrich": {"empty": 4}}


@pytest.mark.asyncio
async def test_delays_are_measured(journal):
    """Median and tail of fetched to alerted come from the alerts themselves."""
    now = datetime.now(UTC)
    told = telling(fetched=now - timedelta(seconds=2), published=now - timedelta(minutes=1))
    await journal.publish(CONTROL_ALERTS, [alert("a", told)])
    async with site(journal) as session:
        await take(session, 1)
        async with session.get("/health") as response:
            state = await response.json()
        async with session.get("/metrics") as response:
            assert "changehands_stream_readers" in await response.text()
    assert state["status"] == "ok"
    assert state["delay"]["median"] >= 2


@pytest.mark.asyncio
async def test_streams_end_when_the_server_stops(journal):
    """Stopping does not wait for readers: their streams end at once."""
    await journal.publish(CONTROL_ALERTS, numbered(1))
    ended = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        app = build_app(journal, Counters(), LOOPBACK)
        async with serving(app, LOOPBACK) as url:
            response = await session.get(f"{url}stream")
            stream = events(response)
            await anext(stream)
        async for _ in stream:
            pytest.fail("an alert came from nowhere")
        ended.set()
    assert ended.is_set()


def test_the_api_speaks_the_cards_own_shape():
    """What is sent can be read back as the card it was."""
    shown = card(alert(), alerted_at=NOON, names={})
    assert msgspec.json.decode(msgspec.json.encode(shown), type=Card) == shown
