"""The docket: alerts as analysts judge them, read from the journal with the verdicts given on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from streams.alerts import Alert
from streams.codec import decode
from streams.errors import BadRecord, NotKnown
from streams.highlight import printable
from streams.journal import Journal
from streams.records import Record
from streams.topics import CONTROL_ALERTS, FEEDBACK
from streams.verdicts import Feedback

_LISTED = 5


class Case(NamedTuple):
    """A verdict with the alert revision that was judged; the alert is None where the journal no longer has it."""

    verdict: Feedback
    alert: Alert | None


async def one(journal: Journal, start: str, *, whole: bool = False) -> Alert:
    """Return the last revision of the alert with this id or, unless it must be `whole`, of the only one that starts so.

    Raises NotKnown, naming the alerts where several start so.
    """
    found: dict[str, Alert] = {}
    async for stored in journal.read(CONTROL_ALERTS):
        wanted = stored.key == start if whole else start and stored.key.startswith(start)
        if wanted and isinstance(alert := _readable(stored.value), Alert):
            found[alert.id] = alert
    if start in found:
        return found[start]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise NotKnown(f"no alert has the id {start!r}" if whole else f"no alert has an id that starts with {start!r}")
    listed = "; ".join(f"{alert.id} {printable(alert.headline.en)}" for alert in list(found.values())[:_LISTED])
    raise NotKnown(f"{len(found)} alerts have ids that start with {start!r}: {listed}")


async def verdicts(journal: Journal, alert_id: str | None = None) -> list[Feedback]:
    """Return the verdicts, on one alert where its id is given, by their time; each once, however often it was sent."""
    found: dict[str, Feedback] = {}
    async for stored in journal.read(FEEDBACK):
        verdict = _readable(stored.value)
        if isinstance(verdict, Feedback) and alert_id in (None, verdict.alert_id):
            found[verdict.id] = verdict
    return sorted(found.values(), key=lambda verdict: (verdict.at, verdict.id))


async def last_on(journal: Journal, alert_id: str) -> Feedback | None:
    """Return the verdict on an alert that stands, whether or not the alert shows it yet."""
    given = await verdicts(journal, alert_id)
    return given[-1] if given else None


async def cases(journal: Journal) -> list[Case]:
    """Return every verdict with the revision it was given on, by the verdicts' time."""
    given = await verdicts(journal)
    wanted = {(verdict.alert_id, verdict.revision) for verdict in given}
    ids = {id_ for id_, _ in wanted}
    judged: dict[tuple[str, int], Alert] = {}
    async for stored in journal.read(CONTROL_ALERTS):
        alert = _readable(stored.value) if stored.key in ids else None
        if isinstance(alert, Alert) and (alert.id, alert.revision) in wanted:
            judged[alert.id, alert.revision] = alert
    return [Case(verdict, judged.get((verdict.alert_id, verdict.revision))) for verdict in given]


async def unjudged(journal: Journal, given: Iterable[Feedback]) -> list[Alert]:
    """Return the last revision of each alert that no verdict was given on."""
    judged = {verdict.alert_id for verdict in given}
    found: dict[str, Alert] = {}
    async for stored in journal.read(CONTROL_ALERTS):
        if stored.key not in judged and isinstance(alert := _readable(stored.value), Alert):
            found[alert.id] = alert
    return list(found.values())


def standing(found: Iterable[Case]) -> Mapping[str, Case]:
    """Return the last case of each alert, by the alert's id; `found` is in the order of time."""
    return {case.verdict.alert_id: case for case in found}


def _readable(value: bytes) -> Record | None:
    """Return the record, None where it is none of ours (what reads the topic for people counts those)."""
    try:
        return decode(value)
    except BadRecord:
        return None
