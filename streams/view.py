"""What people are shown of an alert: one card, the same on the page and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from streams.alerts import Alert, AlertEvidence
from streams.delays import late_by
from streams.highlight import Segment, direction, printable, safe_url, segments
from streams.items import ItemRef
from streams.mentions import Actor, EventDate, Place, Status
from streams.verdicts import Verdict
from streams.wording import Note, Why, feed_only, held_by, instead, late_note, notes, publisher, quoted, span, whys

_MOST_TELLINGS = 40
_MOST_MOMENTS = 20
_MOST_CARDS = 500
_DENIALS = frozenset({Status.DENIED, Status.NEGATED})
_RULED = {Verdict.CONFIRM: "confirmed", Verdict.REJECT: "rejected", Verdict.CORRECT: "corrected"}


class Telling(Struct, frozen=True, kw_only=True):
    """One piece of evidence as people see it; `url` is http or https or null, times are UTC.

    `denies`: it says that the change did not happen. `instead`: what it tells
    of which with the change not both can be ("taken by the Red Army").
    `feed_only`: its page let nobody read on, and why.
    """

    claim_id: str
    source: str
    source_name: str
    owner: str | None
    side: str | None
    speaker: str | None
    url: str | None
    title: str | None
    kind: str
    status: str
    denies: bool
    instead: str | None
    feed_only: str | None
    language: str
    direction: str
    segments: tuple[Segment, ...]
    published_at: datetime | None
    published_precision: str | None
    fetched_at: datetime
    confidence: float
    rule: str
    demo: bool


class Moment(Struct, frozen=True, kw_only=True):
    """One revision in the life of an alert; `at` is when it became readable (UTC)."""

    revision: int
    state: str
    at: datetime


class Ruled(Struct, frozen=True, kw_only=True):
    """An analyst's last word on an alert: `verdict` is confirmed, rejected or corrected; `at` is UTC.

    `right` says what was put right, beside what the first telling says: "Homs instead of Saraqib".
    """

    verdict: str
    analyst: str
    note: str
    right: tuple[str, ...]
    at: datetime


class Card(Struct, frozen=True, kw_only=True):
    """One alert as people see it; delays are seconds, times UTC.

    `late_by`: for how long its first report was out already when people were
    told, where that is more than an hour.
    """

    id: str
    revision: int
    state: str
    kind: str
    extent: str
    headline: str
    headline_ar: str
    place: str
    place_ar: str | None
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    gaining: str | None
    losing: str | None
    event_date: EventDate | None
    tellings: tuple[Telling, ...]
    tellings_total: int
    history: tuple[Moment, ...]
    independent_sources: int
    against_interest: bool
    ledger_check: str
    held_before: str | None
    held_since: date | None
    notes: tuple[Note, ...]
    reasons: tuple[Why, ...]
    confidence: float
    judged: Ruled | None
    published_at: datetime | None
    fetched_at: datetime | None
    alerted_at: datetime
    event_to_published: float | None
    published_to_fetched: float | None
    fetched_to_alerted: float | None
    late_by: float | None
    event_precision: str | None
    published_precision: str | None
    demo: bool


def telling(told: AlertEvidence, names: Mapping[str, str], *, against: bool = False) -> Telling:
    """Return one piece of evidence as people see it; `names` gives sources and speakers their names by their ids."""
    item = told.item
    said = told.attribution
    return Telling(
        claim_id=told.claim_id,
        source=printable(item.source),
        source_name=publisher(told, names),
        owner=_line(item.owner),
        side=_line((said.side if said else None) or item.side),
        speaker=quoted(told, names),
        url=safe_url(item.url),
        title=_line(item.title),
        kind=told.kind,
        status=told.status,
        denies=told.status in _DENIALS,
        instead=instead(told) if against else None,
        feed_only=feed_only(told),
        language=printable(told.language),
        direction=direction(told.evidence.sentence or told.evidence.text, told.language),
        segments=segments(told),
        published_at=item.published_at,
        published_precision=item.published_precision,
        fetched_at=item.fetched_at,
        confidence=told.confidence,
        rule=printable(told.rule),
        demo=item.demo,
    )


def _line(text: str | None) -> str | None:
    return None if text is None else printable(text)


def fold(cards: dict[str, Card], alert: Alert, *, alerted_at: datetime, names: Mapping[str, str]) -> Card:
    """Put the alert's card among `cards` in the place it has, and forget the oldest beyond five hundred."""
    shown = card(alert, alerted_at=alerted_at, names=names, before=cards.get(alert.id))
    cards[alert.id] = shown
    if len(cards) > _MOST_CARDS:
        del cards[next(iter(cards))]
    return shown


def card(alert: Alert, *, alerted_at: datetime, names: Mapping[str, str], before: Card | None = None) -> Card:
    """Return the alert as people see it; `before` is its card of the revision before, whose life it goes on with.

    The delays are those of the first revision: later ones wait for other sources, not for us.
    """
    items = [told.item for told in alert.evidence]
    late = before.late_by if before else late_by(alert, alerted_at)
    return Card(
        id=alert.id,
        revision=alert.revision,
        state=alert.state,
        kind=alert.kind,
        extent=alert.extent,
        headline=printable(alert.headline.en),
        headline_ar=printable(alert.headline.ar),
        place=printable(alert.place.name or alert.place.text),
        place_ar=_line(alert.place.name_ar),
        country=_line(alert.place.country),
        admin1=_line(alert.place.admin1),
        lat=alert.place.lat,
        lon=alert.place.lon,
        gaining=_name(alert.to_holder),
        losing=_name(alert.from_holder),
        event_date=_dated(alert.event_date),
        tellings=_tellings(alert, names),
        tellings_total=len(alert.evidence) + len(alert.against),
        history=_history(alert, alerted_at, before),
        independent_sources=alert.independent_sources,
        against_interest=alert.against_interest,
        ledger_check=alert.ledger_check,
        held_before=held_by(alert.before.holders) if alert.before else None,
        held_since=alert.before.since if alert.before else None,
        notes=(*notes(alert), *late_note(late)),
        reasons=whys(alert, names),
        confidence=alert.confidence,
        judged=_ruled(alert),
        published_at=min((item.published_at for item in items if item.published_at), default=None),
        fetched_at=before.fetched_at if before else _fetched(items),
        alerted_at=before.alerted_at if before else alerted_at,
        event_to_published=alert.delays.event_to_published,
        published_to_fetched=alert.delays.published_to_fetched,
        fetched_to_alerted=before.fetched_to_alerted if before else _delay(alert, items, alerted_at),
        late_by=late,
        event_precision=alert.delays.event_precision,
        published_precision=alert.delays.published_precision,
        demo=alert.demo,
    )


def _ruled(alert: Alert) -> Ruled | None:
    judged = alert.judged
    if judged is None:
        return None
    return Ruled(
        verdict=_RULED[judged.verdict],
        analyst=printable(judged.analyst),
        note=printable(judged.note),
        right=_put_right(alert) if judged.verdict is Verdict.CORRECT else (),
        at=judged.at,
    )


def _put_right(alert: Alert) -> tuple[str, ...]:
    """Return where the alert says otherwise than its first telling; what that left open is not put right but added."""
    if not alert.evidence:
        return ()
    told = alert.evidence[0]
    pairs = ((alert.place, told.place), (alert.from_holder, told.losing), (alert.to_holder, told.gaining))
    named = [(_name(right), _name(said)) for right, said in pairs if right and said and right.id != said.id]
    kinds = [(alert.kind.value, told.kind.value)] if all(one.kind != alert.kind for one in alert.evidence) else []
    return tuple(f"{right} instead of {said}" for right, said in (*named, *kinds))


def _name(named: Place | Actor | None) -> str | None:
    return printable(named.name or named.text) if named else None


def _dated(event: EventDate | None) -> EventDate | None:
    return replace(event, text=printable(event.text)) if event else None


def _tellings(alert: Alert, names: Mapping[str, str]) -> tuple[Telling, ...]:
    """Show the telling that opened the alert, the first denial and the latest ones: a big story has hundreds.

    What others tell instead stands last.
    """
    says = [told for told in alert.evidence if told.status not in _DENIALS][:1]
    denies = [told for told in alert.evidence if told.status in _DENIALS][:1]
    first = {told.claim_id: told for told in (*says, *denies)}
    rest = [told for told in alert.evidence if told.claim_id not in first]
    otherwise = tuple(telling(told, names, against=True) for told in alert.against[-_MOST_TELLINGS // 2 :])
    most = _MOST_TELLINGS - len(first) - len(otherwise)
    return (*(telling(told, names) for told in (*first.values(), *rest[-most:])), *otherwise)


def _history(alert: Alert, at: datetime, before: Card | None) -> tuple[Moment, ...]:
    earlier = before.history if before else ()
    return (*earlier[1 - _MOST_MOMENTS :], Moment(revision=alert.revision, state=alert.state, at=at))


def _fetched(items: list[ItemRef]) -> datetime | None:
    return max((item.fetched_at for item in items), default=None)


def _delay(alert: Alert, items: list[ItemRef], at: datetime) -> float | None:
    fetched = _fetched(items)
    return None if fetched is None or alert.revision > 1 else max(0.0, (at - fetched).total_seconds())


def journey(shown: Card) -> str:
    """Return what the news took from event to alert, leg by leg, and how exactly the event is known."""
    exact = f" (known to the {shown.event_precision})" if shown.event_precision else ""
    legs = (
        ("event → published", shown.event_to_published, exact),
        ("published → fetched", shown.published_to_fetched, ""),
        ("fetched → alerted", shown.fetched_to_alerted, ""),
    )
    told: list[str] = []
    for before, (name, seconds, note) in zip((None, *(leg[1] for leg in legs)), legs, strict=False):
        if seconds is not None:
            told.append(f"{name if before is None else name[name.index('→') :]} {span(seconds)}{note}")
    return ", ".join(told)


def middle_and_tail(delays: list[float]) -> tuple[float, float] | None:
    """Return the median and the 95th percentile (nearest rank), or nothing where there is no delay."""
    ranked = sorted(delays)
    return (median(ranked), ranked[-(-95 * len(ranked) // 100) - 1]) if ranked else None
