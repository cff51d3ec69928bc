"""Questions to the ledger: how places stood on a day, and what became different between two days.

Days are UTC dates; a place stands on a day as it stood at that day's end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from streams.alerts import AlertState, Holder
from streams.holding import By, Ledger, Spell, Stretch, Word
from streams.mentions import Place, Precision

# How long a siege or a fight is taken to last when nothing more is told of it.
LASTING = timedelta(days=14)


class Standing(Struct, frozen=True, kw_only=True):
    """How one place stood on a day: who held it since when and on whose word, and whether it was fought over.

    `holders` is empty where nobody is known to hold it. `contested_by` and
    `besieged_by` name who fights for it and who besieges it, where told.
    """

    place_key: str
    place: Place
    area: bool
    demo: bool
    holders: tuple[Holder, ...] = ()
    since: date | None = None
    since_precision: Precision | None = None
    by: By | None = None
    partial: bool = False
    contested: bool = False
    contested_by: Holder | None = None
    besieged: bool = False
    besieged_by: Holder | None = None
    state: AlertState | None = None
    confidence: float = 0.0
    alert_id: str | None = None
    clash: bool = False
    words: tuple[Word, ...] = ()


class Difference(Struct, frozen=True, kw_only=True):
    """A place that stood otherwise on the later of two days, and the stretches that began in between."""

    before: Standing
    after: Standing
    stretches: tuple[Stretch, ...]


def standing(ledger: Ledger, day: date) -> Standing:
    """Return how the place stood at the end of a day."""
    stretch = stretch_on(ledger, day)
    fight, siege = _lasting(ledger.contests, day), _lasting(ledger.sieges, day)
    return Standing(
        place_key=ledger.place_key,
        place=ledger.place,
        area=ledger.area,
        demo=ledger.demo,
        contested=fight is not None,
        contested_by=fight.by if fight else None,
        besieged=siege is not None,
        besieged_by=siege.by if siege else None,
        **(_told(stretch) if stretch else {}),  # type: ignore[arg-type] # the stretch's own fields
    )


def _told(stretch: Stretch) -> dict[str, object]:
    shared = (
        "holders",
        "since",
        "since_precision",
        "by",
        "partial",
        "state",
        "confidence",
        "alert_id",
        "clash",
        "words",
    )
    return {name: getattr(stretch, name) for name in shared}


def stretch_on(ledger: Ledger, day: date) -> Stretch | None:
    """Return the stretch that lasted at the end of a day, None for a day before all that is known."""
    begun = [stretch for stretch in ledger.stretches if stretch.since <= day]
    return begun[-1] if begun else None


def _lasting(spells: Iterable[Spell], day: date) -> Spell | None:
    """Return the siege or fight that lasted on a day; one of which nothing more is told ends after a while."""
    for spell in spells:
        end = spell.until or spell.told_last + LASTING
        if spell.since <= day < end or spell.since == day:
            return spell
    return None


def in_order(place: Place) -> tuple[bool, str, str]:
    """Return by what places are listed: country and name, those in no known country last."""
    return place.country is None, place.country or "", place.name or place.text


def held_by(ledgers: Iterable[Ledger], day: date, actor: str | None = None) -> Iterator[Standing]:
    """Yield how each place of which anything was known stood on a day; with an actor's key, those he held."""
    for ledger in ledgers:
        told = standing(ledger, day)
        is_known = told.since is not None or told.contested or told.besieged
        if is_known and (actor is None or any(holder.key == actor for holder in told.holders)):
            yield told


def differences(ledgers: Iterable[Ledger], earlier: date, later: date) -> Iterator[Difference]:
    """Yield the places that were held, fought over or besieged otherwise at the end of the later day."""
    for ledger in ledgers:
        before, after = standing(ledger, earlier), standing(ledger, later)
        between = tuple(stretch for stretch in ledger.stretches if earlier < stretch.since <= later)
        if between or _state(before) != _state(after):
            yield Difference(before=before, after=after, stretches=between)


def _state(told: Standing) -> tuple[object, ...]:
    holders = frozenset(holder.key for holder in told.holders)
    return holders, told.partial, told.contested, told.besieged
