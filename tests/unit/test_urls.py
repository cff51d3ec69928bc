"""One spelling for one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.reading.urls import MAX_URL, TRACKERS, canonical, resolved

FEED = "https://www.news.example/feed.xml"
PAGE = "http://a.example/1"


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        (f"{PAGE}?utm_source=rss&UTM_Medium=x&mtm_campaign=y", PAGE),
        (f"{PAGE}?b=2&a=1", f"{PAGE}?a=1&b=2"),
        (f"{PAGE}?id=5&fbclid=x#top", f"{PAGE}?id=5"),
        ("HTTP://A.Example/x/../1", PAGE),
        (f"{PAGE}?utmost=1", f"{PAGE}?utmost=1"),
        (f"{PAGE}?ref=news.example", PAGE),
        (f"{PAGE}?ref=https://www.news.example/", PAGE),
        (f"{PAGE}?ref=a.example", PAGE),
        (f"{PAGE}?ref=other.example", f"{PAGE}?ref=other.example"),
        (f"{PAGE}?ref=main", f"{PAGE}?ref=main"),
        (f"{PAGE}?ref=", f"{PAGE}?ref="),
        (f"{PAGE}?ref=http://[&utm_source=x", f"{PAGE}?ref=http%3A%2F%2F%5B"),
    ],
)
def test_canonical(url: str, spelled: str) -> None:
    """Trackers, fragments and the order of parameters leave an address; `ref` only where it names where we were."""
    assert canonical(url, site=FEED) == spelled


@pytest.mark.parametrize("name", sorted(TRACKERS))
def test_trackers(name: str) -> None:
    """Every tracker of the list goes, whatever its case."""
    assert canonical(f"{PAGE}?{name}=1&{name.upper()}=2&keep=3") == f"{PAGE}?keep=3"


@given(st.text(max_size=200))
def test_hostile(text: str) -> None:
    """Whatever an address holds, its spelling is a string, and spelling it again changes nothing."""
    once = canonical(f"http://a.example/?{text}", site=text)
    assert canonical(once, site=text) == once


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("", None),
        ("  ", None),
        (" /x ", "http://a.example/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://[", None),
        ("http://a.example/" + "x" * MAX_URL, None),
    ],
)
def test_resolved(link: str, url: str | None) -> None:
    """A link is an absolute web address of reasonable length, or none."""
    assert resolved(link, PAGE) == url
