"""Extraction: from feed fragments, pages and plain text to clean text with its parts."""

from __future__ import annotations

import os
import random
import zlib
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from processors.extract import extract
from streams.errors import BadRecord, SourceUnreadable
from streams.items import ItemKind
from streams.mentions import Precision
from tests.raw import FETCHED, raw_item, raw_page

TWEET = (
    '<blockquote class="twitter-tweet" data-lang="en"><p lang="ar" dir="rtl">وصل القطار<br>إلى المحطة '
    '<a href="https://twitter.com/hashtag/x">#سفر</a> <a href="https://t.co/aB1">pic.twitter.com/aB1</a></p>'
    '&mdash; Rail Fan (@rail_fan) <a href="https://twitter.com/rail_fan/status/1325000000000000000?ref_src=x">'
    "November 7, 2020</a></blockquote>"
)
PARAGRAPHS = (
    "<p>The station opened in spring after eleven years of work, and the first train left with forty passengers.</p>",
    "<p>The second train was late by an hour because a goat stood on the bridge near the old mill, drivers said.</p>",
)
BOX = '<div class="read-also"><h4>Read also</h4><ul><li><a href="/x">Pirates capture the moon base</a></li></ul></div>'


def page(*blocks: str, head: str = "") -> str:
    menu = "<nav><a href='/'>Home</a></nav>"
    return f"<html><head>{head}</head><body>{menu}<article>{''.join(blocks)}</article></body></html>"


def test_entry_becomes_paragraphs_with_its_title_first() -> None:
    """An entry's HTML becomes text, block by block, below its title."""
    found = extract(raw_item("<p>One &amp; <b>two</b></p>\n<p>three<br>four</p>", title="A title"))
    assert found.text == "A title\n\nOne & two\n\nthree\n\nfour"


@pytest.mark.parametrize("first", ["A plain title", "A  plain title!", "<h1>A plain title</h1>"])
def test_title_stands_once(first: str) -> None:
    """A body that begins with the title does not say it twice."""
    found = extract(raw_item(f"<div>{first}</div><p>Words.</p>", title="A plain title"))
    assert found.text == "A plain title\n\nWords."


def test_title_with_site_name_is_not_followed_by_the_headline() -> None:
    """A title that ends in the site's name counts as the headline it begins with."""
    found = extract(raw_item("<h1>A rather plain title</h1><p>Words.</p>", title="A rather plain title | Site"))
    assert found.body == "Words."


def test_title_is_text() -> None:
    """Tags and entities in a title are not kept."""
    assert extract(raw_item("", title="Tom &amp; <i>Anna</i> agree")).text == "Tom & Anna agree"


def test_no_markup_survives() -> None:
    """Scripts, styles and handlers leave nothing; what looks like a tag after unescaping is only text."""
    found = extract(
        raw_item("<p onclick=a()>Hi<script>alert(1)</script><style>p{}</style></p><svg><text>x</text></svg>")
    )
    assert found.text == "Hi"


def test_invisible_characters_are_taken_out() -> None:
    """Control characters, direction overrides and zero-width spaces are no part of a text."""
    assert extract(raw_item("<p>to&#x202e;wn\u200b is\x07 op\u00aden</p>")).text == "town is open"


def test_feed_signature_is_not_text() -> None:
    """The line that a blog's feed puts below each entry is dropped, since it repeats the title."""
    body = '<p>Words.</p><p>The post <a href="/a">A title</a> appeared first on <a href="/">Site</a>.</p>'
    assert extract(raw_item(body, title="A title")).text == "A title\n\nWords."


def test_page_is_its_article() -> None:
    """Menus and boxes of other headlines are not in a page's text, however short the article is."""
    found = extract(raw_page(page("<h1>Station opens</h1>", *PARAGRAPHS, BOX), title="Station opens"))
    assert "Pirates" not in found.text
    assert "Home" not in found.text
    assert found.text.startswith("Station opens\n\nThe station opened in spring")
    assert found.text.endswith("drivers said.")


def test_page_says_its_title_and_date_where_the_feed_did_not() -> None:
    """A page without a feed gives its own title and the moment it was published, in UTC."""
    head = (
        '<title>Station opens | Site</title><meta property="og:title" content="Station opens">'
        '<meta property="article:published_time" content="2026-03-02T10:00:00+03:00">'
    )
    found = extract(raw_page(page(*PARAGRAPHS, head=head)))
    assert found.title == "Station opens"
    assert (found.published_at, found.published_precision) == (datetime(2026, 3, 2, 7, tzinfo=UTC), Precision.INSTANT)


def test_page_date_of_a_day() -> None:
    """A date without a time is known to the day."""
    head = '<meta property="article:published_time" content="2026-03-01">'
    found = extract(raw_page(page(*PARAGRAPHS, head=head)))
    assert (found.published_at, found.published_precision) == (datetime(2026, 3, 1, tzinfo=UTC), Precision.DAY)


def test_page_date_in_the_future_is_not_believed() -> None:
    """Nothing is published after it was fetched."""
    head = '<meta property="article:published_time" content="2027-03-02T10:00:00+03:00">'
    assert extract(raw_page(page(*PARAGRAPHS, head=head))).published_at is None


def test_what_the_feed_said_holds() -> None:
    """Title and date of the feed win over those of the page."""
    head = '<title>Other</title><meta property="article:published_time" content="2026-03-01T00:00:00+00:00">'
    found = extract(raw_page(page(*PARAGRAPHS, head=head), title="Feed's", published_at=FETCHED))
    assert (found.title, found.published_at) == ("Feed's", FETCHED)


@pytest.mark.parametrize("body", ["", "<html><body></body></html>", "<!doctype html><html></html>", " \n "])
def test_page_without_an_article_is_empty(body: str) -> None:
    """A page without words has no text, not even its title: it must not replace what the feed said."""
    assert extract(raw_page(body, title="A title")).text == ""


def test_embedded_post_is_a_part_in_its_place() -> None:
    """A post inside a page stands where it stood, with author, handle, address and the moment its id tells."""
    found = extract(
        raw_page(page(PARAGRAPHS[0], f'<figure class="embed social">{TWEET}</figure>', PARAGRAPHS[1]), title="T")
    )
    (part,) = found.parts
    assert found.text[part.start : part.end] == "وصل القطار\n\nإلى المحطة #سفر"
    assert found.text.index("forty passengers") < part.start < found.text.index("The second train")
    assert (part.author, part.handle) == ("Rail Fan", "rail_fan")
    assert part.url == "https://twitter.com/rail_fan/status/1325000000000000000"
    assert part.published_at == datetime(2020, 11, 7, 8, 59, 51, tzinfo=UTC)
    assert "Rail Fan" not in found.text


def test_embedded_post_of_an_entry() -> None:
    """Offsets of a part hold in an entry too, below the title."""
    found = extract(raw_item(f"<p>Before.</p>{TWEET}<p>After.</p>", title="A title"))
    assert [found.text[part.start : part.end] for part in found.parts] == ["وصل القطار\n\nإلى المحطة #سفر"]
    assert found.hashtags == ("سفر",)


def test_post_without_a_class_is_known_by_its_signature() -> None:
    """A quotation signed with a handle and linked to a post is a post."""
    found = extract(raw_item(TWEET.replace(' class="twitter-tweet"', "")))
    assert [part.handle for part in found.parts] == ["rail_fan"]


def test_quotation_is_no_post() -> None:
    """A quotation in a text is the text's own."""
    found = extract(raw_item("<blockquote><p>It was a good year, she said.</p></blockquote><p>So it was.</p>"))
    assert found.parts == ()
    assert found.text == "It was a good year, she said.\n\nSo it was."


def test_telegram_post() -> None:
    """A Telegram message in a page is a part with its channel and its time."""
    body = (
        '<div class="tgme_widget_message js-widget_message" data-post="some_channel/17">'
        '<a class="tgme_widget_message_owner_name" href="https://t.me/some_channel"><span>Some Channel</span></a>'
        '<div class="tgme_widget_message_text js-message_text" dir="auto">The bridge<br/>is open.</div>'
        '<span class="tgme_widget_message_views">1.8K</span>'
        '<time datetime="2026-03-01T07:55:00+00:00">07:55</time></div>'
    )
    found = extract(raw_item(f"<p>Before.</p>{body}"))
    (part,) = found.parts
    assert found.text == "Before.\n\nThe bridge\n\nis open."
    assert (part.author, part.handle, part.url) == ("Some Channel", "some_channel", "https://t.me/some_channel/17")
    assert part.published_at == datetime(2026, 3, 1, 7, 55, tzinfo=UTC)


def test_mastodon_card_without_words_leaves_only_its_link() -> None:
    """An embed that holds no words of the post adds none of its own."""
    body = (
        '<p>Before.</p><blockquote class="mastodon-embed" data-embed-url="https://social.example/@anna/114638610368/embed">'
        '<a href="https://social.example/@anna/114638610368">Post by @anna View on Mastodon</a></blockquote>'
    )
    found = extract(raw_item(body))
    assert found.text == "Before."
    assert "https://social.example/@anna/114638610368" in found.links


def test_post_beside_the_article_is_left_out() -> None:
    """A side bar's post is not part of the article."""
    html = page(*PARAGRAPHS).replace("</body>", f"<aside>{TWEET}</aside></body>")
    assert extract(raw_page(html, title="T")).parts == ()


def test_marks_in_hostile_text_do_not_make_parts() -> None:
    """Text that imitates the internal marks of posts is only text."""
    mark = "\U000103d0"
    found = extract(raw_item(f"<p>{mark}0{mark}fake{mark} and {mark}99{mark}more{mark} {mark}</p>"))
    assert found.parts == ()
    assert mark not in found.text


def test_plain_text_keeps_its_lines() -> None:
    """Plain text is taken as it is, and its links are read."""
    found = extract(raw_item("One line\r\nof https://a.example/x.\n\nTwo", content_type="text/plain; charset=utf-8"))
    assert found.text == "One line\nof https://a.example/x.\n\nTwo"
    assert found.links == ("https://a.example/x.",)


def test_links_are_absolute_and_only_of_the_web() -> None:
    """Links are completed by the item's address; scripts and mails are no links."""
    found = extract(
        raw_item(
            '<a href="/b">b</a><a href="javascript:x()">c</a><a href="mailto:a@b.example">d</a><a href="//[">e</a>'
        )
    )
    assert found.links == ("https://news.example/b",)


def test_page_links_are_those_of_the_article() -> None:
    """Links of menus and boxes are not the article's."""
    linked = PARAGRAPHS[0].replace("spring", '<a href="/spring">spring</a>')
    assert extract(raw_page(page(linked, PARAGRAPHS[1], BOX), title="T")).links == ("https://news.example/spring",)


def test_hashtags_and_handles() -> None:
    """Hashtags keep their underscores; an address of mail is no handle."""
    found = extract(
        raw_item("<p>#دير_الزور and #Two by @rail_fan, not me@mail.example, not &#35;1</p>", hashtags=("zero",))
    )
    assert found.hashtags == ("zero", "دير_الزور", "Two")
    assert found.handles == ("rail_fan",)


ARABIC = "وصلت الشاحنات إلى السوق صباح اليوم محملة بالخضار، وقال التجار إن الأسعار ستنخفض."


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "windows-1256", "iso-8859-6", "utf-16"])
@pytest.mark.parametrize("declared", ["right", "none", "iso-8859-1", "windows-1252"])
def test_arabic_bytes_are_read_whatever_is_declared(charset: str, declared: str) -> None:
    """Arabic text is read right in each encoding, with a right, a missing or a Latin declaration."""
    stated = charset if declared == "right" else declared
    content_type = "text/plain" if declared == "none" else f"text/plain; charset={stated}"
    assert extract(raw_item(ARABIC.encode(charset), content_type=content_type)).text == ARABIC


def test_declaration_inside_the_page_counts() -> None:
    """A page's own charset is used where the server names none."""
    html = f'<meta charset="windows-1251"><p>{"Поезд прибыл на станцию утром."}</p>'
    assert (
        extract(raw_item(html.encode("windows-1251"), content_type="text/html")).text
        == "Поезд прибыл на станцию утром."
    )


def test_cut_letter_does_not_spoil_the_rest() -> None:
    """UTF-8 that ends in half a letter is still UTF-8."""
    found = extract(raw_item(ARABIC.encode()[:-2], content_type="text/plain"))
    assert found.text[:-2] == ARABIC[: len(found.text) - 2]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": b"no zlib"}, "not zlib data"),
        ({"body": zlib.compress(b"x" * 5000)[:-8]}, "ends too early"),
        ({"body": zlib.compress(b"\0" * 17 * 1024 * 1024)}, "more than 16777216 bytes"),
        ({"body": zlib.compress(b"%PDF-1.7 \xe2\xe3")}, "not text in any known encoding"),
        ({"body": zlib.compress(random.Random(1).randbytes(4000))}, "not text in any known encoding"),
        ({"content_type": "image/png"}, "only HTML and plain text"),
    ],
)
def test_unreadable_bodies_name_item_source_and_cause(change: dict[str, object], words: str) -> None:
    """What is damaged, too large or no text is refused in one clear error that names the item."""
    with pytest.raises(SourceUnreadable, match=words) as error:
        extract(raw_item(**{"body": zlib.compress(b"x"), **change}))
    assert "item-1" in str(error.value)
    assert isinstance(error.value, BadRecord)


def test_deeply_nested_page_is_refused_or_read() -> None:
    """A hundred thousand nested elements end in a text or in one of our errors."""
    with suppress(SourceUnreadable):
        assert "<" not in extract(raw_page("<div>" * 100_000 + "words", title="T")).text


def test_no_environment_matters() -> None:
    """The working directory and the time zone of the process change nothing."""
    first = extract(raw_page(page(*PARAGRAPHS)))
    os.environ["TZ"], kept = "Asia/Kathmandu", os.environ.get("TZ")
    try:
        assert extract(raw_page(page(*PARAGRAPHS))) == first
    finally:
        os.environ.pop("TZ") if kept is None else os.environ.update(TZ=kept)


def test_posts_are_read_as_entries() -> None:
    """A social post's HTML is read like an entry's."""
    assert extract(raw_item("<p>Short.</p>", kind=ItemKind.POST)).text == "Short."
