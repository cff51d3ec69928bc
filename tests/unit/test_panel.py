"""The panel tells of every source what its last poll brought and how its items ended."""

from streams.counters import Ending
from streams.items import Cursor, SourceHealth
from streams.panel import MEANINGS, by_step, panel
from streams.sources import SourceSettings
from streams.steps import Why
from tests.alerts import NOON

PAPER = SourceSettings(id="paper", url="https://paper.example/rss", name="The Paper")
HEALTH = SourceHealth(
    polled_at=NOON, next_at=NOON, outcome="unreadable", text="HTML\x1b[2J", items_total=7, push_text="no\x1b[2J"
)


def test_a_source_not_yet_polled_is_waiting():
    """Before its first poll a source is on the panel already."""
    assert [(one.id, one.outcome, one.polled_at) for one in panel([PAPER], {}, {})] == [("paper", "waiting", None)]


def test_a_polled_source_shows_its_health():
    """Outcome, reason and counts come from the saved cursor, harmless."""
    cursor = Cursor(source="paper", state=b"{}", health=HEALTH, saved_at=NOON)
    shown = panel([PAPER], {"paper": cursor}, {})[0]
    assert (shown.outcome, shown.text, shown.items_total) == ("unreadable", "HTML␛[2J", 7)
    assert shown.push_text == "no␛[2J"


def test_sources_of_one_owner_are_told_apart():
    """A source without a name is called by its owner and its id."""
    mine = [SourceSettings(id=id_, url="https://paper.example/rss", owner="The Paper") for id_ in ("news", "sport")]
    assert [one.name for one in panel(mine, {}, {})] == ["The Paper (news)", "The Paper (sport)"]


def test_endings_are_counted_for_their_own_source():
    """A source's drops are its own, and a source no longer configured keeps its counts."""
    endings = {
        Ending("enrich", "paper", "no-mention"): 3,
        Ending("enrich", "gone", "passed"): 2,
        Ending("revise", "paper", "duplicate"): 1,
    }
    mine, gone = panel([PAPER], {}, endings)
    assert mine.endings == {"enrich": {"no-mention": 3}, "revise": {"duplicate": 1}}
    assert (gone.id, gone.outcome, gone.endings) == ("gone", "off", {"enrich": {"passed": 2}})
    assert by_step(endings.items())["enrich"] == {"no-mention": 3, "passed": 2}


def test_only_what_brought_items_is_a_source():
    """Analysts, fronts and the clock are counted at their steps and are not listed among the sources."""
    endings = {
        Ending("hear", "Mona", "passed"): 1,
        Ending("corroborate", "Mona", "passed"): 1,
        Ending("coverage", "front|SY|Homs|river", "kept"): 4,
        Ending("coverage", "tick", "kept"): 9,
        Ending("follow", "unknown", "kept"): 2,
    }
    assert [one.id for one in panel([PAPER], {}, endings)] == ["paper"]
    assert by_step(endings.items())["coverage"] == {"kept": 13}


def test_steps_come_in_the_order_of_the_flow():
    """However the counts were stored, enrich comes before revise and an unknown step last."""
    counts = dict.fromkeys((Ending(step, "s", "passed") for step in ("corroborate", "link", "revise", "enrich")), 1)
    assert list(by_step(counts.items())) == ["enrich", "revise", "corroborate", "link"]


def test_a_source_that_another_process_polls_shows_its_health():
    """A source not configured here, but polled into the journal, is told as the journal tells it."""
    cursor = Cursor(source="paper", state=b"{}", health=HEALTH, saved_at=NOON)
    assert [(one.id, one.outcome) for one in panel([], {"paper": cursor}, {})] == [("paper", "unreadable")]


def test_a_source_switched_off_is_off():
    """A source that is not read says so instead of waiting for ever."""
    assert panel([PAPER.model_copy(update={"enabled": False})], {}, {})[0].outcome == "off"


def test_every_word_of_an_ending_has_a_meaning():
    """No drop is shown that the page cannot explain."""
    assert {*Why} <= MEANINGS.keys()
