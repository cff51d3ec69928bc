"""Telegram channels by their public preview: the last messages, paging back over what was missed, edits and deletions.

Never met the real service: written after what readers of the same page do
(see `posts.telegram.page`) and tried against a server of our own that does likewise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from connectors.asking.validators import Validators, conditions, is_unchanged, learned
from connectors.connector import PAGE_LIMIT, Connector, Failure, Purpose, Reading, Request, Response
from connectors.following.lists import WEEK
from connectors.posts.telegram.channel import Channel, News, Walk, channel_of, news_of, preview, remembered, state_of
from connectors.posts.telegram.page import HOME, ChannelPage, channel_page
from connectors.reading.charset import decode
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

ACCEPT = "text/html"
# Telegram refuses those who page fast, and says so by pages without posts.
PACE = timedelta(seconds=10)
# Some 10,000 posts of one pause; several pauses may be open at once.
MOST_PAGES = 500
MOST_WALKS = 8
# After a minute, 4, 16, then each hour: most of a day before posts are given up.
MAX_TRIES = 20
LONGEST_WAIT = timedelta(hours=1)
LOOK_BACK_EVERY = timedelta(hours=1)
# For so long people are told that posts were given up.
TOLD_FOR = timedelta(days=1)


def _key(walk: Walk) -> str:
    return f"{'gap' if walk.fills else 'back'} {walk.until} {walk.before}"


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll of the newest page, then the pages still to walk back over."""
    known, url = state_of(state), preview(source.url)
    etag, last_modified = conditions(known.validators, now)
    poll = Request(
        purpose=Purpose.POLL, url=url, accept=ACCEPT, limit=PAGE_LIMIT, etag=etag, last_modified=last_modified
    )
    return (poll, *(_further(url, walk) for walk in known.walks))


def _further(url: str, walk: Walk) -> Request:
    return Request(
        purpose=Purpose.MORE,
        url=f"{url}?before={walk.before}",
        accept=ACCEPT,
        limit=PAGE_LIMIT,
        key=_key(walk),
        not_before=walk.not_before,
    )


def read(
    source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime
) -> Reading | Failure:
    """Return the posts a page brought, or that it is none to be read; raises SourceUnreadable and nothing else."""
    known = state_of(state)
    walk = next((walk for walk in known.walks if _key(walk) == request.key), None)
    if request.purpose is Purpose.MORE and walk is None:
        return Reading(state=state, outcome="unchanged")
    validators = Validators() if walk else _learned(known, request, response, now)
    if is_unchanged(Validators() if walk else known.validators, request, response):
        after = replace(known, validators=validators)
        return Reading(state=msgspec.json.encode(after), outcome="unchanged", has_validators=True)
    page = channel_page(_text(response), now)
    if failure := _no_posts(source, known, page, response, walk):
        return failure
    if walk is not None:
        return _walked(source, known, page, walk, now)
    return _polled(source, replace(known, validators=validators), page, now)


def _learned(known: Channel, request: Request, response: Response, now: datetime) -> Validators:
    """Return what to ask with; nothing where the server names none, so that a quiet page leaves the state as it was."""
    found = learned(known.validators, request, response, now)
    return found if found.etag or found.last_modified else Validators()


def _text(response: Response) -> str:
    text = decode(response.body, content_type=response.headers.get("content-type", ""), language=None).text
    if not text.strip() or "\x00" in text[:4096]:
        raise SourceUnreadable(
            f"{response.url} is not a channel's preview: it is {'binary' if text.strip() else 'empty'}"
        )
    return text


def _no_posts(
    source: SourceSettings, known: Channel, page: ChannelPage, response: Response, walk: Walk | None
) -> Failure | None:
    """Return why the page shows no posts where it should; raises SourceUnreadable for a page of something else."""
    if "/s/" not in urlsplit(response.url).path:
        return _closed(source, known, page)
    if not page.is_preview or (page.flaws and not page.newest):
        raise SourceUnreadable(f"{response.url} is not a channel's preview: none of its messages can be read")
    if page.newest == 0:
        # Telegram says the same of an empty channel and to whom it throttles (RSSHub, tchan): it is asked again.
        why = "though there are some: " if known.last or walk else "as of a channel that has none yet, or "
        text = f"GET {response.url}: a page without posts, {why}Telegram asks for patience"
        return Failure(outcome="unavailable", text=text, weight=0.25, status=response.status, about="busy")
    if walk and page.oldest >= walk.before:
        text = f"GET {response.url}: a page of other posts than those asked for"
        return Failure(outcome="unavailable", text=text, weight=0.25, status=response.status)
    return None


def _closed(source: SourceSettings, known: Channel, page: ChannelPage) -> Failure:
    """Return that Telegram led away from the preview, and what to do about it."""
    name = channel_of(source)
    if "member" in page.extra:
        why = "it is a group, and groups have no preview; name a channel"
    elif "subscriber" in page.extra:
        why = "it shows its posts to its subscribers only (its preview is off, or Telegram thinks it sensitive)"
        why += "; look for a mirror of it with a preview, or for its feed"
    elif known.last:
        why = f"it could be read before, last post {known.last}: it was renamed or deleted; give its new name as url"
    else:
        why = "no channel bears that name; see whether it is spelled right"
    about = "" if page.extra else "gone"
    text = f"{HOME}{name} has no public preview: {why}"
    return Failure(outcome="refused", text=text, weight=1.0, final=True, about=about)


def _polled(source: SourceSettings, known: Channel, page: ChannelPage, now: datetime) -> Reading:
    news = news_of(source, known, page, now)
    after = _looking_back(source, _with_gap(source, known, page, now), page, now)
    overlap = news.known / max(1, len(page.posts)) if known.last else None
    if after.lost_at is not None and now - after.lost_at > TOLD_FOR:
        after = replace(after, lost="", lost_at=None)
    return _reading(replace(after, last=max(known.last, page.newest)), news, page, overlap=overlap)


def _with_gap(source: SourceSettings, known: Channel, page: ChannelPage, now: datetime) -> Channel:
    """Plan to page back where the page does not reach what was read; of many gaps the two oldest become one."""
    if not known.last or page.oldest <= known.last + 1:
        return known
    gap = Walk(before=page.oldest, until=known.last, pages=MOST_PAGES, not_before=now + _pace(source), fills=True)
    gaps = sorted((walk for walk in (*known.walks, gap) if walk.fills), key=lambda walk: walk.until)
    if len(gaps) > MOST_WALKS:
        gaps[:2] = [replace(gaps[1], until=gaps[0].until)]
    return replace(known, walks=(*gaps, *(walk for walk in known.walks if not walk.fills)))


def _looking_back(source: SourceSettings, known: Channel, page: ChannelPage, now: datetime) -> Channel:
    """Plan, once an hour, to read again the pages before this one, as far as their posts are remembered."""
    lowest = min(known.posts, default=page.oldest)
    is_due = known.looked_at is None or now - known.looked_at >= LOOK_BACK_EVERY
    if not is_due or not source.look_back_pages or any(not walk.fills for walk in known.walks):
        return known
    back = Walk(before=page.oldest, until=lowest - 1, pages=source.look_back_pages, not_before=now + _pace(source))
    walks = (*known.walks, back) if lowest < page.oldest else known.walks
    return replace(known, walks=walks, looked_at=now)


def _walked(source: SourceSettings, known: Channel, page: ChannelPage, walk: Walk, now: datetime) -> Reading:
    news = news_of(source, known, page, now, walk=walk)
    left = replace(walk, before=page.oldest, pages=walk.pages - 1, tries=0, not_before=now + _pace(source))
    if page.oldest <= walk.until + 1:
        return _reading(_instead(known, walk, None), news, page)
    if left.pages:
        return _reading(_instead(known, walk, left), news, page)
    lost = _lost(source, left, "too many") if walk.fills else ""
    after = replace(known, lost=lost, lost_at=now) if lost else known
    return _reading(_instead(after, walk, None), news, page, lost=lost)


def _instead(known: Channel, walk: Walk, left: Walk | None) -> Channel:
    """Return the channel with what is left of a walk in its place."""
    walks = (left if other is walk else other for other in known.walks)
    return replace(known, walks=tuple(filter(None, walks)))


def _lost(source: SourceSettings, walk: Walk, why: str) -> str:
    return f"posts {walk.until + 1} to {walk.before - 1} of {channel_of(source)} were not read: {why}"


def _pace(source: SourceSettings) -> timedelta:
    return timedelta(0) if source.allow_private else PACE


def _reading(after: Channel, news: News, page: ChannelPage, *, lost: str = "", overlap: float | None = None) -> Reading:
    flaw = f"{page.flaws} of its messages could not be read" if page.flaws else ""
    return Reading(
        items=tuple(news.items),
        state=msgspec.json.encode(replace(after, posts=remembered(news.source, news.posts))),
        outcome="unavailable" if lost else "ok",
        text="; ".join(filter(None, (after.lost, flaw))),
        fresh=len(news.fresh),
        weekly=sum(1 for post in news.fresh if post.published_at is None or news.now - post.published_at <= WEEK),
        # There are none, but a page of twenty posts costs little: it may be asked for at the source's floor.
        has_validators=True,
        overlap=overlap,
        notes=("may-have-missed",) if after.lost else (),
    )


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:
    """Put a page of a gap off (a minute, 4, 16, then an hour) for most of a day; a look back is not repeated."""
    known = state_of(state)
    walk = next((walk for walk in known.walks if _key(walk) == request.key), None)
    if walk is None:
        return Reading(state=state, outcome=failure.outcome, text=failure.text)
    wait = max(
        min(timedelta(minutes=4 ** min(walk.tries, 3)), LONGEST_WAIT), timedelta(seconds=failure.retry_after or 0)
    )
    later = replace(walk, tries=walk.tries + 1, not_before=now + wait)
    is_over = not walk.fills or later.tries >= MAX_TRIES
    text = _lost(source, walk, failure.text) if walk.fills and is_over else failure.text
    after = _instead(known, walk, None if is_over else later)
    if walk.fills and is_over:
        after = replace(after, lost=text, lost_at=now)
    return Reading(state=msgspec.json.encode(after), outcome=failure.outcome, text=text)


TELEGRAM = Connector(kind="telegram", plan=plan, read=read, missed=missed)
