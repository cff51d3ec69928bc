"""What enrich costs beside bare trafilatura, on the same pages: a ratio, so that machines can be compared.

    python tests/bench/extract_rate.py [PAGES]

The pages are made from the newsroom's articles: its page around eight to
fifteen paragraphs, Arabic and English by turns.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import trafilatura

from connectors.newsroom.article import Article, Desk, Words, desks
from connectors.newsroom.rendering import page
from processors.enrich import enrich
from processors.extract import extract
from processors.knowledge import load
from streams.items import RawItem
from tests.raw import FETCHED, raw_page

PAGES = 200
SHORTEST, LONGEST = 8, 15


def page_of(desk: Desk, number: int) -> bytes:
    """Return a page with paragraphs of the desk's articles in a random order that `number` decides."""
    chance = random.Random(number)
    paragraphs = [text for article in desk.articles for text in article.words.paragraphs]
    chosen = tuple(chance.choices(paragraphs, k=chance.randint(SHORTEST, LONGEST)))
    words = Words(title=f"Page {number}", summary="", paragraphs=chosen)
    article = Article(slug=f"page-{number}", at=0, words=words)
    return page(desk, "https://news.example", article, words, datetime(2026, 3, 4, tzinfo=UTC))


def seconds_for(work: Callable[[RawItem], object], items: Sequence[RawItem]) -> float:
    """Return the seconds a page takes, after some pages to warm up."""
    for item in items[:10]:
        work(item)
    start = time.perf_counter()
    for item in items:
        work(item)
    return (time.perf_counter() - start) / len(items)


def main(count: int) -> None:
    """Print pages a second of each way to read the pages, and what they cost beside trafilatura."""
    rooms = [desk for desk in desks() if desk.charset == "utf-8"]
    pages = [page_of(rooms[number % len(rooms)], number) for number in range(count)]
    items = [raw_page(body, title=f"Page {n}", published_at=FETCHED) for n, body in enumerate(pages)]
    bodies = dict(zip((id(item) for item in items), pages, strict=True))
    ways: dict[str, Callable[[RawItem], object]] = {
        "trafilatura": lambda item: trafilatura.extract(bodies[id(item)], include_comments=False),
        "trafilatura with metadata": lambda item: trafilatura.extract(bodies[id(item)], with_metadata=True),
        "extract": extract,
        "enrich": partial(enrich, knowledge=load()),
    }
    costs = {name: seconds_for(work, items) for name, work in ways.items()}
    print(f"{count} pages of {sum(map(len, pages)) // count} bytes")
    for name, cost in costs.items():
        print(f"{name:26} {1 / cost:7.1f} pages/s {cost * 1000:7.2f} ms  x{cost / costs['trafilatura']:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
