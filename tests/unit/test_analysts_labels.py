"""Verdicts become labelled texts: what the analysts let stand, in the words of the sentence."""

from __future__ import annotations

import json

from msgspec.structs import replace

from processors.measure.analysts import as_lines, labelled
from processors.measure.gold import from_lines
from streams.alerts import Alert, AlertEvidence
from streams.items import Claim
from streams.mentions import Actor, Evidence, Kind, Place, Status
from tests.analysts import HOSTILE_NOTE, actor, alerts, given, heard, place, told

SENTENCE = "Islamic State took Manbij and Tabqa from the Syrian army, but never Raqqa."


def said(words: str, known: Place | Actor) -> Place | Actor:
    """Return a place or actor as these words of the sentence name it."""
    start = SENTENCE.index(words)
    return replace(known, text=words, start=start, end=start + len(words))


def report(town: str = "Manbij", **fields: object) -> Claim:
    """Return the claim that the sentence makes about a town."""
    usual = {
        "place": said(town, place(town)),
        "gaining": said("Islamic State", actor("Islamic State")),
        "losing": said("the Syrian army", actor("Syrian army")),
    }
    made = told(**(usual | {"words": SENTENCE} | fields))
    return replace(made, evidence=Evidence(text=SENTENCE[:-1], start=0, end=len(SENTENCE) - 1, sentence=SENTENCE))


def judged(*claims: Claim) -> list[Alert]:
    return alerts(heard(claims or [report()]))


def events(*cases) -> list[dict[str, object]]:
    """Return the events of the only line."""
    (line,) = labelled(cases)
    return list(line.events)


def test_a_confirmed_alert_is_labelled_in_the_words_of_its_sentence() -> None:
    """The text is the sentence, and its event names kind, status, sides and place as they are written there."""
    (alert,) = judged()
    (line,) = labelled([(given(alert, "confirm"), alert)])
    (event,) = line.events
    assert (line.text, line.lang, line.date_published) == (SENTENCE, "en", "2031-05-01")
    assert (line.source, line.rule, line.verdicts, line.alerts) == ("herald", "test", ("confirm",), (alert.id,))
    assert (event["type"], event["status"], event["places"]) == ("capture", "asserted", ["Manbij"])
    assert (event["gaining"], event["losing"]) == ("Islamic State", "the Syrian army")


def test_a_rejected_alert_is_a_text_without_events() -> None:
    """What was rejected stays as a text that tells no change."""
    (alert,) = judged()
    assert events((given(alert, "reject"), alert)) == []


def test_a_correction_is_labelled_in_words_of_the_sentence_or_by_id() -> None:
    """A right place or side that stands in the sentence is given by its words there, any other by its id."""
    (alert,) = judged()
    (event,) = events((given(alert, "correct", place="الرقة، سوريا", to="SDF", kind="handover"), alert))
    assert (event["places"], event["type"]) == (["Raqqa"], "surrender_handover")
    assert (event["gaining"], event["canonical_gaining"]) == ("syrian-democratic-forces", "Syrian Democratic Forces")
    (event,) = events((given(alert, "correct", place="Homs, SY"), alert))
    assert (event["places"], event["canonical_place"]) == (["geonames:169577"], ["Homs"])


def test_a_side_that_the_sentence_does_not_name_is_not_labelled() -> None:
    """Where a telling names no loser, what the analyst knows of him is no fault of the text."""
    (alert,) = judged(report(losing=None))
    (event,) = events((given(alert, "correct", from_="SDF"), alert))
    assert (event["losing"], event["canonical_losing"]) == (None, "Syrian Democratic Forces")


def test_one_mention_of_two_towns_is_one_event_again() -> None:
    """Two confirmed alerts from one mention give one event with both places; the rejected one's place is not in it."""
    first, second = judged(report(), report("Tabqa"))
    (event,) = events((given(first, "confirm"), first), (given(second, "confirm"), second))
    assert event["places"] == ["Manbij", "Tabqa"]
    (event,) = events((given(first, "confirm"), first), (given(second, "reject"), second))
    assert event["places"] == ["Manbij"]


def test_a_sentence_of_which_something_is_not_judged_is_left_out() -> None:
    """Where another alert stands on the sentence and nobody judged it, nobody knows all that it tells."""
    first, second = judged(report(), report("Tabqa"))
    assert labelled([(given(first, "confirm"), first)], [second]) == []


def test_denials_and_what_an_analyst_moved_are_no_tellings() -> None:
    """A denial beside the alert and a telling that was put right elsewhere make no lines."""
    wrong, right = judged(report(), report("Raqqa", day=1))
    moved = given(wrong, "correct", place="Raqqa")
    bare = heard([report(), report("Raqqa", day=1), told("gazette", 2, status=Status.DENIED)], [moved])
    joined = next(alert for alert in alerts(bare) if alert.id == right.id)
    assert [one.rule for one in joined.evidence] == ["analyst", "test"]
    assert [line.id for line in labelled([(given(joined, "confirm"), joined)])] == [evidence(right).claim_id]


def evidence(alert: Alert) -> AlertEvidence:
    (one,) = alert.evidence
    return one


def test_the_file_is_read_as_gold_whatever_it_holds() -> None:
    """Lines are printable, come back from JSON as they were, and are items with the right kind and status."""
    claim = report()
    words = SENTENCE + HOSTILE_NOTE
    claim = replace(claim, evidence=replace(claim.evidence, sentence=words), rule=HOSTILE_NOTE)
    (alert,) = judged(claim)
    text = as_lines(labelled([(given(alert, "correct", kind="allegiance"), alert)]))
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text)["text"] == words
    (item,) = from_lines([text.encode()])
    assert (item.text, item.events[0].kind, item.events[0].statuses) == (words, Kind.ALLEGIANCE, {Status.ASSERTED})
