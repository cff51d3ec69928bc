"""A change of control in the field's codes.

Sources: ACLED codebook (event and sub-event types, geo- and time-precision),
CAMEO.Manual.1.1b3, PLOVER_MANUAL (2.0 draft). Neither CAMEO nor PLOVER has a
code for a place that changes side by pledge or defection, and PLOVER has no
mode for capture but "seize"; a code that would say something else is null.
"""

from __future__ import annotations

from typing import NamedTuple

from processors.parties import Party
from streams.alerts import Codes
from streams.mentions import EventDate, Kind, Place, Precision

_BATTLES = "Battles"
_STRATEGIC = "Strategic developments"
# Words of the actor table: a state's own forces, and the camp of those who fight for a government.
_STATE, _GOVERNMENT = "state", "-government"
_FOUGHT = frozenset({Kind.CAPTURE, Kind.RECAPTURE, Kind.EXPULSION})


class _Row(NamedTuple):
    acled: tuple[str | None, str | None]
    cameo: str | None
    plover: str | None


_ROWS = {
    Kind.CAPTURE: _Row((_BATTLES, None), "192", "COERCE:seize"),
    Kind.RECAPTURE: _Row((_BATTLES, None), "192", "COERCE:seize"),
    Kind.EXPULSION: _Row((_BATTLES, None), "192", "COERCE:seize"),
    Kind.WITHDRAWAL: _Row((_STRATEGIC, "Non-violent transfer of territory"), "0874", "RETREAT:withdraw"),
    Kind.HANDOVER: _Row((_STRATEGIC, "Agreement"), "0874", "RETREAT:withdraw"),
    Kind.ALLEGIANCE: _Row((_STRATEGIC, "Change to group/activity"), None, None),
    Kind.LOSS: _Row((None, None), "192", "COERCE:seize"),
    Kind.SIEGE_START: _Row((None, None), "191", "COERCE:restrict"),
    Kind.SIEGE_LIFT: _Row((None, None), "0872", "RETREAT:withdraw"),
    Kind.HOLDS: _Row((None, None), None, None),
}
# ACLED's 1, 2 and 3: the day, within a week, within a month; less precise events are not in its data.
_TIME = {Precision.INSTANT: 1, Precision.DAY: 1, Precision.WEEK: 2, Precision.MONTH: 3}


def codes(kind: Kind, *, gainer: Party | None, place: Place, event_date: EventDate | None) -> Codes:
    """Return the codes of a change; `gainer` is the row of the actor table, None where it is not known."""
    row = _ROWS[kind]
    event, sub_event = row.acled
    return Codes(
        acled_event=event,
        acled_sub_event=_battle(gainer, place.country) if kind in _FOUGHT else sub_event,
        acled_geo_precision=place.geo_precision,
        acled_time_precision=_TIME.get(event_date.precision) if event_date and event_date.precision else None,
        cameo=row.cameo,
        plover=row.plover,
    )


def _battle(gainer: Party | None, country: str | None) -> str | None:
    """Return the sub-event of a fought change.

    ACLED gives "regains" to a government and its affiliates in their own
    country, and counts a foreign state with the non-state actors.
    """
    if gainer is None:
        return None
    governs = gainer.type == _STATE or (gainer.side or "").endswith(_GOVERNMENT)
    if not governs:
        return "Non-state actor overtakes territory"
    if country is None or not gainer.countries:
        return None
    return "Government regains territory" if country in gainer.countries else "Non-state actor overtakes territory"
