"""Matching mentions with gold and counting what it gives."""

import pytest

from processors.measure.gold import GoldItem, from_golden, from_lines
from processors.measure.matching import matched, names
from processors.measure.scores import calibration_error, decision, events, in_group, interval, judged, shares
from streams.errors import BadRecord
from streams.mentions import Actor, Evidence, Kind, Mention, Place, Status


def mention(kind: Kind, status: Status, place: str, *, gaining: str | None = None, confidence: float = 0.9) -> Mention:
    return Mention(
        kind=kind,
        status=status,
        places=(Place(text=place, start=0, end=len(place)),),
        gaining=Actor(text=gaining, start=0, end=len(gaining)) if gaining else None,
        evidence=Evidence(text=f"took {place}", start=0, end=1, sentence=f"took {place}"),
        confidence=confidence,
        rule="en.take.past",
        language="en",
    )


def item(*events: str, unit: str = "sentence") -> GoldItem:
    line = f'{{"id": "a", "lang": "en", "text": "They took Sarab.", "unit": "{unit}", "events": [{", ".join(events)}]}}'
    return next(from_lines([line.encode()]))


TOOK = '{"type": "capture", "status": "claimed", "places": ["the town of Sarab"], "gaining": "the army"}'
LEFT = '{"type": "withdrawal", "status": "asserted", "places": ["Sarab"], "evidence": "left Sarab"}'
DENIED = '{"type": "capture", "status": "denied", "places": ["Sarab"], "evidence": "did not take Sarab"}'


def test_right_claim_scores_full() -> None:
    """A mention of the same family and place answers the event, whatever small words stand around the name."""
    text = judged(item(TOOK), [mention(Kind.RECAPTURE, Status.CLAIMED, "Sarab", gaining="army units")])
    assert text.pairs == ((0, 0),)
    assert shares([text]) == {"kind": 1.0, "gaining": 1.0, "losing": None, "status": 1.0}
    assert decision([text]).f1 == 1.0


def test_gain_does_not_answer_a_loss() -> None:
    """A capture is no answer to a withdrawal from the same place: one is missed, one in excess."""
    rate = events([judged(item(LEFT), [mention(Kind.CAPTURE, Status.ASSERTED, "Sarab")])], in_group("event"))
    assert (rate.hits, rate.false, rate.missed) == (0, 1, 1)


def test_other_place_is_no_answer() -> None:
    """A claim about another place answers nothing."""
    assert matched([mention(Kind.CAPTURE, Status.CLAIMED, "Nadir")], item(TOOK).events) == []


def test_denial_is_no_decision() -> None:
    """A text that only denies tells no change, and a denied mention decides nothing."""
    text = judged(item(DENIED), [mention(Kind.CAPTURE, Status.DENIED, "Sarab")])
    assert (text.expected, text.told) == (False, False)
    assert events([text], in_group("irrealis")).f1 == 1.0


def test_documents_ask_for_no_decision() -> None:
    """Whole documents count in events and not in the decision."""
    text = judged(item(TOOK, unit="document"), [])
    assert decision([text]).missed == 0
    assert events([text], in_group("event")).missed == 1


def test_best_pair_goes_first() -> None:
    """Of two mentions of one place the one that agrees in kind answers the event."""
    found = [mention(Kind.EXPULSION, Status.CLAIMED, "Sarab"), mention(Kind.CAPTURE, Status.CLAIMED, "Sarab")]
    assert matched(found, item(TOOK).events) == [(1, 0)]


def test_calibration_error_is_the_gap() -> None:
    """Claims told with confidence 0.9 of which none is right are 0.9 too sure."""
    wrong = judged(item(), [mention(Kind.CAPTURE, Status.ASSERTED, "Sarab")])
    assert calibration_error([wrong]) == pytest.approx(0.9)
    assert calibration_error([judged(item(), [])]) is None


def test_interval_holds_the_figure() -> None:
    """The bootstrap interval is the same each time and holds the figure."""
    texts = [judged(item(TOOK), [mention(Kind.CAPTURE, Status.CLAIMED, "Sarab")])] * 8 + [judged(item(TOOK), [])] * 2
    low, high = interval(texts, lambda some: decision(some).recall)
    assert low <= 0.8 <= high
    assert (low, high) == interval(texts, lambda some: decision(some).recall)


def test_golden_cases_read_as_gold() -> None:
    """A golden file's alternatives are all right, and its name gives the language."""
    claim = '{ kind = "capture", status = "claimed|asserted", places = ["A|B"], gaining = "x-id|y" }'
    text = f'[[case]]\ntext = "t"\nclaims = [{claim}]'
    (case,) = from_golden("ar_first", text)
    assert (case.language, case.id) == ("ar", "ar_first-1")
    assert case.events[0].statuses == {Status.CLAIMED, Status.ASSERTED}
    assert names(Actor(text="z", start=0, end=1, id="x-id"), case.events[0].gaining)


@pytest.mark.parametrize(
    "line", [b"{", b'{"id": 1}', b'{"id": 1, "text": "t", "events": [{"type": "coup", "status": "asserted"}]}']
)
def test_bad_gold_names_its_line(line: bytes) -> None:
    """A line that is no item is refused with its number."""
    with pytest.raises(BadRecord, match="line 2"):
        list(from_lines([b"", line]))


@pytest.mark.parametrize("claim", ['kind = "conquest", status = "asserted", places = []', 'status = "asserted"'])
def test_a_bad_golden_claim_names_its_case(claim: str) -> None:
    """A golden case with a claim whose kind does not exist, or that has none, is refused with its number."""
    with pytest.raises(BadRecord, match="en_first: case 1"):
        list(from_golden("en_first", f'[[case]]\ntext = "t"\nclaims = [{{ {claim} }}]'))
