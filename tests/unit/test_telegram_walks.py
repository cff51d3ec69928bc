"""Telegram channels: paging back over what was missed, and looking again at what was read."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors.asking.status import no_answer
from connectors.connector import Failure, Purpose
from connectors.posts.telegram.channel import Channel, Known, remembered
from connectors.telegram import LOOK_BACK_EVERY, MAX_TRIES, MOST_WALKS, PACE, missed
from streams.items import Op
from tests.channelmaker import NOTHING, Served
from tests.channelreading import LOOKING, SOURCE, URL, further, reading, taken, told, written
from tests.feedmaker import NOW


def test_gap() -> None:
    """Where the page does not reach what was read, the pages before it are asked for until it does."""
    state = reading(written(9, 10)).state
    late = reading(written(30, 31), state)
    (request,) = further(late.state)
    assert (request.purpose, request.url, request.not_before) == (Purpose.MORE, f"{URL}?before=30", NOW + PACE)
    middle = reading(written(20, 29), late.state, request=request)
    assert told(middle) == [("20", 1, Op.PUT), ("29", 1, Op.PUT)]
    (request,) = further(middle.state)
    last = reading(written(9, 10, 11, 19), middle.state, request=request)
    assert told(last) == [("11", 1, Op.PUT), ("19", 1, Op.PUT)]
    assert further(last.state) == []


def test_gap_begins_right_after_what_was_read() -> None:
    """The next number alone is no gap, and one number between is."""
    state = reading(written(1, 2)).state
    assert further(reading(written(3), state).state) == []
    assert len(further(reading(written(4), state).state)) == 1


def test_gap_over_deleted_posts() -> None:
    """A gap ends where a page reaches below what was read, though that post is gone."""
    late = reading(written(30), reading(written(9, 10)).state)
    (request,) = further(late.state)
    last = reading(written(7, 8, 9, 29), late.state, request=request)
    assert told(last) == [("29", 1, Op.PUT), ("10", 2, Op.DELETE)]
    assert further(last.state) == []


def test_what_is_older_than_the_first_page_stays_unread() -> None:
    """Posts older than the first page ever read are not news, wherever they appear."""
    late = reading(written(30), reading(written(9, 10)).state)
    (request,) = further(late.state)
    assert told(reading(written(7, 8, 9, 10), late.state, request=request)) == []
    assert told(reading(written(7, 8, 9, 10), reading(written(9, 10)).state)) == []


def test_several_gaps() -> None:
    """Each pause leaves a gap of its own, and the oldest are joined before there are too many; all are bounded."""
    state = reading(written(1)).state
    for number in range(10, 10 * (MOST_WALKS + 4), 10):
        state = reading(written(number), state).state
    requests = further(state)
    assert len(requests) == MOST_WALKS
    walks = msgspec.json.decode(state, type=Channel).walks
    assert min(walk.until for walk in walks) == 1
    assert max(walk.before for walk in walks) == 110


def test_gap_of_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gap of more pages than can be read politely is given up, and people are told which posts."""
    monkeypatch.setattr("connectors.telegram.MOST_PAGES", 5)
    state = reading(written(100_000), reading(written(1)).state).state
    for number in range(5):
        assert further(state), number
        last = reading(written(99_999 - number), state, request=further(state)[0])
        state = last.state
    assert further(state) == []
    assert (last.outcome, last.text) == ("unavailable", "posts 2 to 99994 of harbour were not read: too many")


@pytest.mark.parametrize("body", [NOTHING, written(30, 31)], ids=["no posts", "other posts"])
def test_throttled_gap(body: str) -> None:
    """A page of a gap without posts, or with others than asked for, is asked for later and nothing is lost."""
    state = reading(written(30), reading(written(10)).state).state
    (request,) = further(state)
    failure = taken(body, state, request=request)
    assert isinstance(failure, Failure)
    assert failure.outcome == "unavailable"
    after = missed(SOURCE, state, request, failure, NOW)
    (again,) = further(after.state)
    assert (again.url, again.not_before) == (request.url, NOW + timedelta(minutes=1))
    assert told(reading(written(10, 20, 29), after.state, request=again))[-1] == ("29", 1, Op.PUT)


def test_gap_given_up() -> None:
    """A gap that can never be read is given up after most of a day, and people are told which posts."""
    state, now = reading(written(30), reading(written(10)).state).state, NOW
    for turn in range(MAX_TRIES):
        (request,) = further(state)
        now = max(now, request.not_before or now)
        left = missed(SOURCE, state, request, no_answer(request.url, "no whole answer in time"), now)
        assert turn + 1 == MAX_TRIES or not left.text.startswith("posts")
        state = left.state
    assert further(state) == []
    assert left.text.startswith("posts 11 to 29 of harbour were not read")
    told_ = reading(written(30), state, now=now)
    assert (told_.notes, told_.text) == (("may-have-missed",), left.text)
    assert reading(written(30), told_.state, now=now + timedelta(days=2)).notes == ()
    assert timedelta(hours=12) < now - NOW < timedelta(hours=24)


def test_gap_waits_as_asked() -> None:
    """A server that names a time is asked again after it."""
    state = reading(written(30), reading(written(10)).state).state
    failure = Failure(outcome="unavailable", text="busy", weight=0.25, retry_after=7200.0)
    after = missed(SOURCE, state, further(state)[0], failure, NOW)
    assert further(after.state)[0].not_before == NOW + timedelta(hours=2)


def test_look_back() -> None:
    """Once an hour the pages behind the newest are read again, for edits and deletions, and none before the first."""
    channel = Served()
    channel.write(1, 20)
    state = reading(channel.html(), source=LOOKING).state
    channel.write(21, 70)
    polled = reading(channel.html(), state, source=LOOKING)
    state = polled.state
    while requests := further(state, source=LOOKING):
        before = int(requests[0].url.rpartition("=")[2])
        state = reading(channel.html(before), state, request=requests[0], source=LOOKING).state
    later = NOW + LOOK_BACK_EVERY
    channel.edit(35, "No ship.")
    del channel.messages[40]
    state = reading(channel.html(), state, now=later, source=LOOKING).state
    found: list[tuple[str, int, Op]] = []
    asked = []
    while requests := further(state, later, source=LOOKING):
        before = int(requests[0].url.rpartition("=")[2])
        asked.append(before)
        more = reading(channel.html(before), state, request=requests[0], now=later, source=LOOKING)
        state, found = more.state, found + told(more)
    assert sorted(found) == [("35", 2, Op.PUT), ("40", 2, Op.DELETE)]
    assert asked == [51, 30]


def test_look_back_is_not_repeated() -> None:
    """A page looked at again that cannot be had is left until the next hour."""
    state = reading(written(1, 2), source=LOOKING).state
    state = reading(written(2, 3), state, now=NOW + LOOK_BACK_EVERY, source=LOOKING).state
    (request,) = further(state, source=LOOKING)
    after = missed(LOOKING, state, request, no_answer(request.url, "no whole answer in time"), NOW)
    assert further(after.state, source=LOOKING) == []


def test_forgotten_posts_are_no_news() -> None:
    """A post so old that it was forgotten is not told again when an old page shows it."""
    posts = {number: Known("x", 1) for number in range(1000)}
    kept = remembered(SOURCE, posts)
    assert min(kept) == 700
    state = msgspec.json.encode(Channel(last=999, posts=kept))
    assert told(reading(written(600, 601), state)) == []


def test_state_is_small() -> None:
    """What is remembered of a channel fits into a cursor many times over."""
    state = b""
    for first in range(1, 600, 20):
        state = reading(written(*range(first, first + 20)), state).state
    assert len(state) < 24_000
