"""From claims about a place to alerts: each change of control once, with its life and its evidence.

Each claim is put among those remembered about its place, the changes they
tell of are worked out anew (processors.grouping), and an alert is revised
where a reader would see a difference. So the order in which claims arrive
decides only which id and opening time an alert has, never what it says. The
page of the ledger is written from the same changes and from what is told
beside them, and each alert is checked against it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from processors.belated import belated, forgotten, ruled_late, ruling_on
from processors.bookkeeping import noted, ruled
from processors.dating import by_time, known_at
from processors.evidence import face
from processors.generic import names_a_place
from processors.grouping import DENIALS, FACTS, Change, Fit, direction_of
from processors.identity import digest
from processors.joining import Gathered, remembered, taken
from processors.judging import last
from processors.outlines import Part
from processors.parties import Parties, nobody
from processors.placememory import Opened, PlaceMemory, Ruled, closed_up, forget
from processors.stories import Rules, Story, closed, stories_of, written
from processors.weighing import Thresholds
from streams.alerts import Alert
from streams.items import Claim, ClaimOp
from streams.mentions import Kind, Place, Precision
from streams.records import Record
from streams.steps import Dropped, Outcome, Passed, Why
from streams.verdicts import Feedback

__all__ = ["NO_CHANGE", "PlaceMemory", "corroborate"]

# A siege changes nobody's hold, and holding is no change.
NO_CHANGE = frozenset({Kind.HOLDS, Kind.SIEGE_START, Kind.SIEGE_LIFT})
_USUAL = Thresholds()
# ACLED's geo-precision of a region; a region outside of every first-level division is a country.
_REGION = 3


def corroborate(
    record: Claim | Feedback,
    memory: PlaceMemory | None,
    *,
    window_days: float,
    parties: Parties = nobody,
    thresholds: Thresholds = _USUAL,
) -> tuple[Outcome, PlaceMemory | None]:
    """Weigh a claim or a verdict with what is remembered about its place.

    Returns the alerts, the page of the ledger and the holders that changed,
    and the next memory.
    """
    before, fit = memory or PlaceMemory(), Fit(window_days, parties)
    after = _judged(before, record) if isinstance(record, Feedback) else _heard(before, record, fit)
    if isinstance(after, Why):
        return Dropped(after), memory
    after, here, why = after if isinstance(after, tuple) else (after, remembered(after, fit), None)
    rules = Rules(window_days=window_days, parties=parties, thresholds=thresholds)
    opened = _owners(here.parts, after, record)
    parts = closed_up(here.parts, opened)
    stories = stories_of(parts, replace(after, opened=opened), record.place_key, record.id, rules)
    moment = _moment(record)
    pages, news = written(record.place_key, after.pages, stories, rules, moment)
    told = [_told(story.opened, story, moment) for story in stories if story.opened]
    late = belated(after, record, parties) if isinstance(record, Feedback) else ()
    alerts = (*(alert for _, alert in told if alert), *late)
    remember = [alert for alert, _ in told]
    kept = forget(parts, remember, here.loose, fit=fit)
    memory = closed(replace(kept, ruled=forgotten(after, remember, kept.opened)), pages, stories)
    records: tuple[Record, ...] = (*alerts, *news)
    return Passed(records) if records else Dropped(why or _quiet(record)), memory


def _moment(record: Claim | Feedback) -> datetime:
    if isinstance(record, Feedback):
        return record.at
    return record.item.fetched_at if record.op is ClaimOp.WITHDRAW else known_at(record)


def _quiet(record: Claim | Feedback) -> Why:
    return Why.NOT_A_FACT if isinstance(record, Claim) and record.status in DENIALS else Why.UNCHANGED


def _judged(memory: PlaceMemory, verdict: Feedback) -> PlaceMemory | Why:
    """Return the memory with the verdict on its alert; an older one than stands changes nothing.

    An alert that is too long past to be remembered is revised from the one that the verdict carries.
    """
    judged = next((alert for alert in memory.opened if alert.id == verdict.alert_id), None)
    if judged is None:
        pages, late = ruled(memory.pages, verdict), ruled_late(memory, verdict)
        if late is Why.UNKNOWN_ALERT and pages != memory.pages:
            return replace(memory, pages=pages)
        return late if isinstance(late, Why) else replace(late, pages=pages)
    if judged.verdict and judged.verdict.id == verdict.id:
        return Why.DUPLICATE
    if judged.verdict and last((judged.verdict, verdict)) is judged.verdict:
        return Why.STALE
    bare = replace(verdict, alert=None)
    opened = tuple(replace(alert, verdict=bare) if alert is judged else alert for alert in memory.opened)
    return replace(memory, opened=opened)


def _heard(memory: PlaceMemory, claim: Claim, fit: Fit) -> tuple[PlaceMemory, Gathered, Why | None] | Why:
    """Return the memory and its changes with the claim among the evidence or on the page, or why nothing changes.

    Last comes why the claim is no evidence, None where it is.
    """
    why = _no_evidence(claim, fit.window_days)
    here = taken(memory, claim, why, fit)
    pages = noted(memory.pages, claim, is_evidence=why is None) if is_place(claim.place) else memory.pages
    if isinstance(here, Why):
        if pages == memory.pages:
            return here
        here = remembered(memory, fit)
    opened = tuple(_without(alert, claim.id) for alert in memory.opened)
    return replace(memory, pages=pages, opened=opened), here, why


def _without(alert: Opened, claim_id: str) -> Opened:
    """Return the alert without a telling that was only counted by an earlier release."""
    if not any(lineage.claim_id == claim_id for lineage in alert.further):
        return alert
    return replace(alert, further=tuple(lineage for lineage in alert.further if lineage.claim_id != claim_id))


def _no_evidence(claim: Claim, window_days: float) -> Why | None:
    """Return why a claim says nothing for or against a change, None where it does."""
    if claim.background or _is_history(claim, window_days):
        return Why.BACKGROUND
    loser, gainer = direction_of(claim)
    if claim.kind in NO_CHANGE or (loser is not None and loser == gainer):
        return Why.NOT_A_CHANGE
    if claim.status not in FACTS | DENIALS:
        return Why.NOT_A_FACT
    return None if is_place(claim.place) else Why.UNNAMED_PLACE


def is_place(place: Place) -> bool:
    """Say whether a place has a name of its own and is less than a country, which ACLED does not record either."""
    if place.id is None:
        return names_a_place(place.text)
    return place.geo_precision != _REGION or place.admin1 is not None


def _is_history(claim: Claim, window_days: float) -> bool:
    """Say whether the text, when it was published, looked back on more than two windows: that is no news."""
    event, published = claim.event_date, claim.item.published_at
    last = (event.to or event.from_) if event else None
    if last is None or published is None or claim.item.published_precision is Precision.YEAR:
        return False
    return (published.date() - last).days > 2 * window_days


def _owners(parts: Iterable[Part], memory: PlaceMemory, record: Claim | Feedback) -> tuple[Opened, ...]:
    """Return the alerts with those added that no alert stood for yet.

    An alert stands for the change in which the claim lies that opened it; what
    only silent claims tell opens none.
    """
    anchors = {alert.anchor for alert in memory.opened}
    new = (
        _opened(change, record, memory.ruled)
        for change in (part.change for part in parts if part.sealed is None)
        if any(not told.silent for told in change.told)
        and not any(told.id in anchors for told in (*change.told, *change.withdrawn))
    )
    return (*memory.opened, *new)


def _opened(change: Change, record: Claim | Feedback, ruled: Iterable[Ruled]) -> Opened:
    """Open an alert by the claim that came just now, or by the first known where others were left without one.

    One that was judged, forgotten and is told again goes on under its verdict.
    """
    heard = [told for told in change.told if not told.silent]
    anchor = next((told for told in heard if told.id == record.id), None) or min(heard, key=by_time)
    loser, gainer = direction_of(anchor)
    id_ = digest("alert", anchor.place_key, loser or "", gainer or "", anchor.id)
    before = ruling_on(id_, ruled)
    return Opened(
        id=id_,
        revision=before.revision if before else 0,
        verdict=before.verdict if before else None,
        anchor=anchor.id,
        opened_at=known_at(anchor),
        revised_at=known_at(anchor),
    )


def _told(alert: Opened, story: Story, moment: datetime) -> tuple[Opened, Alert | None]:
    """Return what to remember of the alert and, where a reader sees a difference, its next revision."""
    if story.alert is None:
        return replace(alert, made=story.made), None
    looks = face(story.alert)
    if looks == alert.face:
        return replace(alert, made=story.made), None
    revised_at = max(alert.revised_at, moment)
    told = replace(alert, revision=alert.revision + 1, face=looks, revised_at=revised_at, made=story.made)
    return told, replace(story.alert, revision=told.revision, revised_at=revised_at)
