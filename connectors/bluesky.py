"""Bluesky: Jetstream, in its first form (/subscribe) and its second (/xrpc/network.bsky.jetstream.subscribeEvents).

Source of the rules: bluesky-social/jetstream, docs/README.md 5.1 and 5.2. A
connection resumes by time, a few seconds before the last event, on either form
and any host, and what comes twice is left out by account, record and revision.
The numbers of the second form are not resumed by: a Jetstream that was killed
gives them out anew, and a number from before then skips what came between.
Frames are taken uncompressed: the dictionary of the compressed form is left
out. This was tried with Jetstream itself and its simulator, and has not met the
real network yet.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from connectors.connector import MIB, Failure, Response
from connectors.posts.bluesky.items import POSTS
from connectors.posts.bluesky.jetstream import What, event_in
from connectors.posts.bluesky.sieve import Listened, SkySieve, listened
from connectors.streaming import Ask, Frame, Loss, Pause, Stream, Streaming, Taken, Why, Wire, doubling
from streams.errors import SourceRefused, SourceUnreadable
from streams.sources import SourceSettings

KIND = "bluesky"
FIRST_PATH, SECOND_PATH = "/subscribe", "/xrpc/network.bsky.jetstream.subscribeEvents"
PROTOCOL = "xrpc.v1.json"
# Jetstream pings every 30 s.
IDLE_SECONDS = 90.0
# A post has 300 characters; records beyond this are not sent, and a message beyond the other ends the connection.
LARGEST, LIMIT = 512 * 1024, 4 * MIB
BACK = timedelta(seconds=5)
LOOK_BACK = timedelta(hours=36)
# Beyond so many accounts the address grows too long for servers on the way: then all posts come and are chosen here.
MAX_DIDS = 200
RESOLVE = "resolve"
MAX_DID = 300
AGAIN = timedelta(days=1)
FIRST, LONGEST = 1.0, 300.0
SLOW_FIRST = 5.0
REFUSED_SECONDS = 3600.0
TOO_OLD = "CursorTooOld"


def is_second(source: SourceSettings) -> bool:
    """Whether the source's address is that of the second form."""
    return urlsplit(source.url).path.rstrip("/") == SECOND_PATH


def dial(source: SourceSettings, state: bytes, now: datetime) -> Ask | Stream:
    """Ask who the accounts are that are given by name, then open the stream from where it was left."""
    known = listened(state)
    if name := _unresolved(source, known, now):
        url = f"{source.names_url.rstrip('/')}/xrpc/com.atproto.identity.resolveHandle?{urlencode({'handle': name})}"
        return Ask(name=f"{RESOLVE} {name}", url=url)
    host = _host(source)
    late = f"what was written more than {LOOK_BACK} before {now:%Y-%m-%d %H:%M} UTC is left out"
    note = late if known.micros and now - _moment(known.micros) > LOOK_BACK else ""
    return Stream(
        url=f"{host}?{urlencode(_query(source, known))}",
        wire=Wire.SOCKET,
        protocols=(PROTOCOL,) if is_second(source) else (),
        state=msgspec.json.encode(replace(known, micros=known.micros or _micros(now))),
        text=note,
        idle_seconds=IDLE_SECONDS,
        limit=LIMIT,
    )


def _host(source: SourceSettings) -> str:
    parts = urlsplit(source.url)
    path = parts.path.rstrip("/") or FIRST_PATH
    if path not in {FIRST_PATH, SECOND_PATH}:
        raise SourceRefused(f"{source.url[:200]!r} is no Jetstream; its path is {FIRST_PATH} or {SECOND_PATH}")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1e6, UTC)


def _micros(now: datetime) -> int:
    return int(now.timestamp() * 1_000_000)


def names_of(source: SourceSettings) -> list[str]:
    """Return the accounts that are given by name and not by DID."""
    names = (account.strip().lstrip("@").lower() for account in source.accounts)
    return [name for name in names if name and not name.startswith("did:")]


def _unresolved(source: SourceSettings, known: Listened, now: datetime) -> str:
    is_time = known.looked_at is None or now - known.looked_at > AGAIN
    wanted = (name for name in names_of(source) if name not in known.dids or (is_time and not known.dids[name]))
    return next(wanted, "")


def _query(source: SourceSettings, known: Listened) -> list[tuple[str, str]]:
    second = is_second(source)
    dids = SkySieve.accounts(source, known)
    sent = sorted(dids) if dids and not source.words and not source.tags and len(dids) <= MAX_DIDS else []
    query = [("maxMessageSizeBytes", str(LARGEST)), ("collections" if second else "wantedCollections", POSTS)]
    query += [("dids" if second else "wantedDids", did) for did in sent]
    if second:
        query += [("kinds", kind) for kind in ("commit", "account", "identity")]
    return [*query, ("cursor", str(known.micros - BACK // timedelta(microseconds=1)))] if known.micros else query


def gap(_source: SourceSettings, _state: bytes, _now: datetime) -> Ask | None:
    """Return None: the cursor fills the gap."""
    return None


def told(_source: SourceSettings, state: bytes, ask: Ask, answer: Response | Failure, now: datetime) -> Taken:
    """Read whose name that is; a name nobody has is asked for again a day later."""
    known, name = listened(state), ask.name.removeprefix(f"{RESOLVE} ")
    if isinstance(answer, Failure):
        if answer.status not in {400, 404}:
            return Taken(state=state, over=answer.text)
        dids = {**known.dids, name: ""}
        state = msgspec.json.encode(replace(known, dids=dids, looked_at=now))
        return Taken(state=state, text=f"nobody has the name {name[:80]!r}: {answer.text}")
    try:
        did: Any = msgspec.json.decode(answer.body)["did"]
    except (msgspec.DecodeError, RecursionError, ValueError, KeyError, TypeError) as error:
        raise SourceUnreadable(f"{answer.url} does not say whose name that is: {error}"[:500]) from error
    if not isinstance(did, str) or not did.startswith("did:") or len(did) > MAX_DID:
        raise SourceUnreadable(f"{answer.url} does not say whose name that is")
    return Taken(state=msgspec.json.encode(replace(known, dids={**known.dids, name: did}, looked_at=now)))


def take(source: SourceSettings, state: bytes, frames: tuple[Frame, ...], now: datetime) -> Taken:
    """Read events: posts that are new, changed or gone, accounts that are gone."""
    sieve = SkySieve(source=source, known=listened(state), now=now)
    for frame in frames:
        try:
            event = event_in(frame, is_second=is_second(source))
        except SourceUnreadable as error:
            sieve.catch.unread(frame.data, error, size=frame.size)
            continue
        if event.what is What.OVER:
            return sieve.taken(over=event.text)
        sieve.event(event, frame)
    return sieve.taken()


def lost(_source: SourceSettings, state: bytes, loss: Loss, now: datetime) -> Pause:
    """Dial again after 1 s doubling to 5 min; where it was left cannot be had, it goes on with what comes."""
    if loss.why is Why.REFUSED:
        return Pause(seconds=REFUSED_SECONDS)
    known = listened(state)
    if loss.why is Why.ANSWERED and TOO_OLD in loss.said:
        return _onwards(known, now, f"the host no longer has it ({loss.said.strip()[:200]})")
    if loss.why is Why.OVERSIZE:
        return _oversize(known, now)
    if loss.failure.status in {400, 401, 403, 404}:
        return Pause(seconds=REFUSED_SECONDS, text=loss.said.strip()[:300])
    return Pause(seconds=doubling(loss.tries, SLOW_FIRST if loss.why is Why.TOLD else FIRST, LONGEST))


def _oversize(known: Listened, now: datetime) -> Pause:
    """Dial again where the stream was left; where the same message comes again, go on behind it."""
    if known.stuck != known.micros:
        return Pause(seconds=FIRST, state=msgspec.json.encode(replace(known, stuck=known.micros)))
    return _onwards(known, now, f"a message is larger than {LIMIT} bytes")


def _onwards(known: Listened, now: datetime, why: str) -> Pause:
    """Go on with what comes, where what came before cannot be had."""
    text = f"what came before {now:%Y-%m-%d %H:%M:%S} UTC and was not read is left out: {why}"
    return Pause(seconds=FIRST, state=msgspec.json.encode(replace(known, micros=0, stuck=0)), text=text)


BLUESKY = Streaming(kind=KIND, dial=dial, gap=gap, told=told, take=take, lost=lost)
