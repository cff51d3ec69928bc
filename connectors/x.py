"""X: the filtered stream of version 2, with rules after the source's words, tags and accounts.

Source of the rules: xdevplatform/docs, x-api/fundamentals (handling-disconnections,
consuming-streaming-data, recovery-and-redundancy, edit-posts),
x-api/posts/filtered-stream and x-api/posts/search. What was posted while
nobody listened is searched for, over the seven days that search knows, and an
edit is the next revision of the first version. Deletions are not told by this
stream: X tells them to enterprises alone, so they are learned only where
`recheck_hours` lets the posts we hold be looked up, each of which X bills. Nor
does search know of reposts. This has not met the real service yet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from connectors.asking.status import digits, quota_wait
from connectors.connector import Failure, Response
from connectors.posts.x.api import Found, Message, message_in, page_in
from connectors.posts.x.rules import queries_of
from connectors.posts.x.sieve import Streamed, XSieve, id_at, streamed, time_of
from connectors.posts.x.tending import is_tending, reasons, said_in, tended, tending
from connectors.streaming import Ask, Frame, Loss, Pause, Stream, Streaming, Taken, Why, Wire, doubling
from streams.errors import SourceRefused, SourceUnreadable
from streams.sources import SourceSettings

KIND = "x"
STREAM, SEARCH, LOOK_UP = "/2/tweets/search/stream", "/2/tweets/search/recent", "/2/tweets"
# A sign of life comes every 20 s; two more for its way.
IDLE_SECONDS = 22.0
# New rules take about 20 s, and search knows a post 30 s after it was written: so long after the
# stream was opened the gap is searched for, the time it takes included.
SETTLED = timedelta(seconds=60)
# Posts are told up to some 7 s late and in no order: the gap begins so long before the newest one.
BACK = timedelta(minutes=1)
SEARCHED = timedelta(days=7) - timedelta(minutes=10)
PAGE, MAX_PAGES = 100, 200
# Of the requests of 15 minutes so many are left to others.
SPARE = 5
LATER = timedelta(minutes=1)
TCP_STEP, TCP_LONGEST = 0.25, 16.0
HTTP_FIRST, HTTP_LONGEST = 5.0, 320.0
BUSY_FIRST, BUSY_LONGEST = 60.0, 3600.0
REFUSED_SECONDS = 3600.0
# A connection that ends sooner stands for trouble: the next ones wait, although it was open.
SHORT = timedelta(minutes=1)
BAD_REQUEST, CONFLICT, TOO_MANY = 400, 409, 429
CROWDED = "TooManyConnections"
ADVICE = "(an app has one connection: does another installation listen with this token?)"
GAP, LOOK = "search", "look"
FIELDS = {
    "tweet.fields": "attachments,author_id,created_at,edit_history_tweet_ids,entities,lang,"
    "note_tweet,referenced_tweets",
    "expansions": "author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id",
    "user.fields": "name,username",
    "media.fields": "alt_text,preview_image_url,type,url,variants",
}
# What openapi.json has for search and look-up, against all other documents.
NEW_FIELDS = {
    **FIELDS,
    "expansions": "author_id,attachments.media_keys,referenced_posts",
    "post.fields": "attachments,created_at,entities,lang,note_post",
}
del NEW_FIELDS["tweet.fields"]


def dial(source: SourceSettings, state: bytes, now: datetime) -> Ask | Stream:
    """Bring the rules into order, then open the stream."""
    known, base = streamed(state), _base(source)
    if ask := tending(source, known, now, base, is_open=False):
        return ask
    backfill, since, text = _missed(source, known, now)
    opened = replace(
        known,
        newest=known.newest or id_at(now),
        # What is streamed once more does not come at once; what is searched for is remembered apart.
        heard_at=known.heard_at if backfill and known.heard_at else now,
        opened_at=now,
        looked_at=known.looked_at or now,
        since=since,
        query=0,
        page="",
        pages=0,
        not_before=now + SETTLED,
    )
    query = {**FIELDS, "backfill_minutes": str(backfill)} if backfill else FIELDS
    return Stream(
        url=f"{base}?{urlencode(query, safe=',')}",
        wire=Wire.LINES,
        state=msgspec.json.encode(opened),
        idle_seconds=IDLE_SECONDS,
        with_token=True,
        text=text,
    )


def _base(source: SourceSettings) -> str:
    parts = urlsplit(source.url)
    if parts.path.rstrip("/") not in {"", STREAM}:
        raise SourceRefused(f"{source.url[:200]!r} is no stream of X; write https://api.x.com{STREAM}")
    return f"{_origin(source)}{STREAM}"


def _origin(source: SourceSettings) -> str:
    parts = urlsplit(source.url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _missed(source: SourceSettings, known: Streamed, now: datetime) -> tuple[int, str, str]:
    """Return the minutes to have streamed again, the id to search from where that is not enough, and what is lost."""
    if not known.newest or known.heard_at is None:
        return 0, "", ""
    minutes = ceil((now - known.heard_at + BACK) / timedelta(minutes=1))
    backfill = min(minutes, source.backfill_minutes)
    if minutes <= source.backfill_minutes and not known.since:
        return backfill, "", ""
    floor = now - SEARCHED
    lost = f"what was posted between {known.heard_at:%Y-%m-%d %H:%M} and {floor:%Y-%m-%d %H:%M} UTC cannot be asked for"
    since = known.since or id_at(min(time_of(known.newest), known.heard_at) - BACK)
    return backfill, max(since, id_at(floor), key=int), lost if known.heard_at < floor else ""


def gap(source: SourceSettings, state: bytes, now: datetime) -> Ask | None:
    """Return what is to be asked beside the stream: the rules, the gap, the posts we hold; None while that waits."""
    known = streamed(state)
    if ask := tending(source, known, now, _base(source), is_open=True):
        return ask
    if known.not_before and now < known.not_before:
        return None
    fields = NEW_FIELDS if known.renamed else FIELDS
    if known.since:
        query = {"query": queries_of(source)[known.query], "since_id": known.since, "max_results": str(PAGE), **fields}
        more = {"next_token": known.page} if known.page else {}
        return Ask(
            name=GAP, url=f"{_origin(source)}{SEARCH}?{urlencode({**query, **more}, safe=',:')}", with_token=True
        )
    if due := _due(source, known, now):
        query = {"ids": ",".join(due[:PAGE]), **fields}
        return Ask(name=LOOK, url=f"{_origin(source)}{LOOK_UP}?{urlencode(query, safe=',')}", with_token=True)
    return None


def _due(source: SourceSettings, known: Streamed, now: datetime) -> tuple[str, ...]:
    """Return the versions of posts we hold that are to be looked up."""
    pause = timedelta(hours=source.recheck_hours)
    if known.look or not pause or now - (known.looked_at or now) < pause:
        return known.look
    return tuple(str(int(post.mark)) for post in known.held.values() if not post.is_gone)


def told(source: SourceSettings, state: bytes, ask: Ask, answer: Response | Failure, now: datetime) -> Taken:
    """Read an answer about the rules, a page of the search, or posts that were looked up."""
    known = streamed(state)
    if is_tending(ask):
        return tended(source, known, ask, answer, now)
    if isinstance(answer, Failure):
        return _unanswered(known, ask, answer, now)
    page = page_in(answer.body, Found)
    rested = replace(known, not_before=_rest(answer, now))
    return (_searched if ask.name == GAP else _looked)(source, rested, page, now)


def _unanswered(known: Streamed, ask: Ask, failure: Failure, now: datetime) -> Taken:
    """Go on with the stream where the posts before it cannot be had: for now, or at all."""
    text = (
        f"{failure.text.partition('?')[0]}: HTTP {failure.status} {said_in(failure)}"
        if failure.status
        else failure.text
    )
    if failure.status is None or failure.status >= 500 or failure.status == TOO_MANY:  # noqa: PLR2004 (RFC 9110)
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after else LATER
        return Taken(state=msgspec.json.encode(replace(known, not_before=now + wait)), text=text)
    if failure.status == BAD_REQUEST and not known.renamed:
        return Taken(state=msgspec.json.encode(replace(known, renamed=True)))
    known = replace(known, renamed=False)
    known = replace(known, since="") if ask.name == GAP else replace(known, look=(), looked_at=now)
    return Taken(state=msgspec.json.encode(known), text=f"what was missed cannot be read: {text}")


def _rest(answer: Response, now: datetime) -> datetime | None:
    left = digits(answer.headers.get("x-rate-limit-remaining", ""))
    if left is None or left > SPARE:
        return None
    wait = quota_wait({**answer.headers, "x-rate-limit-remaining": "0"}, now)
    return now + timedelta(seconds=wait) if wait else None


def _searched(source: SourceSettings, known: Streamed, page: Found, now: datetime) -> Taken:
    sieve = XSieve(source=source, known=known, now=now)
    sieve.posts(page.data, page.includes)
    pages, more = known.pages + 1, page.meta.next_token or ""
    if more and pages < MAX_PAGES:
        return sieve.taken(page=more, pages=pages)
    text = f"more than {MAX_PAGES * PAGE} posts were missed; the oldest are left out" if more else ""
    query = known.query + 1
    if query < len(queries_of(source)):
        return sieve.taken(query=query, page="", pages=pages if not more else 0, text=text)
    return sieve.taken(since="", query=0, page="", pages=0, text=text)


def _looked(source: SourceSettings, known: Streamed, page: Found, now: datetime) -> Taken:
    """Take edits and deletions: X names each post that is no more, or is not for everybody any more."""
    asked, rest = (due := _due(source, known, now))[:PAGE], due[PAGE:]
    sieve = XSieve(source=source, known=known, now=now)
    posts = sieve.posts(page.data, page.includes)
    gone = {str(one.get("resource_id") or one.get("value")) for one in page.errors if _is_gone(one)}
    for id_ in asked:
        if id_ in gone:
            sieve.delete(id_)
    newer = (post.versions[-1] for post in posts if post.versions[-1] != post.id)
    return sieve.taken(look=(*rest, *(id_ for id_ in newer if id_ not in asked)), looked_at=now)


def _is_gone(problem: dict[str, object]) -> bool:
    kind = str(problem.get("type", "")).rpartition("/")[2]
    return kind in {"resource-not-found", "not-authorized-for-resource"} and problem.get("resource_type") in {
        "tweet",
        "post",
    }


def take(source: SourceSettings, state: bytes, frames: tuple[Frame, ...], now: datetime) -> Taken:
    """Read the lines of the stream: posts, and what X says of the stream itself."""
    sieve = XSieve(source=source, known=streamed(state), now=now)
    for frame in frames:
        try:
            message = _message(frame)
        except SourceUnreadable as error:
            sieve.catch.unread(frame.data, error, size=frame.size)
            continue
        if message.data is None and message.said:
            return sieve.taken(over=message.said)
        sieve.message(message, frame)
    opened_at, at = sieve.known.opened_at, frames[-1].at if frames else now
    is_short = opened_at is not None and at - opened_at < SHORT
    return sieve.taken() if is_short else sieve.taken(heard_at=at)


def _message(frame: Frame) -> Message:
    if not frame.is_whole:
        raise SourceUnreadable(f"a line of {frame.size} bytes is larger than is read")
    return message_in(frame.data)


def lost(_source: SourceSettings, state: bytes, loss: Loss, now: datetime) -> Pause:
    """Dial again at once after an open stream, else by the kind of failure, as X asks.

    After failures of the network 0.25 s more each time to 16 s; after answers 5
    s doubling to 320 s; after 429, or where other connections are in the way,
    60 s doubling to an hour, and not before the time the answer names.
    """
    if loss.why is Why.REFUSED:
        return Pause(seconds=REFUSED_SECONDS)
    known = streamed(state)
    was_open = loss.why in {Why.SILENT, Why.CLOSED}
    is_short = known.opened_at is not None and now - known.opened_at < SHORT
    after = replace(
        known,
        ended=known.ended + 1 if is_short else 1,
        heard_at=now - timedelta(seconds=IDLE_SECONDS) if was_open and not is_short else known.heard_at,
        # "There are no rules": somebody else deleted them.
        listed_at=None if loss.failure.status == CONFLICT else known.listed_at,
    )
    text = _reasons(loss)
    return Pause(seconds=_seconds(loss, after, was_open=was_open), state=msgspec.json.encode(after), text=text)


def _seconds(loss: Loss, known: Streamed, *, was_open: bool) -> float:
    tries = max(loss.tries, known.ended)
    if loss.failure.status == TOO_MANY or CROWDED in loss.said:
        return doubling(tries, BUSY_FIRST, BUSY_LONGEST)
    if was_open:
        return 0.0 if tries == 1 else doubling(tries - 1, HTTP_FIRST, HTTP_LONGEST)
    if loss.why is Why.NETWORK:
        return min(TCP_STEP * loss.tries, TCP_LONGEST)
    return doubling(tries, HTTP_FIRST, HTTP_LONGEST)


def _reasons(loss: Loss) -> str:
    """Return what X says and the text of the failure does not, with what to do about it."""
    said = reasons(loss.said.removeprefix(loss.failure.text).strip()) if loss.failure.status else ""
    return f"{said} {ADVICE}".strip() if CROWDED in loss.said else said


X = Streaming(kind=KIND, dial=dial, gap=gap, told=told, take=take, lost=lost, needs_token=True)
