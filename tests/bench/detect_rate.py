"""What detection costs beside bare trafilatura on the same pages, and how its time grows with the length of a text.

    python tests/bench/detect_rate.py [PAGES]

The pages are the newsroom's page around eight to fifteen of its paragraphs,
Arabic and English by turns, of three kinds: paragraphs as they come, paragraphs
without a word that could tell a change, and paragraphs that each tell one.
Detection reads the text that trafilatura takes out of them. A ratio compares
machines; time for each character that stays the same shows that time is linear,
on dense news and on texts that no writer wrote: without sentence ends, a line of
triggers, thousands of names, a line of dots.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import trafilatura

from connectors.newsroom.article import Article, Desk, Words, desks
from connectors.newsroom.rendering import page
from processors.detect import detect
from processors.knowledge import Knowledge, load

PAGES = 200
SHORTEST, LONGEST = 8, 15
TIMES = (1, 2, 4)
BASE = 5
HOSTILE = {
    "claims": "Rebels captured the town of Sarab from the army. ",
    "no sentence ends": "soldiers captured the town of sarab from the rebels and ",
    "a line of triggers": "rebels captured Raqqa and seized it and ",
    "names": "army took Aleppo, Homs, Mosul, Idlib and ",
    "dots": "army took it........................................",
    "nothing but letters": "armycaptured",
}
HOSTILE_SIZE = 50_000
ROUNDS = 3


def paragraphs_of(desk: Desk) -> list[str]:
    """Return every paragraph of a desk's articles."""
    return [text for article in desk.articles for text in article.words.paragraphs]


def by_kind(desk: Desk, knowledge: Knowledge) -> dict[str, list[str]]:
    """Return a desk's paragraphs by what they ask of detection."""
    every = paragraphs_of(desk)
    silent = [text for text in every if not any(lex.stems.search(text.lower()) for lex in knowledge.lexicons.values())]
    telling = [text for text in every if detect(text, knowledge=knowledge)]
    return {"as they come": every, "without triggers": silent, "each tells a change": telling}


def page_of(desk: Desk, paragraphs: Sequence[str], number: int) -> str:
    """Return a page with some of these paragraphs in a random order that `number` decides."""
    chance = random.Random(number)
    chosen = tuple(chance.choices(paragraphs, k=chance.randint(SHORTEST, LONGEST)))
    words = Words(title=f"Page {number}", summary="", paragraphs=chosen)
    article = Article(slug=f"page-{number}", at=0, words=words)
    return page(desk, "https://news.example", article, words, datetime(2026, 3, 4, tzinfo=UTC)).decode("utf-8")


def seconds_for(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return the seconds a text takes in the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text in texts:
            work(text)
        rounds.append((time.perf_counter() - start) / len(texts))
    return min(rounds)


def main(count: int) -> None:
    """Print what detection costs beside trafilatura for each kind of page, then against the length of a text."""
    knowledge = load()
    rooms = [(desk, by_kind(desk, knowledge)) for desk in desks() if desk.charset == "utf-8"]
    print(f"{count} pages of each kind")
    for kind in rooms[0][1]:
        pages = [page_of(*_turn(rooms, number, kind), number) for number in range(count)]
        texts = [trafilatura.extract(body) or "" for body in pages]
        bare = seconds_for(trafilatura.extract, pages)
        cost = seconds_for(lambda text: detect(text, knowledge=knowledge), texts)
        told = sum(len(detect(text, knowledge=knowledge)) for text in texts) / count
        print(
            f"{kind:20} {sum(map(len, texts)) // count:6} characters {told:5.1f} claims"
            f"  trafilatura {bare * 1000:6.2f} ms  detect {cost * 1000:6.2f} ms  x{cost / bare:.2f}"
        )
    _growth(knowledge, [text for _, kinds in rooms for text in kinds["each tells a change"]])


def _turn(rooms: Sequence[tuple[Desk, dict[str, list[str]]]], number: int, kind: str) -> tuple[Desk, list[str]]:
    """Return the desk whose turn it is and its paragraphs of a kind."""
    desk, kinds = rooms[number % len(rooms)]
    return desk, kinds[kind]


def _growth(knowledge: Knowledge, paragraphs: Sequence[str]) -> None:
    """Print the time for each character of dense news and of hostile texts, of twice and of four times as much."""
    for times in TIMES:
        _print_cost(knowledge, "dense news", times, "\n\n".join([*paragraphs] * (BASE * times)))
    for kind, piece in HOSTILE.items():
        for times in TIMES:
            _print_cost(knowledge, kind, times, piece * (HOSTILE_SIZE * times // len(piece)))


def _print_cost(knowledge: Knowledge, kind: str, times: int, text: str) -> None:
    """Print the time for a text and for each of its characters."""
    cost = seconds_for(lambda text: detect(text, knowledge=knowledge), [text])
    share = cost / len(text) * 1e6
    print(f"{kind:20} {times}x {len(text):7} characters {cost * 1000:8.1f} ms  {share:6.2f} us a character")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
