"""Claims about a place become alerts, each claim has one ending, and memory stays bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from processors.corroborate import corroborate
from processors.outlines import is_among
from processors.placememory import ALIKE_KEPT, CHANGES_KEPT, TELLINGS_COUNTED, TELLINGS_KEPT, ids_of
from processors.weighing import Thresholds
from streams.alerts import AlertState
from streams.codec import encode_memory
from streams.items import Claim
from streams.mentions import Kind, Place, Precision, Status
from streams.steps import Why
from tests.stories import BLUE, RED, START, TOWN, Told, claim, tell, withdrawn

VILLAGES = Place(text="عدة قرى", start=0, end=7)
COUNTRY = Place(text="Sylvania", start=0, end=8, id="test:9", seat="test:9", country="XS", geo_precision=3)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (claim(gaining=RED, background=True), Why.BACKGROUND),
        (claim(gaining=RED, losing=RED), Why.NOT_A_CHANGE),
        (claim(gaining=RED, status=Status.PLANNED), Why.NOT_A_FACT),
        (claim(gaining=RED, status=Status.DENIED), Why.NOT_A_FACT),
        (claim(gaining=RED, place=VILLAGES), Why.UNNAMED_PLACE),
        (claim(gaining=RED, place=COUNTRY), Why.UNNAMED_PLACE),
        (withdrawn(claim(gaining=RED)), Why.UNKNOWN_CLAIM),
        (withdrawn(claim(gaining=RED, status=Status.PLANNED)), Why.NOT_A_FACT),
    ],
)
def test_a_claim_that_opens_no_alert_ends_for_its_reason(told: Claim, why: Why) -> None:
    """Each claim that is no change told as a fact ends with the word for why."""
    story = tell([told])
    assert (story.endings, story.revisions) == ([why], [])


@pytest.mark.parametrize(
    "told",
    [
        claim(gaining=RED, on=(START - timedelta(days=40)).date()),
        claim(gaining=RED, kind=Kind.HOLDS),
        claim(gaining=RED, kind=Kind.SIEGE_START),
        claim(gaining=RED, status=Status.CONTESTED),
    ],
)
def test_what_stands_beside_changes_is_written_into_the_ledger_and_alerts_nobody(told: Claim) -> None:
    """Dated history, holding, sieges and fighting pass as a page of the ledger without an alert."""
    story = tell([told])
    assert (story.endings, story.revisions, len(story.pages)) == ([None], [], 1)


def test_a_place_nobody_claimed_anything_of_is_not_remembered() -> None:
    """A claim that says nothing for or against a change leaves no memory."""
    assert tell([claim(gaining=RED, status=Status.PLANNED)]).memories == {"test:1": None}


def test_a_second_delivery_is_a_duplicate() -> None:
    """A claim put twice, or withdrawn twice, ends as a duplicate the second time."""
    one = claim(gaining=RED)
    assert tell([one, one, withdrawn(one), withdrawn(one)]).endings == [None, Why.DUPLICATE, None, Why.DUPLICATE]


def test_a_fact_put_again_as_a_plan_is_withdrawn() -> None:
    """A claim that turns from fact to plan under its id retracts the alert it opened."""
    one = claim(gaining=RED)
    story = tell([one, replace(one, status=Status.PLANNED)])
    assert [alert.state for alert in story.revisions] == [AlertState.REPORTED, AlertState.RETRACTED]


def test_the_id_is_of_the_claim_that_opened() -> None:
    """The same opening claim gives the same id, another one another id, and later claims leave it."""
    first, later = claim("herald", gaining=RED), claim("courier", 1, gaining=RED, losing=BLUE)
    ids = [{alert.id for alert in tell(story).revisions} for story in ([first], [first, later], [later, first])]
    assert ids[0] == ids[1]
    assert len(ids[2]) == 1
    assert ids[2] != ids[0]


def test_earlier_evidence_that_comes_later_joins_and_leaves_the_opening_time() -> None:
    """A report from before the opening joins as first evidence; the alert stays opened when it was opened."""
    (alert,) = tell([claim("herald", 2, gaining=RED), claim("courier", 1, gaining=RED)]).alerts
    assert [one.item.source for one in alert.evidence] == ["courier", "herald"]
    assert alert.opened_at == START + timedelta(days=2)


def test_times_are_those_of_the_claims() -> None:
    """An alert is opened and revised when its claims were published, or fetched where no date is told."""
    undated = {"published_at": None, "fetched_at": START + timedelta(hours=5)}
    story = tell([claim("herald", gaining=RED), claim("courier", gaining=RED, item=undated)])
    assert [alert.opened_at for alert in story.revisions] == [START, START]
    assert [alert.revised_at for alert in story.revisions] == [START, START + timedelta(hours=5)]


def test_a_withdrawal_revises_when_it_was_read() -> None:
    """A retraction is dated by the reading that no longer made the claim."""
    gone = withdrawn(claim(gaining=RED))
    (alert,) = tell([claim(gaining=RED), gone]).alerts
    assert (alert.state, alert.revised_at) == (AlertState.RETRACTED, gone.item.fetched_at)
    assert [one.claim_id for one in alert.evidence] == [gone.id]


def test_a_date_in_the_future_is_not_believed() -> None:
    """An item published after it was fetched counts from when it was fetched."""
    ahead = {"published_at": START + timedelta(days=900), "fetched_at": START}
    assert tell([claim(gaining=RED, item=ahead)]).alerts[0].opened_at == START


def test_an_event_in_the_future_is_dated_by_its_report() -> None:
    """A day that had not come when the report was read does not part it from another report of the same day."""
    misread = claim("herald", gaining=RED, on=(START + timedelta(days=300)).date())
    (alert,) = tell([misread, claim("courier", 1, gaining=RED)]).alerts
    assert (alert.independent_sources, alert.event_date) == (2, None)


def test_a_month_is_a_stretch_of_days() -> None:
    """A report dated only by its month joins the change of a day at the month's end."""
    month = {"published_at": START, "published_precision": Precision.MONTH}
    (alert,) = tell([claim("herald", gaining=RED, item=month), claim("courier", 29, gaining=RED, losing=BLUE)]).alerts
    assert alert.from_holder == BLUE


def test_delays_of_the_first_telling() -> None:
    """Delays run from the event's day to publication and from publication to fetching, in seconds."""
    (alert,) = tell([claim(gaining=RED, on=START.date())]).alerts
    assert (alert.delays.event_to_published, alert.delays.published_to_fetched) == (9 * 3600, 60)


def test_thresholds_can_be_set() -> None:
    """How many publishers confirm is the caller's to say."""
    two = [claim("herald", gaining=RED), claim("courier", gaining=RED)]
    assert tell(two).alerts[0].state is AlertState.CORROBORATED
    assert tell(two, thresholds=Thresholds(confirmed=2)).alerts[0].state is AlertState.CONFIRMED


def test_a_failure_and_the_success_after_it_in_one_text_are_no_dispute() -> None:
    """An article that tells a failed attempt and then the capture does not dispute itself."""
    success = claim("herald", gaining=RED)
    failure = claim("herald", gaining=RED, status=Status.NEGATED)
    assert [alert.state for alert in tell([failure, success]).alerts] == [AlertState.REPORTED]
    elsewhere = replace(failure, item=replace(failure.item, id="courier-1"))
    assert [alert.state for alert in tell([elsewhere, success]).alerts] == [AlertState.DISPUTED]


def crowd(count: int) -> list[Claim]:
    """Return tellings of one change by as many publishers."""
    return [claim(f"paper{index}", index / 1000, gaining=RED) for index in range(count)]


def test_evidence_is_bounded_and_the_count_goes_on() -> None:
    """Of more tellings than are kept whole those are shown, and all their publishers are counted."""
    (alert,) = tell(crowd(TELLINGS_KEPT + 10)).alerts
    assert (len(alert.evidence), alert.independent_sources) == (TELLINGS_KEPT, TELLINGS_KEPT + 10)


def test_a_telling_that_names_the_loser_is_kept_over_one_that_does_not() -> None:
    """The sixtieth telling, the first to say from whom, is shown and fills the loser."""
    (alert,) = tell([*crowd(59), claim("late", 1, gaining=RED, losing=BLUE)]).alerts
    assert alert.from_holder == BLUE
    assert len(alert.evidence) == TELLINGS_KEPT


def test_a_telling_only_counted_is_known_and_can_be_withdrawn() -> None:
    """A telling that is no longer kept is a duplicate the second time and lowers the count when withdrawn."""
    many = crowd(TELLINGS_KEPT + 2)
    story = tell([*many, many[-1], withdrawn(many[-1])])
    assert story.endings[-2:] == [Why.DUPLICATE, None]
    assert story.alerts[0].independent_sources == TELLINGS_KEPT + 1


def test_memory_of_one_change_is_bounded() -> None:
    """Memory stops growing once the tellings are more than are kept and counted."""
    *many, last = crowd(TELLINGS_KEPT + TELLINGS_COUNTED + 5)
    full = tell(many)
    assert _size(tell([last], after=full)) <= _size(full)


def back_and_forth(count: int, days: float) -> list[Claim]:
    """Return a place that changes hands every so many days."""
    sides = [(RED, BLUE), (BLUE, RED)]
    return [
        claim("herald", index * days, gaining=sides[index % 2][0], losing=sides[index % 2][1]) for index in range(count)
    ]


@pytest.mark.parametrize("days", [20, 4, 0.25])
def test_old_changes_are_forgotten(days: float) -> None:
    """The latest changes are remembered whole, be they of years or of a day."""
    memory = tell(back_and_forth(90, days)).memories[TOWN.id or ""]
    assert memory is not None
    assert len(memory.opened) == CHANGES_KEPT
    assert all(is_among(alert.anchor, ids_of(memory.changes)) for alert in memory.opened)


@pytest.mark.parametrize("turned", [1, -1])
def test_of_words_that_say_the_same_the_first_known_stay(turned: int) -> None:
    """A dozen sources who say on one day that someone holds a place are remembered by the first of them."""
    words = [claim(f"paper-{at:02}", at / 48, kind=Kind.HOLDS, gaining=RED) for at in range(12)]
    other = claim("courier", 0.9, kind=Kind.HOLDS, gaining=BLUE)
    memory = tell([*words, other][::turned]).memories[TOWN.id or ""]
    assert memory is not None
    assert [turn.id for turn in memory.pages[0].standing] == [one.id for one in [*words[:ALIKE_KEPT], other]]


def _size(story: Told) -> int:
    return sum(len(encode_memory(memory)) for memory in story.memories.values())


def test_what_is_handed_in_is_left_alone() -> None:
    """The step hands back a new memory and leaves the old one as it was."""
    memory = corroborate(claim(gaining=RED), None, window_days=14)[1]
    before = encode_memory(memory)
    corroborate(claim("courier", 1, gaining=RED, losing=BLUE), memory, window_days=14)
    assert encode_memory(memory) == before


def test_a_page_that_lets_nobody_read_on_is_told_of_its_telling() -> None:
    """A telling of which only the feed's own text could be read says so in the next revision of its alert, and why."""
    first = claim(gaining=RED)
    wall = "it asks for consent first"
    story = tell([first, replace(first, item=replace(first.item, revision=2, wall=wall))])
    assert [[told.item.wall for told in alert.evidence] for alert in story.revisions] == [[None], [wall]]
    assert story.revisions[0].confidence == story.revisions[1].confidence
