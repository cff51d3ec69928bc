"""What is told to be different between two runs, and which alert of one is which of the other."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from processors.identity import actor_key
from streams.alerts import AlertState
from streams.holding import By
from streams.mentions import EventDate, Kind, Precision, Status
from streams.replay.comparison import EVERYTHING, Scope, Told, compared
from streams.replay.pairing import Alike
from tests.alerts import ENGLISH, NOON, alert, at, telling
from tests.ledgers import NORTH, RIVER, WADI, page, spell, stretch

ALIKE = Alike(window_days=14, key=actor_key)
SECOND = "River Guard commanders in Marsa Nahr have sworn loyalty to the Northern Forces."


def told(*alerts, ledger=()):
    return Told(alerts, ledger)


def difference(before, after, scope=EVERYTHING):
    return compared(before, after, ALIKE, scope)


def fields(found):
    (one,) = found.changed
    return {field.name: (field.before, field.after) for field in one.fields}


def other_actor(words):
    """Return a telling of the same sentence that takes other words of it for the gainer."""
    return replace(telling(), gaining=replace(telling().gaining, **at(ENGLISH, words)))


def elsewhere(told_before, place_key="test:9"):
    return replace(told_before, place_key=place_key, place=replace(told_before.place, id=place_key, name="Elsewhere"))


def dated(told_before, day):
    first = date.fromisoformat(day)
    return replace(told_before, event_date=EventDate(text=day, from_=first, to=first, precision=Precision.DAY))


def test_runs_that_tell_the_same_are_equal():
    """Two runs with the same alerts and pages have no difference, and each alert counts once."""
    run = told(alert("a"), alert("b"), ledger=[page()])
    found = difference(run, run)
    assert found.is_equal
    assert found.same == 2


def test_an_alert_of_one_run_alone_is_gained_or_lost():
    """What only the second run tells is gained, what only the first tells is lost."""
    mine, its = alert("a", telling(source="post")), alert("b", telling(source="courier"))
    found = difference(told(mine), told(its))
    assert (found.gained, found.lost, found.changed, found.same) == ((its,), (mine,), (), 0)


def test_the_last_revision_counts():
    """Earlier revisions are not compared, wherever they stand among the records."""
    first, last = alert("a"), alert("a", revision=2, state=AlertState.CONFIRMED, sources=3)
    assert difference(told(first, last), told(last, first)).is_equal
    assert difference(told(first, last), told(last)).is_equal
    assert fields(difference(told(first), told(last, first)))["state"] == ("reported", "confirmed")


def test_what_a_reader_sees_otherwise_is_a_field():
    """Kind, sides, state, publishers and the day of the event each stand with what both runs say."""
    mine = alert("a")
    its = dated(
        replace(mine, kind=Kind.HANDOVER, from_holder=None, state=AlertState.DISPUTED, independent_sources=2),
        "2026-02-20",
    )
    assert fields(difference(told(mine), told(its))) == {
        "kind": ("capture", "handover"),
        "from": ("River Guard", None),
        "state": ("reported", "disputed"),
        "independent sources": (1, 2),
        "event": ("2026-02-28 to 2026-03-01 (day)", "2026-02-20 (day)"),
    }


@pytest.mark.parametrize(("confidence", "is_told"), [(0.85, False), (0.75, False), (0.851, True), (0.7, True)])
def test_confidence_is_told_where_it_moved_by_more_than_a_twentieth(confidence, is_told):
    """A confidence of 0.80 that becomes 0.85 is the same to a reader, 0.851 is not."""
    found = difference(told(alert("a")), told(replace(alert("a"), confidence=confidence)))
    assert bool(found.changed) == is_told


def test_the_same_change_under_another_id_is_changed():
    """Place, sides and days that agree and a common item make one change of two ids."""
    late = replace(alert("b", telling(), telling(source="courier")), opened_at=NOON + timedelta(hours=1))
    found = difference(told(alert("a")), told(late))
    assert (found.gained, found.lost) == ((), ())
    assert fields(found) == {"id": ("a", "b"), "opened": ("2026-03-01 12:00:00", "2026-03-01 13:00:00")}
    assert [one.item.source for one in found.changed[0].new] == ["courier"]


def test_a_side_that_is_not_named_agrees_with_any():
    """The change whose loser only one run names is the same change."""
    found = difference(told(alert("a")), told(replace(alert("b"), from_holder=None)))
    assert fields(found) == {"id": ("a", "b"), "from": ("River Guard", None)}


@pytest.mark.parametrize(
    "its",
    [
        alert("b", telling(source="courier")),  # no common item
        dated(alert("b", telling(SECOND, trigger="sworn loyalty")), "2026-05-01"),  # two months later
        elsewhere(alert("b", telling(loser="Northern Forces", gainer="River Guard"))),
    ],
)
def test_what_has_too_little_in_common_is_lost_and_gained(its):
    """Without a common item, far apart in time, or of another place and other sides, two alerts are two."""
    found = difference(told(alert("a")), told(its))
    assert (len(found.lost), len(found.gained), len(found.changed)) == (1, 1, 0)


def test_a_sentence_read_of_another_side_is_changed():
    """The same sentence about the same place, now with another gainer, is one change whose holder changed."""
    found = difference(told(alert("a")), told(alert("b", other_actor("River Guard"))))
    assert fields(found)["to"] == ("Northern Forces", "River Guard")


def test_a_sentence_read_of_another_place_is_changed():
    """The same sentence with the same sides, now about another place, is one change whose place changed."""
    found = difference(told(alert("a")), told(elsewhere(alert("b"))))
    assert fields(found)["place"] == ("Marsa Nahr", "Elsewhere")


def test_of_several_the_nearest_is_the_same_change():
    """An alert is paired with the one that has its place before the one that has only its sentence."""
    same, far = alert("b"), elsewhere(alert("c"))
    found = difference(told(alert("a")), told(far, same))
    assert found.gained == (far,)
    assert fields(found) == {"id": ("a", "b")}


def test_tellings_read_otherwise_are_shown_of_both_runs():
    """A claim whose status or rule changed stands among what is gone and what is new."""
    mine = alert("a")
    its = alert("a", replace(telling(), status=Status.DENIED, rule="capture.denied"), state=AlertState.DISPUTED)
    (one,) = difference(told(mine), told(its)).changed
    assert [told_before.rule for told_before in one.gone] == ["capture.active"]
    assert [told_now.rule for told_now in one.new] == ["capture.denied"]


def test_what_is_fictional_is_compared_apart():
    """Alerts and pages of the DEMO newsroom count only where they are asked for."""
    run = told(alert("a", demo=True), ledger=[page(demo=True)])
    assert difference(run, told()).is_equal
    found = difference(run, told(), Scope(demo=True))
    assert len(found.lost) == len(found.ledger) == 1


def test_only_the_days_asked_for_count():
    """An alert counts by the day on which it opened; a pair by either of its days."""
    early, late = alert("a"), replace(alert("a"), opened_at=NOON + timedelta(days=30))
    before = Scope(until=NOON.date())
    assert difference(told(), told(late), before).is_equal
    assert len(difference(told(), told(early), before).gained) == 1
    assert fields(difference(told(early), told(late), before)).keys() == {"opened"}
    assert difference(told(early), told(late), Scope(since=NOON.date() + timedelta(days=60))).is_equal


def test_stretches_that_differ_are_told_by_place():
    """Of a place only what one ledger tells and the other does not is named."""
    kept = stretch("2014-06-01", RIVER, until="2015-03-10")
    mine = page("Marsa Nahr", kept, stretch("2015-03-10", NORTH))
    its = page("Marsa Nahr", kept, stretch("2015-03-12", WADI))
    (one,) = difference(told(ledger=[mine]), told(ledger=[its])).ledger
    assert (one.place_key, one.gone, one.new) == ("test:1", mine.stretches[1:], its.stretches[1:])


def test_how_a_stretch_became_known_is_a_difference_and_on_whose_word_is_none():
    """A stretch known by a change is not one that is only told to hold; more words for it are no difference."""
    mine = page("Marsa Nahr", stretch("2014-06-01", RIVER))
    assert difference(
        told(ledger=[mine]), told(ledger=[page("Marsa Nahr", stretch("2014-06-01", RIVER, words=()))])
    ).is_equal
    holds = page("Marsa Nahr", stretch("2014-06-01", RIVER, by=By.HOLDS))
    assert len(difference(told(ledger=[mine]), told(ledger=[holds])).ledger) == 1


def test_sieges_and_fights_are_compared_too():
    """A fight of which only one ledger tells the end is a difference."""
    mine = page(contests=(spell("2014-06-02", "2014-06-04"),))
    its = page(contests=(spell("2014-06-02", "2014-06-04", until="2014-06-05"),))
    (one,) = difference(told(ledger=[mine]), told(ledger=[its])).ledger
    assert (one.gone, one.new) == ((), ())
    assert (one.contests_gone, one.contests_new) == (mine.contests, its.contests)


def test_stretches_outside_of_the_days_asked_for_do_not_count():
    """A stretch that ended before the first day asked for is no difference."""
    mine = page("Marsa Nahr", stretch("2014-06-01", RIVER, until="2015-03-10"))
    assert difference(told(ledger=[mine]), told(), Scope(since=date(2015, 3, 10))).is_equal
    assert len(difference(told(ledger=[mine]), told(), Scope(since=date(2015, 3, 9))).ledger) == 1


def test_stretches_are_compared_within_the_days_asked_for():
    """Two stretches that differ only in how they began or ended outside of these days are the same."""
    mine = page("Marsa Nahr", stretch("2014-06-01", RIVER, until="2015-03-10"))
    its = page("Marsa Nahr", stretch("2014-05-01", RIVER))
    within = Scope(since=date(2014, 6, 1), until=date(2015, 3, 9))
    assert difference(told(ledger=[mine]), told(ledger=[its]), within).is_equal
    for scope in (
        Scope(since=date(2014, 5, 31), until=within.until),
        Scope(since=within.since, until=date(2015, 3, 10)),
    ):
        assert len(difference(told(ledger=[mine]), told(ledger=[its]), scope).ledger) == 1


def test_the_last_page_and_its_volumes_count():
    """Pages are compared whole, with their volumes, by their last revision in whatever order they come."""
    old = replace(page("Marsa Nahr", stretch("2012-01-01", WADI, until="2014-06-01"), revision=2), volume=3)
    first, last = page(revision=1), replace(page(revision=3), volumes=(3,))
    assert difference(told(ledger=[last, old, first]), told(ledger=[first, old, last])).is_equal
    (one,) = difference(told(ledger=[last, old]), told(ledger=[first])).ledger
    assert one.gone == old.stretches
