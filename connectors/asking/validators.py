"""What a server said about its last answer, given back byte for byte, and found out when it lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from connectors.connector import Request, Response
from streams.errors import SourceUnreadable

NOT_MODIFIED, DELTA = 304, 226
# Some servers answer "unchanged" for ever; once a day we ask without conditions. A tenth of jitter, from the body's
# hash, keeps the sources of a host from doing so all at once.
TRUST, JITTER = timedelta(hours=24), 0.1
# A cache between us and the server may say "unchanged" for so long without lying.
CACHED = timedelta(hours=1)
STEP = timedelta(hours=6)
# News that only a whole answer brought, so often in a row, is no accident.
DOUBTS = 3


class Validators(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to ask with next time, and what it is believed for.

    `body` is the SHA-256 of the last whole body and `content` what it told,
    without what may change at any time; `asked_all_at` is when a whole answer
    was last asked for, `noticed` that a conditional request has brought a
    change since, `unchanged_at` when the server last said 304 about this body
    (to a quarter of a day).
    `doubts` counts whole answers in a row that alone brought news, `lie` says
    that the server's word is not to be trusted.
    """

    etag: str | None = None
    last_modified: str | None = None
    body: str | None = None
    content: str | None = None
    asked_all_at: datetime | None = None
    noticed: bool = False
    unchanged_at: datetime | None = None
    doubts: int = 0
    lie: bool = False

    @property
    def are_usable(self) -> bool:
        """Whether there is anything to ask with that may be believed."""
        return not self.lie and bool(self.etag or self.last_modified)


def _trust(known: Validators) -> timedelta:
    chance = int((known.body or "0")[:4], 16) / 0xFFFF
    return TRUST * (1 + JITTER * chance)


def conditions(known: Validators, now: datetime) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified to ask with: none for liars, and none once a day."""
    if not known.are_usable or known.asked_all_at is None or now - known.asked_all_at >= _trust(known):
        return None, None
    return known.etag, known.last_modified


def is_unchanged(known: Validators, request: Request, response: Response) -> bool:
    """Whether the body is the one we know; raises SourceUnreadable for a 304 that nobody asked for."""
    if response.status == NOT_MODIFIED:
        if not request.is_conditional:
            raise SourceUnreadable(f"{response.url} answered 304 Not Modified to an unconditional request")
        return True
    return known.body == sha256(response.body).hexdigest()


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _is_same_word(known: Validators, response: Response) -> bool:
    told = (response.headers.get("etag"), response.headers.get("last-modified"))
    return any(told) and told == (known.etag, known.last_modified)


def _is_older_than_its_304(known: Validators, response: Response) -> bool:
    """Whether the change carries a date long before the server last said that there was none."""
    changed_at = _date(response.headers.get("last-modified"))
    return known.unchanged_at is not None and changed_at is not None and known.unchanged_at - changed_at > CACHED


def _judged(known: Validators, request: Request, response: Response, *, is_news: bool) -> tuple[int, bool]:
    """Return the doubts and the verdict after a whole answer.

    One word for two contents is a lie, and so is 304 long after the change's
    own date; a change that each day's whole answer alone brings becomes one.
    """
    if not is_news:
        return known.doubts, known.lie
    if request.is_conditional:
        return 0, known.lie or _is_same_word(known, response)
    is_doubtful = known.unchanged_at is not None and not known.noticed
    doubts = known.doubts + 1 if is_doubtful else 0
    lies = _is_same_word(known, response) or _is_older_than_its_304(known, response) or doubts >= DOUBTS
    return doubts, known.lie or lies


def _confirmed(known: Validators, response: Response, now: datetime) -> Validators:
    """Return what a 304 leaves: what it does not name stays as it was (RFC 9111 3.2).

    Its moment moves on in steps, for all that is remembered of the source is
    written anew whenever a part of it has changed.
    """
    at = _date(response.headers.get("date")) or now
    is_late = known.unchanged_at is None or at - known.unchanged_at >= STEP
    return replace(
        known,
        etag=response.headers.get("etag") or known.etag,
        last_modified=response.headers.get("last-modified") or known.last_modified,
        unchanged_at=at if is_late else known.unchanged_at,
    )


def learned(
    known: Validators, request: Request, response: Response, now: datetime, *, content: str | None = None
) -> Validators:
    """Return what to ask with after this 200, 226 or 304.

    `content` is a hash of what the body tells, where its bytes may differ
    without telling anything new (a date of making). A delta (226) is not the
    whole body, so nothing is known of that until the next whole answer.
    """
    if response.status == NOT_MODIFIED:
        return _confirmed(known, response, now)
    body = sha256(response.body).hexdigest() if response.status != DELTA else None
    told = known.content if body == known.body else (content or body)
    is_news = None not in {known.body, body} and told != known.content
    doubts, lie = _judged(known, request, response, is_news=is_news)
    return Validators(
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        body=body,
        content=told if body else None,
        asked_all_at=known.asked_all_at if request.is_conditional else now,
        noticed=request.is_conditional and (known.noticed or is_news),
        doubts=doubts,
        lie=lie,
    )
