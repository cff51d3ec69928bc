"""What is different between two runs: alerts gained, lost and changed, and stretches of the ledger, place by place.

Pure. Days and times are UTC. The last revision of each alert and of each page
counts; what is fictional is compared with what is fictional only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from msgspec import Struct

from streams.alerts import Alert, AlertEvidence
from streams.holding import Ledger, Spell, Stretch
from streams.ledgers import in_order
from streams.mentions import Actor, EventDate, Place
from streams.replay.pairing import Alike, Key, latest, paired
from streams.shelves import whole_pages
from streams.topics import ledger_key

# The least by which a confidence must move to be told: below it a reader would decide nothing otherwise.
MOVED = 0.05
_EXACT = 9  # digits; 0.85 - 0.80 is a little more than 0.05 in binary
S = TypeVar("S", Stretch, Spell)


class Field(Struct, frozen=True, kw_only=True):
    """One thing that an alert says otherwise in the second run, in words or numbers; null where it says nothing."""

    name: str
    before: str | float | None
    after: str | float | None


class Changed(Struct, frozen=True, kw_only=True):
    """One change of control that both runs tell otherwise.

    `gone` are the tellings only the first run has, `new` those only the second
    has; one that is read otherwise is among both.
    """

    before: Alert
    after: Alert
    fields: tuple[Field, ...]
    gone: tuple[AlertEvidence, ...] = ()
    new: tuple[AlertEvidence, ...] = ()


class Rewritten(Struct, frozen=True, kw_only=True):
    """A place of which the ledgers differ: what the first tells alone (`gone`) and what the second does (`new`)."""

    place_key: str
    place: Place
    gone: tuple[Stretch, ...] = ()
    new: tuple[Stretch, ...] = ()
    sieges_gone: tuple[Spell, ...] = ()
    sieges_new: tuple[Spell, ...] = ()
    contests_gone: tuple[Spell, ...] = ()
    contests_new: tuple[Spell, ...] = ()


class Comparison(Struct, frozen=True, kw_only=True):
    """What is different in the second run; `same` counts the alerts that stand in both alike."""

    gained: tuple[Alert, ...] = ()
    lost: tuple[Alert, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: int = 0
    ledger: tuple[Rewritten, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Say whether both runs tell the same."""
        return not (self.gained or self.lost or self.changed or self.ledger)


class Told(NamedTuple):
    """What a run tells: all revisions of its alerts and all records of its ledger, in any order."""

    alerts: Iterable[Alert]
    ledger: Iterable[Ledger]


class Scope(NamedTuple):
    """What is compared: what began within these days (both included, null where open), fictional or not."""

    since: date | None = None
    until: date | None = None
    demo: bool = False

    def holds(self, day: date) -> bool:
        """Say whether a day lies within."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


EVERYTHING = Scope()


def compared(before: Told, after: Told, alike: Alike, scope: Scope = EVERYTHING) -> Comparison:
    """Return what is different in the second run.

    An alert counts by the day on which it opened; of one that both tell it is
    enough that one of them did.
    """
    alerts = [latest(alert for alert in told.alerts if alert.demo == scope.demo) for told in (before, after)]
    found = paired(alerts[0], alerts[1], alike)
    both = [pair for pair in found.both if any(scope.holds(one.opened_at.date()) for one in pair)]
    changed = [one for one in (_changed(*pair, alike.key) for pair in both) if one.fields]
    return Comparison(
        gained=_in_order(found.after, scope),
        lost=_in_order(found.before, scope),
        changed=tuple(sorted(changed, key=_order_of_pair)),
        same=len(both) - len(changed),
        ledger=tuple(_rewritten(before.ledger, after.ledger, scope)),
    )


def _order(alert: Alert) -> tuple[datetime, str]:
    return alert.opened_at, alert.id


def _order_of_pair(one: Changed) -> tuple[datetime, str]:
    return min(_order(one.before), _order(one.after))


def _in_order(alerts: Iterable[Alert], scope: Scope) -> tuple[Alert, ...]:
    return tuple(sorted((alert for alert in alerts if scope.holds(alert.opened_at.date())), key=_order))


def _changed(before: Alert, after: Alert, key: Key) -> Changed:
    fields = (*_differing(before, after, key), *_confidence(before, after))
    told, tells = ({_reading(one): one for one in alert.evidence} for alert in (before, after))
    return Changed(
        before=before,
        after=after,
        fields=fields,
        gone=tuple(one for reading, one in told.items() if reading not in tells),
        new=tuple(one for reading, one in tells.items() if reading not in told),
    )


def _reading(told: AlertEvidence) -> tuple[object, ...]:
    """Return what makes a telling the same: its claim, how it stands to it, and the rule that found it."""
    return told.claim_id, told.status, told.rule


def _differing(before: Alert, after: Alert, key: Key) -> Iterator[Field]:
    for (name, is_, shown), (_, was, showed) in zip(_facts(after, key), _facts(before, key), strict=True):
        if is_ != was:
            yield Field(name=name, before=showed, after=shown)


def _facts(alert: Alert, key: Key) -> list[tuple[str, object, str | float | None]]:
    """Return what is compared of an alert: its name, by what it is compared, and how it is shown."""
    words = ("kind", "extent", "state", "ledger_check")
    return [
        ("id", alert.id, alert.id),
        ("place", (alert.place_key, alert.place.id), alert.place.name or alert.place.text),
        ("from", key(alert.from_holder), _name(alert.from_holder)),
        ("to", key(alert.to_holder), _name(alert.to_holder)),
        *((word.replace("_", " "), getattr(alert, word), str(getattr(alert, word))) for word in words),
        ("event", _days(alert.event_date), _days(alert.event_date)),
        ("opened", alert.opened_at, f"{alert.opened_at:%Y-%m-%d %H:%M:%S}"),
        ("independent sources", alert.independent_sources, alert.independent_sources),
    ]


def _name(actor: Actor | None) -> str | None:
    return (actor.name or actor.text) if actor else None


def _days(event: EventDate | None) -> str | None:
    if event is None or event.from_ is None:
        return None
    last = f" to {event.to}" if event.to and event.to != event.from_ else ""
    return f"{event.from_}{last} ({event.precision or 'day'})"


def _confidence(before: Alert, after: Alert) -> Iterator[Field]:
    if round(abs(after.confidence - before.confidence), _EXACT) > MOVED:
        yield Field(name="confidence", before=before.confidence, after=after.confidence)


def _rewritten(before: Iterable[Ledger], after: Iterable[Ledger], scope: Scope) -> Iterator[Rewritten]:
    """Yield the places of which the ledgers differ, by country and name."""
    told, tells = _pages(before, scope), _pages(after, scope)
    pages = [tells.get(key) or told[key] for key in told.keys() | tells.keys()]
    for page in sorted(pages, key=lambda page: (in_order(page.place), page.place_key)):
        one = _difference(page, told.get(ledger_key(page)), tells.get(ledger_key(page)), scope)
        if one:
            yield one


def _pages(records: Iterable[Ledger], scope: Scope) -> dict[str, Ledger]:
    """Return the whole page of each place; a later revision replaces the one before, in whatever order they come."""
    mine = [record for record in records if record.demo == scope.demo]
    return whole_pages(sorted(mine, key=lambda record: (record.revision, record.revised_at)))


def _difference(page: Ledger, before: Ledger | None, after: Ledger | None, scope: Scope) -> Rewritten | None:
    gone, new = _only(before.stretches if before else (), after.stretches if after else (), scope)
    sieges_gone, sieges_new = _only(before.sieges if before else (), after.sieges if after else (), scope)
    contests_gone, contests_new = _only(before.contests if before else (), after.contests if after else (), scope)
    if not (gone or new or sieges_gone or sieges_new or contests_gone or contests_new):
        return None
    return Rewritten(
        place_key=page.place_key,
        place=page.place,
        gone=gone,
        new=new,
        sieges_gone=sieges_gone,
        sieges_new=sieges_new,
        contests_gone=contests_gone,
        contests_new=contests_new,
    )


def _only(before: Sequence[S], after: Sequence[S], scope: Scope) -> tuple[tuple[S, ...], tuple[S, ...]]:
    """Return what stands on one of two pages only, in its order."""
    return tuple(_beyond(before, after, scope)), tuple(_beyond(after, before, scope))


def _beyond(mine: Sequence[S], others: Sequence[S], scope: Scope) -> Iterator[S]:
    known = Counter(_shown(one, scope) for one in others if _lasts_within(one, scope))
    for one in mine:
        if not _lasts_within(one, scope):
            continue
        if known[_shown(one, scope)]:
            known[_shown(one, scope)] -= 1
        else:
            yield one


def _shown(one: Stretch | Spell, scope: Scope) -> tuple[object, ...]:
    """Return what makes two stretches the same: who, from when to when within the days asked for, how it is known."""
    since = one.since if scope.since is None else max(one.since, scope.since)
    until = None if one.until and scope.until and one.until > scope.until else one.until
    if isinstance(one, Spell):
        return since, until, one.by.key if one.by else None
    return tuple(sorted(holder.key for holder in one.holders)), since, until, one.by, one.partial, one.clash


def _lasts_within(one: Stretch | Spell, scope: Scope) -> bool:
    ends_before = scope.since is not None and one.until is not None and one.until <= scope.since
    begins_after = scope.until is not None and one.since > scope.until
    return not (ends_before or begins_after)
