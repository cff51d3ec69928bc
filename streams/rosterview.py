"""The sources in a terminal: `changehands sources list` and `sources health`, fit to its width, Arabic to the right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.highlight import direction, printable
from streams.roster import Row, ago, mood, remarks, short
from streams.visual import anchored, isolated

COLOURS = {"good": "green", "bad": "red", "calm": "yellow"}
ORIGINS = {"configuration": "", "starter": "starter list", "demo": "DEMO newsroom (fictional)"}
# Columns beside which an address still has room; below, it goes to a line of its own.
WIDE = 110
NEWEST = "%Y-%m-%d %H:%M"


def name_cell(name: str | None) -> Text:
    """Return a name for a column: Arabic stands to the right and leans nothing beside it."""
    text = anchored(Text(printable(name or ""), no_wrap=True, overflow="ellipsis"))
    text.justify = "right" if direction(text.plain, None) == "rtl" else "left"
    return text


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", padding=(0, 1), expand=False)


def show_list(rows: Sequence[Row], console: Console, now: datetime) -> None:
    """Print the sources, those of one place together, and how many there are."""
    if not rows:
        console.print("no source is like that; `changehands sources add URL` adds one")
        return
    table, is_wide = _table(), console.width >= WIDE
    has_sides = any(row.side for row in rows)
    table.add_column("id", no_wrap=True, overflow="ellipsis", max_width=32 if is_wide else 20)
    for head in ("kind", *(("side",) if has_sides else ()), "lang"):
        table.add_column(head, no_wrap=True, overflow="ellipsis", max_width=18)
    table.add_column("publisher", no_wrap=True, overflow="ellipsis", max_width=28 if is_wide else 20)
    table.add_column("health", overflow="fold" if is_wide else "ellipsis", no_wrap=not is_wide, max_width=34)
    if is_wide:
        table.add_column("address", no_wrap=True, overflow="ellipsis", ratio=1)
    for origin in dict.fromkeys(row.origin for row in rows):
        _section(table, [row for row in rows if row.origin == origin], now, is_wide=is_wide, has_sides=has_sides)
    console.print(table)
    console.print(Text(_count(rows), "dim"))


def _section(table: Table, rows: Sequence[Row], now: datetime, *, is_wide: bool, has_sides: bool) -> None:
    heading = ORIGINS.get(rows[0].origin, rows[0].origin)
    if heading:
        table.add_section()
        table.add_row(Text(heading, "bold", no_wrap=True))
    for row in rows:
        style = "" if row.enabled else "dim"
        cells = [Text(printable(row.id), "bold"), Text(row.kind)]
        cells += [Text(printable(row.side or ""))] if has_sides else []
        cells += [Text(printable(row.language or "")), name_cell(row.owner or row.name)]
        cells.append(Text(printable(short(row, now)), COLOURS[mood(row)] if row.enabled else "dim"))
        address = Text(printable(row.url), "dim")
        table.add_row(*cells, *([address] if is_wide else []), style=style)


def _count(rows: Sequence[Row]) -> str:
    failing, off = sum(row.is_failing for row in rows), sum(row.state == "off" for row in rows)
    waiting = sum(row.state == "waiting" for row in rows)
    told = [f"{len(rows)} sources"]
    told += [
        f"{number} {word}" for number, word in ((failing, "failing"), (waiting, "never asked"), (off, "off")) if number
    ]
    return ", ".join(told)


def show_health(rows: Sequence[Row], console: Console, now: datetime, *, failing: bool) -> None:
    """Print how each source fares, those that fail first, and below each what somebody should know."""
    shown = sorted((row for row in rows if row.enabled), key=lambda row: (not row.is_failing, not row.notes))
    shown = [row for row in shown if row.is_failing] if failing else shown
    if shown:
        console.print(_health(shown, console, now))
    if shown and console.width < WIDE:
        _below(shown, console)
    enabled = [row for row in rows if row.enabled]
    bad = sum(row.is_failing for row in enabled)
    verdict = f"{bad} of {len(enabled)} sources are failing" if bad else f"none of {len(enabled)} sources is failing"
    console.print(Text(verdict, COLOURS["bad"] if bad else COLOURS["good"]))


def _health(rows: Sequence[Row], console: Console, now: datetime) -> Table:
    table = _table()
    table.add_column("id", no_wrap=True, overflow="ellipsis", max_width=32)
    for head in ("state", "since", "last asked", "next"):
        table.add_column(head, no_wrap=True)
    for head in ("7 days", "in all"):
        table.add_column(head, justify="right", no_wrap=True)
    if console.width >= WIDE:
        table.add_column("what is to be known", overflow="fold", ratio=1)
    for row in rows:
        told = [Text(row.state, COLOURS[mood(row)]), *_times(row, now), *_counts(row)]
        known = [_lines(remarks(row), COLOURS[mood(row)])] if console.width >= WIDE else []
        table.add_row(Text(printable(row.id), "bold"), *told, *known)
    return table


def _counts(row: Row) -> list[Text]:
    return [Text(f"{number:,}" if row.polled_at else "") for number in (row.items_week, row.items_total)]


def _below(rows: Sequence[Row], console: Console) -> None:
    """Print below the table what it has no room for."""
    for row in rows:
        for line in remarks(row):
            told = isolated(Text(printable(line)), direction(line, None))
            console.print(Padding(Text.assemble((printable(row.id), "bold"), "  ", told), (0, 0, 0, 0)))
    console.print()


def _times(row: Row, now: datetime) -> list[Text]:
    since = ago(row.failing_since, now) if row.is_failing and row.failing_since else ""
    asked = f"{ago(row.polled_at, now)} ago" if row.polled_at else "never"
    coming = ""
    if row.next_at and row.state != "off":
        coming = f"in {ago(now, row.next_at)}" if row.next_at > now else "now"
    return [Text(since), Text(asked), Text(coming)]


def _lines(told: Sequence[str], colour: str) -> Text:
    lines = (isolated(Text(printable(line)), direction(line, None)) for line in told)
    return Text("\n", style="" if colour == COLOURS["good"] else colour).join(lines)
