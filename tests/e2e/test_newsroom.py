"""The demonstration newsroom through everything: its server, the poller, the embedded journal and the real flow."""

from __future__ import annotations

import asyncio
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.newsroom import newsroom, sources_of
from connectors.newsroom.article import desks
from connectors.poller import poll_forever
from processors.flow import flow
from streams.alerts import Alert
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.items import ItemKind, RawItem
from streams.records import Record
from streams.settings import Settings, WorkerSettings
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, RAW_ITEMS, Topic

PATIENCE_SECONDS = 90
# The schedule of a minute within a few seconds.
PACE = 0.1
ARTICLES = [(desk, article) for desk in desks() for article in desk.articles]
EXPECTED = tomllib.loads(files("connectors.newsroom").joinpath("expected.toml").read_text(encoding="utf-8"))


async def records(journal: SqliteJournal, topic: Topic) -> list[Record]:
    return [decode(stored.value) async for stored in journal.read(topic)]


def is_all_read(items: Sequence[Record]) -> bool:
    """Whether every article was read as entry and as page, and the corrected one's page twice."""
    seen = Counter(item.kind for item in items if isinstance(item, RawItem))
    corrected = sum(article.corrected is not None for _, article in ARTICLES)
    return seen[ItemKind.ENTRY] >= len(ARTICLES) and seen[ItemKind.PAGE] >= len(ARTICLES) + corrected


@asynccontextmanager
async def running(journal: SqliteJournal) -> AsyncIterator[None]:
    """Run newsroom, poller and host as tasks of this process."""
    settings = Settings()
    async with newsroom(pace=PACE) as base:
        host = EmbeddedHost(journal, flow(settings), Counters(), WorkerSettings(count=2))
        tasks = {
            asyncio.create_task(host.run()),
            asyncio.create_task(poll_forever(sources_of(base), journal)),
        }
        try:
            yield
            for task in tasks:
                assert not task.done(), task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


async def drained(journal: SqliteJournal) -> None:
    """Wait until all that was polled has ended in every step."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_all_read(await records(journal, RAW_ITEMS)):
            await asyncio.sleep(0.3)
        for step in flow(Settings()):
            while await journal.position(step.name) < await journal.end(step.source):
                await asyncio.sleep(0.05)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SqliteJournal]:
    path: Path = tmp_path_factory.mktemp("newsroom") / "journal.db"
    kept = SqliteJournal(f"sqlite:///{path}")
    async with running(kept):
        await drained(kept)
    yield kept
    await kept.close()


async def last_alerts(journal: SqliteJournal) -> dict[str, Alert]:
    found = await records(journal, CONTROL_ALERTS)
    return {alert.id: alert for alert in found if isinstance(alert, Alert)}


def told(alert: Alert) -> dict[str, object]:
    """Return what expected.toml says of an alert."""
    return {
        "place": alert.place.id,
        "kind": alert.kind.value,
        "from": (alert.from_holder and alert.from_holder.id) or "",
        "to": (alert.to_holder and alert.to_holder.id) or "",
        "state": alert.state.value,
        "sources": alert.independent_sources,
    }


@pytest.mark.asyncio(loop_scope="module")
async def test_newsroom_yields_exactly_its_alerts(journal: SqliteJournal) -> None:
    """The newsroom ends in exactly the alerts of its table: none for denials, plans, history or football."""
    found = [told(alert) for alert in (await last_alerts(journal)).values()]
    expected = [{key: value for key, value in alert.items() if key != "name"} for alert in EXPECTED["alert"]]
    assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.asyncio(loop_scope="module")
async def test_all_alerts_are_marked_as_demonstration(journal: SqliteJournal) -> None:
    """Nothing of the newsroom can be taken for news."""
    alerts = (await last_alerts(journal)).values()
    assert alerts
    assert all(alert.demo for alert in alerts)


@pytest.mark.asyncio(loop_scope="module")
async def test_evidence_stands_in_the_articles(journal: SqliteJournal) -> None:
    """Every alert's first evidence names a place in its own sentence, and its item is one of the newsroom's."""
    for alert in (await last_alerts(journal)).values():
        first = alert.evidence[0]
        assert first.evidence.text in first.evidence.sentence
        assert first.item.source.startswith("demo-")


@pytest.mark.asyncio(loop_scope="module")
async def test_every_item_ends_once(journal: SqliteJournal) -> None:
    """Each item read ends in enrich exactly once, nothing in dead letters, the page without words as empty."""
    items = await records(journal, RAW_ITEMS)
    by_outcome: Counter[str] = Counter()
    for ending, times in (await journal.endings()).items():
        if ending.step == "enrich":
            by_outcome[ending.outcome] += times
    assert sum(by_outcome.values()) == len(items)
    assert by_outcome["empty"] == 1
    assert await records(journal, DEAD_LETTERS) == []


def test_newsroom_is_mostly_about_other_things() -> None:
    """Fewer than half of the articles are about control, and half of those tell of no change."""
    words = EXPECTED["articles"]
    about, changes = set(words["about_control"]), set(words["tell_a_change"])
    names = {f"{desk.name}/{article.slug}" for desk, article in ARTICLES}
    assert changes < about < names
    assert 2 * len(about) <= len(names)
    assert 2 * len(changes) <= len(about)
