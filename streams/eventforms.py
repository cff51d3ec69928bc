"""Changes of control in the forms that event data have: ACLED-like columns, PLOVER objects, and our own rows.

ACLED's columns and their order are those of its data export as acledR
documents them. Actor 1 and 2 mean no direction there, so gainer and loser have
columns of their own behind. What we do not know stays empty: it is not ACLED's
data, and the ids are ours. PLOVER's event, mode and context are those of the
PLOVER manual (2.0 draft), which has no mode for capture but "seize".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import json

from streams.alerts import Alert, AlertState
from streams.exports import written_csv
from streams.mentions import Actor, Extent

_CLASH = "Armed clash"
_BATTLES, _POLITICAL, _STRATEGIC = "Battles", "Political violence", "Strategic developments"
_GONE = frozenset({AlertState.RETRACTED, AlertState.REJECTED})
_PARTED = "; "
# ACLED's columns in their order; those that only its researchers could fill stay empty.
_ACLED = (
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
)
# Of each source the closeness that ACLED calls its scale, by the source's id.
Scales = Mapping[str, str]


def standing(alerts: Iterable[Alert], *, demo: bool) -> list[Alert]:
    """Return the changes that are told still, by the day of the event; the fictional ones only if asked for."""
    told = [alert for alert in alerts if alert.demo == demo and alert.state not in _GONE]
    return sorted(told, key=lambda alert: (day_of(alert), alert.id))


def day_of(alert: Alert) -> date:
    """Return the day of the event: the middle of the days told, as ACLED takes it, else that of the first telling."""
    event = alert.event_date
    if event is None or event.from_ is None:
        return alert.opened_at.date()
    last = event.to or event.from_
    return event.from_ + timedelta(days=(last - event.from_).days // 2)


def acled(alerts: Sequence[Alert], scales: Scales) -> str:
    """Return CSV in ACLED's columns, followed by ours."""
    return written_csv([_acled_row(alert, scales) for alert in alerts])


def _acled_row(alert: Alert, scales: Scales) -> dict[str, object]:
    day, codes, place = day_of(alert), alert.codes, alert.place
    event, sub_event = codes.acled_event, codes.acled_sub_event
    if alert.clash and event == _BATTLES:
        sub_event = _CLASH
    return dict.fromkeys(_ACLED) | {
        "event_id_cnty": alert.id,
        "event_date": str(day),
        "year": day.year,
        "time_precision": codes.acled_time_precision,
        "disorder_type": {_BATTLES: _POLITICAL, _STRATEGIC: _STRATEGIC}.get(event or ""),
        "event_type": event,
        "sub_event_type": sub_event,
        "actor1": _name(alert.to_holder),
        "actor2": _name(alert.from_holder),
        "country": place.country,
        "admin1": place.admin1,
        "location": place.name or place.text,
        "latitude": place.lat,
        "longitude": place.lon,
        "geo_precision": codes.acled_geo_precision,
        "source": _PARTED.join(_sources(alert)),
        "source_scale": _scale(alert, scales),
        "notes": alert.headline.en,
        "tags": _PARTED.join(_tags(alert)),
        "timestamp": int(alert.revised_at.timestamp()),
        "gaining": _name(alert.to_holder),
        "losing": _name(alert.from_holder),
        "kind": alert.kind,
        "state": alert.state,
        "confidence": alert.confidence,
    }


def _name(actor: Actor | None) -> str | None:
    return (actor.name or actor.text) if actor else None


def _sources(alert: Alert) -> tuple[str, ...]:
    return tuple(dict.fromkeys(told.item.owner or told.item.source for told in alert.evidence))


def _scale(alert: Alert, scales: Scales) -> str:
    """Return the scales of the sources as ACLED joins them ("Local partner-National"); empty where none is set."""
    known = (scales.get(told.item.source) for told in alert.evidence)
    return "-".join(dict.fromkeys(scale for scale in known if scale))


def _tags(alert: Alert) -> tuple[str, ...]:
    marks = {"partial": alert.extent is Extent.PARTIAL, "area": alert.area, "linked": alert.linked_to is not None}
    return (f"ledger check={alert.ledger_check}", *(name for name, is_so in marks.items() if is_so))


def plover(alerts: Sequence[Alert], _scales: Scales) -> str:
    """Return one PLOVER object a line."""
    return "".join(json.encode(_plover_event(alert)).decode() + "\n" for alert in alerts)


def _plover_event(alert: Alert) -> dict[str, object]:
    event, _, mode = (alert.codes.plover or "").partition(":")
    place = alert.place
    return {
        "id": alert.id,
        "date": str(day_of(alert)),
        "date_precision": alert.event_date.precision if alert.event_date else None,
        "event": event or None,
        "mode": mode or None,
        "context": ["military"],
        "cameo": alert.codes.cameo,
        "actor": _party(alert.to_holder) or _party(alert.from_holder),
        "recipient": _party(alert.from_holder) if alert.to_holder else None,
        "location": {"name": place.name or place.text, "country": place.country, "lat": place.lat, "lon": place.lon},
        "sources": list(_sources(alert)),
        "text": alert.evidence[0].evidence.sentence if alert.evidence else None,
    }


def _party(actor: Actor | None) -> dict[str, str | None] | None:
    return {"name": actor.name or actor.text, "id": actor.id} if actor else None


def changes(alerts: Sequence[Alert], _scales: Scales) -> str:
    """Return our own alerts whole, one JSON object a line."""
    return "".join(json.encode(alert).decode() + "\n" for alert in alerts)


FORMS: dict[str, Callable[[Sequence[Alert], Scales], str]] = {"acled": acled, "plover": plover, "alerts": changes}
