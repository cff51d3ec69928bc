"""An alert says in words how it stands to the ledger and why it is believed."""

from datetime import date

import pytest
from msgspec.structs import replace

from streams.alerts import Before, Holder, Judged, LedgerCheck, Reason, Rule
from streams.mentions import Actor, Kind, Precision
from streams.verdicts import Verdict
from streams.wording import held_by, known_to, notes, span, whys
from tests.alerts import HOSTILE, NOON, alert, telling

NORTH, RIVER, WADI = "Northern Forces", "River Guard", "Wadi Brigades"


def holder(name, id_=None):
    return Holder(key=id_ or name, text=name, id=id_, name=name)


def before(*names, since="2014-06-01"):
    return Before(holders=tuple(map(holder, names)), since=date.fromisoformat(since))


def told(**changes):
    return {note.mark: note.text for note in notes(replace(alert(), **changes))}


def why(rule, *ids, judged=None, sources=1):
    reason = Reason(rule=rule, before=0.82, after=0.41, claim_ids=ids)
    return whys(replace(alert(sources=sources), reasons=(reason,), judged=judged), {})[0].text


def test_a_consistent_alert_needs_no_words():
    """What fits the ledger, or what the ledger knows nothing of, is not remarked upon."""
    assert told(ledger_check=LedgerCheck.CONSISTENT, before=before(RIVER)) == {}
    assert told() == {}


def test_a_redundant_change_names_the_day_since_when_it_holds():
    """Who takes what he holds is told since when he held it."""
    assert told(ledger_check=LedgerCheck.REDUNDANT, before=before(NORTH)) == {
        "redundant": "Northern Forces held it already since 2014-06-01"
    }


def test_an_impossible_change_names_who_held_the_place():
    """Taken from one who did not hold it: both are named."""
    assert told(ledger_check=LedgerCheck.IMPOSSIBLE, before=before(WADI, "Eastern Guard")) == {
        "impossible": "taken from River Guard, but Wadi Brigades and Eastern Guard held it since 2014-06-01"
    }


def test_who_never_lost_a_place_cannot_retake_it():
    """A recapture by the holder says so, and not that it was taken from somebody."""
    said = told(kind=Kind.RECAPTURE, ledger_check=LedgerCheck.IMPOSSIBLE, before=before(NORTH))
    assert said == {"impossible": "retaken by Northern Forces, who had not lost it since 2014-06-01"}


def test_a_holder_is_known_by_his_id_whatever_he_is_called():
    """The gainer's words may differ from the holder's: the id decides."""
    gainer = Actor(text="they", start=0, end=4, id="north", name=NORTH)
    stood = Before(holders=(holder("the Northern army", "north"),), since=date(2014, 6, 1))
    said = told(kind=Kind.RECAPTURE, ledger_check=LedgerCheck.IMPOSSIBLE, before=stood, to_holder=gainer)
    assert said["impossible"].startswith("retaken by Northern Forces")


def test_clash_area_pledge_and_admission_have_their_words():
    """Each mark of an alert is one line, what casts doubt first."""
    said = told(clash=True, area=True, linked_to="pledge-1", against_interest=True)
    assert list(said.items()) == [
        ("linked", "follows from the pledge of River Guard; nobody told of this place"),
        ("clash", "a day or less: a clash by ACLED's rule"),
        ("area", "an area: towns inside keep their holders"),
        ("against-interest", "admitted by its own side"),
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule.OWN_GAIN, "its own word about its own gain (Harbour Media): 0.82 → 0.41"),
        (Rule.OWN_LOSS, "its own word about its own loss (Harbour Media): 0.82 → 0.41"),
        (Rule.DENIED, "denied (Harbour Media): 0.82 → 0.41"),
        (Rule.INDEPENDENT, "3 independent publishers: 0.82 → 0.41"),
        (Rule.LINKED, "follows from the pledge of River Guard, nobody told of this place: 0.82 → 0.41"),
    ],
)
def test_each_rule_says_what_it_did(rule, words):
    """A reason names the rule, whose word it was, and the confidence before and after."""
    assert why(rule, telling().claim_id, sources=3) == words


def test_a_speaker_of_the_table_is_called_by_his_name():
    """An id that is one of the two sides is told by its name."""
    gainer = Actor(text="they", start=0, end=4, id="north", name=NORTH)
    quoted = replace(telling(speaker="north"), gaining=gainer)
    reason = Reason(rule=Rule.OWN_GAIN, before=0.8, after=0.4, claim_ids=(quoted.claim_id,))
    (said,) = whys(replace(alert("a", quoted), to_holder=gainer, reasons=(reason,)), {})
    assert said.text == "its own word about its own gain (Northern Forces): 0.80 → 0.40"


def test_an_analyst_is_named():
    """His verdict is a reason like the others."""
    verdict = Judged(feedback_id="f", verdict=Verdict.REJECT, analyst="Mona\x1b[2J", at=NOON)
    assert why(Rule.ANALYST, judged=verdict) == "rejected by Mona␛[2J: 0.82 → 0.41"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_are_made_printable(hostile):
    """Whoever is named, no control character and no turning of direction is passed on."""
    actor = Actor(text=hostile, start=0, end=1)
    shown = replace(
        alert(),
        from_holder=actor,
        to_holder=actor,
        before=before(hostile),
        ledger_check=LedgerCheck.IMPOSSIBLE,
        linked_to="x",
        reasons=(Reason(rule=Rule.LINKED, before=1, after=0.5),),
    )
    said = " ".join(one.text for one in (*notes(shown), *whys(shown, {})))
    assert not set(said) & {"\x1b", "\x07", "\u202e", "\u2066"}
    assert held_by([holder(hostile)]) in said


def test_a_day_is_told_as_exactly_as_it_is_known():
    """A month is a month, a year a year, a week the week of its first day."""
    day = date(2014, 6, 1)
    told_as = [
        known_to(day, precision) for precision in (None, Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR)
    ]
    assert told_as == ["2014-06-01", "2014-06-01", "week of 2014-06-01", "2014-06", "2014"]


def test_a_length_of_time_has_the_unit_that_says_enough():
    """Seconds, minutes, hours, days."""
    assert [span(seconds) for seconds in (0.5, 7, 42, 600, 7200, 432000)] == [
        "0.50 s",
        "7.0 s",
        "42 s",
        "10 min",
        "2 h",
        "5 days",
    ]
