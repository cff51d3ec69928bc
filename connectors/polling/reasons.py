"""Why a source is asked again when it is: what its news, its server and its feed say, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors.asking.status import freshness, quota_wait
from connectors.connector import Response
from connectors.schedule import CEILING, DAY, SITEMAP_CEILING, Schedule, unconditional
from streams.sources import SourceSettings


def span(seconds: float) -> str:
    """Return a time in seconds as people say it: 45 s, 12 min, 3 h, 2 days."""
    for size, unit in ((DAY, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= (2 * size if unit == "days" else size):
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


def reasons(source: SourceSettings, schedule: Schedule, answer: Response, now: datetime, *, hint: float) -> list[str]:
    """Return what the next poll's time comes from; `hint` is the feed's own wish in seconds."""
    if source.allow_private:
        return [f"a source of our own house is asked every {span(source.min_interval_seconds)} (min_interval_seconds)"]
    has_validators = bool(answer.headers.get("etag") or answer.headers.get("last-modified"))
    return list(_said(source, schedule, answer, now, 0.0 if has_validators else hint, has_validators=has_validators))


def _said(
    source: SourceSettings, schedule: Schedule, answer: Response, now: datetime, hint: float, *, has_validators: bool
) -> Iterator[str]:
    weekly = sum(schedule.days.values())
    floor = source.min_interval_seconds if has_validators else unconditional(source)
    ceiling = max(SITEMAP_CEILING if source.kind == "sitemap" else CEILING, floor)
    usual = 7 * DAY / max(1, weekly) / 2
    yield f"{weekly} items in the last seven days: half the mean gap is {span(usual)}"
    if usual > ceiling:
        yield f"never later than {span(ceiling)}"
    if usual < floor and has_validators:
        yield f"never sooner than {span(floor)} (min_interval_seconds)"
    if not has_validators:
        yield f"no ETag and no Last-Modified: each poll downloads the whole, so {span(floor)} lie between"
    if fresh := freshness(answer.headers, now):
        yield f"its server calls the answer fresh for {span(fresh)} (Cache-Control or Expires)"
    if quota := quota_wait(answer.headers, now):
        yield f"its server's quota is spent for {span(quota)}"
    if hint:
        yield f"the feed asks for {span(hint)} (ttl or sy:update)"
