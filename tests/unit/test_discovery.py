"""What an address offers: services by their addresses, feeds a page names, usual places. All pure."""

from __future__ import annotations

import pytest

from connectors.connector import Response
from connectors.finding.discovery import FEED_TYPES, MOST_OFFERS, Offer, feed_address, guesses, links_in, offers, place
from connectors.finding.search import MOST_TRIES
from streams.sources import SourceSettings

CHANNEL = "UC1234567890123456789012"
SITE = "http://news.example/ar/"


def served(html: str, url: str = SITE, **headers: str) -> Response:
    """Return a page as a server's answer."""
    return Response(
        url=url, status=200, headers={"content-type": "text/html; charset=utf-8", **headers}, body=html.encode()
    )


def head(*links: str) -> str:
    """Return a page with these elements in its head."""
    return f"<html><head>{''.join(links)}</head><body>news</body></html>"


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    """Return a link element."""
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


@pytest.mark.parametrize(
    ("url", "kind", "reads"),
    [
        ("https://t.me/harbour_watch", "telegram", "https://t.me/s/harbour_watch"),
        ("https://t.me/s/harbour_watch/12", "telegram", "https://t.me/s/harbour_watch"),
        ("https://telegram.me/harbour_watch", "telegram", "https://t.me/s/harbour_watch"),
        (f"https://m.youtube.com/channel/{CHANNEL}/videos", "youtube", f"channel_id={CHANNEL}"),
        (f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}", "youtube", f"channel_id={CHANNEL}"),
        ("https://www.youtube.com/@harbour", "youtube", "/@harbour"),
        ("https://www.reddit.com/r/harbours/top/", "reddit", "/r/harbours/top/.rss"),
        ("https://old.reddit.com/user/amal", "reddit", "/user/amal/.rss"),
        ("https://bsky.app/profile/amal.example", "bluesky", "/subscribe"),
        ("https://twitter.com/amal", "x", "/search/stream"),
    ],
)
def test_services(url: str, kind: str, reads: str) -> None:
    """Addresses copied from a browser name the source kind that reads them, without asking anybody."""
    found = place(url)
    assert found is not None
    assert (found.kind, reads in found.url) == (kind, True)


def test_accounts_of_streams() -> None:
    """An account of a service that streams everything is named among the accounts to take."""
    assert [
        getattr(place(url), "accounts", None) for url in ("https://bsky.app/profile/a.example", "https://x.com/amal")
    ] == [
        ("a.example",),
        ("amal",),
    ]


@pytest.mark.parametrize(
    "url",
    ["https://t.me/joinchat/abc", "https://t.me/+abcdef", "https://www.youtube.com/watch?v=1", "https://x.com/home",
     "https://news.example/channel/a", "http://[bad", "https://www.reddit.com/"],
)  # fmt: skip
def test_no_service(url: str) -> None:
    """Private invitations, single videos and other pages stand for no source."""
    assert place(url) is None


def test_every_feed_type() -> None:
    """Each media type of feeds is an offer, with its title, resolved against the page; others are not."""
    links = [link(f"/{number}", kind, f"n{number}") for number, kind in enumerate(sorted(FEED_TYPES))]
    found = offers(served(head(*links, link("/style.css", "text/css"), link("/print", "text/html"))))
    assert [one.title for one in found] == [f"n{number}" for number in range(len(FEED_TYPES))]
    assert found[0].url == "http://news.example/0"


def test_base_and_relations() -> None:
    """Addresses are resolved against base, rel="feed" counts, relations are lists in any case."""
    page = head(
        '<base href="http://cdn.example/x/">',
        link("a.xml", rel="ALTERNATE home"),
        link("b.xml", rel="feed"),
        link("c.xml", rel="stylesheet"),
    )
    assert [one.url for one in offers(served(page))] == ["http://cdn.example/x/a.xml", "http://cdn.example/x/b.xml"]


def test_comments_come_last() -> None:
    """Feeds of comments, by title or address, in Arabic too, stand behind the others; twins are one."""
    page = head(
        link("/comments/feed"),
        link("/all", title="التعليقات"),
        link("/feed?utm_source=x"),
        link("/feed"),
    )
    assert [one.url for one in offers(served(page))] == [
        "http://news.example/feed?utm_source=x",
        "http://news.example/comments/feed",
        "http://news.example/all",
    ]


def test_header_link() -> None:
    """A feed named in the HTTP header comes first; a hub there is no feed."""
    header = '</hub>; rel="hub", </h.xml>; rel=alternate; type="application/atom+xml"'
    found = offers(served(head(link("/b.xml")), link=header))
    assert [one.url for one in found] == ["http://news.example/h.xml", "http://news.example/b.xml"]


def test_what_is_no_feed() -> None:
    """WordPress's programming interface, scripts, the page itself and addresses that cannot be read are no offers."""
    page = head(
        link("/wp-json/wp/v2/posts", "application/json"),
        link("/oembed?x=1", "text/xml"),
        link("javascript:alert(1)"),
        link("ftp://x.example/feed"),
        link("/ar/"),
    )
    assert offers(served(page)) == ()


def test_bounded() -> None:
    """A page that names hundreds of feeds makes no more offers than a person reads."""
    assert len(offers(served(head(*(link(f"/{number}.xml") for number in range(500)))))) == MOST_OFFERS


@pytest.mark.parametrize("body", ["", "\x00\x01", "no markup", "<" * 5000, "<html>" + "<div>" * 3000])
def test_hostile_pages(body: str) -> None:
    """Whatever a page is, it offers something or nothing and raises nothing."""
    assert offers(served(body)) == ()
    assert isinstance(links_in(served(body)), str)


def test_guesses() -> None:
    """Beside the page first, then at the root; no more than are tried."""
    found = [one.url for one in guesses("http://news.example/ar/world?page=2")]
    assert found[:2] == ["http://news.example/ar/world/feed/", "http://news.example/feed/"]
    assert len(found) <= MOST_TRIES
    assert guesses("http://news.example/")[0].url == "http://news.example/feed/"


def test_guesses_of_mastodon() -> None:
    """An account or hashtag of Mastodon is looked for under its own feed first."""
    assert guesses("https://social.example/@amal")[0].url == "https://social.example/@amal.rss"
    assert guesses("https://social.example/tags/harbour")[0].url == "https://social.example/tags/harbour.rss"


def test_links_of_a_page_without_feeds() -> None:
    """Who would read a page as a listing is told where its links stand."""
    assert "5 at 'h2 > a' ('Ship 0" in links_in(
        served("".join(f'<h2><a href="/{n}">Ship {n}</a></h2>' for n in range(5)))
    )


def test_feed_addresses() -> None:
    """Feeds, and channels and communities by their feeds, can be read by others; the rest cannot."""

    def of(kind: str, url: str) -> str | None:
        return feed_address(SourceSettings(id="a", kind=kind, url=url))  # type: ignore[arg-type]

    assert of("feed", "http://news.example/rss") == "http://news.example/rss"
    assert of("youtube", f"https://www.youtube.com/channel/{CHANNEL}") == (
        f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    )
    assert of("reddit", "https://www.reddit.com/r/harbours") == "https://www.reddit.com/r/harbours/new/.rss"
    assert of("telegram", "https://t.me/s/harbour") is None


def test_offer_defaults() -> None:
    """An offer is a feed unless it says otherwise."""
    assert Offer(url="http://a.example", why="named").kind == "feed"
