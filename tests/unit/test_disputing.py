"""Alerts are disputed by what is told instead of them, show it, and stand again when it is gone."""

from __future__ import annotations

from streams.alerts import Alert, AlertState, Rule
from streams.mentions import Kind, Status
from streams.wording import whys
from tests.stories import BLUE, GREEN, RED, Row, Told, claim, tell, withdrawn

HIS = claim("herald", gaining=RED)
ITS = claim("courier", 0.2, gaining=BLUE)
TAKEN = claim("herald", gaining=RED, losing=BLUE)
HELD = claim("courier", 2, kind=Kind.HOLDS, gaining=BLUE)
CAMPS = {"red": Row(name="Red", side="west"), "green": Row(name="Green", side="west"), "blue": Row(name="Blue")}


def shown(alert: Alert) -> tuple[AlertState, list[str], list[Rule]]:
    """Return its state, whose tellings it shows against it, and the rules that moved its confidence."""
    return alert.state, [one.item.source for one in alert.against], [one.rule for one in alert.reasons]


def test_two_takers_dispute_one_another_in_either_order() -> None:
    """Each alert shows the other's evidence beside its own, and half the confidence, whichever came first."""
    for order in ([HIS, ITS], [ITS, HIS]):
        alerts = {alert.to_holder.id: alert for alert in tell(order).alerts}
        assert shown(alerts["red"]) == (AlertState.DISPUTED, ["courier"], [Rule.CONTRADICTED])
        assert shown(alerts["blue"]) == (AlertState.DISPUTED, ["herald"], [Rule.CONTRADICTED])
        assert [one.item.source for one in alerts["red"].evidence] == ["herald"]
        (reason,) = alerts["red"].reasons
        assert (reason.before, reason.after, reason.claim_ids) == (0.8, 0.4, (ITS.id,))


def test_the_reason_says_what_is_told_instead_and_by_whom() -> None:
    """In words: who is said to have taken it or to hold it, the newsroom, and the confidence before and after."""
    (why,) = whys(tell([HIS, ITS]).alerts[0], {"courier": "The Courier"})
    assert why.text == "told otherwise, taken by Blue Front (The Courier): 0.80 → 0.40"
    (why,) = whys(tell([TAKEN, HELD]).alerts[0], {})
    assert why.text == "told otherwise, held by Blue Front (courier): 0.80 → 0.40"


def test_a_dispute_ends_on_the_same_alert_when_the_rival_is_withdrawn() -> None:
    """The alert goes back to what its own sources make of it by a further revision on its id."""
    told = tell([HIS, ITS, withdrawn(ITS)])
    first = [alert for alert in told.revisions if alert.id == told.alerts[0].id]
    assert [one.state for one in first] == [AlertState.REPORTED, AlertState.DISPUTED, AlertState.REPORTED]
    assert ([one.revision for one in first], first[-1].against, first[-1].confidence) == ([1, 2, 3], (), 0.8)


def test_what_more_is_told_of_a_rival_is_shown() -> None:
    """A second newsroom that names the other taker stands against the first alert too."""
    alert = tell([HIS, ITS, claim("gazette", 0.3, gaining=BLUE)]).alerts[0]
    assert [one.item.source for one in alert.against] == ["courier", "gazette"]


def test_camp_mates_dispute_nothing() -> None:
    """Two of one camp who took the place on one day took it together."""
    told = tell([HIS, claim("courier", 0.2, gaining=GREEN)], parties=CAMPS.get)
    assert [alert.state for alert in told.alerts] == [AlertState.REPORTED, AlertState.REPORTED]


def test_a_denied_change_disputes_no_other() -> None:
    """What is itself denied says nothing against what others tell."""
    denial = claim("gazette", 0.1, gaining=RED, status=Status.DENIED, side="blue")
    states = {alert.to_holder.id: (alert.state, alert.against) for alert in tell([HIS, denial, ITS]).alerts}
    assert states == {"red": (AlertState.DISPUTED, ()), "blue": (AlertState.REPORTED, ())}


def test_a_word_that_the_loser_holds_on_disputes_the_change_in_either_order() -> None:
    """Told two days later by another newsroom; taken back, the dispute is over."""
    for order in ([TAKEN, HELD], [HELD, TAKEN]):
        (alert,) = tell(order).alerts
        assert shown(alert) == (AlertState.DISPUTED, ["courier"], [Rule.CONTRADICTED])
        (alert,) = tell([withdrawn(HELD)], after=tell(order)).alerts
        assert shown(alert) == (AlertState.REPORTED, [], [])


def test_the_ledger_shows_the_stretch_of_a_disputed_change_as_disputed() -> None:
    """The change stands where only a word about holding speaks against it, and is marked."""
    (page,) = tell([TAKEN, HELD]).ledger.values()
    assert [(one.holders[0].id, one.state) for one in page.stretches] == [("red", AlertState.DISPUTED)]


def test_the_camp_of_the_loser_holds_on_for_him() -> None:
    """Who lost it was told by the name of a brigade, who holds it by that of another of its camp."""
    taken = claim("herald", gaining=BLUE, losing=RED)
    held = claim("courier", 2, kind=Kind.HOLDS, gaining=GREEN)
    assert tell([taken, held], parties=CAMPS.get).alerts[0].state is AlertState.DISPUTED


def test_who_told_the_change_is_no_second_source_for_its_loser() -> None:
    """A newsroom's own later word makes no dispute, the word of the loser's own outlet does."""
    mine = claim("herald", 2, kind=Kind.HOLDS, gaining=BLUE)
    own = claim("herald", 2, kind=Kind.HOLDS, gaining=BLUE, side="blue")
    assert [tell([TAKEN, word]).alerts[0].state for word in (mine, own)] == [AlertState.REPORTED, AlertState.DISPUTED]


def test_a_loser_who_admits_afterwards_disputes_nothing_more() -> None:
    """Its outlet holds on for two days and then tells the loss: against its interest, and undisputed."""
    word = claim("blue-radio", 2, kind=Kind.HOLDS, gaining=BLUE, side="blue")
    admits = claim("blue-radio", 3, gaining=RED, losing=BLUE, side="blue")
    told: Told = tell([TAKEN, word, admits], parties=CAMPS.get)
    (alert,) = told.alerts
    assert (alert.state, alert.against_interest, alert.against) == (AlertState.CONFIRMED, True, ())


def test_a_word_that_the_gainer_holds_counts_for_nothing() -> None:
    """Who says that the taker holds the place tells no change: it makes no second source and no dispute."""
    (alert,) = tell([TAKEN, claim("courier", 2, kind=Kind.HOLDS, gaining=RED)]).alerts
    assert (alert.state, alert.independent_sources, alert.confidence) == (AlertState.REPORTED, 1, 0.8)
