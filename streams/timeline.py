"""Who held a place over time as a bar of block characters: a glyph and a colour for each holder, fights below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.text import Text

from streams.holding import Ledger, Spell, Stretch

NOBODY, FOUGHT, BESIEGED, BOTH = "·", "×", "=", "#"
_GLYPHS = "█▒▓░"
_COLOURS = ("blue", "yellow", "green", "magenta", "cyan", "red", "bright_blue", "bright_yellow")
_NARROWEST = 30
_LEAST = 14  # days
_ROOM = 0.2  # of the time told, added behind it, so that old changes do not shrink to nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """How a holder is drawn: glyphs differ where there is no colour."""

    glyph: str
    colour: str


def marks(page: Ledger) -> dict[str, Mark]:
    """Return how each holder is drawn, by his key, in the order in which they came."""
    keys = dict.fromkeys(stretch.holders[0].key for stretch in page.stretches if stretch.holders)
    return {key: Mark(_GLYPHS[at % len(_GLYPHS)], _COLOURS[at % len(_COLOURS)]) for at, key in enumerate(keys)}


def timeline(page: Ledger, width: int, today: date) -> list[Text]:
    """Return the bar in lines of `width`: days, holders and, where there were any, fights (×), sieges (=), both (#).

    `today` is UTC; the bar ends some time after the last day told, and not after today.
    """
    told = _days(page)
    if not told or width < _NARROWEST:
        return []
    first, last = min(told), max(told)
    end = min(last + max(_LEAST, round((last - first) * _ROOM)), max(today.toordinal(), last))
    first = min(first, end - _LEAST)
    column = (end - first) / width
    starts = [first + column * at for at in range(width)]
    days = Text(f"{date.fromordinal(first)}{date.fromordinal(end)!s:>{width - 10}}", style="dim")
    below = "".join(_fought(page, start, start + column) for start in starts)
    return [days, _held(page, starts, column), *([Text(below)] if below.strip() else [])]


def _days(page: Ledger) -> list[int]:
    """Return all days told of, as ordinals."""
    spells = (*page.contests, *page.sieges)
    begun = [stretch.since for stretch in page.stretches] + [spell.since for spell in spells]
    ended = [stretch.until for stretch in page.stretches] + [spell.until for spell in spells]
    last = [spell.told_last for spell in spells]
    return [day.toordinal() for day in (*begun, *ended, *last) if day]


def _held(page: Ledger, starts: Sequence[float], column: float) -> Text:
    drawn, line = marks(page), Text()
    for start in starts:
        told = _told(page.stretches, start, start + column)
        mark = drawn[told.holders[0].key] if told and told.holders else None
        line.append(mark.glyph if mark else NOBODY if told else " ", style=mark.colour if mark else "dim")
    return line


def _told(stretches: Sequence[Stretch], start: float, after: float) -> Stretch | None:
    """Return the stretch seen in a column: the first that began in it, so that a day is seen, else the one before."""
    begun = [one for one in stretches if one.since.toordinal() < after]
    fresh = [one for one in begun if one.since.toordinal() >= start]
    return fresh[0] if fresh else begun[-1] if begun else None


def _fought(page: Ledger, start: float, after: float) -> str:
    fought, besieged = (any(_in(one, start, after) for one in spells) for spells in (page.contests, page.sieges))
    return BOTH if fought and besieged else FOUGHT if fought else BESIEGED if besieged else " "


def _in(spell: Spell, start: float, after: float) -> bool:
    """Say whether a spell lasts within a column; on its last day it does, on the one that ended it no more."""
    end = spell.until or spell.told_last + timedelta(days=1)
    return spell.since.toordinal() < after and start < max(end, spell.since + timedelta(days=1)).toordinal()
