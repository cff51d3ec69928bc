"""Which columns of somebody else's table tell what: as configured, or by the names that such tables use. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streams.errors import SourceUnreadable

# What a row can tell, and the names its columns usually have, the first that is there. Of events as ACLED
# publishes them (its codebook of 2024) `notes` is the text, `event_date` the day, `source` whose report it is.
USUAL: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "event_id_cnty", "data_id", "guid", "article_id"),
    "text": ("text", "body", "content", "notes", "article_text", "description", "summary"),
    "html": ("html", "raw_html", "content_html"),
    "title": ("title", "headline"),
    "url": ("url", "link", "source_url"),
    "author": ("author", "byline"),
    "published": ("published_at", "published", "date_published", "pubdate", "event_date", "date", "created_at"),
    "fetched": ("fetched_at", "fetched", "crawled_at", "retrieved_at"),
    "language": ("language", "lang"),
    "publisher": ("publisher", "owner", "source", "outlet"),
}
# Under these names a line of JSON tells it.
_LINE = {"published": "published_at", "fetched": "fetched_at"}
_SAID = ("text", "html", "title")


def chosen(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the column for each thing that a row can tell, of those that a table has.

    What is configured in `columns` counts before what is usual; a column tells
    one thing. Raises SourceUnreadable where a configured one is not there, or
    none tells a text.
    """
    known = {name.strip().casefold(): name for name in reversed(names)}
    absent = [f"{what}={name}" for what, name in columns.items() if name.strip().casefold() not in known]
    if absent:
        raise SourceUnreadable(f"there is no column for {', '.join(absent)}; its columns are {_told(names)}")
    found = {what: known[name.strip().casefold()] for what, name in columns.items()}
    for what, usual in USUAL.items():
        free = (known[name] for name in usual if name in known and known[name] not in found.values())
        if what not in found and (name := next(free, None)) is not None:
            found[what] = name
    if not any(what in found for what in _SAID):
        raise SourceUnreadable(
            f"no column is known to hold a text: its columns are {_told(names)}; "
            "say which in `columns`, as in text=notes,published=event_date"
        )
    return found


def told(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return what a row tells, as a line of JSON would; an empty cell tells nothing."""
    cells = ((_LINE.get(what, what), _cell(row.get(name))) for what, name in columns.items())
    return {what: cell for what, cell in cells if cell not in {None, ""}}


def _cell(value: Any) -> str | int | float | None:
    """Return a cell as JSON can hold it, and whole numbers as such, whatever a table makes of them."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float):
        return int(value) if value.is_integer() else value if value == value else None  # noqa: PLR0124 (not a number)
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _told(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:30]) or "none"
    return f"{shown} and {len(names) - 30} more" if len(names) > 30 else shown  # noqa: PLR2004 (a line's worth)
