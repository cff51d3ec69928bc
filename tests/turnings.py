"""Turns for the tests of the ledger, about a place that red and green (of one camp), blue and yellow fight for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from processors.ledger import History, history
from processors.parties import Party
from processors.turns import Turn, What
from streams.alerts import Holder
from streams.holding import Word

DAY = date(2031, 5, 1)
RED, BLUE, GREEN = (Holder(key=key, text=key, id=key) for key in ("red", "blue", "green"))
YELLOW = Holder(key="yellow", text="yellow", id="yellow")
GUNMEN = Holder(key="~gunmen", text="gunmen")


@dataclass(frozen=True)
class Row:
    """A party of a camp."""

    side: str | None
    name: str = ""
    name_ar: str | None = None
    type: str | None = None
    countries: tuple[str, ...] = ()


def camps(identity: str) -> Party | None:
    """Put red and green in one camp, blue and yellow each in its own."""
    return Row(side="west" if identity in {"red", "green"} else {"yellow": "south"}.get(identity, "east"))


def turn(day: int, what: What = What.CHANGE, **fields: object) -> Turn:
    """Return a turn `day` days after the first, told on that day."""
    first = DAY + timedelta(days=day)
    usual: dict[str, object] = {
        "id": f"{day}-{what}-{sorted(map(str, fields.items()))}",
        "what": what,
        "first": first,
        "last": first,
        "told_at": datetime(2031, 5, 1, 9, tzinfo=UTC) + timedelta(days=day),
    }
    return Turn(**(usual | fields))


def word(number: int) -> Word:
    """Return one telling."""
    return Word(claim_id=str(number), source="herald", at=datetime(2031, 5, 1, tzinfo=UTC))


def told(*turns: Turn, window_days: float = 14) -> History:
    """Return the history of turns."""
    return history(turns, window_days=window_days, parties=camps)


def held(history: History) -> list[tuple[int, str]]:
    """Return each stretch as (day on which it began, holders)."""
    return [((one.since - DAY).days, "+".join(holder.key for holder in one.holders)) for one in history.stretches]


def spells(history: History) -> list[tuple[int, int | None]]:
    """Return each fight as (day on which it began, day on which it ended)."""
    return [((one.since - DAY).days, one.until and (one.until - DAY).days) for one in history.contests]
