"""Reddit's feeds: addresses, posts, their edits and removals. Feeds are made up here."""

from __future__ import annotations

import zlib

import pytest

from connectors.connector import Reading
from connectors.reddit import feed_of, plan, read
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.accountmaker import reddit, reddit_feed, submission
from tests.feedmaker import NOW, answer

SOURCE = SourceSettings(id="s", kind="reddit", url="r/harbour")


def reading(body: str, state: bytes = b"") -> Reading:
    """Read this as the answer to the poll."""
    request = plan(SOURCE, state, NOW)[0]
    return read(SOURCE, state, request, answer(body, request.url), NOW)


@pytest.mark.parametrize(
    ("given", "feed"),
    [
        ("r/harbour", "https://www.reddit.com/r/harbour/new/.rss"),
        ("/r/harbour+pier", "https://www.reddit.com/r/harbour+pier/new/.rss"),
        ("https://old.reddit.com/r/harbour/", "https://www.reddit.com/r/harbour/new/.rss"),
        ("https://www.reddit.com/r/harbour/top", "https://www.reddit.com/r/harbour/top/.rss"),
        (
            "https://www.reddit.com/r/harbour/comments/1abc/ship",
            "https://www.reddit.com/r/harbour/comments/1abc/ship/.rss",
        ),
        ("u/anna", "https://www.reddit.com/user/anna/.rss"),
        ("https://www.reddit.com/r/harbour/new/.rss?limit=50", "https://www.reddit.com/r/harbour/new/.rss?limit=50"),
        ("http://127.0.0.1:8080/r/harbour", "http://127.0.0.1:8080/r/harbour/new/.rss"),
    ],
)
def test_address(given: str, feed: str) -> None:
    """A community, a user, a thread and a feed are named as people write them."""
    assert feed_of(given) == feed


def test_post() -> None:
    """A post has its writer's words and handle, without what Reddit puts around them."""
    (item,) = reading(reddit(1)).items
    assert (item.kind, item.handle, item.title) == (ItemKind.POST, "anna", "Ship 1 arrives")
    assert zlib.decompress(item.body).decode() == '<div class="md"><p>It is ship 1.</p></div>'


def test_post_of_a_link() -> None:
    """A post of a link has where it leads, and no words of Reddit's."""
    (item,) = reading(reddit_feed(submission(1, link="https://a.example/x"))).items
    assert zlib.decompress(item.body).decode() == '<a href="https://a.example/x"></a>'


def test_edit() -> None:
    """Changed words are the next revision."""
    (item,) = reading(reddit_feed(submission(1, "No ship.")), reading(reddit(1)).state).items
    assert (item.op, item.revision) == (Op.PUT, 2)


@pytest.mark.parametrize("notice", ["[deleted]", "[removed]", "[ Removed by Reddit ]"])
def test_removed(notice: str) -> None:
    """A post whose words were deleted or removed is taken back, once; one never read is not published."""
    state = reading(reddit(1, 2)).state
    gone = reading(reddit_feed(submission(1, notice), submission(2, "It is ship 2."), submission(3, notice)), state)
    assert [(item.op, item.revision) for item in gone.items] == [(Op.DELETE, 2)]
    assert reading(reddit_feed(submission(1, notice)), gone.state).items == ()


def test_deleted_account() -> None:
    """A post whose writer left is still there."""
    state = reading(reddit(1)).state
    assert reading(reddit_feed(submission(1, "It is ship 1.", author="[deleted]")), state).items == ()


def test_comments() -> None:
    """Comments (t1) are posts like submissions (t3), and of one number they are two."""
    both = reddit_feed(submission(1, "One."), submission(1, "Two.", kind="t1"))
    assert len({item.id for item in reading(both).items}) == 2
