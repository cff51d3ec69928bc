"""An analyst's verdict over real HTTP: into the journal, through the steps, into stream and ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import msgspec
import pytest

from streams.codec import decode
from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.holding import Ledger
from streams.services import judging
from streams.settings import WebSettings, WorkerSettings
from streams.topics import CLAIMS, CONTROL_ALERTS, FEEDBACK, LEDGER
from streams.view import Card
from streams.web.app import build_app
from streams.web.serving import serving
from streams.web.verdicts import MOST_BYTES
from tests.alerts import alert
from tests.analysts import HOSTILE_NOTE, place, steps, told
from tests.journals import journal
from tests.served import HOPELESS, LOOPBACK, events, site

__all__ = ["journal"]

SAID = {"verdict": "reject", "revision": 1, "analyst": "Layla", "note": "an old film"}


@asynccontextmanager
async def watched(journal: SqliteJournal) -> AsyncIterator[aiohttp.ClientSession]:
    """Serve a journal whose steps run, with verdicts taken."""
    host = asyncio.create_task(EmbeddedHost(journal, steps(), Counters(), WorkerSettings()).run())
    app = build_app(journal, Counters(), LOOPBACK, judge=judging(journal, None))
    try:
        async with serving(app, LOOPBACK) as url, aiohttp.ClientSession(url) as session:
            yield session
    finally:
        host.cancel()
        with suppress(asyncio.CancelledError):
            await host


@asynccontextmanager
async def quiet(journal: SqliteJournal) -> AsyncIterator[aiohttp.ClientSession]:
    """Serve a journal with two revisions of one alert, with verdicts taken and nothing that hears them."""
    await journal.publish(CONTROL_ALERTS, [alert("a1"), alert("a1", revision=2), alert("a2")])
    app = build_app(journal, Counters(), LOOPBACK, judge=judging(journal, None))
    async with serving(app, LOOPBACK) as url, aiohttp.ClientSession(url) as session:
        yield session


async def post(session: aiohttp.ClientSession, id_: str = "a2", headers=None, **said: object) -> tuple[int, str]:
    """Give a verdict; return status and text of the answer."""
    async with session.post(f"/api/alerts/{id_}/feedback", json=SAID | said, headers=headers) as answer:
        return answer.status, await answer.text()


async def verdicts(journal: SqliteJournal) -> list[object]:
    return [decode(stored.value) async for stored in journal.read(FEEDBACK)]


async def ledger(journal: SqliteJournal) -> dict[str, str]:
    """Return who holds which place by the last pages."""
    pages = [decode(stored.value) async for stored in journal.read(LEDGER)]
    last = {page.place_key: page for page in pages if isinstance(page, Ledger)}
    held = {page.place.name: page.stretches[-1].holders for page in last.values() if page.stretches}
    return {name: holders[0].key for name, holders in held.items() if holders}


@pytest.mark.asyncio
async def test_a_verdict_revises_the_alert_on_the_stream_and_the_ledger(journal: SqliteJournal) -> None:
    """Corrected, then rejected over HTTP: each time the stream tells the next revision, and the ledgers follow."""
    await journal.publish(CLAIMS, [told()])
    async with asyncio.timeout(HOPELESS), watched(journal) as session, session.get("/stream") as stream:
        cards = events(stream)
        _, first = await anext(cards)
        assert await ledger(journal) == {"Manbij": "islamic-state"}
        status, answer = await post(session, first["id"], verdict="correct", place="الرقة، سوريا", note=HOSTILE_NOTE)
        assert (status, json.loads(answer)["place_id"]) == (201, place("Raqqa").id)
        _, second = await anext(cards)
        assert (second["id"], second["revision"], second["state"]) == (first["id"], 2, "confirmed")
        assert (second["place"], second["judged"]["verdict"], second["judged"]["analyst"]) == (
            "Raqqa",
            "corrected",
            "Layla",
        )
        assert second["judged"]["note"].isprintable()
        await until(lambda: ledger(journal), {"Raqqa": "islamic-state"})
        assert (await post(session, first["id"]))[0] == 409
        assert (await post(session, first["id"], revision=2))[0] == 201
        _, third = await anext(cards)
        assert (third["revision"], third["state"], third["judged"]["note"]) == (3, "rejected", "an old film")
        await until(lambda: ledger(journal), {})
        async with session.get(f"/api/alerts/{first['id']}") as answered:
            known = await answered.json()
    assert known["alert"]["state"] == "rejected"
    assert [one["verdict"] for one in known["verdicts"]] == ["correct", "reject"]
    assert known["verdicts"][0]["note"].isprintable()


async def until(ask, expected: object) -> None:
    """Wait until the answer is as expected; the test's timeout ends a wait that is in vain."""
    while await ask() != expected:
        await asyncio.sleep(0.05)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("id_", "said", "status", "text"),
    [
        ("a2", {"verdict": "confrm"}, 400, "did you mean confirm?"),
        ("a2", {"verdict": "correct", "place": "Tripoli"}, 400, "geonames:266826 (Tripoli, LB)"),
        ("a2", {"verdict": "correct", "to": "Martians"}, 400, "no actor 'Martians'"),
        ("a2", {"revision": None}, 400, "say which revision"),
        ("a2", {"revision": 7}, 400, "no revision 7"),
        ("a2", {"revision": "1"}, 400, "Expected `int | null`"),
        ("a2", {"analyst": " "}, 400, "analyst is empty"),
        ("a2", {"hidden": 1}, 400, "unknown field `hidden`"),
        ("a2", {"note": "x" * 2001}, 400, "note has 2001 characters"),
        ("a1", {}, 409, "revision 1 is no longer the last"),
        ("a", {}, 404, "no alert has the id 'a'"),
        ("%1b%5b2J", {}, 404, "no alert has the id '\\x1b[2J'"),
    ],
)
async def test_what_cannot_be_taken_is_answered_in_words(
    journal: SqliteJournal, id_: str, said: dict[str, object], status: int, text: str
) -> None:
    """Each refusal has its status and says what would be right; nothing reaches the topic."""
    async with quiet(journal) as session:
        answered, words = await post(session, id_, **said)
        assert (answered, text in words) == (status, True), words
        assert words.removesuffix("\n").isprintable()
    assert await verdicts(journal) == []


@pytest.mark.asyncio
async def test_an_older_revision_can_be_judged_by_force(journal: SqliteJournal) -> None:
    """With force the verdict is of the revision that was looked at."""
    async with quiet(journal) as session:
        assert (await post(session, "a1", force=True))[0] == 201
    (verdict,) = await verdicts(journal)
    assert (verdict.alert_id, verdict.revision) == ("a1", 1)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://proxy.example"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
async def test_no_other_site_gives_verdicts(journal: SqliteJournal, headers: dict[str, str], status: int) -> None:
    """A page of another site, another name for this machine and whatever a form can send are refused."""
    async with quiet(journal) as session:
        body = json.dumps(SAID)
        sent = {"Content-Type": "application/json"} | headers
        async with session.post("/api/alerts/a2/feedback", data=body, headers=sent) as answer:
            assert answer.status == status
    assert len(await verdicts(journal)) == (status == 201)


@pytest.mark.asyncio
async def test_the_pages_own_origin_is_known_by_older_browsers_too(journal: SqliteJournal) -> None:
    """Without Sec-Fetch-Site the page's own Origin is the host that was asked."""
    async with quiet(journal) as session:
        origin = str(session._base_url.origin())
        assert (await post(session, headers={"Origin": origin}))[0] == 201


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b'{"verdict":"reject","revision":1,"analyst":"\\ud800"}', 400),
        (b"[" * 20_000, 400),
        (b'{"note":"' + b"x" * MOST_BYTES + b'"}', 413),
    ],
)
async def test_what_is_no_verdict_is_refused(journal: SqliteJournal, body: bytes, status: int) -> None:
    """Bytes that are no JSON object of ours, or too many, get an answer and not a trace."""
    async with quiet(journal) as session:
        headers = {"Content-Type": "application/json"}
        async with session.post("/api/alerts/a2/feedback", data=body, headers=headers) as answer:
            assert answer.status == status
            assert "Traceback" not in await answer.text()
    assert await verdicts(journal) == []


@pytest.mark.asyncio
async def test_one_alert_is_given_however_old(journal: SqliteJournal) -> None:
    """An alert that left the list is found in the journal, in the list's own shape; an unknown one is 404."""
    await journal.publish(CONTROL_ALERTS, [alert(f"a{number}", headline=f"headline {number}") for number in range(510)])
    async with site(journal) as session:
        for id_ in ("a0", "a509"):
            async with session.get(f"/api/alerts/{id_}") as answer:
                known = await answer.json()
            shown = msgspec.convert(known["alert"], Card)
            assert (shown.id, shown.headline, known["verdicts"]) == (id_, f"headline {id_[1:]}", [])
        async with session.get("/api/alerts/zz") as answer:
            assert (answer.status, await answer.text()) == (404, "no alert has the id zz\n")


@pytest.mark.asyncio
@pytest.mark.parametrize(("opened", "status"), [(False, 403), (True, 201)])
async def test_a_page_that_others_reach_takes_verdicts_only_where_it_is_told_to(
    journal: SqliteJournal, opened: bool, status: int
) -> None:
    """Bound to all addresses the page refuses verdicts and says how to give them, unless it is set to take them."""
    await journal.publish(CONTROL_ALERTS, [alert("a2")])
    settings = WebSettings(host="0.0.0.0", port=0, open_feedback=opened)
    app = build_app(journal, Counters(), settings, judge=judging(journal, None))
    async with serving(app, settings) as url:
        port = int(url.rsplit(":", 1)[1].strip("/"))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            answered, text = await post(session)
    assert (answered, "changehands feedback" in text) == (status, not opened)
    assert len(await verdicts(journal)) == opened


@pytest.mark.asyncio
async def test_a_verdict_that_finds_no_room_is_refused_at_once(tmp_path):
    """While services wait for room on the disk an analyst is told so, and nothing of the verdict is kept."""
    journal = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}", patient=True)
    async with quiet(journal) as session:
        pages = journal._writer.execute("PRAGMA page_count").fetchone()[0]
        journal._writer.execute(f"PRAGMA max_page_count = {pages}")
        long = [alert("b1", headline="x" * 100_000)]
        waiting = asyncio.create_task(journal.publish(CONTROL_ALERTS, long))
        await journal.room.changed.wait()
        status, text = await post(session)
        assert (status, "free some space" in text) == (503, True)
        journal._writer.execute("PRAGMA max_page_count = 1000000")
        await waiting
        assert (await post(session))[0] == 201
        assert len([one async for one in journal.read(FEEDBACK)]) == 1
    await journal.close()
