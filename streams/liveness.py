"""What `changehands check --live` looks at: sources that answer, and alarms about who fell silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from streams.codec import decode
from streams.errors import BadRecord, ChangehandsError
from streams.inspection import Finding
from streams.items import Cursor
from streams.journal import Journal
from streams.notices import Level, Notice, Subject
from streams.services import configured, opened
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.topics import NOTICES

_WHAT = {Subject.SOURCE: "silent source", Subject.FRONT: "silent side"}


async def live(settings: Settings) -> list[Finding]:
    """Return what is wrong now with sources and coverage, or that nothing is."""
    try:
        async with opened(settings.journal) as journal:
            cursors, alarms = await journal.cursors(whole=False), await lasting(journal)
    except ChangehandsError as error:
        return [Finding(what="live", right=False, text=str(error))]
    found = [*_silences(alarms), *_polls(configured(settings), cursors)]
    if any(not finding.right for finding in found):
        return found
    return [*found, Finding(what="coverage", right=True, text="nobody who is usually heard is silent")]


async def lasting(journal: Journal) -> list[Notice]:
    """Return the alarms that were raised and not cleared yet, oldest first; those of the demonstration left out."""
    raised: dict[str, Notice] = {}
    async for stored in journal.read(NOTICES):
        try:
            notice = decode(stored.value)
        except BadRecord:
            continue  # a stranger's bytes in this topic have nowhere further to go
        if not isinstance(notice, Notice) or notice.demo:
            continue
        if notice.level is Level.RAISED:
            raised[notice.id] = notice
        else:
            raised.pop(notice.id, None)
    return list(raised.values())


def _silences(alarms: list[Notice]) -> Iterator[Finding]:
    for alarm in alarms:
        since = f"last heard {alarm.last_heard:%Y-%m-%d %H:%M} UTC"
        yield Finding(what=_WHAT[alarm.subject], right=False, text=f"{alarm.text} ({since})")


def _polls(sources: tuple[SourceSettings, ...], cursors: Mapping[str, Cursor]) -> Iterator[Finding]:
    """Yield the sources that were never read, each that did not answer last, and how many answer."""
    asked = [source.id for source in sources if source.enabled]
    polled = {id_: cursors[id_].health for id_ in asked if id_ in cursors and cursors[id_].health}
    if never := [id_ for id_ in asked if id_ not in polled]:
        text = f"never polled: {', '.join(never)}; is `connect` or `run` running?"
        yield Finding(what="sources", right=False, text=text)
    failing = {id_: health for id_, health in polled.items() if health and health.failures}
    for id_, health in failing.items():
        text = f"{health.outcome} at {health.polled_at:%Y-%m-%d %H:%M} UTC: {health.text}"
        yield Finding(what=f"source {id_}", right=False, text=text)
    answering = len(polled) - len(failing)
    yield Finding(what="sources", right=True, text=f"{answering} of {len(asked)} answered when polled last")
