"""The sources in a terminal: `changehands sources list` and `sources health`, fit to its width, Arabic to the right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from streams.highlight import direction, printable
from streams.roster import Row, ago, mood, remarks, short
from streams.visual import anchored, isolated

COLOURS = {"good": "green", "bad": "red", "calm": "yellow"}
ORIGINS = {"starter": "starter list", "demo": "DEMO newsroom (fictional)"}
# Columns beside which a sentence still has room; below, sentences go under the table.
WIDE = 110
# The most columns of each, the least where there is little room, the space between two, and what the last one needs.
LIMITS = {"id": 32, "kind": 8, "side": 18, "lang": 5, "publisher": 28, "name": 32, "health": 34}
LEAST = {"id": 14, "side": 8, "publisher": 12, "name": 12, "health": 18}
GAP, LEAST_REST = 2, 24
REST = "what is to be known"
NUMBERS, NAMES = frozenset({"7 days", "in all"}), frozenset({"publisher", "name"})
# Sources named in one sentence.
NAMED = 12


def name_cell(name: str | None) -> Text:
    """Return a name for a column: Arabic stands to the right and leans nothing beside it."""
    text = anchored(Text(printable(name or ""), no_wrap=True, overflow="ellipsis"))
    text.justify = "right" if direction(text.plain, None) == "rtl" else "left"
    return text


def show_list(rows: Sequence[Row], console: Console, now: datetime) -> None:
    """Print the sources, those of one place together, and how many there are."""
    if not rows:
        console.print("no source is like that; `changehands sources add URL` adds one")
        return
    cells = [_cells(row, now) for row in rows]
    widths = fitted(cells, console.width)
    for number, origin in enumerate(dict.fromkeys(row.origin for row in rows)):
        if origin in ORIGINS:
            console.print(Text(f"\n{ORIGINS[origin]}", "bold"))
        mine = [cell for row, cell in zip(rows, cells, strict=True) if row.origin == origin]
        console.print(table_of(widths, mine, is_first=number == 0))
    console.print(Text(f"\n{_count(rows)}", "dim"))


def _cells(row: Row, now: datetime) -> dict[str, Text]:
    return {
        "id": Text(printable(row.id), "bold" if row.enabled else "dim"),
        "kind": Text(row.kind),
        "side": Text(printable(row.side or "")),
        "lang": Text(printable(row.language or "")),
        "publisher": name_cell(row.owner or row.name),
        "health": Text(printable(short(row, now)), COLOURS[mood(row)] if row.enabled else "dim"),
        "address": Text(printable(row.url), "dim"),
    }


def fitted(cells: Sequence[dict[str, Text]], width: int) -> dict[str, int]:
    """Return the width of each column that has something to say.

    As its longest cell, up to a limit; where there is too little room the
    widest give way, and the last column has what is left, if that is enough.
    """
    *firsts, last = cells[0]
    longest = {head: max(cell[head].cell_len for cell in cells) for head in firsts}
    widths = {head: min(max(longest[head], len(head)), LIMITS.get(head, 40)) for head in firsts if longest[head]}
    while (left := width - sum(widths.values()) - GAP * len(widths)) < 0:
        widest = max(widths, key=lambda head: widths[head] - LEAST.get(head, widths[head]))
        if widths[widest] <= LEAST.get(widest, widths[widest]):
            break
        widths[widest] -= 1
    return widths | ({last: left} if left >= LEAST_REST and any(cell[last].plain for cell in cells) else {})


def table_of(widths: dict[str, int], cells: Sequence[dict[str, Text]], *, is_first: bool = True) -> Table:
    """Return the cells in columns of these widths, with a head if it is the first of several."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim", show_header=is_first)
    for head, width in widths.items():
        is_number, folds = head in NUMBERS, head == REST
        table.add_column(
            head,
            width=width,
            no_wrap=not folds,
            overflow="fold" if folds else "ellipsis",
            justify="right" if is_number else "left",
        )
    for cell in cells:
        table.add_row(*(_cut(cell[head], width) if head in NAMES else cell[head] for head, width in widths.items()))
    return table


def _cut(name: Text, width: int) -> Text:
    """Return a name that fits; of a right-to-left one the dots stand at its end, which is to the left."""
    if name.justify != "right" or name.cell_len <= width:
        return name
    short = name.copy()
    short.truncate(width - 1)
    return short.append("…\u200f\u200e")


def _count(rows: Sequence[Row]) -> str:
    failing, off = sum(row.is_failing for row in rows), sum(row.state == "off" for row in rows)
    waiting = sum(row.state == "waiting" for row in rows)
    told = [f"{len(rows)} sources"]
    told += [
        f"{number} {word}" for number, word in ((failing, "failing"), (waiting, "never asked"), (off, "off")) if number
    ]
    return ", ".join(told)


def show_health(rows: Sequence[Row], console: Console, now: datetime, *, failing: bool) -> None:
    """Print how each source fares, those that fail first, and what somebody should know of each."""
    enabled = [row for row in rows if row.enabled]
    asked = sorted((row for row in enabled if row.polled_at), key=lambda row: (not row.is_failing, not row.notes))
    shown = [row for row in asked if row.is_failing] if failing else asked
    if shown:
        cells = [_health(row, now) for row in shown]
        widths = fitted(cells, console.width)
        console.print(table_of(widths, cells))
        if REST not in widths or console.width < WIDE:
            _below(shown, console)
    never = [row.id for row in enabled if not row.polled_at and row.origin != "demo"]
    if never and not failing:
        console.print(Text(_never(never), "yellow"))
    bad = sum(row.is_failing for row in enabled)
    verdict = f"{bad} of {len(asked)} sources are failing" if bad else f"none of {len(asked)} sources is failing"
    console.print(Text(verdict, COLOURS["bad"] if bad else COLOURS["good"]))


def _never(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"never asked: {printable(', '.join(ids[:NAMED]))}{more}; is `run` or `connect` running?"


def _health(row: Row, now: datetime) -> dict[str, Text]:
    colour = COLOURS[mood(row)]
    since = ago(row.failing_since, now) if row.is_failing and row.failing_since else ""
    asked = f"{ago(row.polled_at, now)} ago" if row.polled_at else ""
    coming = f"in {ago(now, row.next_at)}" if row.next_at and row.next_at > now else "now"
    return {
        "id": Text(printable(row.id), "bold"),
        "state": Text(row.state, colour),
        "since": Text(since),
        "asked": Text(asked),
        "next": Text(coming),
        "7 days": Text(f"{row.items_week:,}"),
        "in all": Text(f"{row.items_total:,}"),
        REST: _lines(remarks(row), colour),
    }


def _below(rows: Sequence[Row], console: Console) -> None:
    """Print below the table what it has no room for."""
    console.print()
    for row in rows:
        if told := remarks(row):
            console.print(Text(printable(row.id), "bold"))
            console.print(Padding(_lines(told, COLOURS[mood(row)]), (0, 0, 0, 2)))
    console.print()


def _lines(told: Sequence[str], colour: str) -> Text:
    lines = (isolated(Text(printable(line)), direction(line, None)) for line in told)
    return Text("\n", style="" if colour == COLOURS["good"] else colour).join(lines)
