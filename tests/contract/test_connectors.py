"""What holds for every source kind in the table."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from connectors.asking.status import barred, no_answer
from connectors.connector import Connector, Purpose, Reading
from connectors.kinds import KINDS
from streams.codec import encode
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings
from tests.accountmaker import reddit, videos
from tests.channelmaker import Message, page
from tests.feedmaker import NOW, URL, answer, entry, rss

NEWS = "The council gave notice on Tuesday that the old bridge will be open to carts and walkers from next week."
FIRST, SECOND = Message(number=1, words=NEWS), Message(number=2, words=f"Not {NEWS}")


def listing(*numbers: int) -> str:
    """Return a listing page with links to these ships."""
    links = "".join(f'<h2><a href="/{number}">Ship {number} arrives</a></h2>' for number in numbers)
    return f'<html><body><p><a href="/">Home</a></p>{links}</body></html>'


def sitemap(*numbers: int) -> str:
    """Return a news sitemap with these ships."""
    said = "<news:publication_date>2026-03-10T09:00:00Z</news:publication_date>"
    urls = "".join(
        f"<url><loc>http://news.example/{number}</loc>"
        f"<news:news>{said}<news:title>Ship {number}</news:title></news:news></url>"
        for number in numbers
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://n">{urls}</urlset>'


# For each kind: what a server says, and what it says once there is something new.
BODIES = {
    "feed": (rss(entry(1)), rss(entry(2), entry(1))),
    "listing": (listing(1), listing(2, 1)),
    "sitemap": (sitemap(1), sitemap(2, 1)),
    "page": (f"<html><body><p>{NEWS}</p></body></html>", f"<html><body><p>Not {NEWS}</p></body></html>"),
    "telegram": (page("harbour", FIRST), page("harbour", FIRST, SECOND)),
    "youtube": (videos(1), videos(2, 1)),
    "reddit": (reddit(1), reddit(2, 1)),
}
# Where the source of a kind is that cannot be anywhere.
URLS = {"telegram": "http://news.example/s/harbour", "youtube": "http://news.example/videos.xml"}
# What a kind needs to be told besides its address.
NEEDS: dict[str, dict[str, str]] = {"listing": {"select": "h2 a"}}
BAD = (b"", b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00<html>")
pytestmark = pytest.mark.parametrize("connector", KINDS.values(), ids=KINDS)


def address(connector: Connector) -> str:
    """Return where a source of this kind is."""
    return URLS.get(connector.kind, URL)


def source(connector: Connector) -> SourceSettings:
    """Return a source of this kind."""
    return SourceSettings(
        id="s",
        kind=connector.kind,  # type: ignore[arg-type]
        url=address(connector),
        owner="Owner",
        side="side",
        demo=True,
        language="ar",
        **NEEDS.get(connector.kind, {}),  # type: ignore[arg-type]
    )


def read(connector: Connector, body: str | bytes, state: bytes = b"", **headers: str) -> Reading:
    """Read this body as the answer to the kind's own poll."""
    request = connector.plan(source(connector), state, NOW)[0]
    reading = connector.read(source(connector), state, request, answer(body, request.url, **headers), NOW)
    assert isinstance(reading, Reading)
    return reading


def test_material(connector: Connector) -> None:
    """Every kind of the table is tried here."""
    assert connector.kind in BODIES


def test_plan(connector: Connector) -> None:
    """A source never read is polled at its address, without conditions, with a limit; nothing else is due."""
    (poll,) = connector.plan(source(connector), b"", NOW)
    assert (poll.purpose, poll.url, poll.is_conditional) == (Purpose.POLL, address(connector), False)
    assert poll.limit > 0


def test_first_reading(connector: Connector) -> None:
    """The first reading brings items that carry the source's id, owner, side and mark, fetched now."""
    reading = read(connector, BODIES[connector.kind][0])
    (item,) = reading.items
    assert (item.source, item.owner, item.side, item.demo) == ("s", "Owner", "side", True)
    assert (item.revision, item.fetched_at, item.language) == (1, NOW, "ar")
    assert item.id.startswith("s:")


def test_unchanged(connector: Connector) -> None:
    """The same answer again brings nothing, with a 200 and with a 304, and the news after it is not missed."""
    body, news = BODIES[connector.kind]
    state = read(connector, body, etag='"1"').state
    again = read(connector, body, state, etag='"1"')
    poll = connector.plan(source(connector), again.state, NOW)[0]
    assert poll.etag == '"1"'
    unchanged = connector.read(source(connector), again.state, poll, answer("", poll.url, status=304), NOW)
    assert isinstance(unchanged, Reading)
    assert again.items == unchanged.items == ()
    assert len(read(connector, news, unchanged.state).items) == 1


def test_same_in_same_out(connector: Connector) -> None:
    """The same state and answer give the same items and the same state, byte for byte."""
    one, two = (read(connector, BODIES[connector.kind][0]) for _ in range(2))
    assert list(map(encode, one.items)) == list(map(encode, two.items))
    assert one.state == two.state


def test_state_is_json(connector: Connector) -> None:
    """The state is JSON, so that it travels in a cursor and people can look at it."""
    assert isinstance(msgspec.json.decode(read(connector, BODIES[connector.kind][0]).state), dict)


@pytest.mark.parametrize("body", BAD)
def test_bad_bytes(connector: Connector, body: bytes) -> None:
    """Bytes that are no document of this kind are unreadable, and the error names the address."""
    with pytest.raises(SourceUnreadable) as caught:
        read(connector, body)
    assert address(connector) in str(caught.value)


def test_uninvited_304(connector: Connector) -> None:
    """A 304 that nobody asked for is unreadable."""
    poll = connector.plan(source(connector), b"", NOW)[0]
    with pytest.raises(SourceUnreadable, match="304"):
        connector.read(source(connector), b"", poll, answer("", poll.url, status=304), NOW)


def test_missed(connector: Connector) -> None:
    """A missed request loses nothing that was known: what is read after it is what would have been read before."""
    body, news = BODIES[connector.kind]
    state = read(connector, body).state
    for request in connector.plan(source(connector), state, NOW):
        for failure in (no_answer(request.url, "no whole answer in time"), barred(request.url, "too large")):
            after = connector.missed(source(connector), state, request, failure, NOW).state
            left, right = read(connector, news, after), read(connector, news, state)
            assert left.items == right.items


def test_worker(connector: Connector) -> None:
    """The reading function and its parts travel to a worker process and back."""
    request = connector.plan(source(connector), b"", NOW)[0]
    reading = read(connector, BODIES[connector.kind][0])
    for part in (connector.read, source(connector), request, answer("x"), reading):
        assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 (our own bytes)
