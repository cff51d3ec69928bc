"""Where a source has moved to: its redirects are believed when they have been the same for long enough.

A permanent redirect replaces the address after ten polls over seven days that
all led to the same readable place (NewsBlur counts ten, RSSOwlnix #32): a
maintenance page would else take a feed's place (Vienna #1546).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

POLLS, DAYS = 10, timedelta(days=7)
# Failures at the new address after which the configured one is asked again.
HOMESICK = 3.0


class Move(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the redirects of a source have told.

    `address` is where it is read instead of the configured address, `target`
    where `polls` polls since `since` (UTC) were led for good.
    """

    address: str | None = None
    target: str | None = None
    polls: int = 0
    since: datetime | None = None


def led(known: Move, target: str | None, now: datetime) -> Move:
    """Return the move after a poll that was read; `target` is where permanent redirects led it, or None."""
    if target is None:
        return Move(address=known.address)
    if target != known.target:
        return Move(address=known.address, target=target, polls=1, since=now)
    seen = replace(known, polls=known.polls + 1)
    is_settled = seen.polls >= POLLS and known.since is not None and now - known.since >= DAYS
    return Move(address=target) if is_settled else seen


def stumbled(known: Move, failures: float, *, is_unreadable: bool) -> Move:
    """Return the move after a poll that failed: what cannot be read is no target, a new home that fails is left."""
    if known.address and failures >= HOMESICK:
        return Move()
    return Move(address=known.address) if is_unreadable else known
