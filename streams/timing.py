"""`changehands delays`: how long each source's news took, leg by leg."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import json
from rich.console import Console
from rich.table import Table

from streams.alerts import Alert
from streams.codec import decode
from streams.delays import LEGS, Journey, Percentiles, by_source, journey, percentiles
from streams.highlight import printable
from streams.services import opened
from streams.topics import CONTROL_ALERTS

_ALL = "all sources"
_HEADS = {
    "event_to_published": "event → published",
    "published_to_fetched": "→ fetched",
    "fetched_to_alerted": "→ alerted",
}
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


async def measured(url: str, *, demo: bool) -> Mapping[str, Mapping[str, Percentiles]]:
    """Return the percentiles of every source, and of all together under "all sources"."""
    journeys: list[Journey] = []
    async with opened(url) as journal:
        async for stored in journal.read(CONTROL_ALERTS):
            alert = decode(stored.value)
            one = journey(alert, stored.stored_at) if isinstance(alert, Alert) else None
            if one and one.demo == demo:
                journeys.append(one)
    together = {leg: [getattr(one, leg) for one in journeys if getattr(one, leg) is not None] for leg in LEGS}
    of_all = {leg: told for leg, seconds in together.items() if (told := percentiles(seconds))}
    return {**by_source(journeys), **({_ALL: of_all} if of_all else {})}


async def show(url: str, console: Console, *, demo: bool, as_json: bool) -> None:
    """Print the table: median and 95th percentile of each leg, and of how many alerts."""
    found = await measured(url, demo=demo)
    if as_json:
        console.print_json(json.encode(found).decode())
        return
    if not found:
        console.print("no alert was measured yet")
        return
    table = Table(
        box=None, pad_edge=False, title="median and 95th percentile of the first alerts", title_justify="left"
    )
    table.add_column("source", overflow="fold")
    table.add_column("alerts", justify="right")
    for leg in LEGS:
        table.add_column(_HEADS[leg], justify="right")
    for source, legs in found.items():
        count = max(told.count for told in legs.values())
        style = "bold" if source == _ALL else ""
        table.add_row(printable(source), str(count), *(_cell(legs.get(leg)) for leg in LEGS), style=style)
    console.print(table)
    console.print("An event known to the day counts from the day's first moment (UTC).", style="dim")


def _cell(told: Percentiles | None) -> str:
    return f"{spoken(told.p50)} / {spoken(told.p95)}" if told else "–"


def spoken(seconds: float) -> str:
    """Return a time in the unit that suits it: "0.42 s", "3.5 min", "2.0 h", "1.5 d"."""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.2f} s"
