"""The demonstration newsroom over real HTTP, read with the connectors' own charset rule and feed parser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from connectors.newsroom import newsroom, sources_of
from connectors.newsroom.article import desks
from connectors.newsroom.ugly import shaped, stretched
from connectors.reading.charset import decode
from connectors.reading.entries import Entry
from connectors.reading.formats import document
from processors.extract import Extracted, extract
from processors.normalise import fold
from streams.sources import SourceSettings
from tests.raw import raw_page

OPENED = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ALL = timedelta(hours=1)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = OPENED

    def __call__(self) -> datetime:
        return self.now


class Reader:
    """A reader of the newsroom, over HTTP."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self.sources = {source.id: source for source in sources_of(base)}
        self.base, self.session = base, session

    async def get(self, url: str) -> tuple[bytes, str]:
        async with self.session.get(url) as answer:
            assert answer.status == 200
            return await answer.read(), answer.headers["content-type"]

    async def entries(self, source: SourceSettings) -> tuple[Entry, ...]:
        body, content_type = await self.get(source.url)
        text = decode(body, content_type=content_type, language=source.language).text
        return document(text, url=source.url, now=OPENED + ALL).entries

    async def page(self, url: str, language: str | None = None) -> Extracted:
        body, content_type = await self.get(url)
        text = decode(body, content_type=content_type, language=language).text
        return extract(raw_page(text, language=language))


@asynccontextmanager
async def reading(clock: Clock) -> AsyncIterator[Reader]:
    async with newsroom(clock=clock) as base, aiohttp.ClientSession() as session:
        yield Reader(base, session)


@pytest.mark.asyncio
async def test_articles_appear_by_the_schedule() -> None:
    """At the opening a few articles are there, dated now; the others come one by one, newest first."""
    clock = Clock()
    async with reading(clock) as reader:
        source = reader.sources["demo-english"]
        first = await reader.entries(source)
        clock.now += timedelta(seconds=10)
        later = await reader.entries(source)
    assert {entry.published_at for entry in first} == {OPENED}
    assert 0 < len(first) < len(later)
    assert later[0].published_at == OPENED + timedelta(seconds=9)
    assert later[-len(first) :] == first


@pytest.mark.asyncio
async def test_every_page_gives_its_article_and_nothing_else() -> None:
    """From each page, with its menus, boxes, wrong charset and stretched letters, exactly the article is extracted."""
    clock = Clock()
    async with reading(clock) as reader:
        clock.now += ALL
        for desk in desks():
            for article in desk.articles:
                found = await reader.page(f"{reader.base}/{desk.name}/{article.slug}.html", desk.language)
                said = list(article.words.paragraphs) + ([f"({article.credit})"] if article.credit else [])
                if article.post:
                    said.insert(article.post.after_paragraph, article.post.words)
                assert fold(found.body).text == fold("\n\n".join(said)).text, article.slug
                assert [part.handle for part in found.parts] == ([article.post.handle] if article.post else [])


@pytest.mark.asyncio
async def test_old_server_lies_about_its_bytes() -> None:
    """The old newspaper sends windows-1256 under another name, and is read right all the same."""
    clock = Clock()
    async with reading(clock) as reader:
        clock.now += ALL
        source = reader.sources["demo-legacy"]
        body, content_type = await reader.get(source.url)
        titles = {entry.title for entry in await reader.entries(source)}
        page, page_type = await reader.get(f"{reader.base}/legacy/hays.html")
    assert b"iso-8859-1" in body
    assert "charset" not in content_type
    assert "iso-8859-1" in page_type
    assert "الحوثيون يسيطرون على مدينة حيس" in titles
    with pytest.raises(UnicodeDecodeError):
        page.decode()


@pytest.mark.asyncio
async def test_correction_follows_a_reading() -> None:
    """An article is corrected, in the feed and on its page, once it is time and somebody has read the mistake."""
    clock = Clock()
    async with reading(clock) as reader:
        source, url = reader.sources["demo-english"], f"{reader.base}/english/djibo.html"
        clock.now += ALL
        unread = {entry.title for entry in await reader.entries(source)}
        first = await reader.page(url)
        second = await reader.page(url)
        corrected = {entry.title for entry in await reader.entries(source)}
    assert "Fighters of JNIM seize the town of Djibo" in unread
    assert "seized the town" in first.body
    assert "did not seize the town" in second.body
    assert "Correction: fighters of JNIM did not seize Djibo" in corrected


@pytest.mark.asyncio
async def test_ids_outlive_the_address() -> None:
    """The newsroom started again, at another port, tells the same articles under the same ids."""
    async with reading(Clock()) as one, reading(Clock()) as other:
        ids = [[entry.guid for entry in await reader.entries(reader.sources["demo-arabic"])] for reader in (one, other)]
        assert one.base != other.base
    assert ids[0] == ids[1]


@pytest.mark.asyncio
async def test_unchanged_answers_are_not_sent_again() -> None:
    """A reader that sends the tag it was given gets 304 and no body."""
    clock = Clock()
    async with reading(clock) as reader:
        url = reader.sources["demo-arabic"].url
        async with reader.session.get(url) as answer:
            tag = answer.headers["etag"]
        async with reader.session.get(url, headers={"If-None-Match": tag}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        clock.now += ALL
        async with reader.session.get(url, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 200


@pytest.mark.asyncio
async def test_there_is_nothing_else() -> None:
    """What is not published, or not there, is not found."""
    async with reading(Clock()) as reader:
        for path in ("english/festival.html", "english/none.html", "none/feed.xml", "robots.txt", "english/../../x"):
            async with reader.session.get(f"{reader.base}/{path}") as answer:
                assert answer.status == 404


def test_demonstration_is_marked() -> None:
    """Every desk says DEMO in its title and is a demonstration source at a loopback address."""
    for source in sources_of("http://127.0.0.1:1"):
        assert source.name is not None
        assert source.name.startswith("DEMO")
        assert source.demo
        assert source.allow_private


def test_letters_as_print_sets_them() -> None:
    """Stretched and shaped words differ from plain ones and fold back to them."""
    plain = "انسحبت القوات من بلدة الأعلى ثم عادت إلى الشاطئ"
    for ugly in (stretched(plain), shaped(plain)):
        assert ugly != plain
        assert fold(ugly).text == fold(plain).text
    assert shaped("سلام") == "\ufeb3\ufee0\ufe8e\ufee1"
