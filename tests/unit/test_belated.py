"""A verdict on an alert that its place has forgotten revises it all the same, once, and puts right the ledger."""

from __future__ import annotations

import pytest

from streams.alerts import Alert, AlertState, Rule
from streams.mentions import Kind
from streams.steps import Why
from streams.verdicts import Feedback
from tests.analysts import actor, given, place, told
from tests.stories import Told, tell

SIDES = (actor("Islamic State"), actor("Syrian army"))
LATER = tuple(
    told("courier", 60 * number - 57, gaining=SIDES[number % 2], losing=SIDES[1 - number % 2])
    for number in range(1, 12)
)


def past() -> tuple[Told, Alert]:
    """Return a place that changed hands twelve times in two years, and the first alert, which it has forgotten."""
    story = tell([told(), *LATER])
    alert = story.alerts[0]
    (memory,) = story.memories.values()
    assert alert.id not in {one.id for one in memory.opened}
    return story, alert


def ruled(*verdicts: Feedback, story: Told) -> tuple[list[Alert], list[Why | None]]:
    """Return the revisions and endings of verdicts after a story."""
    after = tell(verdicts, after=story)
    return after.revisions, after.endings


@pytest.mark.parametrize(
    ("verdict", "state", "confidence"),
    [("confirm", AlertState.REVERSED, 0.99), ("reject", AlertState.REJECTED, 0.0)],
)
def test_a_forgotten_alert_is_revised(verdict: str, state: AlertState, confidence: float) -> None:
    """Under its own id and place, in the next revision, with the verdict shown and among the reasons."""
    story, alert = past()
    ((late,), endings) = ruled(given(alert, verdict, hours=20_000, note="seen"), story=story)
    assert (late.id, late.place_key, late.revision, endings) == (alert.id, alert.place_key, alert.revision + 1, [None])
    assert (late.state, late.confidence, late.reasons[-1].rule) == (state, confidence, Rule.ANALYST)
    assert (late.judged.analyst, late.judged.note, late.evidence) == ("Layla", "seen", alert.evidence)
    assert (late.opened_at, late.revised_at > alert.revised_at) == (alert.opened_at, True)


def test_a_forgotten_alert_is_put_right() -> None:
    """Sides and kind as the analyst says, in the alert and its headline and in the ledger."""
    story, alert = past()
    after = tell([given(alert, "correct", hours=20_000, to="SDF", kind="handover")], after=story)
    (late,) = after.revisions
    assert (late.kind, late.to_holder.id) == (Kind.HANDOVER, "syrian-democratic-forces")
    assert "Syrian Democratic Forces" in late.headline.en
    assert late.codes.acled_sub_event == "Agreement"
    (page,) = after.ledger.values()
    assert page.stretches[0].holders[0].id == "syrian-democratic-forces"


def test_a_forgotten_alert_that_is_moved_says_nothing_of_the_other_ledger() -> None:
    """How it fitted the wrong place's ledger is not how it fits the right one's."""
    story, alert = past()
    ((late,), _) = ruled(given(alert, "correct", hours=20_000, place="Raqqa"), story=story)
    assert (late.place.id, late.place_key) == (place("Raqqa").id, alert.place_key)
    assert (late.before, late.clash) == (None, False)


def test_the_same_verdict_again_changes_nothing() -> None:
    """A verdict that was delivered twice revises once, also where the place forgot it between the two."""
    story, alert = past()
    verdict = given(alert, "reject", hours=20_000)
    assert ruled(verdict, verdict, story=story)[1] == [None, Why.DUPLICATE]
    first = tell([told()])
    early = given(first.alerts[0], "reject")
    assert tell([early, *LATER, early], after=first).endings[-1] is Why.DUPLICATE


def test_an_older_verdict_is_stale_and_a_newer_one_stands() -> None:
    """Whichever arrives last, the later one by its time stands; revisions go on counting."""
    story, alert = past()
    old, new = given(alert, "confirm", hours=20_000), given(alert, "reject", hours=20_001)
    assert ruled(new, old, story=story)[1] == [None, Why.STALE]
    revisions, _ = ruled(old, new, story=story)
    assert [one.revision for one in revisions] == [alert.revision + 1, alert.revision + 2]
    assert (revisions[-1].state, revisions[-1].confidence) == (AlertState.REJECTED, 0.0)
    assert [one.rule for one in revisions[-1].reasons].count(Rule.ANALYST) == 1


def test_an_older_verdict_than_the_alert_shows_is_stale() -> None:
    """The alert itself says by whom it was judged last, where nothing else remembers it."""
    story, alert = past()
    ((judged,), _) = ruled(given(alert, "reject", hours=20_000), story=story)
    assert ruled(given(judged, "confirm", hours=19_000), story=Told())[1] == [Why.STALE]


def test_a_judged_alert_that_is_told_again_goes_on_under_its_verdict() -> None:
    """A claim that comes again after its alert was judged and forgotten opens no second life of it."""
    story, alert = past()
    after = tell([given(alert, "reject", hours=20_000), told()], after=story)
    mine = [one for one in after.revisions if one.id == alert.id]
    assert [one.revision for one in mine] == list(range(alert.revision + 1, alert.revision + 1 + len(mine)))
    assert {one.state for one in mine} == {AlertState.REJECTED}


def test_a_place_that_forgot_everything_revises_too() -> None:
    """Nothing is left of the place but the alert that the verdict carries."""
    alert = tell([told()]).alerts[0]
    ((late,), _) = ruled(given(alert, "confirm"), story=Told())
    assert (late.id, late.revision, late.state) == (alert.id, 2, AlertState.CONFIRMED)


def test_a_verdict_that_carries_no_alert_is_on_an_unknown_one() -> None:
    """Without the alert as it stood there is nothing to revise."""
    alert = tell([told()]).alerts[0]
    bare = Feedback(
        id="f",
        alert_id=alert.id,
        place_key=alert.place_key,
        revision=1,
        verdict=given(alert, "confirm").verdict,
        analyst="Layla",
        at=given(alert, "confirm").at,
    )
    assert ruled(bare, story=Told()) == ([], [Why.UNKNOWN_ALERT])
