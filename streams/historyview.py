"""A source's last fetches in a terminal: a row for each, a bar for what it took, and what they took together."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from streams.fetches import WELL, Came, Fetch, Way, middle
from streams.history import Sum, summed
from streams.wording import span

BAR = 12
EIGHTHS = "▏▎▍▌▋▊▉█"
# A stub is no failure, and somebody's patience that is asked for is not yet one.
CALM = frozenset({Came.STUB, Came.BUSY, Came.ENDED})
# Columns that give way where there is little room, the first of them first.
YIELD = ("unpacked", "", "known", "wire", "out", "how")
NUMBERS = frozenset({"took", "wire", "unpacked", "new", "known", "out"})
GAP = 2


def show(fetches: Sequence[Fetch], console: Console) -> None:
    """Print the fetches, the newest last, and their sum."""
    if not fetches:
        console.print(Text("no fetch of it is kept (retention.fetches_days)", "yellow"))
        return
    longest = _longest(fetches)
    cells = [_cells(fetch, longest) for fetch in fetches]
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    widths = _fitted(cells, console.width)
    for head, width in widths.items():
        table.add_column(head, width=width, no_wrap=True, justify="right" if head in NUMBERS else "left")
    for cell in cells:
        table.add_row(*(cell[head] for head in widths))
    console.print(table)
    for line in _told(summed(fetches)):
        console.print(Text(line, "dim"), soft_wrap=True)


def _longest(fetches: Sequence[Fetch]) -> int:
    """Return what a full bar stands for: a server that never answers must not make all others look alike."""
    asked = [fetch for fetch in fetches if fetch.way is not Way.STREAM]
    well = [one for fetch in asked if fetch.came in WELL for one in fetch.took]
    return max(well or [one for fetch in asked for one in fetch.took], default=0)


def _fitted(cells: Sequence[dict[str, Text]], room: int) -> dict[str, int]:
    """Return the columns for which there is room, each as wide as its longest cell."""
    widths = {head: max(len(head), *(cell[head].cell_len for cell in cells)) for head in cells[0]}
    for head in YIELD:
        if sum(widths.values()) + GAP * len(widths) > room:
            del widths[head]
    return widths


def _cells(fetch: Fetch, longest: int) -> dict[str, Text]:
    usual = middle(fetch.took)
    is_stretch = fetch.way is Way.STREAM
    colour = "green" if fetch.came in WELL else "yellow" if fetch.came in CALM else "red"
    return {
        "when (UTC)": Text(_when(fetch)),
        "how": Text(fetch.way),
        "came": Text(_came(fetch), colour),
        "took": Text("" if usual is None else lasted(usual)),
        "": Text("" if usual is None or is_stretch else bar(usual, longest), colour),
        "wire": Text(decimal(fetch.wire) if fetch.wire else ""),
        "unpacked": Text(decimal(fetch.size) if fetch.size else ""),
        "new": _number(fetch.new),
        "known": _number(fetch.known),
        "out": _number(fetch.published),
    }


def _number(count: int) -> Text:
    return Text(f"{count:,}" if count else "", "bold" if count else "")


def _when(fetch: Fetch) -> str:
    """Return when it was read; of several the first, and when the last was."""
    if fetch.times == 1 or f"{fetch.began:%d %H %M}" == f"{fetch.at:%d %H %M}":
        return f"{fetch.at:%d %b %H:%M:%S}"
    until = "%H:%M" if fetch.began.date() == fetch.at.date() else "%d %b %H:%M"
    return f"{fetch.began:%d %b %H:%M} – {fetch.at:{until}}"


def _came(fetch: Fetch) -> str:
    times = f" ×{fetch.times}" if fetch.times > 1 else ""
    status = f" {fetch.http_status}" if fetch.http_status and fetch.came not in WELL else ""
    return f"{fetch.came}{status}{times}"


def lasted(milliseconds: int) -> str:
    """Return how long something took, in the unit that reads best."""
    if milliseconds < 1000:  # noqa: PLR2004 (a second)
        return f"{milliseconds} ms"
    return span(milliseconds / 1000)


def bar(part: int, whole: int) -> str:
    """Return a bar as long as the part is of the whole, never without any, and never longer than the whole."""
    eighths = max(1, round(8 * BAR * min(1.0, part / whole))) if whole else 1
    full, rest = divmod(eighths, 8)
    return EIGHTHS[-1] * full + (EIGHTHS[rest - 1] if rest else "")


def _told(total: Sum) -> list[str]:
    """Return in words what fetches took together."""
    since = f" since {total.since:%d %b %H:%M} UTC" if total.since else ""
    counts = ", ".join(f"{times:,} {came}" for came, times in total.came.items())
    said = [f"{total.times:,} fetch{'es' if total.times > 1 else ''}{since}: {counts}"]
    if total.usual is not None and total.slow is not None and total.slowest is not None:
        usual, slow, slowest = map(lasted, (total.usual, total.slow, total.slowest))
        said.append(f"half of them took {usual} or less, 95 in 100 took {slow} or less, the slowest {slowest}")
    if total.size:
        said.append(f"{decimal(total.wire)} came over the wire, {decimal(total.size)} unpacked")
    return said
