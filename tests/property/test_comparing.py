"""Whatever two runs tell, their comparison has no favourite."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.identity import actor_key
from streams.alerts import AlertState
from streams.mentions import Kind
from streams.replay.comparison import Told, compared
from streams.replay.pairing import Alike
from tests.alerts import NOON, alert, telling
from tests.ledgers import NORTH, RIVER, WADI, page, stretch

ALIKE = Alike(window_days=14, key=actor_key)
MIRRORED = {"gained": "lost", "lost": "gained"}


@st.composite
def an_alert(draw):
    """Return an alert of few ids, places, sides, days and items, so that many are nearly one another."""
    sources = draw(st.lists(st.sampled_from(["post", "courier", "radio"]), min_size=1, max_size=3, unique=True))
    made = alert(
        draw(st.sampled_from("abcdefgh")),
        *(telling(source=source) for source in sources),
        revision=draw(st.integers(1, 3)),
        state=draw(st.sampled_from([AlertState.REPORTED, AlertState.DISPUTED])),
        kind=draw(st.sampled_from([Kind.CAPTURE, Kind.HANDOVER])),
        sources=len(sources),
    )
    return replace(
        made,
        place_key=draw(st.sampled_from(["test:1", "test:2"])),
        from_holder=draw(st.sampled_from([made.from_holder, made.to_holder, None])),
        event_date=None,
        opened_at=NOON + timedelta(days=draw(st.sampled_from([0, 3, 10, 40]))),
        confidence=draw(st.sampled_from([0.5, 0.54, 0.6])),
    )


@st.composite
def a_page(draw):
    """Return a page of one of two places, of any of its revisions."""
    holders = draw(st.lists(st.sampled_from([NORTH, RIVER, WADI]), max_size=3))
    stretches = [stretch(f"2014-0{month}-01", holder) for month, holder in enumerate(holders, 1)]
    return page(
        "Marsa Nahr", *stretches, key=draw(st.sampled_from(["test:1", "test:2"])), revision=draw(st.integers(1, 9))
    )


def once(records, key):
    """Return the records of which no two have one key: a journal never holds two of one revision."""
    return list({key(one): one for one in records}.values())


ALERTS = st.lists(an_alert(), max_size=8).map(lambda some: once(some, lambda one: (one.id, one.revision)))
PAGES = st.lists(a_page(), max_size=4).map(lambda some: once(some, lambda one: (one.place_key, one.revision)))
RUNS = st.builds(Told, ALERTS, PAGES)


@given(RUNS)
def test_a_run_compared_with_itself_differs_in_nothing(run):
    """Whatever a run tells, it is equal to itself."""
    assert compared(run, run, ALIKE).is_equal


@given(RUNS, RUNS)
def test_what_is_gained_one_way_is_lost_the_other(one, other):
    """Compared the other way round, the same pairs differ in the same fields with their sides exchanged."""
    there, back = compared(one, other, ALIKE), compared(other, one, ALIKE)
    assert (there.gained, there.lost, there.same) == (back.lost, back.gained, back.same)
    assert [(each.before, each.after) for each in there.changed] == [(each.after, each.before) for each in back.changed]
    sides = [[(field.name, field.before, field.after) for field in each.fields] for each in there.changed]
    assert sides == [[(field.name, field.after, field.before) for field in each.fields] for each in back.changed]
    assert [(each.place_key, each.gone, each.new) for each in there.ledger] == [
        (each.place_key, each.new, each.gone) for each in back.ledger
    ]


@given(RUNS, RUNS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(one, other, dice):
    """Shuffled records of the same runs give the same comparison."""
    shuffled = [
        Told(dice.sample(run.alerts, len(run.alerts)), dice.sample(run.ledger, len(run.ledger))) for run in (one, other)
    ]
    assert compared(*shuffled, ALIKE) == compared(one, other, ALIKE)


@given(RUNS, RUNS)
def test_every_alert_is_counted_once(one, other):
    """Each alert of either run is gained, lost, changed or alike, and only one of these."""
    found = compared(one, other, ALIKE)
    paired = len(found.changed) + found.same
    assert len({each.id for each in one.alerts}) == paired + len(found.lost)
    assert len({each.id for each in other.alerts}) == paired + len(found.gained)
