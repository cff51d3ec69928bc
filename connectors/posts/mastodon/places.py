"""What a Mastodon source's address names: a stream and the timeline that shows the same posts. Pure.

The addresses are those of Mastodon's own pages, to be copied from a browser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from streams.errors import SourceRefused
from streams.sources import SourceSettings

PAGES = "HOST, HOST/public, /public/local, /public/remote, /home, /lists/NUMBER, /tags/NAME or /tags/NAME/local"
_LIST = re.compile(r"lists/(?P<id>[A-Za-z0-9]{1,64})")
_TAG = re.compile(r"tags/(?P<tag>[^/]{1,200}?)(?P<local>/local)?")
PLAIN = {
    "": ("public", "public", ""),
    "public": ("public", "public", ""),
    "public/local": ("public/local", "public", "local=true"),
    "public/remote": ("public/remote", "public", "remote=true"),
    "home": ("user", "home", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An instance (`origin` is scheme and host), the path of a stream on it, and path and query of its timeline."""

    origin: str
    stream: str
    timeline: str
    query: str = ""

    def page(self, **parameters: str | int) -> str:
        """Return the address of a page of the timeline."""
        query = "&".join(filter(None, (self.query, urlencode(parameters))))
        return f"{self.origin}/api/v1/timelines/{self.timeline}?{query}"


def place_of(source: SourceSettings) -> Place:
    """Return what the source's address names; raises SourceRefused for what is no stream."""
    parts = urlsplit(source.url)
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    path = parts.path.strip("/")
    if path == "" and len(source.tags) == 1 and not source.words and not source.accounts:
        path = f"tags/{quote(source.tags[0].strip().lstrip('#'))}"
    if path in PLAIN:
        stream, timeline, query = PLAIN[path]
        return Place(origin=origin, stream=stream, timeline=timeline, query=query)
    if found := _LIST.fullmatch(path):
        return Place(origin=origin, stream=f"list?list={found['id']}", timeline=f"list/{found['id']}")
    if found := _TAG.fullmatch(path):
        tag, local = quote(unquote(found["tag"]), safe=""), bool(found["local"])
        stream = f"hashtag/local?tag={tag}" if local else f"hashtag?tag={tag}"
        return Place(origin=origin, stream=stream, timeline=f"tag/{tag}", query="local=true" if local else "")
    raise SourceRefused(f"{source.url[:200]!r} names no stream of Mastodon; write {PAGES}")
