"""The first step, with the real lexicons and the real gazetteer."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from processors.enrich import enrich
from streams.codec import encode
from streams.errors import SourceUnreadable
from streams.items import EnrichedItem, ItemKind, Op, Quote, RawItem
from streams.steps import Dropped, Passed, Process, Why
from tests.known import knowledge
from tests.raw import FETCHED, raw_item, raw_page

ROOT = Path(__file__).parents[2]
TAKEN = "<p>Rapid Support Forces fighters captured the town of Sinja from the Sudanese army on Monday.</p>"
QUIET = "<p>The bakery on the corner opens an hour earlier on market days.</p>"

# Prints what enrich makes of the articles of the newsroom, in a process of its own under a date of its own.
ELSEWHERE = """
import sys, time_machine
with time_machine.travel(sys.argv[1], tick=False):
    from functools import partial
    from processors.enrich import enrich
    from processors.knowledge import load
    from tests.unit.test_enrich import newsroom_items
    from streams.codec import encode
    process = partial(enrich, knowledge=load())
    for item in newsroom_items():
        for record in process(item).records:
            sys.stdout.buffer.write(encode(record) + b"\\n")
"""


def newsroom_items() -> list[RawItem]:
    """Return a third of the newsroom's pages as items without a date, so that the pages themselves are asked for it."""
    from connectors.newsroom.article import desks  # noqa: PLC0415
    from connectors.newsroom.rendering import page  # noqa: PLC0415

    published = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    return [
        raw_page(page(desk, "https://news.example", article, article.words, published), language=desk.language)
        for desk in desks()
        for article in desk.articles[::3]
        if article.words.paragraphs
    ]


@pytest.fixture(scope="module")
def process() -> Process:
    return partial(enrich, knowledge=knowledge())


def enriched(process: Process, item: RawItem) -> EnrichedItem:
    outcome = process(item)
    assert isinstance(outcome, Passed)
    (record,) = outcome.records
    assert isinstance(record, EnrichedItem)
    return record


def test_what_the_item_claims_is_found(process: Process) -> None:
    """An item that says a town changed hands has a mention whose words stand in its text."""
    found = enriched(process, raw_item(TAKEN, title="News of the day"))
    (mention,) = found.mentions
    (place,) = mention.places
    assert mention.kind == "capture"
    assert found.text[place.start : place.end] == place.text == "Sinja"
    assert found.text.startswith("News of the day\n\n")


def test_item_without_mentions_passes(process: Process) -> None:
    """An item that claims nothing goes on: an earlier revision may have claimed something."""
    assert enriched(process, raw_item(QUIET)).mentions == ()


def test_item_without_text_ends(process: Process) -> None:
    """An empty page ends as empty, though it has a title."""
    assert process(raw_page("<html><body></body></html>", title="A title")) == Dropped(Why.EMPTY)


def test_deleted_item_passes_without_text(process: Process) -> None:
    """A deletion goes on without text, whatever the body holds."""
    found = enriched(process, raw_item(TAKEN, op=Op.DELETE, body=b"no zlib"))
    assert (found.op, found.text, found.mentions, found.signature) == (Op.DELETE, "", (), None)


def test_what_the_item_is_is_handed_on(process: Process) -> None:
    """Identity, source, owner, side, times and the mark of a demonstration stay as they came."""
    item = raw_item(
        TAKEN, owner="An Owner", side="side-1", demo=True, revision=3, author="A. Writer", published_at=FETCHED
    )
    found = enriched(process, item)
    for name in (
        "id",
        "revision",
        "source",
        "owner",
        "side",
        "demo",
        "kind",
        "url",
        "canonical_url",
        "fetched_at",
        "author",
    ):
        assert getattr(found, name) == getattr(item, name)
    assert found.published_at == FETCHED


def test_embedded_post_is_its_own_speaker(process: Process) -> None:
    """A claim made by an embedded post lies within the part that is marked."""
    post = (
        f'<blockquote class="twitter-tweet">{TAKEN}&mdash; Some One (@some_one) '
        '<a href="https://x.com/some_one/status/2028000000000000000">March 1, 2026</a></blockquote>'
    )
    found = enriched(process, raw_item(QUIET + post + QUIET))
    (part,), (mention,) = found.parts, found.mentions
    assert part.start <= mention.evidence.start < mention.evidence.end <= part.end


def test_same_words_give_the_same_hash_whatever_the_markup(process: Process) -> None:
    """Feed and page of the same words have one hash and one signature; other words have others."""
    one = enriched(process, raw_item(TAKEN, title="T"))
    same = enriched(process, raw_item(f"<div>{TAKEN}</div>", title="T", kind=ItemKind.POST))
    other = enriched(process, raw_item(QUIET, title="T"))
    assert (one.text_hash, one.signature) == (same.text_hash, same.signature)
    assert one.text_hash != other.text_hash
    assert one.signature != other.signature


def test_unreadable_body_is_refused(process: Process) -> None:
    """A body that is no text raises our error, so that its host keeps the record as a dead letter."""
    with pytest.raises(SourceUnreadable):
        process(raw_item("", body=zlib.compress(b"\x89PNG\r\n\x1a\n\0\0\0\0")))


def telling(date: str, seed: str) -> subprocess.Popen[bytes]:
    """Start a process under this date and hash seed that prints what enrich makes of the newsroom's pages."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", ELSEWHERE, date], cwd=ROOT, env=environment, stdout=subprocess.PIPE)


def test_date_and_hash_seed_change_no_byte(process: Process) -> None:
    """Enrich gives the same bytes in another year, under another hash seed and in this process."""
    with telling("2026-03-04", "1") as one, telling("2031-11-30", "2") as other:
        here = b"".join(encode(enriched(process, item)) + b"\n" for item in newsroom_items())
        assert one.communicate()[0] == other.communicate()[0] == here
    assert (one.returncode, other.returncode) == (0, 0)


def test_post_whose_words_were_taken_out_takes_them_back(process: Process) -> None:
    """A later revision of a post without words passes, so that its claims are withdrawn; a first one without ends."""
    emptied = raw_item("", kind=ItemKind.POST, revision=2)
    assert enriched(process, emptied).mentions == ()
    assert process(raw_item("", kind=ItemKind.POST)) == Dropped(Why.EMPTY)
    assert process(raw_item("", revision=2)) == Dropped(Why.EMPTY)


def test_forward_is_the_forwarded_words(process: Process) -> None:
    """A post without words of its own is wholly a part, hashed and signed as the words it passes on."""
    words = TAKEN.removeprefix("<p>").removesuffix("</p>")
    quote = Quote(text=words, author="River", handle="river", url="https://t.me/river/5")
    found = enriched(
        process, raw_item("", kind=ItemKind.POST, handle="harbour", media=("https://a.example/1",), quotes=(quote,))
    )
    plain = enriched(process, raw_item(TAKEN))
    assert [(part.start, part.end, part.handle) for part in found.parts] == [(0, len(words), "river")]
    assert (found.signature, found.text) == (plain.signature, words)
    assert (found.handle, found.handles, found.media) == ("harbour", ("harbour", "river"), ("https://a.example/1",))
    assert found.links == ("https://t.me/river/5",)


def test_own_words_sign_an_answer(process: Process) -> None:
    """What is quoted is no part of the signature of who quotes it: an answer is no copy."""
    quote = Quote(text=TAKEN, handle="river")
    alone, answer = (enriched(process, raw_item(QUIET, kind=ItemKind.POST, quotes=quotes)) for quotes in ((), (quote,)))
    assert alone.signature == answer.signature
    assert alone.text_hash != answer.text_hash


def test_stub() -> None:
    """That a page let nobody read on is passed on with the feed's own text, and makes no other claims of it."""
    open_, walled = (
        enrich(raw_item(TAKEN, stub=stub, wall=wall), knowledge=knowledge())
        for stub, wall in ((False, None), (True, "why"))
    )
    assert isinstance(open_, Passed)
    assert isinstance(walled, Passed)
    (one,), (two,) = open_.records, walled.records
    assert isinstance(one, EnrichedItem)
    assert isinstance(two, EnrichedItem)
    assert (one.stub, one.wall, two.stub, two.wall) == (False, None, True, "why")
    assert one.mentions == two.mentions
    assert one.mentions
