"""What a server said about its last answer, given back byte for byte, and found out when it lies."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from connectors.connector import Request, Response
from streams.errors import SourceUnreadable

NOT_MODIFIED = 304
# Some servers answer "unchanged" for ever; once a day we ask without conditions.
TRUST = timedelta(hours=24)


class Validators(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What to ask with next time, and what it is believed for.

    `body` is the SHA-256 of the last body, `asked_all_at` when a whole answer
    was last asked for, `lie` that one of these once stood for two bodies.
    """

    etag: str | None = None
    last_modified: str | None = None
    body: str | None = None
    asked_all_at: datetime | None = None
    lie: bool = False

    @property
    def are_usable(self) -> bool:
        """Whether there is anything to ask with that may be believed."""
        return not self.lie and bool(self.etag or self.last_modified)


def conditions(known: Validators, now: datetime) -> tuple[str | None, str | None]:
    """Return the ETag and Last-Modified to ask with: none for liars, and none once a day."""
    if not known.are_usable or known.asked_all_at is None or now - known.asked_all_at >= TRUST:
        return None, None
    return known.etag, known.last_modified


def is_unchanged(known: Validators, request: Request, response: Response) -> bool:
    """Whether the body is the one we know; raises SourceUnreadable for a 304 that nobody asked for."""
    if response.status == NOT_MODIFIED:
        if not request.is_conditional:
            raise SourceUnreadable(f"{response.url} answered 304 Not Modified to an unconditional request")
        return True
    return known.body == sha256(response.body).hexdigest()


def _is_lie(known: Validators, response: Response, body: str) -> bool:
    told = (response.headers.get("etag"), response.headers.get("last-modified"))
    return any(told) and told == (known.etag, known.last_modified) and known.body not in {None, body}


def learned(known: Validators, request: Request, response: Response, now: datetime) -> Validators:
    """Return what to ask with after this 200 or 304; a 304 that names none keeps what we had (RFC 9111 3.2)."""
    etag, last_modified = response.headers.get("etag"), response.headers.get("last-modified")
    if response.status == NOT_MODIFIED:
        return replace(known, etag=etag or known.etag, last_modified=last_modified or known.last_modified)
    body = sha256(response.body).hexdigest()
    return Validators(
        etag=etag,
        last_modified=last_modified,
        body=body,
        asked_all_at=known.asked_all_at if request.is_conditional else now,
        lie=known.lie or _is_lie(known, response, body),
    )
