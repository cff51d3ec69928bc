"""What one fetch brought, in few words and numbers."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.asking.redirects import Hop, follow
from connectors.asking.robots import Leave, kept_out
from connectors.asking.status import VERDICTS, barred, no_answer, refusal
from connectors.connector import Failure, Reading, Request, Response
from connectors.polling.brought import ABOUT, READ, WAYS, came_of, fetch_of
from connectors.polling.progress import Step, begun, cursor_of, loaded, with_fetch
from streams.fetches import Came, Way
from tests.feedmaker import NOW, SOURCE, URL, answer, poll

CONNECTORS = Path(__file__).parents[2] / "connectors"


@pytest.mark.parametrize(
    ("status", "came"),
    [
        (401, Came.AUTH), (403, Came.REFUSED), (404, Came.MISSING), (410, Came.GONE), (418, Came.REFUSED),
        (429, Came.BUSY), (451, Came.REFUSED), (500, Came.BROKEN), (503, Came.BUSY), (599, Came.BROKEN),
    ],
)  # fmt: skip
def test_statuses(status: int, came: Came) -> None:
    """A refusal has the word for its status."""
    assert came_of(refusal(URL, status, {}, NOW)) is came


def test_failures() -> None:
    """What was no answer at all says whose fault that may be."""
    shut = kept_out(Leave(allowed=False), URL)
    assert shut is not None
    failures = [
        refusal(URL, 403, {"cf-mitigated": "challenge"}, NOW),
        no_answer(URL, "no whole answer in time"),
        no_answer(URL, "the network cannot be reached", ours=True),
        barred(URL, "a private address"),
        barred(URL, "redirected in a circle", about="redirects"),
        shut,
        Failure(outcome="unreadable", text="no feed", weight=0.5, status=200),
        Failure(outcome="unavailable", text="no posts", weight=0.25, status=200),
    ]
    assert [came_of(one) for one in failures] == [
        Came.BLOCKED, Came.SILENT, Came.NETWORK, Came.BARRED, Came.BARRED, Came.ROBOTS, Came.UNREADABLE, Came.BROKEN,
    ]  # fmt: skip


def test_all_words_are_known() -> None:
    """Whatever word a kind uses for how a reading ended, or for what an operator should know, has one here."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in CONNECTORS.rglob("*.py"))
    assert set(re.findall(r'\boutcome="([a-z]+)"', text)) <= set(READ)
    abouts = set(re.findall(r'\babout(?:: str)?="([a-z]+)"', text)) | {verdict.about for verdict in VERDICTS.values()}
    assert abouts - {""} <= set(ABOUT)
    assert {came_of(Reading(state=b"", outcome=word)) for word in READ} == set(READ.values())


def test_measured() -> None:
    """What came over the wire and what it was unpacked, what was new and what was known, and how long it took."""
    said = replace(answer("x" * 900), wire=300, seconds=0.1234)
    fetch = fetch_of("harbour", Way.POLL, said, Reading(state=b"", fresh=2, known=18), NOW, published=3)
    assert (fetch.came, fetch.http_status, fetch.took) == (Came.OK, 200, (123,))
    assert (fetch.wire, fetch.size, fetch.new, fetch.known, fetch.published) == (300, 900, 2, 18, 3)
    silent = replace(no_answer(URL, "nothing"), seconds=30.0)
    fetch = fetch_of("harbour", Way.POLL, silent, silent, NOW)
    assert (fetch.took, fetch.wire, fetch.http_status) == ((30_000,), 0, None)
    assert fetch_of("harbour", Way.PAGE, barred(URL, "no"), barred(URL, "no"), NOW).took == ()
    pushed = fetch_of("harbour", Way.PUSH, answer("x", status=226), Reading(state=b""), NOW)
    assert (pushed.way, pushed.http_status, pushed.took) == (Way.PUSH, None, ())


def test_all_ways() -> None:
    """Each purpose of a request is a way of fetching."""
    assert {purpose.value for purpose in WAYS} == {way.value for way in WAYS.values()}


def test_time_of_redirects() -> None:
    """A fetch took what its redirects took too, whether it ended well or not."""
    ends: tuple[Response | Failure, ...] = (answer("x"), no_answer(URL, "nothing"))
    for end in ends:
        web = {URL: Hop(status=301, location="/b", seconds=0.5), "http://news.example/b": replace(end, seconds=0.25)}
        assert asyncio.run(follow(poll(), _asking(web))).seconds == 0.75


def _asking(web: dict[str, Response | Failure | Hop]):  # type: ignore[no-untyped-def]
    async def ask(request: Request) -> Response | Failure | Hop:
        return web[request.url]

    return ask


def test_kept_with_the_cursor() -> None:
    """Quiet polls lie in the cursor until something comes; they are no part of what the source's state says."""
    quiet = Reading(state=b"", outcome="unchanged")
    step = Step(items=(), progress=begun(NOW, URL))
    for _ in range(2):
        fetch = fetch_of("harbour", Way.POLL, replace(answer("", status=304), seconds=0.1), quiet, NOW)
        step = with_fetch(Step(items=(), progress=step.progress), fetch)
    cursor = cursor_of(SOURCE, step.progress, NOW, step.fetches)
    assert (cursor.fetches, cursor.quiet and cursor.quiet.took) == ((), (100, 100))
    assert b"took" not in cursor.state
    assert loaded(cursor) == step.progress
    busy = fetch_of("harbour", Way.POLL, *[refusal(URL, 429, {}, NOW)] * 2, NOW)
    told = with_fetch(Step(items=(), progress=loaded(cursor)), busy)
    assert (told.fetches, told.progress.quiet) == ((cursor.quiet, busy), None)
