"""Validators: byte for byte, saved on 200 and 304, and not believed for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.asking.validators import Validators, conditions, is_unchanged, learned
from connectors.connector import Response
from streams.errors import SourceUnreadable
from tests.feedmaker import NOW, answer, poll

DAY, HOUR = timedelta(hours=24), timedelta(hours=1)
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


def known() -> Validators:
    """Return what one answer taught."""
    return learned(Validators(), poll(), answer("one", etag='W/"x y"', last_modified="Tue"), NOW)


def whole(before: Validators, body: str, hours: float, **headers: str) -> Validators:
    """Return what a whole answer teaches, so many hours on."""
    return learned(before, poll(), answer(body, **headers), NOW + hours * HOUR)


def same(before: Validators, hours: float, **headers: str) -> Validators:
    """Return what a 304 teaches, so many hours on."""
    return learned(before, poll(etag="x"), answer("", status=304, **headers), NOW + hours * HOUR)


def test_byte_for_byte() -> None:
    """What the server said is given back as it said it, strange dates too."""
    assert conditions(known(), NOW) == ('W/"x y"', "Tue")


@pytest.mark.parametrize("etag", ["unquoted", '"a"-gzip', "W/'odd'", '"é"', '"2041"'])
def test_strange_etags(etag: str) -> None:
    """An ETag is a string of the server's: nothing is mended."""
    assert conditions(learned(Validators(), poll(), answer("one", etag=etag), NOW), NOW) == (etag, None)


def test_no_date_made_up() -> None:
    """Where the server names no date, none is sent."""
    assert conditions(learned(Validators(), poll(), answer("one", etag='"a"'), NOW), NOW) == ('"a"', None)


def test_identical_body() -> None:
    """Validators that come with the very same body are kept all the same."""
    after = learned(known(), poll(), answer("one", etag='"b"', last_modified="Wed"), NOW)
    assert conditions(after, NOW) == ('"b"', "Wed")
    assert is_unchanged(known(), poll(), answer("one"))


def test_kept_on_304() -> None:
    """A 304 may bring new validators; those it does not name stay (RFC 9111 3.2)."""
    after = same(known(), 0, last_modified="Wed")
    assert conditions(after, NOW) == ('W/"x y"', "Wed")


def test_uninvited() -> None:
    """A 304 that nobody asked for is an error."""
    with pytest.raises(SourceUnreadable, match="unconditional"):
        is_unchanged(known(), poll(), answer("", status=304))


def test_once_a_day_without() -> None:
    """Once a day the whole answer is asked for; conditional answers in between do not put that off."""
    between = learned(known(), poll(etag="x"), answer("two", etag='"y"'), NOW + DAY / 2)
    assert conditions(between, NOW + DAY - HOUR) == ('"y"', None)
    assert conditions(between, NOW + DAY * 1.1) == (None, None)
    after = learned(between, poll(), answer("two", etag='"y"'), NOW + DAY * 1.1)
    assert conditions(after, NOW + DAY * 1.1) == ('"y"', None)


def test_not_all_at_once() -> None:
    """The day's whole answers of many feeds are spread over a tenth of a day, none before the day is over."""
    feeds = [learned(Validators(), poll(), answer(str(n), etag='"a"'), NOW) for n in range(100)]
    asked = [
        sum(conditions(feed, NOW + DAY * (1 + share / 100)) == (None, None) for feed in feeds) for share in range(11)
    ]
    assert asked == sorted(asked)
    assert asked[0] < 5
    assert 30 < asked[5] < 70
    assert asked[10] == 100


def test_liar() -> None:
    """Validators that stood for two different bodies are not sent again, whatever comes after."""
    lying = learned(known(), poll(), answer("other", etag='W/"x y"', last_modified="Tue"), NOW)
    assert conditions(lying, NOW) == (None, None)
    assert not lying.are_usable
    assert whole(lying, "third", 1, etag='"new"').lie


def test_only_the_date_of_making() -> None:
    """A body that differs without telling anything else is no lie."""
    told = learned(Validators(), poll(), answer("made at 1", etag='"a"'), NOW, content="news")
    again = learned(told, poll(), answer("made at 2", etag='"a"'), NOW, content="news")
    assert again.are_usable
    assert not learned(again, poll(), answer("made at 3", etag='"a"'), NOW, content="other").are_usable


def test_honest() -> None:
    """A new body with a new validator is no lie."""
    honest = learned(known(), poll(), answer("other", etag='"z"', last_modified="Tue"), NOW)
    assert conditions(honest, NOW) == ('"z"', "Tue")


def test_304_after_the_change() -> None:
    """A change dated long before the last 304 was there when the server said that there was none."""
    claimed = same(known(), 20, date=f"{NOW + 20 * HOUR:{HTTP_DATE}}")
    early, late = (f"{NOW + hours * HOUR:{HTTP_DATE}}" for hours in (10, 23))
    assert whole(claimed, "other", 24, etag='"z"', last_modified=early).lie
    assert not whole(claimed, "other", 24, etag='"z"', last_modified=late).lie
    assert not whole(claimed, "one", 24, etag='"z"', last_modified=early).lie, "nothing was withheld"


def test_news_only_once_a_day() -> None:
    """A server whose news comes on three days running with the day's whole answer alone is not believed again."""
    lies, at = [], known()
    for day in range(1, 4):
        at = whole(same(at, 24 * day - 1), f"day {day}", 24 * day, etag=f'"{day}"')
        lies.append(at.lie)
    assert lies == [False, False, True]


def test_doubts_end() -> None:
    """One change that a conditional request brings ends the doubts."""
    at = known()
    for day in range(1, 9):
        at = whole(same(at, 24 * day - 1), f"day {day}", 24 * day, etag=f'"{day}"')
        if day % 2 == 0:
            at = learned(at, poll(etag="x"), answer(f"noon {day}", etag='"n"'), NOW + 24 * day * HOUR)
    assert not at.lie


def test_dropped() -> None:
    """A 200 without validators forgets the old ones; a 304 without them keeps them."""
    assert conditions(learned(known(), poll(), answer("other"), NOW), NOW) == (None, None)
    assert conditions(learned(known(), poll(etag="x"), answer("", status=304), NOW), NOW) == ('W/"x y"', "Tue")


def test_delta() -> None:
    """A delta brings its new ETag and is not taken for the whole body."""
    delta = Response(url="http://a.example/", status=226, headers={"etag": '"b"', "im": "feed"}, body=b"news")
    after = learned(known(), poll(etag="x"), delta, NOW)
    assert conditions(after, NOW) == ('"b"', None)
    assert not whole(after, "all of it", 24, etag='"b"').lie
