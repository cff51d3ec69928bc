"""A card tells of an alert what people need, through all its revisions."""

from datetime import timedelta

from msgspec.structs import replace

from streams.alerts import AlertState
from streams.mentions import Actor, Status
from streams.view import card, middle_and_tail
from tests.alerts import HOSTILE, NOON, alert, arabic, telling

NAMES = {"harbour-post": "Harbour Post"}


def test_the_delay_is_that_of_the_first_revision():
    """A second source hours later does not make the alert look late."""
    first = card(alert(), alerted_at=NOON + timedelta(seconds=1.5), names=NAMES)
    second = alert("alert-1", telling(), arabic(fetched=NOON + timedelta(hours=3)), revision=2)
    later = card(second, alerted_at=NOON + timedelta(hours=3, seconds=1), names=NAMES, before=first)
    assert first.fetched_to_alerted == later.fetched_to_alerted == 1.5
    assert later.alerted_at == first.alerted_at
    assert [moment.revision for moment in later.history] == [1, 2]


def test_an_alert_told_late_says_so_through_its_life():
    """What people were told of a day after it was published has a note that says so, in later revisions too."""
    first = card(alert(), alerted_at=NOON + timedelta(days=1), names=NAMES)
    later = card(alert(revision=2), alerted_at=NOON + timedelta(days=2), names=NAMES, before=first)
    assert first.late_by == later.late_by == timedelta(days=1).total_seconds()
    assert [note.text for note in later.notes if note.mark == "late"] == [
        "late: first told 24 h after it was published"
    ]
    in_time = card(alert(), alerted_at=NOON + timedelta(minutes=59), names=NAMES)
    assert (in_time.late_by, [note.mark for note in in_time.notes]) == (None, [])


def test_a_later_revision_met_first_claims_no_delay():
    """Where the first revision was not seen, no delay is made up."""
    assert card(alert(revision=3), alerted_at=NOON, names={}).fetched_to_alerted is None


def test_sources_have_their_configured_names():
    """A source is called as configured, else by its owner."""
    told = alert("a", telling(), arabic())
    assert [one.source_name for one in card(told, alerted_at=NOON, names=NAMES).tellings] == [
        "Harbour Post",
        "Harbour Media",
    ]


def test_a_big_story_shows_its_opening_and_its_latest_tellings():
    """Of a hundred tellings forty are sent, the first among them, and the total is told."""
    many = tuple(telling(source=f"paper-{number}") for number in range(100))
    shown = card(alert("a", *many), alerted_at=NOON, names={})
    assert [len(shown.tellings), shown.tellings_total] == [40, 100]
    assert [shown.tellings[0].source, shown.tellings[1].source] == ["paper-0", "paper-61"]


def test_no_field_of_a_card_carries_control_characters():
    """Whatever field a hostile source fills, the card is free of escape sequences and overrides."""
    bad = HOSTILE[6] + HOSTILE[7]
    told = telling(title=bad, speaker=bad, url="javascript:alert(1)", source="evil")
    shown = card(alert("a", told, headline=bad), alerted_at=NOON, names={"evil": bad})
    texts = [shown.headline, *(str(getattr(shown.tellings[0], name)) for name in shown.tellings[0].__struct_fields__)]
    assert not [text for text in texts if "\x1b" in text or "\u202e" in text]
    assert shown.tellings[0].url is None


def test_state_and_demo_are_told():
    """A card says where its alert stands and whether it is from the world."""
    shown = card(alert(state=AlertState.DISPUTED, demo=True), alerted_at=NOON, names={})
    assert (shown.state, shown.demo) == ("disputed", True)


def test_middle_and_tail():
    """Of a hundred delays the 95th is the tail, by nearest rank."""
    assert middle_and_tail([float(number) for number in range(1, 101)]) == (50.5, 95.0)
    assert middle_and_tail([3.0]) == (3.0, 3.0)
    assert middle_and_tail([]) is None


def test_a_denial_is_shown_however_many_tellings_follow():
    """Both sides are kept: of a hundred tellings the first denial is among the forty, behind the first that says so."""
    denial = replace(telling(source="denier"), status=Status.DENIED)
    many = (denial, *(telling(source=f"paper-{number}") for number in range(100)))
    shown = card(alert("a", *many), alerted_at=NOON, names={}).tellings
    assert [one.source for one in shown[:2]] == ["paper-0", "denier"]
    assert [len(shown), sum(one.denies for one in shown)] == [40, 1]


def test_speakers_are_called_by_their_names():
    """A speaker known by his id is shown by the name that the tables give him, or the side's own."""
    gainer = Actor(text="Northern", start=0, end=8, id="north", name="Northern Forces")
    told = replace(telling(speaker="north"), gaining=gainer)
    found = card(
        alert("a", told, telling(speaker="wadi", source="b")), alerted_at=NOON, names={"wadi": "Wadi Brigades"}
    ).tellings
    assert [one.speaker for one in found] == ["Northern Forces", "Wadi Brigades"]


def test_feed_text_only():
    """A telling whose page lets nobody read on says so with the reason, made harmless; others say nothing of it."""
    read, shut, unsaid, hostile = (
        replace(telling(source=f"paper-{number}"), item=replace(telling().item, wall=wall))
        for number, wall in enumerate((None, "it asks for consent first", "", "it says \x1b[2J\u202e"))
    )
    found = card(alert("a", read, shut, unsaid, hostile), alerted_at=NOON, names={}).tellings
    assert [one.feed_only for one in found[:3]] == [
        None,
        "feed text only: its page asks for consent first",
        "feed text only",
    ]
    assert not {"\x1b", "\u202e"} & set(found[3].feed_only)
