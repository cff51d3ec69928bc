"""Two runs side by side, in the terminal: what the second tells otherwise, with the sentence and the rule behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from processors.identity import actor_key
from processors.partynames import party_names
from streams.alerts import Alert, AlertEvidence
from streams.codec import decode
from streams.comparisonforms import by_rule, counted, facts, ledger_lines, moved, place_line
from streams.errors import BadRecord, JournalUnusable
from streams.highlight import printable
from streams.journal import Journal
from streams.masking import masked
from streams.replay.comparison import Changed, Comparison, Rewritten, Scope, Told, compared
from streams.replay.pairing import Alike, keep
from streams.replay.runs import path_of, url_of
from streams.services import configured, opened
from streams.settings import Settings
from streams.terminal import STATES, sentence
from streams.topics import CONTROL_ALERTS, LEDGER, Topic
from streams.view import telling
from streams.visual import anchored, visual

LIVE = "live"
_INDENT = 6
_NARROWEST, _WIDEST = 40, 110
_TELLINGS = 3  # of one alert, gone or new; the JSON has them all
_SIGNS = {"gained": ("+", "green"), "lost": ("−", "red"), "changed": ("~", "yellow")}


async def compare(settings: Settings, before: str, after: str, scope: Scope) -> Comparison:
    """Return what is different in the run `after`; each is a run's name, `live`, or a journal's address.

    Raises ConfigError for what is no run, JournalUnusable for a journal that
    is not there or holds what cannot be read: a comparison that left it out
    would mislead.
    """
    alike = Alike(window_days=settings.corroborate.window_days, key=actor_key)
    told = [await _told(name, address(settings, name)) for name in (before, after)]
    return compared(told[0], told[1], alike, scope)


def address(settings: Settings, name: str) -> str:
    """Return the journal's address that a run's name, `live`, or an address stands for; raises ConfigError."""
    if name == LIVE:
        return settings.journal
    return name if "://" in name else url_of(settings.runs, name)


def is_run(settings: Settings, name: str) -> bool:
    """Say whether a run of this name lies in the folder of runs; raises ConfigError for what is no name."""
    return name != LIVE and "://" not in name and path_of(settings.runs, name).exists()


def _is_there(url: str) -> bool:
    """Say whether there is a journal: asking must not make one."""
    path = url.removeprefix("sqlite:///")
    return path == url or Path(path).exists()


async def _told(name: str, url: str) -> Told:
    if not _is_there(url):
        raise JournalUnusable(
            f"there is no journal of {masked(name)!r} at {masked(url)}; `changehands runs list` names the runs"
        )
    alerts: dict[str, Alert] = {}
    async with opened(url) as journal:
        async for alert in _records(journal, CONTROL_ALERTS, name):
            keep(alerts, alert)
        pages = [page async for page in _records(journal, LEDGER, name)]
    return Told(alerts.values(), pages)


async def _records(journal: Journal, topic: Topic, name: str) -> AsyncIterator[Any]:
    async for stored in journal.read(topic):
        try:
            yield decode(stored.value)
        except BadRecord as error:
            where = f"{topic.name}/{stored.partition} offset {stored.offset} of {masked(name)!r}"
            raise JournalUnusable(f"{where}: {error}; what cannot be read cannot be compared") from error


def names_of(settings: Settings) -> dict[str, str]:
    """Return how sources and speakers are called, by their ids."""
    return {**party_names(), **{one.id: one.name or one.owner or one.id for one in configured(settings)}}


def show(
    found: Comparison, before: str, after: str, console: Console, *, names: Mapping[str, str], reorder: bool
) -> None:
    """Print what is different, the counts last; `reorder` is for terminals that know no right-to-left."""
    page = _Page(console=console, names=names, reorder=reorder, runs=(printable(before), printable(after)))
    for alert in found.gained:
        page.alert("gained", alert)
    for alert in found.lost:
        page.alert("lost", alert)
    for one in found.changed:
        page.changed(one)
    for place in found.ledger:
        page.place(place)
    console.print(
        Text(f"{page.runs[0]} → {page.runs[1]}: {counted(found)}", style="bold"), soft_wrap=True, highlight=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """Where a comparison is written, and how the two runs are called."""

    console: Console
    names: Mapping[str, str]
    reorder: bool
    runs: tuple[str, str]

    @property
    def room(self) -> int:
        """How many columns a sentence may take."""
        return max(_NARROWEST, min(self.console.width - 1, _WIDEST) - _INDENT)

    def alert(self, word: str, alert: Alert) -> None:
        """Write an alert that only one run tells, with its first telling."""
        self._head(word, alert)
        self._line(Text(facts(alert), style=STATES.get(alert.state, "")))
        self._told(alert.evidence[:1], len(alert.evidence) - 1)
        self.console.print()

    def changed(self, one: Changed) -> None:
        """Write what both runs tell otherwise: each field, and what only one of them was told."""
        self._head("changed", one.after)
        for field in one.fields:
            self._line(self._words(moved(field), "yellow"))
        for run, told in zip(self.runs, (one.gone, one.new), strict=True):
            if told:
                self._line(Text(f"told in {run} alone:", style="dim"))
                self._told(told[:_TELLINGS], len(told) - _TELLINGS)
        if not (one.gone or one.new):
            self._told(one.after.evidence[:1], 0)
        self.console.print()

    def place(self, one: Rewritten) -> None:
        """Write what the ledgers tell of a place, the first run's lines before the second's."""
        self.console.print(
            Text("ledger  ", style="dim").append_text(self._words(place_line(one.place), "bold")), highlight=False
        )
        for sign, line in ledger_lines(one):
            style = "green" if sign == "+" else "red"
            self._line(Text(f"{sign} ", style=style).append_text(self._words(line, style)))
        self.console.print()

    def _head(self, word: str, alert: Alert) -> None:
        sign, style = _SIGNS[word]
        line = Text(f"{sign} {word}  ", style=style).append(f"{alert.opened_at:%Y-%m-%d}  ", style="dim")
        line.append_text(self._words(printable(alert.headline.en), "bold"))
        line.append("  DEMO" if alert.demo else "", style="bold cyan")
        self.console.print(line, soft_wrap=True, highlight=False)

    def _told(self, some: Sequence[AlertEvidence], more: int) -> None:
        for one in (telling(told, self.names) for told in some):
            for line in sentence(one, self.room, reorder=self.reorder):
                self._line(line)
            self._line(self._words(by_rule(one), "dim"))
            if one.url:
                self._line(Text(one.url, style="dim"))
        if more > 0:
            self._line(Text(f"and {more} more", style="dim"))

    def _words(self, words: str, style: str) -> Text:
        """Return words of mixed direction as a part of a line that runs from the left."""
        text = Text(words, style=style)
        return visual(text, "ltr") if self.reorder else anchored(text)

    def _line(self, line: Text) -> None:
        self.console.print(Text(" " * _INDENT).append_text(line), soft_wrap=True, highlight=False)
