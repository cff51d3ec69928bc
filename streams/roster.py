"""Which sources there are and how they fare: the words of `changehands sources list` and `sources health`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct, json

from connectors.newsroom import sources_of
from connectors.polling.reasons import span
from connectors.starter import starter_sources
from streams.errors import ChangehandsError
from streams.items import Cursor, SourceHealth
from streams.masking import masked
from streams.services import opened
from streams.settings import Settings
from streams.sources import SourceSettings

# Somebody should have asked again by then; a slow queue may be late.
LATE = timedelta(minutes=15)
# The newsroom takes another port each time.
DEMO_HOME = "http://127.0.0.1"
GOOD, BAD, CALM = "good", "bad", "calm"


class Row(Struct, frozen=True, kw_only=True):
    """One source: what is configured, where that stands (configuration, starter, demo), how it fares.

    `state` is ok, failing, parked, overdue, waiting (never asked) or off;
    `text` says it in a sentence. Moments are UTC, None where nothing is known.
    """

    id: str
    kind: str
    url: str
    origin: str
    enabled: bool
    name: str | None = None
    owner: str | None = None
    side: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    state: str
    outcome: str | None = None
    text: str = ""
    http_status: int | None = None
    failing_since: datetime | None = None
    polled_at: datetime | None = None
    next_at: datetime | None = None
    items_week: int = 0
    items_total: int = 0
    notes: tuple[str, ...] = ()
    moved_to: str | None = None
    pages: int = 0
    stubs: int = 0
    leased_until: datetime | None = None
    pushed_at: datetime | None = None
    pushes_refused: int = 0
    push_text: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether somebody should look: it brings nothing, was given up, or is not asked any more."""
        return self.state in {"failing", "parked", "overdue"}


def known(settings: Settings) -> list[tuple[SourceSettings, str]]:
    """Return each source that would be read and where it stands; the first of an id counts."""
    configured = {source.id for source in settings.sources}
    found = [(source, "configuration") for source in settings.sources]
    if settings.starter_sources:
        found += [(source, "starter") for source in starter_sources() if source.id not in configured]
    if settings.demo:
        found += [(source, "demo") for source in sources_of(DEMO_HOME) if source.id not in configured]
    return found


async def roster(settings: Settings, now: datetime | None = None) -> list[Row]:
    """Return all sources with their last health; raises JournalUnusable for a journal that is there and unusable."""
    cursors = await _cursors(settings.journal)
    return rows(known(settings), cursors, now or datetime.now(UTC))


async def so_far(settings: Settings, source: str) -> list[str]:
    """Return in sentences how a source has fared until now; nothing where that cannot be known."""
    now = datetime.now(UTC)
    try:
        found = [row for row in await roster(settings, now) if row.id == source and row.polled_at]
    except ChangehandsError:
        return []
    return [line for row in found for line in (short(row, now), *remarks(row))]


async def _cursors(url: str) -> Mapping[str, Cursor]:
    if is_to_be_made(url):
        return {}
    async with opened(url) as journal:
        return await journal.cursors()


def is_to_be_made(url: str) -> bool:
    """Whether a journal is not there yet: asking must not make one."""
    path = url.removeprefix("sqlite:///")
    return path != url and not Path(path).exists()


def rows(sources: Iterable[tuple[SourceSettings, str]], cursors: Mapping[str, Cursor], now: datetime) -> list[Row]:
    """Return the rows of these sources, in their order."""
    return [_row(source, origin, cursors.get(source.id), now) for source, origin in sources]


def _row(source: SourceSettings, origin: str, cursor: Cursor | None, now: datetime) -> Row:
    health = cursor.health if cursor else None
    plain = {name: getattr(source, name) for name in ("id", "kind", "enabled", "name", "owner", "side", "language")}
    state = state_of(source, health, now)
    base = Row(**plain, url=masked(source.url), origin=origin, categories=source.categories, state=state)
    if health is None:
        return base
    told = {name: getattr(health, name) for name in health.__struct_fields__ if name in base.__struct_fields__}
    moved_to = masked(health.moved_to) if health.moved_to else None
    since = health.failing_since or (health.polled_at if health.failures else None)
    changes = told | {
        "text": masked(health.text),
        "push_text": masked(health.push_text),
        "moved_to": moved_to,
        "failing_since": since,
    }
    return Row(**{name: getattr(base, name) for name in base.__struct_fields__} | changes)


def state_of(source: SourceSettings, health: SourceHealth | None, now: datetime) -> str:
    """Return in a word how a source stands."""
    if not source.enabled:
        return "off"
    if health is None:
        return "waiting"
    if "parked" in health.notes:
        return "parked"
    if health.failures or health.failing_since:
        return "failing"
    return "overdue" if now - health.next_at > LATE else "ok"


def chosen(
    found: Sequence[Row], *, kind: str | None = None, side: str | None = None, language: str | None = None
) -> list[Row]:
    """Return the rows of this kind, side and language; None asks for none."""
    wanted = {"kind": kind, "side": side, "language": language}
    return [row for row in found if all(value in {None, getattr(row, name)} for name, value in wanted.items())]


def short(row: Row, now: datetime) -> str:
    """Return a source's health in a few words, for a column."""
    if row.state in {"off", "waiting"} or row.polled_at is None:
        return row.state
    if row.state == "failing" and row.failing_since:
        said = f"HTTP {row.http_status}" if row.http_status and row.outcome != "unreadable" else row.outcome
        return f"failing {ago(row.failing_since, now)}: {said}"
    if row.state == "parked":
        return "parked"
    if row.state == "overdue" and row.next_at:
        return f"overdue {ago(row.next_at, now)}"
    return ", ".join((f"ok, {ago(row.polled_at, now)} ago", *row.notes))


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago that was, as people say it: in whole minutes, hours or days."""
    seconds = max(0.0, (now - then).total_seconds())
    size = next((size for size in (86400.0, 3600.0, 60.0) if seconds >= (2 * size if size > 3600 else size)), 1.0)  # noqa: PLR2004
    return span(seconds // size * size)


def remarks(row: Row) -> list[str]:
    """Return in sentences what somebody should know of a source that is read."""
    said = [row.text] if row.text else []
    if row.state == "overdue" and row.next_at:
        said.append(f"should have been asked at {row.next_at:%Y-%m-%d %H:%M} UTC; is `run` or `connect` running?")
    if row.stubs and "walled" not in row.notes:
        said.append(f"{row.stubs} of its {row.pages} pages let nobody read on")
    said += pushing(row)
    if row.moved_to and "moved" not in row.text:
        said.append(f"is read at {row.moved_to}; put that into the configuration")
    return said


def pushing(row: Row) -> list[str]:
    """Return in sentences what its hub does for a source, and what it does not."""
    said = []
    if row.leased_until:
        last = f"the last time at {row.pushed_at:%Y-%m-%d %H:%M} UTC" if row.pushed_at else "nothing yet"
        said.append(f"its hub pushes what is new until {row.leased_until:%Y-%m-%d %H:%M} UTC, {last}")
    if row.push_text:
        said.append(row.push_text if row.leased_until else f"{row.push_text}; it is polled")
    if row.pushes_refused:
        said.append(f"{row.pushes_refused} pushes were not signed as agreed and were not read")
    return said


def mood(row: Row) -> str:
    """Return whether a row is good, bad or neither, for its colour."""
    if row.is_failing:
        return BAD
    return GOOD if row.state == "ok" and not row.notes else CALM


def as_json(found: Iterable[Row]) -> str:
    """Return the rows as JSON, one object a line."""
    return "\n".join(json.encode(row).decode() for row in found)
