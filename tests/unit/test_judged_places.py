"""What verdicts do to alerts and to the ledgers of their places."""

from __future__ import annotations

from msgspec.structs import replace

from streams.alerts import Alert, AlertState, LedgerCheck, Rule
from streams.holding import By
from streams.mentions import Kind
from streams.steps import Why
from tests.analysts import actor, alerts, given, heard, held, pages, place, told
from tests.bareflow import BareFlow

TAKEN = told()
RETAKEN = told("courier", 3, gaining=actor("Syrian army"), losing=actor("Islamic State"), kind=Kind.RECAPTURE)


def judged(*claims, verdict: str, of: int = 0, **said: str) -> BareFlow:
    """Return the steps after claims and a verdict on the first alert, or on another."""
    alert = alerts(heard(claims))[of]
    return heard(claims, [given(alert, verdict, **said)])


def only(bare: BareFlow) -> Alert:
    (alert,) = alerts(bare)
    return alert


def test_a_confirmed_alert_says_by_whom_and_why() -> None:
    """A confirmed alert is confirmed whatever its sources weigh, and shows analyst, note and rule."""
    alert = only(judged(TAKEN, verdict="confirm", note="seen"))
    assert (alert.state, alert.confidence, alert.reasons[-1].rule) == (AlertState.CONFIRMED, 0.99, Rule.ANALYST)
    assert (alert.judged.analyst, alert.judged.note) == ("Layla", "seen")


def test_a_rejected_alert_leaves_the_ledger() -> None:
    """What was rejected is held by nobody because of it."""
    bare = judged(TAKEN, verdict="reject")
    assert (only(bare).state, only(bare).confidence, held(bare)) == (AlertState.REJECTED, 0.0, {})


def test_a_rejected_alert_turns_nothing_back() -> None:
    """A town that was taken stays taken where the report of its being retaken is rejected."""
    assert [alert.state for alert in alerts(heard([TAKEN, RETAKEN]))] == [AlertState.REVERSED, AlertState.REPORTED]
    bare = judged(TAKEN, RETAKEN, verdict="reject", of=1)
    assert [alert.state for alert in alerts(bare)] == [AlertState.REPORTED, AlertState.REJECTED]
    assert held(bare) == {"Manbij": "islamic-state"}


def test_a_corrected_place_is_held_and_the_wrong_one_is_not() -> None:
    """The right place's ledger is told on the analyst's word what the wrong one's forgets; no second alert opens."""
    bare = judged(TAKEN, verdict="correct", place="Raqqa")
    assert held(bare) == {"Raqqa": "islamic-state"}
    assert (only(bare).place.name, only(bare).state) == ("Raqqa", AlertState.CONFIRMED)
    (stretch,) = pages(bare)[place("Raqqa").id].stretches
    assert (stretch.by, stretch.state, stretch.confidence) == (By.CHANGE, AlertState.CONFIRMED, 0.99)
    assert (stretch.since.isoformat(), stretch.words[0].source, stretch.words[0].speaker) == (
        "2031-05-01",
        "herald",
        "Layla, analyst",
    )


def test_what_moved_elsewhere_turns_nothing_back_where_it_was() -> None:
    """The report of a recapture that was another town's leaves the first town taken."""
    bare = judged(TAKEN, RETAKEN, verdict="correct", of=1, place="Raqqa")
    assert alerts(bare)[0].state is AlertState.REPORTED
    assert held(bare) == {"Manbij": "islamic-state", "Raqqa": actor("Syrian army").id}


def test_corrected_sides_and_kind_are_held_and_checked() -> None:
    """The ledger follows the sides as they were put right, and later changes are checked against them."""
    later = told("times", 4, gaining=actor("Syrian army"), losing=actor("SDF"))
    alert = alerts(heard([TAKEN]))[0]
    bare = heard([TAKEN], [given(alert, "correct", to="SDF", kind="handover")])
    assert (held(bare), alerts(bare)[0].kind) == ({"Manbij": "syrian-democratic-forces"}, Kind.HANDOVER)
    bare = heard([TAKEN, later], [given(alert, "correct", to="SDF", kind="handover")])
    assert [one.ledger_check for one in alerts(bare)][1] is LedgerCheck.CONSISTENT


def test_an_area_put_right_to_its_town_changes_pages() -> None:
    """A governorate's change that was its capital's goes to the capital's page, without silent claims."""
    area = told(place=place("Deir ez-Zor Governorate"))
    assert held(heard([area])) == {"Deir ez-Zor": "islamic-state"}
    bare = judged(area, verdict="correct", place="Deir ez-Zor")
    assert [key for key, page in pages(bare).items() if page.stretches] == [place("Deir ez-Zor").id]


def test_a_corrected_telling_joins_the_alert_of_the_right_place() -> None:
    """Where the right place has its own alert, the moved telling is one more independent source of it."""
    right = told("courier", 1, place=place("Raqqa"))
    bare = judged(TAKEN, right, verdict="correct", place="Raqqa")
    assert [(one.independent_sources, one.state) for one in alerts(bare)] == [
        (1, AlertState.CONFIRMED),
        (2, AlertState.CORROBORATED),
    ]
    assert alerts(bare)[1].linked_to is None


def test_what_is_long_past_is_put_right_in_the_ledger() -> None:
    """A change whose alert is forgotten over many later ones still follows the verdict, and so does its alert."""
    sides = (actor("Islamic State"), actor("Syrian army"))
    years = [told("herald", 60 * turn, gaining=sides[turn % 2], losing=sides[1 - turn % 2]) for turn in range(12)]
    first = alerts(heard(years[:1]))[0]
    assert held_first(heard(years)) == ("2031-05-01", "islamic-state")
    assert held_first(heard(years, [given(first, "confirm")])) == ("2031-05-01", "islamic-state")
    assert held_first(heard(years, [given(first, "correct", to="SDF")])) == ("2031-05-01", "syrian-democratic-forces")
    after = ("2031-06-30", sides[1].id)
    assert held_first(heard(years, [given(first, "reject")])) == after
    moved = heard(years, [given(first, "correct", place="Raqqa")])
    assert held_first(moved) == after
    assert held(moved)["Raqqa"] == "islamic-state"
    back = heard(years, [given(first, "reject"), given(first, "confirm", hours=30)])
    assert held_first(back) == ("2031-05-01", "islamic-state")
    assert [alert.revision for alert in alerts(back) if alert.id == first.id] == [first.revision + 2]


def held_first(bare: BareFlow) -> tuple[str, str]:
    """Return since when who held Manbij as far as the ledger goes back."""
    stretch = pages(bare)[place("Manbij").id].stretches[0]
    return stretch.since.isoformat(), stretch.holders[0].key


def test_an_alert_that_never_was_ends_as_unknown() -> None:
    """A verdict on an alert that this place never had, and that it does not carry, ends with that word."""
    verdict = replace(given(alerts(heard([TAKEN]))[0], "reject"), alert=None)
    assert ("corroborate", Why.UNKNOWN_ALERT) in heard([RETAKEN], [verdict]).endings
