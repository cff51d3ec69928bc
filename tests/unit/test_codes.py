"""A change is given the codes of ACLED, CAMEO and PLOVER."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from processors.codes import codes
from streams.mentions import EventDate, Kind, Precision
from tests.stories import AREA, TOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of an actor table."""

    type: str
    side: str = "rebels"
    countries: tuple[str, ...] = ("SY",)
    name: str = "Somebody"
    name_ar: str | None = None


ARMY = Row(type="state", side="syria-government")
ALLY = Row(type="militia", side="syria-government")
FOREIGN = Row(type="state", side="turkey", countries=("TR",))
STATELESS = Row(type="state", countries=())
REBELS = Row(type="rebel")
REGAINS, OVERTAKES = "Government regains territory", "Non-state actor overtakes territory"


@pytest.mark.parametrize(
    ("kind", "gainer", "event", "sub_event"),
    [
        (Kind.RECAPTURE, ARMY, "Battles", REGAINS),
        (Kind.CAPTURE, ALLY, "Battles", REGAINS),
        (Kind.CAPTURE, FOREIGN, "Battles", OVERTAKES),
        (Kind.CAPTURE, STATELESS, "Battles", None),
        (Kind.CAPTURE, REBELS, "Battles", OVERTAKES),
        (Kind.RECAPTURE, REBELS, "Battles", OVERTAKES),
        (Kind.EXPULSION, REBELS, "Battles", OVERTAKES),
        (Kind.EXPULSION, None, "Battles", None),
        (Kind.WITHDRAWAL, REBELS, "Strategic developments", "Non-violent transfer of territory"),
        (Kind.HANDOVER, None, "Strategic developments", "Agreement"),
        (Kind.ALLEGIANCE, REBELS, "Strategic developments", "Change to group/activity"),
        (Kind.LOSS, None, None, None),
    ],
)
def test_acled(kind: Kind, gainer: Row | None, event: str | None, sub_event: str | None) -> None:
    """ACLED's events follow from the kind and, in battle, from what the gainer is."""
    found = codes(kind, gainer=gainer, place=TOWN, event_date=None)
    assert (found.acled_event, found.acled_sub_event) == (event, sub_event)


@pytest.mark.parametrize(
    ("kind", "cameo", "plover"),
    [
        (Kind.CAPTURE, "192", "COERCE:seize"),
        (Kind.RECAPTURE, "192", "COERCE:seize"),
        (Kind.WITHDRAWAL, "0874", "RETREAT:withdraw"),
        (Kind.HANDOVER, "0874", "RETREAT:withdraw"),
        (Kind.ALLEGIANCE, None, None),
        (Kind.SIEGE_START, "191", "COERCE:restrict"),
        (Kind.SIEGE_LIFT, "0872", "RETREAT:withdraw"),
    ],
)
def test_cameo_and_plover(kind: Kind, cameo: str | None, plover: str | None) -> None:
    """CAMEO and PLOVER follow from the kind; a pledge has no code rather than a wrong one."""
    found = codes(kind, gainer=None, place=TOWN, event_date=None)
    assert (found.cameo, found.plover) == (cameo, plover)


def test_every_kind_has_its_codes() -> None:
    """No kind is without a row."""
    assert [codes(kind, gainer=None, place=TOWN, event_date=None) for kind in Kind]


@pytest.mark.parametrize(
    ("precision", "code"),
    [(Precision.DAY, 1), (Precision.INSTANT, 1), (Precision.WEEK, 2), (Precision.MONTH, 3), (Precision.YEAR, None)],
)
def test_precision(precision: Precision, code: int | None) -> None:
    """Place and time carry ACLED's precision, and a year is too vague for one."""
    told = EventDate(text="then", from_=date(2031, 5, 1), to=date(2031, 5, 1), precision=precision)
    found = codes(Kind.CAPTURE, gainer=None, place=AREA, event_date=told)
    assert (found.acled_geo_precision, found.acled_time_precision) == (3, code)
