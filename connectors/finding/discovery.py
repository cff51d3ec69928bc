"""What an address offers to be read: feeds a page names, where feeds usually lie, services known by their addresses.

Pure. The well-known paths are those of miniflux/v2
(internal/reader/subscription/finder.go), WordPress's first; the addresses of
services are those of their own pages, to be copied from a browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from connectors import reddit, youtube
from connectors.connector import Response
from connectors.listing import links_there, soup_of
from connectors.pages import tree_of
from connectors.reading.charset import decode
from connectors.reading.hubs import link_header
from connectors.reading.urls import canonical, resolved
from streams.sources import SourceSettings

# Feeds that a page names; more are a site map and not an offer.
MOST_OFFERS = 20
MAX_TITLE = 200
FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
WELL_KNOWN = ("feed/", "rss.xml", "feed.xml", "atom.xml", "rss/", "index.xml")
# Read in bluesky-social/jetstream, internal/corpus/testdata/README.md and cmd/compare/main.go.
JETSTREAM = "https://jetstream1.us-east.bsky.network/subscribe"
X_STREAM = "https://api.x.com/2/tweets/search/stream"
_COMMENTS = re.compile(r"comments?\b|تعليقات|commentaires|комментари|yorum", re.IGNORECASE)
_TELEGRAM = re.compile(r"/(?:s/)?(?P<name>[A-Za-z]\w{2,63})(?:/\d+)?/?")
_TELEGRAM_PAGES = frozenset({"joinchat", "addstickers", "share", "proxy", "socks", "login", "iv", "c"})
_YOUTUBE = re.compile(r"/(?:@|c/|user/)[^/]{2,80}(?:/.*)?")
_REDDIT = re.compile(r"/(?:r|u|user)/(?P<name>[\w+-]{2,120})(?=/|$)")
_ACCOUNT = re.compile(r"/@(?P<name>\w{1,30}(?:@[\w.-]+)?)/?")
_TAG = re.compile(r"/tags/(?P<name>[^/]{1,200})/?")
_BLUESKY = re.compile(r"/profile/(?P<name>[\w.:-]{3,253})/?")
_X = re.compile(r"/(?P<name>\w{1,15})/?")
_X_PAGES = frozenset({"home", "search", "explore", "i", "settings", "login", "hashtag"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that could be read: its address and kind, who it is called, and why it is thought to be there.

    `accounts` are the authors to take where the address is that of a stream of
    many.
    """

    url: str
    why: str
    kind: str = "feed"
    title: str | None = None
    accounts: tuple[str, ...] = ()


def place(url: str) -> Offer | None:
    """Return what an address of a known service stands for, None for one that has to be asked."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    found = _SERVICES.get(host)
    return found(parts.path, parts.query) if found else None


def feed_address(source: SourceSettings) -> str | None:
    """Return the address under which any other reader of feeds can read a source, None where there is none."""
    found = {"feed": lambda url: url, "youtube": youtube.feed_of, "reddit": reddit.feed_of}.get(source.kind)
    return found(source.url) if found else None


def _telegram(path: str, _query: str) -> Offer | None:
    found = _TELEGRAM.fullmatch(path)
    if found is None or found["name"] in _TELEGRAM_PAGES:
        return None
    return Offer(
        url=f"https://t.me/s/{found['name']}", kind="telegram", title=found["name"], why="a channel of Telegram"
    )


def _youtube(path: str, query: str) -> Offer | None:
    url = f"{youtube.HOME}{path}{f'?{query}' if query else ''}"
    feed = youtube.feed_of(url)
    if feed is None and not _YOUTUBE.fullmatch(path):
        return None
    return Offer(url=feed or url, kind="youtube", why="a channel or playlist of YouTube")


def _reddit(path: str, _query: str) -> Offer | None:
    found = _REDDIT.match(path)
    if found is None:
        return None
    url = reddit.feed_of(f"{reddit.HOME}{path}")
    return Offer(url=url, kind="reddit", title=found["name"], why="a community or user of Reddit")


def _bluesky(path: str, _query: str) -> Offer | None:
    found = _BLUESKY.fullmatch(path)
    if found is None:
        return None
    name = found["name"]
    return Offer(url=JETSTREAM, kind="bluesky", title=name, accounts=(name,), why="an account of Bluesky")


def _x(path: str, _query: str) -> Offer | None:
    found = _X.fullmatch(path)
    if found is None or found["name"].lower() in _X_PAGES:
        return None
    return Offer(url=X_STREAM, kind="x", title=found["name"], accounts=(found["name"],), why="an account of X")


_SERVICES: dict[str, Callable[[str, str], Offer | None]] = {
    "t.me": _telegram,
    "telegram.me": _telegram,
    "youtube.com": _youtube,
    "reddit.com": _reddit,
    "old.reddit.com": _reddit,
    "bsky.app": _bluesky,
    "x.com": _x,
    "twitter.com": _x,
}


def offers(response: Response) -> tuple[Offer, ...]:
    """Return the feeds a page names, in its HTTP header and in its head; those of comments come last."""
    declared = response.headers.get("content-type", "")
    text = decode(response.body, content_type=declared).text
    distinct: dict[str, Offer] = {}
    for offer in (*_linked(response), *_alternates(text, response.url)):
        if offer.url != response.url:
            distinct.setdefault(canonical(offer.url), offer)
    return tuple(sorted(distinct.values(), key=_is_of_comments)[:MOST_OFFERS])


def _is_of_comments(offer: Offer) -> bool:
    return bool(_COMMENTS.search(offer.title or "") or _COMMENTS.search(urlsplit(offer.url).path))


def _linked(response: Response) -> Iterator[Offer]:
    for relations, url, kind in link_header(response.headers.get("link", ""), response.url):
        if "alternate" in relations and _is_feed_type(kind, url):
            yield Offer(url=url, why="named in the HTTP header Link")


def _is_feed_type(kind: str, url: str) -> bool:
    """Whether a link of this type leads to a feed; WordPress names its programming interface as JSON too."""
    return kind.partition(";")[0].strip().lower() in FEED_TYPES and "/wp-json" not in url and "/oembed" not in url


def _alternates(text: str, url: str) -> Iterator[Offer]:
    tree = tree_of(text)
    if tree is None:
        return
    bases = tree.xpath("//base/@href")
    base = (resolved(str(bases[0]), url) if bases else None) or url
    for link in tree.xpath("//link[@href and @rel and @type]"):
        target = resolved(str(link.get("href")), base)
        relations = str(link.get("rel")).lower().split()
        if target and {"alternate", "feed"} & set(relations) and _is_feed_type(str(link.get("type")), target):
            title = " ".join(str(link.get("title") or "").split())[:MAX_TITLE]
            yield Offer(url=target, title=title or None, why="named in the page's head")


def links_in(response: Response) -> str:
    """Return in words where the links of a page stand, for who would read it as a listing."""
    declared = response.headers.get("content-type", "")
    text = decode(response.body, content_type=declared).text
    return links_there(soup_of(text)) if "<" in text else ""


def guesses(url: str) -> tuple[Offer, ...]:
    """Return where a feed may lie that no page names: what the address suggests, then the well-known paths.

    Bounded: each costs a request.
    """
    root = urljoin(url, "/")
    here = urljoin(url if urlsplit(url).path.endswith("/") else f"{url.partition('?')[0]}/", "./")
    beside = (Offer(url=f"{here}feed/", why="a well-known path"),) if here != root else ()
    usual = (Offer(url=urljoin(root, path), why="a well-known path") for path in WELL_KNOWN)
    return (*_suggested(url), *beside, *usual)


def _suggested(url: str) -> Iterator[Offer]:
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if found := _ACCOUNT.fullmatch(parts.path):
        yield Offer(url=f"{origin}/@{found['name']}.rss", title=f"@{found['name']}", why="an account of Mastodon")
    if found := _TAG.fullmatch(parts.path):
        yield Offer(url=f"{origin}/tags/{found['name']}.rss", title=f"#{found['name']}", why="a hashtag of Mastodon")
