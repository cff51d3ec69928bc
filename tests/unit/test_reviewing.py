"""An analyst's verdict is made from what he says, or refused in words that say what would be right."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from processors.naming import actor_named
from processors.reviewing import verdict_on
from streams.alerts import Alert, AlertState
from streams.codec import decode, encode
from streams.errors import VerdictLate, VerdictRefused
from streams.mentions import Kind, Status
from streams.verdicts import Verdict
from tests.analysts import HOSTILE_NOTE, actor, alerts, given, heard, names, opinion, place, told
from tests.stories import START


@pytest.fixture(scope="module")
def alert() -> Alert:
    """Return an alert of two tellings, in its second revision, and of one denial."""
    (found,) = alerts(heard([told(), told("courier", 1), told("gazette", 2, status=Status.DENIED)]))
    return found


def test_a_verdict_is_of_the_last_revision(alert: Alert) -> None:
    """A verdict names the alert, its place's key and its last revision, who gave it and why."""
    verdict = given(alert, "confirm", note="seen")
    assert (verdict.alert_id, verdict.place_key, verdict.revision) == (alert.id, alert.place_key, alert.revision)
    assert (verdict.verdict, verdict.analyst, verdict.note, verdict.claims) == (Verdict.CONFIRM, "Layla", "seen", ())


def test_the_same_words_at_the_same_time_are_one_verdict(alert: Alert) -> None:
    """The id comes from alert, revision, verdict, analyst and time, and from nothing else."""
    first = given(alert, "reject", note="one")
    assert given(alert, "reject", note="two").id == first.id
    others = [
        given(alert, "confirm"),
        given(alert, "reject", analyst="Omar"),
        given(alert, "reject", hours=25),
        given(replace(alert, id="another"), "reject"),
        given(alert, "reject", revision=1, force=True),
    ]
    assert len({first.id, *(other.id for other in others)}) == 6


def test_a_corrected_place_is_told_what_the_wrong_one_was_told(alert: Alert) -> None:
    """For each telling, denials aside, a silent claim stands on the analyst's word, with the alert's sides and day."""
    verdict = given(alert, "correct", place="Raqqa", to="SDF")
    raqqa = place("Raqqa")
    assert [claim.item.source for claim in verdict.claims] == ["herald", "courier"]
    for claim, telling in zip(verdict.claims, alert.evidence, strict=False):
        assert (claim.silent, claim.generation, claim.linked_to) == (True, 1, alert.id)
        assert (claim.confidence, claim.rule, claim.attribution.speaker) == (0.99, "analyst", "Layla, analyst")
        assert (claim.place, claim.place_key) == (raqqa, raqqa.id)
        assert (claim.losing, claim.gaining.id) == (alert.from_holder, "syrian-democratic-forces")
        assert (claim.evidence, claim.event_date) == (telling.evidence, telling.event_date)
        assert (claim.item.published_at, claim.item.side) == (telling.item.published_at, None)


@pytest.mark.parametrize("said", [{"to": "SDF"}, {"kind": "handover"}, {"place": "Manbij District"}])
def test_a_place_that_stands_needs_no_silent_claim(alert: Alert, said: dict[str, str]) -> None:
    """Where claims about the place go under the same key as before, the alert itself tells the ledger."""
    assert given(alert, "correct", **said).claims == ()


def test_what_nobody_tells_any_more_is_not_told_of_another_place(alert: Alert) -> None:
    """The correction of a retracted alert puts nothing into the ledger of the right place."""
    assert given(replace(alert, state=AlertState.RETRACTED), "correct", place="Raqqa").claims == ()


def test_an_earlier_correction_stands_until_it_is_rejected(alert: Alert) -> None:
    """Who confirms or corrects what he sees keeps what was put right before; who rejects keeps nothing."""
    first = given(alert, "correct", place="Raqqa", kind="handover")
    seen = replace(alert, place=first.place, kind=Kind.HANDOVER, revision=alert.revision + 1)
    for later in (given(seen, "confirm", standing=first), given(seen, "correct", to="SDF", standing=first)):
        assert (later.place, later.kind) == (first.place, Kind.HANDOVER)
        assert [claim.id for claim in later.claims] == [claim.id for claim in first.claims]
    rejected = given(seen, "reject", standing=first)
    assert (rejected.place, rejected.kind, rejected.claims) == (None, None, ())
    assert given(alert, "confirm", standing=rejected).place is None


def test_an_older_revision_is_late_unless_forced(alert: Alert) -> None:
    """A verdict on an older revision is refused with what the alert is now, and taken by force."""
    with pytest.raises(
        VerdictLate, match=f"revision 1 is no longer the last: the alert is .* in revision {alert.revision}"
    ):
        given(alert, "confirm", revision=1)
    assert given(alert, "confirm", revision=1, force=True).revision == 1
    with pytest.raises(VerdictRefused, match="no revision 99"):
        given(alert, "confirm", revision=99, force=True)


@pytest.mark.parametrize(
    ("verdict", "said", "text"),
    [
        ("confrm", {}, "'confrm' is no verdict; did you mean confirm?"),
        ("correct", {}, "say what is right instead"),
        ("confirm", {"place": "Raqqa"}, "confirm takes no place"),
        ("correct", {"kind": "handovr"}, "did you mean handover? known: capture, recapture"),
        ("correct", {"kind": "holds"}, "holds changes nobody's hold: reject"),
        ("correct", {"place": "Manbij"}, "what the alert says already"),
        ("correct", {"to": "Syrian army"}, "one actor would lose and gain"),
        ("correct", {"from": "Martians"}, "no actor 'Martians'"),
        ("correct", {"place": "Tripoli"}, "the name of 4 places"),
        ("confirm", {"analyst": " "}, "analyst is empty"),
        ("confirm", {"analyst": "x" * 101}, "analyst has 101 characters; 100 at most"),
        ("confirm", {"note": "x" * 2001}, "note has 2001 characters"),
        ("confirm", {"note": "\udcff"}, "note is not UTF-8"),
        ("correct", {"place": "x" * 201}, "place has 201 characters"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(alert: Alert, verdict: str, said: dict[str, str], text: str) -> None:
    """Each thing that cannot be a verdict is named with what would be right."""
    said = {{"from": "from_"}.get(name, name): words for name, words in said.items()}
    with pytest.raises(VerdictRefused) as refused:
        given(alert, verdict, **said)
    assert text in str(refused.value)


def test_names_are_looked_up_only_where_there_are_any(alert: Alert) -> None:
    """Confirming and rejecting never load the tables."""

    def unread() -> None:
        pytest.fail("the tables were loaded")

    assert verdict_on(alert, opinion("reject"), unread, at=START).verdict is Verdict.REJECT


def test_a_hostile_note_travels_whole(alert: Alert) -> None:
    """Whatever a note holds, the record comes back from its bytes as it was said."""
    verdict = given(alert, "correct", place="Raqqa", note=HOSTILE_NOTE, analyst=HOSTILE_NOTE[:90])
    assert decode(encode(verdict)) == verdict


def test_actors_are_those_of_the_alerts_day(alert: Alert) -> None:
    """A state's forces are those that there were on the day of the event, not the first that the table lists."""
    corrected = given(alert, "correct", to="Syria", from_="SDF").to_holder
    assert corrected.id == actor("Syria").id != actor_named("Syria", names(), date(2014, 6, 1)).id
