"""YouTube channels: addresses, videos, their edits and deletions. Feeds are made up here."""

from __future__ import annotations

import zlib

import pytest

from connectors.asking.status import no_answer, refusal
from connectors.connector import Purpose, Reading, Request
from connectors.youtube import HUB, TOPIC, feed_of, missed, plan, read
from streams.errors import SourceUnreadable
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.accountmaker import CHANNEL, deleted, video, video_feed, videos
from tests.feedmaker import NOW, answer

FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
SOURCE = SourceSettings(id="s", kind="youtube", url=CHANNEL)
NAMED = SourceSettings(id="s", kind="youtube", url="@harbour")


def reading(body: str, state: bytes = b"", source: SourceSettings = SOURCE, request: Request | None = None) -> Reading:
    """Read this as the answer to the poll, or to another request."""
    asked = request or plan(source, state, NOW)[0]
    return read(source, state, asked, answer(body, asked.url), NOW)


@pytest.mark.parametrize(
    "given",
    [
        CHANNEL,
        f"https://www.youtube.com/channel/{CHANNEL}",
        f"https://youtube.com/channel/{CHANNEL}/videos",
        f"youtube.com/channel/{CHANNEL}",
        FEED,
    ],
)
def test_channel(given: str) -> None:
    """A channel is named by its id, its address or that of its feed."""
    assert feed_of(given) == FEED


@pytest.mark.parametrize("given", ["PLabcdefghijkl", "https://www.youtube.com/playlist?list=PLabcdefghijkl"])
def test_playlist(given: str) -> None:
    """A playlist is named by its id or its address."""
    assert feed_of(given) == "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghijkl"


@pytest.mark.parametrize(
    "named",
    [
        f'<link rel="alternate" type="application/rss+xml" href="{FEED}">',
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'{{"externalId":"{CHANNEL}"}}',
    ],
)
def test_handle(named: str) -> None:
    """A handle is looked up once on the channel's page; then its feed is read at once and polled."""
    (page,) = plan(NAMED, b"", NOW)
    assert page.url == "https://www.youtube.com/@harbour"
    found = reading(f"<html><head>{named}</head></html>", b"", NAMED)
    poll, first = plan(NAMED, found.state, NOW)
    assert (found.items, poll.url, first.url) == ((), FEED, FEED)
    assert (first.purpose, first.not_before) == (Purpose.MORE, NOW)
    videos_ = reading(videos(1), found.state, NAMED, first)
    assert [item.handle for item in videos_.items] == ["harbour"]
    assert [request.url for request in plan(NAMED, videos_.state, NOW)] == [FEED]


def test_handle_of_nobody() -> None:
    """A page that names no channel is unreadable, and the error says what to give instead."""
    with pytest.raises(SourceUnreadable, match="give the channel's id"):
        reading("<html><body>Before you continue</body></html>", b"", NAMED)


def test_first_feed_missed() -> None:
    """Where the feed just found cannot be had, it is polled as usual."""
    state = reading(f'"externalId":"{CHANNEL}"', b"", NAMED).state
    request = plan(NAMED, state, NOW)[1]
    after = missed(NAMED, state, request, no_answer(request.url, "no whole answer in time"), NOW).state
    assert [request.url for request in plan(NAMED, after, NOW)] == [FEED]


def test_video() -> None:
    """A video is a post of its title and its description, which is plain text with its lines."""
    (item,) = reading(video_feed(video(1, "A 2 < 3 ship", "One & two\nhttps://a.example/x <three>"))).items
    assert (item.kind, item.title, item.author) == (ItemKind.POST, "A 2 < 3 ship", "Harbour Watch")
    assert zlib.decompress(item.body).decode() == "One & two\nhttps://a.example/x <three>"
    assert (item.content_type, item.url) == ("text/plain; charset=utf-8", "https://www.youtube.com/watch?v=v1")


def test_views_and_dates_are_no_edit() -> None:
    """Views and the time of the last update change with every poll and make no revision; a title does."""
    state = reading(video_feed(video(1))).state
    again = reading(video_feed(video(1, views=99).replace("09:01:00", "11:01:00")), state)
    assert again.items == ()
    (item,) = reading(video_feed(video(1, "No ship")), again.state).items
    assert (item.revision, item.op) == (2, Op.PUT)


def test_deleted_video() -> None:
    """A tombstone (RFC 6721) deletes the video it names, once, and one never read is none of ours."""
    state = reading(videos(1, 2)).state
    gone = reading(video_feed(deleted(1), deleted(9), video(2)), state)
    assert [(item.op, item.revision) for item in gone.items] == [(Op.DELETE, 2)]
    assert reading(video_feed(deleted(1), video(2), video(3)), gone.state).items[0].op is Op.PUT
    (back,) = reading(videos(1, 2), gone.state).items
    assert (back.op, back.revision, back.id) == (Op.PUT, 3, gone.items[0].id)


def test_hub() -> None:
    """A channel's videos are announced by YouTube's hub, a playlist's and a mirror's are not."""
    assert reading(videos(1)).hub == (HUB, TOPIC + CHANNEL)
    mirror = SOURCE.model_copy(update={"url": "http://mirror.example/feeds/videos.xml?channel_id=x"})
    assert reading(videos(1), b"", mirror).hub is None


@pytest.mark.parametrize("status", [404, 500])
def test_flaky_service(status: int) -> None:
    """The 404 and 500 that good channels answer weigh half a failure and never end anything."""
    failure = refusal(FEED, status, {}, NOW)
    assert (failure.weight, failure.gone) == (0.5, False)
