"""What is read of a channel's page: own shapes, after the documented structure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.posts.telegram.page import MAX_TEXT, Post, channel_page
from streams.items import Quote
from streams.mentions import Precision
from tests.channelmaker import NOTHING, Message, forwarded, front, page, reply
from tests.feedmaker import NOW


def post(words: str | None = "Words.", **more: object) -> Post:
    """Return message 7 of a channel as it is read."""
    (read,) = channel_page(page("harbour", Message(number=7, words=words, **more)), NOW).posts  # type: ignore[arg-type]
    return read


def test_message() -> None:
    """A message has its number, the channel's name and title, its words and the moment it was written in UTC."""
    read = post("The bridge is open.", at=datetime.fromisoformat("2026-03-10T10:00:00+03:00"))
    assert (read.number, read.handle, read.author, read.body) == (7, "harbour", "Harbour Watch", "The bridge is open.")
    assert (read.published_at, read.published_precision) == (datetime(2026, 3, 10, 7, tzinfo=UTC), Precision.INSTANT)
    assert not read.edited


def test_signature() -> None:
    """A signed message is its author's."""
    assert post(author="A. Writer").author == "A. Writer"


def test_edited() -> None:
    """The mark of an edit is seen, and the word in a message or an author's name is no mark."""
    assert post(edited=True).edited
    assert not post("edited", author="The edited").edited


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("one<br/>two<br/><br/>three", "one<br>two<br><br>three"),
        ("<br/> one \n\n two <br/>", "one two"),
        ("<b>bold</b> <i>it</i> <tg-spoiler>hidden</tg-spoiler>", "bold it hidden"),
        ("a<pre>b</pre>c<blockquote>d</blockquote>", "a<br>b<br>c<br>d"),
        ("<i class='emoji' style=\"background-image:url('//t.example/1.png')\"><b>🔥</b></i> fire", "🔥 fire"),
        ("1 &lt; 2 &amp; <script>x()</script>3<!-- 4 -->", "1 &lt; 2 &amp; 3"),
        ('<a href="?q=%23a" onclick="x()">#a</a> b', "#a b"),
        ('<a href="javascript:x()">click</a>', "click"),
        ('<a href="https://a.example/?b=1&amp;c=2">x</a>', '<a href="https://a.example/?b=1&amp;c=2">x</a>'),
        (
            '<a href="https://a.example/?b=1&amp;amp;c=2" onclick="return confirm()">x</a>',
            '<a href="https://a.example/?b=1&amp;c=2">x</a>',
        ),
        ('<a href="https://a.example/&quot;&gt;">x</a>', '<a href="https://a.example/&quot;&gt;">x</a>'),
    ],
)
def test_words(words: str, body: str) -> None:
    """Of a message's markup words, line breaks and web links stay, with the doubled ampersands of links made single."""
    assert post(words).body == body


def test_hashtags() -> None:
    """Hashtags are those that the page links, in their order and each once."""
    words = '<a href="?q=%23a">#دير_الزور</a> <a href="?q=%23b">#b</a> <a href="?q=%23a">#b</a> <a href="?q=x">x</a>'
    assert post(words).hashtags == ("دير_الزور", "b")


def test_forwarded_channel() -> None:
    """A forwarded message has no words of its own: they are those of the channel it came from, post and all."""
    read = post("one<br/>two &amp; three", before=forwarded("River", "https://t.me/river_news/55"))
    assert read.body == ""
    assert read.forwarded == Quote(
        text="one\ntwo & three", author="River", handle="river_news", url="https://t.me/river_news/55"
    )


@pytest.mark.parametrize(("href", "handle"), [("https://t.me/anna", "anna"), (None, None)])
def test_forwarded_user(href: str | None, handle: str | None) -> None:
    """What a person wrote has a name, and a handle where he shows it, but no address of a post."""
    assert post("x", before=forwarded("Anna", href)).forwarded == Quote(text="x", author="Anna", handle=handle)


def test_reply() -> None:
    """An answer has its own words, and what it answers is a quote."""
    read = post("No.", before=reply("https://t.me/harbour/5", "Is it open?"))
    assert read.body == "No."
    assert read.answered == Quote(
        text="Is it open?", author="Harbour Watch", handle="harbour", url="https://t.me/harbour/5"
    )


def test_reply_to_a_picture() -> None:
    """The label of a picture that is answered is no text."""
    answered = post("No.", before=reply("https://t.me/harbour/5", None)).answered
    assert answered
    assert answered.text == ""


def test_album() -> None:
    """The pictures and videos of an album are its media; emoji, and thumbnails of answers and links, are not."""
    album = (
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="https://t.me/harbour/7?single" '
        "style=\"width:9px;background-image:url('https://cdn.example/a.jpg')\"></a>"
        '<video src="https://cdn.example/b.mp4?token=1"></video>'
        '<i class="tgme_widget_message_video_thumb" style="background-image:url(\'//cdn.example/c.jpg\')"></i>'
    )
    link = '<i class="link_preview_image" style="background-image:url(\'https://cdn.example/d.jpg\')"></i>'
    emoji = '<i class="emoji" style="background-image:url(\'//t.example/1.png\')"></i>'
    read = post(f"See {emoji}", before=album, after=link)
    assert read.media == ("https://cdn.example/a.jpg", "https://cdn.example/b.mp4?token=1", "https://cdn.example/c.jpg")


def test_sound_and_document() -> None:
    """A voice message and a document are media."""
    sound = '<audio class="tgme_widget_message_voice" src="https://cdn.example/v.ogg"></audio>'
    paper = '<a class="tgme_widget_message_document_wrap" href="https://t.me/harbour/7"></a>'
    assert post(None, before=sound + paper).media == ("https://cdn.example/v.ogg", "https://t.me/harbour/7")


@pytest.mark.parametrize(("asked", "told"), [("Who took it", "Who took it?"), ("هل سقطت؟", "هل سقطت؟")])
def test_poll(asked: str, told: str) -> None:
    """Of a poll the question is text, as a question; its options are none, since nobody claims them."""
    poll = (
        f'<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">{asked}</div>'
        '<div class="tgme_widget_message_poll_option_text">The army took Sinja</div></div>'
    )
    assert post(None, after=poll).body == told


def test_service_messages() -> None:
    """A service message is no post, but its number counts."""
    read = channel_page(page("harbour", Message(number=1, words="Channel created", service=True)), NOW)
    assert (read.posts, read.oldest, read.newest, read.is_preview) == ((), 1, 1, True)


def test_content() -> None:
    """Views and addresses of media do not make a post another; words, and what is quoted, do."""
    photo = '<a class="tgme_widget_message_photo_wrap" style="background-image:url(\'https://cdn.example/{}\')"></a>'
    assert post("x", before=photo.format(1)).content == post("x", before=photo.format(2), edited=True).content
    told = {post(words, before=above).content for words in ("x", "y") for above in ("", forwarded("A"), forwarded("B"))}
    assert len(told) == 6


def test_order() -> None:
    """Posts come oldest first, whatever their order on the page."""
    read = channel_page(page("harbour", *(Message(number=number, words="x") for number in (9, 8, 10))), NOW)
    assert ([one.number for one in read.posts], read.oldest, read.newest) == ([8, 9, 10], 8, 10)


@pytest.mark.parametrize("number", ["harbour/x", "harbour", "harbour/", "a/b/1", "harbour/1234567890123"])
def test_flaw(number: str) -> None:
    """A message whose number cannot be read is counted, and the others are read."""
    shown = page("harbour", Message(number=8, words="x")).replace(
        "</section>", f'<div class="tgme_widget_message" data-post="{number}"></div></section>'
    )
    read = channel_page(shown, NOW)
    assert (len(read.posts), read.flaws) == (1, 1)


def test_no_date() -> None:
    """A message without a time, or with one that cannot be, has none."""
    shown = page("harbour", Message(number=8, words="x")).replace("datetime=", "data-x=")
    assert channel_page(shown, NOW).posts[0].published_at is None
    assert post(at=datetime(2036, 1, 1, tzinfo=UTC)).published_at is None


def test_no_posts() -> None:
    """A preview without posts is a preview; an account's page and an article are none."""
    assert channel_page(NOTHING, NOW).is_preview
    assert not channel_page("<html><body><p>Words.</p></body></html>", NOW).is_preview
    other = channel_page(front("12 members, 3 online"), NOW)
    assert (other.is_preview, other.extra) == (False, "12 members, 3 online")


def test_endless_text() -> None:
    """Of a message longer than any can be the beginning is read."""
    assert 0 < len(post("&lt;word&gt; " * 50_000).body) <= MAX_TEXT
