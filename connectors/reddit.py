"""Reddit communities and users by their feeds (`.rss`): posts and comments, their edits, what was deleted or removed.

Never met the real service: written after the feeds that readers of it
describe. Strangers are answered about once a minute (see `asking.hosts`).
The feeds that reddit.com/prefs/feeds shows to who has logged in end in a key
of his, `feed=…&user=…`; written into `token_file` it goes with each poll of
whatever community. Some readers had that lift the limit (QuiteRSS #1626, July
2026) and some not (NetNewsWire #5355, same month), so the minute's pause stays.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

import lxml.etree
import lxml.html

from connectors.connector import Connector, Reading, Request, Response
from connectors.feeds import plan as feed_plan
from connectors.following.lists import missed
from connectors.posts.accounts import read_posts, without
from connectors.reading.entries import Document, Entry
from streams.items import RawItem
from streams.sources import SourceSettings

HOME = "https://www.reddit.com"
_PLACE = re.compile(r"/?(?P<kind>r|u|user)/(?P<name>[\w+-]{2,120})(?P<rest>/[\w/.-]*)?")
# What the writer wrote stands between these; around it stand "submitted by" and links.
_BEGIN, _END = re.compile(r"<!--\s*SC_OFF\s*-->"), re.compile(r"<!--\s*SC_ON\s*-->")
_LINK = re.compile(r"""<a\s[^>]{0,100}?href=["']([^"'<>]{1,2048})["'][^>]{0,100}>\s*\[link\]\s*</a>""")
REMOVED = frozenset({"[deleted]", "[removed]", "[ removed by reddit ]", "[removed by reddit]"})


def feed_of(url: str) -> str:
    """Return the address of the newest posts of a community or a user; an address of a feed stays."""
    parts = urlsplit(url.strip())
    home = f"{parts.scheme}://{parts.netloc}" if parts.scheme and not _is_reddit(parts.hostname) else HOME
    path = parts.path if parts.scheme else url.strip().removeprefix("www.").removeprefix("reddit.com")
    place = _PLACE.fullmatch(path.split("?", 1)[0].removesuffix("/"))
    if place is None or ".rss" in path:
        return url.strip()
    where = "r" if place["kind"] == "r" else "user"
    newest = "/new" if where == "r" and not place["rest"] else place["rest"] or ""
    return f"{home}/{where}/{place['name']}{newest}/.rss"


def _is_reddit(host: str | None) -> bool:
    return host is not None and (host == "reddit.com" or host.endswith(".reddit.com"))


def _read_at(source: SourceSettings) -> SourceSettings:
    return source.model_copy(update={"url": feed_of(source.url), "full_text": False})


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll of the feed."""
    return feed_plan(_read_at(source), state, now)


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return the posts a feed brought; raises SourceUnreadable and nothing else."""
    at = _read_at(source)
    return read_posts(at, state, request, response, now, shaped=_shaped, handle_of=_handle)


def _handle(item: RawItem) -> str | None:
    return (item.author or "").removeprefix("/u/") or None


def _shaped(found: Document) -> tuple[Document, tuple[str, ...]]:
    """Return the posts in their writers' own words, and the ids (t3, t1) of those that were deleted or removed."""
    own = replace(found, entries=tuple(replace(entry, body=_own(entry.body)) for entry in found.entries))
    return without(own, _is_removed)


def _own(body: str) -> str:
    """Return the writer's words, and where he links to: within Reddit that is only the post itself."""
    begin, link = _BEGIN.search(body), _LINK.search(body)
    end = _END.search(body, begin.end()) if begin else None
    if end is None and link is None:
        return body
    outer = link[1] if link and _leads_out(html.unescape(link[1])) else None
    words = body[begin.end() : end.start()] if begin and end else ""
    return words + (f'<a href="{outer}"></a>' if outer else "")


def _leads_out(url: str) -> bool:
    try:
        return not _is_reddit(urlsplit(url).hostname)
    except ValueError:
        return False


def _is_removed(entry: Entry) -> bool:
    if not 0 < len(entry.body) <= 1000:  # noqa: PLR2004 (a notice and its markup)
        return False
    try:
        words = "".join(map(str, lxml.html.fromstring(f"<div>{entry.body}</div>").itertext()))
    except (lxml.etree.LxmlError, ValueError):
        return False
    return words.strip().lower() in REMOVED


REDDIT = Connector(kind="reddit", plan=plan, read=read, missed=missed)
