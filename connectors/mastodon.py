"""Mastodon: the streaming API over server-sent events, and the timelines for what was missed.

Source of the rules: docs.joinmastodon.org, methods/streaming, methods/timelines,
methods/statuses and api/rate-limits. A stream cannot be resumed: after each
connection the timeline is read forwards from the last posts seen until it is
level, and the newest posts we hold are looked up once more for edits and
deletions. This has not met a real instance yet.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from connectors.asking.status import digits, quota_wait
from connectors.connector import Failure, Response
from connectors.posts.mastodon.places import place_of
from connectors.posts.mastodon.sieve import Followed, Phase, Sieve, followed, known_from, newest_held
from connectors.streaming import Ask, Frame, Loss, Pause, Stream, Streaming, Taken, Why, Wire, doubling
from streams.errors import SourceRefused, SourceUnreadable
from streams.sources import SourceSettings

KIND = "mastodon"
# Heartbeats come about every 15 s.
IDLE_SECONDS = 60.0
PAGE = 40
# As many posts as are held, so that nothing that is read twice is published twice.
MAX_PAGES = 50
# Posts that federate late have ids from before: the timeline is read again from so many posts back.
BACK = 40
# How many posts are looked up at a time.
AT_A_TIME = 20
# Of the 300 requests in five minutes so many are left to others.
SPARE = 20
FIRST, LONGEST = 2.0, 300.0
BUSY_FIRST, BUSY_LONGEST = 60.0, 3600.0
FORBIDDEN_SECONDS = 3600.0
LATER = timedelta(seconds=30)
INSTANCE, TIMELINE, LOOK = "instance", "timeline", "look"
TOO_MANY = 429


def dial(source: SourceSettings, state: bytes, _now: datetime) -> Ask | Stream:
    """Ask the instance where it streams, then open the stream the source's address names."""
    place = place_of(source)
    known = followed(state, place.origin)
    if not known.streaming:
        return Ask(name=INSTANCE, url=f"{place.origin}/api/v2/instance")
    return Stream(
        url=f"{known.streaming}/api/v1/streaming/{place.stream}",
        wire=Wire.EVENTS,
        state=msgspec.json.encode(replace(known, phase=Phase.GAP, after="", pages=0, look=newest_held(known))),
        idle_seconds=IDLE_SECONDS,
        with_token=True,
    )


def gap(source: SourceSettings, state: bytes, now: datetime) -> Ask | None:
    """Return the next page of the timeline, then the next look at posts we hold; None while that has to wait."""
    place = place_of(source)
    known = followed(state, place.origin)
    if known.not_before and now < known.not_before:
        return None
    if known.phase is Phase.GAP:
        since = known.after or known_from(known, BACK)
        url = place.page(limit=PAGE, min_id=since) if since else place.page(limit=PAGE)
        return Ask(name=TIMELINE, url=url, with_token=True)
    if known.phase is Phase.LOOK:
        wanted = urlencode([("id[]", id_) for id_ in known.look[:AT_A_TIME]])
        return Ask(name=LOOK, url=f"{place.origin}/api/v1/statuses?{wanted}", with_token=True)
    return None


def told(source: SourceSettings, state: bytes, ask: Ask, answer: Response | Failure, now: datetime) -> Taken:
    """Read what the instance says of itself, a page of the timeline, or posts that were looked up."""
    known = followed(state, place_of(source).origin)
    if ask.name == INSTANCE:
        return _instance(known, answer)
    if isinstance(answer, Failure):
        return _unanswered(known, ask, answer, now)
    rested = replace(known, not_before=_rest(answer, now))
    listed = _listed(answer)
    return (_page if ask.name == TIMELINE else _looked)(source, rested, listed, now)


def _instance(known: Followed, answer: Response | Failure) -> Taken:
    if isinstance(answer, Failure) and answer.status not in {404, 410}:
        return Taken(state=msgspec.json.encode(known), over=answer.text)
    # Before 4.0 there was no such page; the streaming API then mostly lay on the same host.
    said = _streaming_in(answer.body) if isinstance(answer, Response) else ""
    streaming = said or known.origin
    if urlsplit(known.origin).scheme == "https" and urlsplit(streaming).scheme != "https":
        raise SourceUnreadable(f"{known.origin} names {streaming[:200]!r} for streaming: a token is not sent there")
    return Taken(state=msgspec.json.encode(replace(known, streaming=streaming)))


def _streaming_in(body: bytes) -> str:
    try:
        said: Any = msgspec.json.decode(body)
        url = str(said["configuration"]["urls"].get("streaming") or "")
        parts = urlsplit(url)
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceUnreadable(f"the instance does not say where it streams: {error}"[:500]) from error
    scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}" if url else ""


def _unanswered(known: Followed, ask: Ask, failure: Failure, now: datetime) -> Taken:
    """Go on with the stream where the posts before it cannot be had: for now, or at all."""
    if failure.status is None or failure.status >= 500 or failure.status == TOO_MANY:  # noqa: PLR2004 (RFC 9110)
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after else LATER
        return Taken(state=msgspec.json.encode(replace(known, not_before=now + wait)), text=failure.text)
    # An instance may close its timelines (4.5), and before 4.3 posts cannot be looked up.
    text = f"what was missed cannot be read: {failure.text}" if ask.name == TIMELINE else ""
    return Taken(state=msgspec.json.encode(replace(known, phase=Phase.LEVEL, look=())), text=text)


def _rest(answer: Response, now: datetime) -> datetime | None:
    left = digits(answer.headers.get("x-ratelimit-remaining", ""))
    if left is None or left > SPARE:
        return None
    wait = quota_wait({**answer.headers, "x-ratelimit-remaining": "0"}, now)
    return now + timedelta(seconds=wait) if wait else None


def _listed(answer: Response) -> list[Raw]:
    try:
        return msgspec.json.decode(answer.body, type=list[Raw])
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise SourceUnreadable(f"{answer.url} answered with no list of statuses: {error}"[:500]) from error


def _page(source: SourceSettings, known: Followed, listed: list[Raw], now: datetime) -> Taken:
    sieve = Sieve(source=source, known=known, now=now)
    ids = sieve.statuses([bytes(one) for one in listed])
    newest = max((*ids, known.after), key=lambda id_: (len(id_), id_))
    is_first = not known.after and not known.seen
    is_level = is_first or not ids or newest == known.after
    too_long = not is_level and known.pages + 1 >= MAX_PAGES
    text = f"more than {MAX_PAGES * PAGE} posts were missed; those after {newest} are left out" if too_long else ""
    phase = Phase.LOOK if (is_level or too_long) and sieve.known.look else Phase.LEVEL
    if not (is_level or too_long):
        phase = Phase.GAP
    return sieve.taken(phase=phase, after=newest, pages=known.pages + 1, text=text)


def _looked(source: SourceSettings, known: Followed, listed: list[Raw], now: datetime) -> Taken:
    sieve = Sieve(source=source, known=known, now=now)
    ids = set(sieve.statuses([bytes(one) for one in listed]))
    asked, rest = known.look[:AT_A_TIME], known.look[AT_A_TIME:]
    # An instance in trouble answers with nothing at all: that is no news of a deletion.
    if ids:
        for id_ in asked:
            if id_ not in ids:
                sieve.delete(id_)
    return sieve.taken(phase=Phase.LOOK if rest else Phase.LEVEL, look=rest)


def take(source: SourceSettings, state: bytes, frames: tuple[Frame, ...], now: datetime) -> Taken:
    """Read events: a new post, an edit, a deletion; all others are of no concern."""
    sieve = Sieve(source=source, known=followed(state, place_of(source).origin), now=now)
    for frame in frames:
        sieve.now = frame.at
        sieve.event(frame)
    return sieve.taken()


def lost(source: SourceSettings, state: bytes, loss: Loss, _now: datetime) -> Pause:
    """Dial again at once after silence, else after 2 s doubling to 5 min; a refused token is tried once an hour."""
    # The stream may have moved to another host, or have been named at one that may not be dialled.
    anew = _without_host(source, state) if loss.tries > 1 or loss.why is Why.REFUSED else None
    if loss.why is Why.SILENT and loss.tries == 1:
        return Pause(seconds=0.0)
    if loss.why is Why.REFUSED or loss.failure.status in {401, 403}:
        return Pause(seconds=FORBIDDEN_SECONDS, state=anew, text=_advice(loss))
    if loss.failure.status == TOO_MANY:
        return Pause(seconds=doubling(loss.tries, BUSY_FIRST, BUSY_LONGEST))
    return Pause(seconds=doubling(loss.tries, FIRST, LONGEST), state=anew)


def _without_host(source: SourceSettings, state: bytes) -> bytes | None:
    with suppress(SourceRefused):  # an address that names no stream was never asked where it streams
        return msgspec.json.encode(replace(followed(state, place_of(source).origin), streaming=""))
    return None


def _advice(loss: Loss) -> str:
    return "the token is not accepted for this stream (it needs read:statuses)" if loss.failure.status else ""


MASTODON = Streaming(kind=KIND, dial=dial, gap=gap, told=told, take=take, lost=lost, needs_token=True)
