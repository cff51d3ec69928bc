"""How a list of entries usually behaves, and what people should be told where it does not: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from connectors.reading.entries import Entry

# A source without news for so long, and for ten times its usual gap, is silent although its server answers.
SILENT_AFTER, SILENT_GAPS = timedelta(days=7), 10
# For how long people are told that entries may have been missed.
TOLD_FOR = timedelta(days=1)


class Habit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a list of entries.

    `last` is when its newest entry was published or first seen (UTC), `gap`
    the mean seconds between its entries as dated, `largest` the most entries
    it ever held, `scrolled_at` when a poll last shared no entry with what was
    known, and `scrolled` how many entries that poll held; `misdated` counts
    the entries whose date cannot be read or lies more than a day ahead.
    """

    last: datetime | None = None
    gap: float = 0.0
    largest: int = 0
    scrolled_at: datetime | None = None
    scrolled: int = 0
    misdated: int = 0


def overlap(fresh: int, count: int, *, says_nothing: bool) -> float | None:
    """Return the share of a document's `count` entries that were known; None where that says nothing.

    A first reading knows nothing, and a delta (RFC 3229) holds nothing known.
    """
    return None if says_nothing or count == 0 else 1 - fresh / count


def _gap(moments: Sequence[datetime], before: float) -> float:
    if len(moments) < 2:  # noqa: PLR2004 (a gap has two ends)
        return before
    return (moments[-1] - moments[0]).total_seconds() / (len(moments) - 1)


def after_document(
    known: Habit, entries: Sequence[Entry], *, fresh: int, is_first: bool, is_part: bool, now: datetime
) -> Habit:
    """Return the habit after a document, of whose entries `fresh` were new; of a first one only the dates are news."""
    moments = sorted(entry.published_at for entry in entries if entry.published_at)
    news = [now] if (fresh and not is_first) or (is_first and not moments) else []
    lasts = [*moments[-1:], *news, *([known.last] if known.last else [])]
    has_scrolled = overlap(fresh, len(entries), says_nothing=is_first or is_part) == 0
    return Habit(
        last=max(lasts, default=None),
        gap=known.gap if is_part else _gap(moments, known.gap),
        largest=max(known.largest, len(entries)),
        scrolled_at=now if has_scrolled else known.scrolled_at,
        scrolled=len(entries) if has_scrolled else known.scrolled,
        misdated=sum(1 for entry in entries if entry.published_raw and entry.published_at is None),
    )


def silent_since(known: Habit, now: datetime) -> datetime | None:
    """Return since when the list has been silent, if that is far longer than it ever is between two entries."""
    if known.last is None or now - known.last <= max(SILENT_AFTER, timedelta(seconds=SILENT_GAPS * known.gap)):
        return None
    return known.last


def remarks(known: Habit, now: datetime, *, lies: bool) -> dict[str, str]:
    """Return what people should know, each as a word and a sentence; `lies` is the verdict on the validators."""
    said = {}
    if lies:
        said["validators-lie"] = (
            "its server's ETag and Last-Modified do not tell when there is news, so each poll asks for the whole"
        )
    silent = silent_since(known, now)
    if silent:
        said["silent"] = f"no new entry since {silent:%Y-%m-%d} though its server answers"
    if known.scrolled_at and now - known.scrolled_at <= TOLD_FOR:
        said["may-have-missed"] = (
            f"items may have been missed before {known.scrolled_at:%Y-%m-%d %H:%M} UTC:"
            f" all {known.scrolled} entries were new"
        )
    if known.misdated:
        said["misdated"] = f"dates that cannot be read or lie more than a day ahead: {known.misdated}"
    return said
