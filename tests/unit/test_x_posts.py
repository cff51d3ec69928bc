"""A post of X as an item, part by part."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.posts.x.api import message_in
from connectors.posts.x.items import Around, item_of
from connectors.posts.x.sieve import id_at, time_of
from streams.errors import SourceUnreadable
from streams.items import RawItem
from streams.sources import SourceSettings
from tests.xhouse import AMAL, post

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BADR = {"id": "8", "username": "badr", "name": "Badr"}


def item(shown: dict[str, Any], **includes: Any) -> RawItem:
    """Return the item a line makes."""
    source = SourceSettings(
        id="s", kind="x", url="https://api.x.example", token_file=Path("/no"), words=("a",), language="ar"
    )
    message = message_in(json.dumps({"data": shown, "includes": {"users": [AMAL, BADR], **includes}}).encode())
    assert message.data
    return item_of(message.data, Around(message.includes), source, revision=1, now=NOW)


def told(one: RawItem) -> str:
    """Return the words of an item."""
    return zlib.decompress(one.body).decode()


def test_links_and_marks() -> None:
    """Short links become what they lead to, marks are escaped once, lines are kept."""
    entities = {
        "urls": [
            {"url": "https://t.co/ab", "expanded_url": "https://far.example/?a=1&b=2", "display_url": "far.example/…"},
            {"url": "https://t.co/abc", "expanded_url": "https://x.com/a/photo/1", "media_key": "3_1"},
        ]
    }
    text = "a &lt;b&gt; &amp; c\nhttps://t.co/ab https://t.co/abc"
    assert told(item(post(1, text, entities=entities))) == (
        'a &lt;b&gt; &amp; c<br><a href="https://far.example/?a=1&amp;b=2">far.example/…</a>'
    )


def test_hostile_link() -> None:
    """An address that is none leads nowhere, and what it would show is escaped."""
    entities = {"urls": [{"url": "https://t.co/a", "expanded_url": "javascript:x()", "display_url": "<script>"}]}
    assert told(item(post(1, "see https://t.co/a", entities=entities))) == "see &lt;script&gt;"


def test_long_post() -> None:
    """Of a long post the full words and their hashtags are taken."""
    note = {"text": "long " * 100 + "#end", "entities": {"hashtags": [{"start": 500, "end": 504, "tag": "end"}]}}
    shown = item(post(1, "long…", note_tweet=note))
    assert told(shown).endswith("#end")
    assert shown.hashtags == ("end",)


def test_media() -> None:
    """A picture's address and its description, a film's best size, else its preview."""
    films = [
        {"content_type": "application/x-mpegURL", "url": "https://video.example/a.m3u8"},
        {"content_type": "video/mp4", "bit_rate": 100, "url": "https://video.example/small.mp4"},
        {"content_type": "video/mp4", "bit_rate": 900, "url": "https://video.example/large.mp4"},
    ]
    media = [
        {"media_key": "1", "type": "photo", "url": "https://pbs.example/1.jpg", "alt_text": "The <old> bridge"},
        {"media_key": "2", "type": "video", "variants": films},
        {"media_key": "3", "type": "animated_gif", "preview_image_url": "https://pbs.example/3.jpg"},
    ]
    shown = item(post(1, "Look", attachments={"media_keys": ["1", "2", "3", "4"]}), media=media)
    assert shown.media == ("https://pbs.example/1.jpg", "https://video.example/large.mp4", "https://pbs.example/3.jpg")
    assert told(shown) == "Look<p>The &lt;old&gt; bridge</p>"


def test_repost() -> None:
    """A post that is passed on has no words of its own; those in full, tags and language are the other's."""
    other = post(
        0,
        "The bridge is open &amp; safe",
        author_id="8",
        lang="fr",
        entities={"hashtags": [{"start": 0, "end": 1, "tag": "t"}]},
    )
    shown = item(
        post(1, "RT @badr: The brid…", referenced_tweets=[{"type": "retweeted", "id": other["id"]}]), tweets=[other]
    )
    (quote,) = shown.quotes
    assert (told(shown), shown.handle, shown.language, shown.hashtags) == ("", "amal", "fr", ("t",))
    assert (quote.text, quote.author, quote.handle) == ("The bridge is open & safe", "Badr", "badr")
    assert quote.url == f"https://x.com/badr/status/{other['id']}"


def test_repost_of_nothing() -> None:
    """Where X does not show the post that is passed on, what stands in the repost is its writer's."""
    shown = item(post(1, "RT @badr: The brid…", referenced_tweets=[{"type": "retweeted", "id": "5"}]))
    (quote,) = shown.quotes
    assert (told(shown), quote.text, quote.handle) == ("", "The brid…", "badr")


@pytest.mark.parametrize("names", [("referenced_tweets", "tweets"), ("referenced_posts", "posts")])
def test_quote_and_reply(names: tuple[str, str]) -> None:
    """What is quoted or answered is its writer's, and the link to it is left out, under either name of the fields."""
    other, third = post(0, "The bridge is open", author_id="8"), post(2, "Is it?", author_id="9")
    link = {"url": "https://t.co/q", "expanded_url": f"https://twitter.com/badr/status/{other['id']}"}
    references = [{"type": "quoted", "id": other["id"]}, {"type": "replied_to", "id": third["id"]}]
    more: dict[str, Any] = {"entities": {"urls": [link]}, names[0]: references}
    shown = item(post(1, "Look https://t.co/q", **more), **{names[1]: [other, third]})
    assert told(shown) == "Look"
    assert [(quote.handle, quote.text) for quote in shown.quotes] == [("badr", "The bridge is open"), (None, "Is it?")]


@pytest.mark.parametrize(("lang", "language"), [("und", "ar"), ("qme", "ar"), (None, "ar"), ("iw", "he"), ("uk", "uk")])
def test_language(lang: str | None, language: str) -> None:
    """X's names for languages are read; where it names none the source's is taken."""
    assert item(post(1, "a", lang=lang)).language == language


def test_no_author() -> None:
    """Where X does not say who wrote it, or the name is none, X's address without a name leads there."""
    shown = item(post(1, "a", author_id="99"))
    assert (shown.handle, shown.author, shown.url) == (None, None, f"https://x.com/i/status/{post(1, '')['id']}")
    hostile = {"id": "10", "username": "../evil", "name": "x"}
    assert item(post(1, "a", author_id="10"), users=[hostile]).url == shown.url


@pytest.mark.parametrize(
    "data",
    [
        {"id": "1/2", "text": "a"},
        {"id": "1", "text": "a", "edit_history_tweet_ids": ["x"]},
        {"id": "1" * 20, "text": "a"},
        {"id": "١", "text": "a"},
        {"id": 1, "text": "a"},
        {"id": "1"},
    ],
)
def test_no_post(data: dict[str, Any]) -> None:
    """What is no post, by its ids or its form, is unreadable."""
    with pytest.raises(SourceUnreadable):
        message_in(json.dumps({"data": data}).encode())


def test_snowflake() -> None:
    """An id tells the millisecond: X's own example is of 2020-01-01 (docs.x.com, fundamentals/x-ids)."""
    assert id_at(time_of("1212092628029698048")) == str(1212092628029698048 >> 22 << 22)
    assert time_of("1212092628029698048").date().isoformat() == "2019-12-31"
