"""Alerts in a terminal: the line in English, the sentence with its words coloured, the sources at the foot."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from streams.alerts import Alert
from streams.codec import decode
from streams.counters import Ending
from streams.endings import DEAD_LETTER
from streams.errors import BadRecord
from streams.following import following
from streams.highlight import direction
from streams.journal import Journal, Stored
from streams.panel import Source, panel
from streams.sources import SourceSettings
from streams.topics import CONTROL_ALERTS
from streams.view import Card, Ruled, Telling, fold, journey, middle_and_tail
from streams.visual import anchored, isolated, visual

Endings = Callable[[], Awaitable[Mapping[Ending, int]]]

MARKS = {"place": "yellow", "gainer": "green", "loser": "red", "trigger": "bold underline"}
STATES = {
    "reported": "yellow",
    "corroborated": "blue",
    "confirmed": "green",
    "disputed": "magenta",
    "reversed": "dim",
    "retracted": "dim",
    "rejected": "dim",
}
# What casts doubt on an alert is coloured; what merely says more is not.
NOTES = {"late": "yellow", "redundant": "yellow", "impossible": "red", "clash": "yellow", "against-interest": "green"}
_GOOD = {"ok", "unchanged"}
_INDENT = 10
_NARROWEST, _WIDEST = 40, 110
_LATEST = 10
_ROWS = 8
_FOOT_SECONDS = 2.0


@dataclass(slots=True, kw_only=True)
class _View:
    """What the terminal knows: the last card of each alert it has seen, and how to write one."""

    console: Console
    names: Mapping[str, str]
    reorder: bool
    cards: dict[str, Card] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    count: int = 0
    told: dict[str, tuple[object, ...]] = field(default_factory=dict)
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=200))

    def take(self, stored: Stored) -> Card | None:
        """Fold a record in; None where it was seen before or is no alert (the page counts those)."""
        if stored.offset <= self.seen.get(stored.partition, -1):
            return None
        self.seen[stored.partition] = stored.offset
        try:
            alert = decode(stored.value)
        except BadRecord:
            return None
        return self._fold(alert, stored.stored_at) if isinstance(alert, Alert) else None

    def _fold(self, alert: Alert, at: datetime) -> Card:
        self.count += alert.id not in self.cards
        shown = fold(self.cards, alert, alerted_at=at, names=self.names)
        if alert.revision == 1 and shown.fetched_to_alerted is not None:
            self.delays.append(shown.fetched_to_alerted)
        return shown

    def tell(self, shown: Card) -> None:
        """Write one card where the console is; one already written says how it stands now, if that changed."""
        sides = (shown.gaining, shown.losing, shown.place)
        stands = (shown.state, *sides, shown.independent_sources, shown.judged, shown.notes)
        if self.told.get(shown.id) == stands:
            return
        found = lines(shown, width=self.console.width, reorder=self.reorder, brief=shown.id in self.told)
        self.told[shown.id] = stands
        for line in found:
            self.console.print(line, highlight=False, soft_wrap=True)


async def watch(
    journal: Journal,
    console: Console,
    *,
    sources: Sequence[SourceSettings] = (),
    speakers: Mapping[str, str] = MappingProxyType({}),
    endings: Endings | None = None,
    reorder: bool = False,
) -> None:
    """Show the latest alerts and then each as it comes, until cancelled.

    On a terminal the state of the sources stands at the foot; elsewhere plain
    lines are written. `speakers` gives those who are quoted their names by
    their ids. `reorder` writes right-to-left text in visual order, for
    terminals that know nothing of direction; it is left to them to join letters.
    """
    names = {**speakers, **{source.id: source.name or source.owner or source.id for source in sources}}
    view = _View(console=console, names=names, reorder=reorder)
    if not console.is_terminal:
        await _alerts(journal, view)
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_alerts(journal, view))
            tasks.create_task(_foot(journal, view, live, sources, endings))


async def _alerts(journal: Journal, view: _View) -> None:
    async for _ in _cards(journal.read(CONTROL_ALERTS), view):
        pass
    for shown in list(view.cards.values())[-_LATEST:]:
        view.tell(shown)
    async for shown in _cards(following(journal, CONTROL_ALERTS, view.console), view):
        view.tell(shown)


async def _cards(records: AsyncIterator[Stored], view: _View) -> AsyncIterator[Card]:
    async for stored in records:
        shown = view.take(stored)
        if shown is not None:
            yield shown


def lines(shown: Card, *, width: int, reorder: bool = False, brief: bool = False) -> list[Text]:
    """Return the card as lines: its headline and state and, unless `brief`, its sentence and where it comes from."""
    room = max(_NARROWEST, min(width - 1, _WIDEST) - _INDENT)
    first = shown.tellings[0] if shown.tellings and not brief else None
    told = [*sentence(first, room, reorder=reorder), *_facts(shown, first, room, reorder=reorder)] if first else []
    known = [_kept(line, "ltr", reorder=reorder) for fact in _known(shown) for line in _wrapped(fact, room)]
    head, *rest = (_kept(line, "ltr", reorder=reorder) for line in _wrapped(_headline(shown), room))
    told_at = shown.history[-1].at.astimezone(UTC)
    clock = Text(f"{told_at:%H:%M:%S}  ", style="dim")
    ruled = _ruled(shown.judged, room, reorder=reorder) if shown.judged else []
    body = [Text(" " * _INDENT).append_text(line) for line in (*rest, _labels(shown), *ruled, *known, *told)]
    return [clock.append_text(head), *body, Text("")]


def _headline(shown: Card) -> Text:
    over = shown.state in {"retracted", "rejected"}
    return Text(shown.headline, style="strike" if over else "bold")


def _labels(shown: Card) -> Text:
    """State, kind, how many say so; DEMO where it is not from the world."""
    line = Text(f"● {shown.state}", style=STATES.get(shown.state, ""))
    said = f"  {shown.kind.replace('_', ' ')}, {_many(shown.independent_sources, 'independent source')}"
    line.append(said, style="dim")
    if shown.revision > 1:
        line.append(f", revision {shown.revision}", style="dim")
    if shown.demo:
        line.append("  DEMO", style="bold cyan")
    return line


def _ruled(judged: Ruled, width: int, *, reorder: bool) -> list[Text]:
    """Who judged it, and his note on lines of its own direction."""
    style = STATES.get(judged.verdict, STATES["confirmed"])
    who = Text(f"{judged.verdict} by ", style=style).append_text(_name(judged.analyst, reorder=reorder))
    who.append(f", {', '.join(judged.right)}" if judged.right else "")
    *head, end = _wrapped(who, width)
    if not judged.note:
        return [*head, end]
    way = direction(judged.note, None)
    note = [_kept(line, way, reorder=reorder) for line in _wrapped(Text(judged.note), width)]
    fits = len(note) == 1 and end.cell_len + note[0].cell_len < width
    return [*head, end.append(": ").append_text(note[0])] if fits else [*head, end.append(":"), *note]


def _known(shown: Card) -> list[Text]:
    """Return what is to be known beside the headline, who says and who denies it, and why it is believed."""
    found = [Text(note.text, style=NOTES.get(note.mark, "")) for note in shown.notes]
    denies, otherwise = [one for one in shown.tellings if one.denies], [one for one in shown.tellings if one.instead]
    if denies or otherwise:
        says = [one for one in shown.tellings if one not in denies and one not in otherwise]
        sides = (("says", says), ("denies", denies), ("says otherwise", otherwise))
        told = (f"{name}: {_publishers(some)}" for name, some in sides if some or some is says)
        found.append(Text("; ".join(told), style="magenta"))
    if shown.reasons:
        found.append(Text(f"why {shown.confidence:.2f}: {'; '.join(one.text for one in shown.reasons)}", style="dim"))
    return found


def _publishers(told: Sequence[Telling]) -> str:
    """Who says so, or denies it, each once: the speaker where one is quoted."""
    return ", ".join(dict.fromkeys(one.speaker or one.source_name for one in told)) or "nobody any more"


def sentence(told: Telling, width: int, *, reorder: bool = False) -> list[Text]:
    """Return the sentence in lines of `width`, coloured, each line kept in its own direction."""
    whole = Text()
    for segment in told.segments:
        whole.append(segment.text, style=" ".join(MARKS[mark] for mark in segment.marks if mark in MARKS))
    kept = [_kept(line, told.direction, reorder=reorder) for line in _wrapped(whole, width)]
    return [_pushed(line, width) for line in kept] if reorder and told.direction == "rtl" else kept


def _kept(line: Text, way: str, *, reorder: bool) -> Text:
    return visual(line, way) if reorder else isolated(line, way)


def _pushed(line: Text, width: int) -> Text:
    """Move a right-to-left line to the right edge, where its reader begins."""
    return Text(" " * max(0, width - line.cell_len)).append_text(line)


def _wrapped(text: Text, width: int) -> list[Text]:
    found = list(text.wrap(Console(width=width, force_terminal=False), width))
    for line in found:
        line.rstrip()
    return found or [Text("")]


def _facts(shown: Card, first: Telling, width: int, *, reorder: bool) -> list[Text]:
    """Who published it and when, how long the news took; the address stands alone, so that it can be copied."""
    line, took = _name(first.source_name, reorder=reorder), journey(shown)
    line.append(f", published {first.published_at.astimezone(UTC):%d %b %Y %H:%M} UTC" if first.published_at else "")
    fits = line.cell_len + len(took) + 2 <= width
    found = [line.append(f", {took}" if took else "")] if fits else [line, *_wrapped(Text(took), width)]
    found += _wrapped(Text(first.feed_only), width) if first.feed_only else []
    return [Text(style="dim").append_text(one) for one in found] + ([Text(first.url, style="dim")] if first.url else [])


def _name(name: str, *, reorder: bool) -> Text:
    return visual(Text(name), direction(name, None)) if reorder else anchored(Text(name))


async def _foot(
    journal: Journal, view: _View, live: Live, sources: Sequence[SourceSettings], endings: Endings | None
) -> None:
    """Redraw the foot only where it changed: a still terminal is easier to read."""
    before: tuple[object, ...] = ()
    while True:
        counts = await endings() if endings else {}
        state = panel(sources, await journal.cursors(whole=False), counts)
        now = (state, dict(counts), view.count, view.console.width)
        if now != before:
            live.update(foot(state, counts, view.count, list(view.delays), reorder=view.reorder), refresh=True)
            before = now
        await asyncio.sleep(_FOOT_SECONDS)


def foot(
    sources: Sequence[Source], endings: Mapping[Ending, int], alerts: int, delays: list[float], *, reorder: bool = False
) -> RenderableType:
    """Return the table of sources (those in trouble first) and a line that sums everything up."""
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim", show_edge=False)
    for name, ratio in (("source", 4), ("last poll", 3), ("items", 1), ("ended without an alert", 5)):
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    ranked = sorted(sources, key=lambda source: source.outcome in {*_GOOD, "waiting", "off"})
    for source in ranked[:_ROWS]:
        table.add_row(*_row(source, reorder=reorder))
    left = len(sources) - _ROWS
    more = [Text(f"and {left} more sources", style="dim")] if left > 0 else []
    return Group(Text("─" * 12, style="dim"), table, *more, Text(_sum(endings, alerts, delays), style="bold"))


def _row(source: Source, *, reorder: bool) -> tuple[Text, ...]:
    waiting = source.outcome in {"waiting", "off"}
    style = "green" if source.outcome in _GOOD else "dim" if waiting else "red"
    polled = f" {source.polled_at.astimezone(UTC):%H:%M:%S}" if source.polled_at else ""
    name = _name(source.name, reorder=reorder)
    name.append(" DEMO" if source.demo and "DEMO" not in source.name else "", style="bold cyan")
    return (name, Text(source.outcome + polled, style=style), Text(str(source.items_total)), Text(_dropped(source)))


def _dropped(source: Source) -> str:
    sums: dict[str, int] = {}
    for ends in source.endings.values():
        for word, times in ends.items():
            if word not in {"passed", "ok"}:
                sums[word] = sums.get(word, 0) + times
    ranked = sorted(sums.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{word.replace('-', ' ')} {times}" for word, times in ranked)


def _sum(endings: Mapping[Ending, int], alerts: int, delays: list[float]) -> str:
    dead = sum(times for ending, times in endings.items() if ending.outcome == DEAD_LETTER)
    found = middle_and_tail(delays)
    delay = f", fetched to alerted {found[0]:.2f} s (95 in 100 within {found[1]:.2f} s)" if found else ""
    return f"{_many(alerts, 'alert')}, {_many(dead, 'dead letter')}{delay}"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
