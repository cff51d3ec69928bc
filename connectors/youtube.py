"""YouTube channels and playlists by their Atom feed: title and description of the last fifteen videos.

Never met the real service: written after its documented feed and what readers
of it tell (FreshRSS #8808: good channels answer 404 and 500 for weeks, so no
such answer is final here). An address by handle is looked up once on the
channel's page.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace as changed

from connectors.asking.validators import conditions
from connectors.connector import FEED_LIMIT, PAGE_LIMIT, Connector, Failure, Purpose, Reading, Request, Response
from connectors.feeds import ACCEPT
from connectors.following.lists import Followed, known_of
from connectors.posts.accounts import read_posts
from connectors.reading.charset import decode
from connectors.reading.entries import Document
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

HOME = "https://www.youtube.com"
# Where videos are announced as they appear (developers.google.com/youtube/v3/guides/push_notifications).
HUB = "https://pubsubhubbub.appspot.com/subscribe"
TOPIC = f"{HOME}/xml/feeds/videos.xml?channel_id="
_CHANNEL = re.compile(r"UC[\w-]{22}")
_PLAYLIST = re.compile(r"(?:PL|UU|OL|FL|LL)[\w-]{10,64}")
_HANDLE = re.compile(r"@[\w.·-]{3,60}")
# How a channel's page names its id: its feed, its canonical address, its data.
_NAMED = re.compile(r'(?:channel_id=|/channel/|"(?:externalId|channelId)"\s*:\s*")(UC[\w-]{22})')
# RFC 6721 section 3: an entry that is no longer there.
_DELETED = re.compile(rb"""<(?:\w{1,20}:)?deleted-entry\b[^<>]{0,1000}?\bref\s*=\s*["']([^"'<>]{1,300})["']""")


class Videos(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a channel: its id, where it was given by handle, and its videos.

    `is_new` says that its feed was found and is to be read at once.
    """

    channel: str = ""
    is_new: bool = False
    followed: Followed = Followed()


def _state(state: bytes) -> Videos:
    return msgspec.json.decode(state, type=Videos) if state else Videos()


def _home(url: str) -> str:
    parts = urlsplit(url)
    is_own = not parts.hostname or parts.hostname.removeprefix("www.").removeprefix("m.") in {"youtube.com", "youtu.be"}
    return HOME if is_own or not parts.scheme else f"{parts.scheme}://{parts.netloc}"


def feed_of(url: str) -> str | None:
    """Return the address of the feed, None where a handle or a name has to be looked up first."""
    parts, given = urlsplit(url), url.strip()
    if parts.path.endswith("/videos.xml"):
        return given
    listed = parse_qs(parts.query).get("list", [given])[0]
    if _PLAYLIST.fullmatch(listed):
        return f"{_home(url)}/feeds/videos.xml?playlist_id={listed}"
    named = next((part for part in parts.path.split("/") if _CHANNEL.fullmatch(part)), None)
    return f"{_home(url)}/feeds/videos.xml?channel_id={named}" if named else None


def _page(url: str) -> str:
    """Return the address of the channel's page."""
    if _HANDLE.fullmatch(url.strip()):
        return f"{HOME}/{url.strip()}"
    return url if "//" in url else f"https://{url}"


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll of the feed, or of the page that names it, and the feed at once when it was just found."""
    known = _state(state)
    feed = feed_of(source.url) or (
        f"{_home(source.url)}/feeds/videos.xml?channel_id={known.channel}" if known.channel else None
    )
    if feed is None:
        return (Request(purpose=Purpose.POLL, url=_page(source.url), accept="text/html", limit=PAGE_LIMIT),)
    etag, last_modified = conditions(known.followed.validators, now)
    poll = Request(
        purpose=Purpose.POLL, url=feed, accept=ACCEPT, limit=FEED_LIMIT, etag=etag, last_modified=last_modified
    )
    first = replace(poll, purpose=Purpose.MORE, etag=None, last_modified=None, key="first", not_before=now)
    return (poll, first) if known.is_new else (poll,)


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return the videos that a feed brought, or what a page says the feed is; raises SourceUnreadable."""
    known = _state(state)
    if "/videos.xml" not in request.url:
        return _found(source, known, response)
    deleted = tuple(html.unescape(ref.decode("utf-8", "replace")) for ref in _DELETED.findall(response.body))
    reading = read_posts(
        source,
        msgspec.json.encode(known.followed),
        request,
        response,
        now,
        shaped=lambda found: (_shaped(found, request.url), deleted),
        handle_of=lambda _: _handle(source),
    )
    after = changed(known, is_new=False, followed=known_of(reading.state))
    return replace(reading, state=msgspec.json.encode(after))


def _handle(source: SourceSettings) -> str | None:
    found = _HANDLE.search(source.url)
    return found[0].removeprefix("@") if found else None


def _found(source: SourceSettings, known: Videos, response: Response) -> Reading:
    if response.status != 200:  # noqa: PLR2004 (nothing was asked for on condition)
        raise SourceUnreadable(f"{response.url} answered {response.status} to an unconditional request")
    text = decode(response.body, content_type=response.headers.get("content-type", ""), language=source.language).text
    named = _NAMED.search(text)
    if named is None:
        raise SourceUnreadable(f"{response.url} names no channel; give the channel's id (UC...) as url")
    after = changed(known, channel=named[1], is_new=True)
    return Reading(state=msgspec.json.encode(after), text=f"the channel's id is {named[1]}")


def _shaped(found: Document, url: str) -> Document:
    """Return the feed with descriptions as the plain text they are, and the hub that announces a channel's videos."""
    channel = parse_qs(urlsplit(url).query).get("channel_id", [""])[0]
    hub = found.hub or ((HUB, f"{TOPIC}{channel}") if channel and url.startswith(HOME) else None)
    entries = tuple(replace(entry, content_type="text/plain") for entry in found.entries)
    return replace(found, entries=entries, hub=hub)


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:  # noqa: ARG001 (the contract's signature)
    """Let the feed that was just found wait for the next poll."""
    after = changed(_state(state), is_new=False)
    return Reading(state=msgspec.json.encode(after), outcome=failure.outcome, text=failure.text)


YOUTUBE = Connector(kind="youtube", plan=plan, read=read, missed=missed)
