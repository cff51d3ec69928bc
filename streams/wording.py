"""The words in which an alert says how it stands to the ledger and why it is believed, for the page and the terminal.

Every word of a source is made printable here; days are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from streams.alerts import Alert, AlertEvidence, Before, Holder, LedgerCheck, Reason, Rule
from streams.highlight import printable
from streams.mentions import Actor, Kind, Precision
from streams.verdicts import Verdict

_NOBODY = "somebody"
_JUDGED = {Verdict.CONFIRM: "confirmed", Verdict.REJECT: "rejected", Verdict.CORRECT: "put right"}
_CHECKED = frozenset({LedgerCheck.REDUNDANT, LedgerCheck.IMPOSSIBLE})


class Note(Struct, frozen=True, kw_only=True):
    """One thing to know of an alert beside its headline; `mark` is a word for what it is, for its colour."""

    mark: str
    text: str


class Why(Struct, frozen=True, kw_only=True):
    """One rule that moved the confidence, in words; `before` and `after` are from 0 to 1."""

    rule: str
    text: str
    before: float
    after: float


def notes(alert: Alert) -> tuple[Note, ...]:
    """Return what is to be known of an alert beside its headline, what casts doubt on it first."""
    said = (
        (alert.ledger_check if alert.ledger_check in _CHECKED else "", _check(alert)),
        (
            "linked" if alert.linked_to else "",
            f"follows from the pledge of {_name(alert.from_holder)}; nobody told of this place",
        ),
        ("clash" if alert.clash else "", "a day or less: a clash by ACLED's rule"),
        ("area" if alert.area else "", "an area: towns inside keep their holders"),
        ("against-interest" if alert.against_interest else "", "admitted by its own side"),
    )
    return tuple(Note(mark=str(mark), text=text) for mark, text in said if mark)


def late_note(seconds: float | None) -> tuple[Note, ...]:
    """Return what is to be known of an alert that people were told of so long after its first report; none if None."""
    return (Note(mark="late", text=f"late: first told {span(seconds)} after it was published"),) if seconds else ()


def _check(alert: Alert) -> str:
    """Return how the alert disagrees with the ledger; empty where it does not."""
    before = alert.before
    if before is None:
        return f"the ledger says otherwise ({alert.ledger_check})"
    who, gainer = held_by(before.holders), _name(alert.to_holder)
    if alert.ledger_check is LedgerCheck.REDUNDANT:
        return f"{gainer} held it already since {before.since}"
    if alert.kind is Kind.RECAPTURE and _holds(alert, before):
        return f"retaken by {gainer}, who had not lost it since {before.since}"
    return f"taken from {_name(alert.from_holder)}, but {who} held it since {before.since}"


def _holds(alert: Alert, before: Before) -> bool:
    """Say whether the gainer is the one who held the place; his words may differ where he has an id."""
    gainer = alert.to_holder
    return gainer is not None and any(
        one.id == gainer.id if gainer.id else one.text == gainer.text for one in before.holders
    )


def _name(actor: Actor | None) -> str:
    return printable(actor.name or actor.text) if actor else _NOBODY


def held_by(holders: Iterable[Holder]) -> str:
    """Return the names of those who hold a place together."""
    return " and ".join(printable(one.name or one.text) for one in holders)


def whys(alert: Alert, names: Mapping[str, str]) -> tuple[Why, ...]:
    """Return why the alert is believed as much as it is, rule by rule, in the order in which they applied.

    `names` gives sources and speakers their names by their ids.
    """
    return tuple(
        Why(rule=one.rule, text=_why(one, alert, names), before=one.before, after=one.after) for one in alert.reasons
    )


def _why(reason: Reason, alert: Alert, names: Mapping[str, str]) -> str:
    return f"{_rule(reason, alert, names)}: {reason.before:.2f} → {reason.after:.2f}"


def _rule(reason: Reason, alert: Alert, names: Mapping[str, str]) -> str:
    match reason.rule:
        case Rule.OWN_GAIN:
            return f"its own word about its own gain{_speakers(reason, alert, names)}"
        case Rule.OWN_LOSS:
            return f"its own word about its own loss{_speakers(reason, alert, names)}"
        case Rule.INDEPENDENT:
            return f"{alert.independent_sources} independent publishers"
        case Rule.DENIED | Rule.CONTRADICTED:
            return f"{_against(reason, alert)}{_speakers(reason, alert, names)}"
        case Rule.LINKED:
            return f"follows from the pledge of {_name(alert.from_holder)}, nobody told of this place"
        case Rule.ANALYST:
            return _analyst(alert)


def _against(reason: Reason, alert: Alert) -> str:
    """Return what speaks against the alert: that it is denied, or what is told instead of it."""
    told = dict.fromkeys(instead(one) for one in alert.against if one.claim_id in reason.claim_ids)
    return f"told otherwise, {', '.join(told)}" if told else "denied"


def _analyst(alert: Alert) -> str:
    judged = alert.judged
    return f"{_JUDGED[judged.verdict]} by {printable(judged.analyst)}" if judged else "an analyst"


def _speakers(reason: Reason, alert: Alert, names: Mapping[str, str]) -> str:
    """Return in brackets whose words the reason is about: those quoted, else the publishers."""
    told = [one for one in (*alert.evidence, *alert.against) if one.claim_id in reason.claim_ids]
    said = dict.fromkeys(quoted(one, names) or publisher(one, names) for one in told)
    return f" ({', '.join(said)})" if said else ""


def instead(told: AlertEvidence) -> str:
    """Return what a telling that speaks against a change says instead of it."""
    return f"{'held' if told.kind is Kind.HOLDS else 'taken'} by {_name(told.gaining)}"


def quoted(told: AlertEvidence, names: Mapping[str, str]) -> str | None:
    """Return who is quoted, by his name; an id that no table knows may be that of a side told of here."""
    said = told.attribution
    if said is None or not (said.speaker or said.text):
        return None
    sides = {one.id: one.name for one in (told.gaining, told.losing) if one and one.name}
    speaker = said.speaker or ""
    return printable(names.get(speaker) or sides.get(speaker) or speaker or said.text or "")


def publisher(told: AlertEvidence, names: Mapping[str, str]) -> str:
    """Return who published it, as configured, else the owner that the report names."""
    return printable(names.get(told.item.source) or told.item.owner or told.item.source)


def feed_only(told: AlertEvidence) -> str | None:
    """Return that a telling stands in the feed's own text alone, and why its page could not be read; else None."""
    wall = told.item.wall
    if wall is None:
        return None
    return f"feed text only: {printable(wall).replace('it ', 'its page ', 1)}" if wall else "feed text only"


def known_to(day: date, precision: Precision | None) -> str:
    """Return a day as exactly as it is known."""
    if precision is Precision.YEAR:
        return f"{day:%Y}"
    if precision is Precision.MONTH:
        return f"{day:%Y-%m}"
    return f"week of {day}" if precision is Precision.WEEK else str(day)


def span(seconds: float) -> str:
    """Return a length of time in the largest unit that says enough."""
    for most, unit, name in _UNITS:
        if seconds < most:
            return f"{seconds / unit:.{2 if seconds < 1 else 1 if seconds < _TEN else 0}f} {name}"
    return f"{seconds / _DAY:.0f} days"


_TEN, _DAY = 10, 86400
_UNITS: Sequence[tuple[float, float, str]] = ((90, 1, "s"), (5400, 60, "min"), (2 * _DAY, 3600, "h"))
