"""Verdicts on an alert come to one state, in whichever order and however often they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from streams.alerts import Alert, AlertState
from streams.holding import Ledger
from streams.items import Claim
from streams.mentions import Kind
from streams.topics import CLAIMS
from streams.verdicts import Feedback, Verdict
from tests.analysts import actor, alerts, given, heard, pages, place, told, unread, unrevised
from tests.bareflow import BareFlow

SAID = (
    ("confirm", {}),
    ("correct", {"place": "Tabqa"}),
    ("reject", {"note": "an old film"}),
    ("correct", {"place": "Raqqa", "kind": "handover"}),
    ("correct", {"to": "Hayat Tahrir al-Sham"}),
)
untimed = settings(deadline=None, max_examples=60)


@cache
def story() -> tuple[Claim, ...]:
    """Return reports of Manbij taken and retaken, and of Raqqa, where some of it will be put."""
    back = {"gaining": actor("Syrian army"), "losing": actor("Islamic State"), "kind": Kind.RECAPTURE}
    return (
        told(),
        told("courier", 1),
        told("gazette", 5, **back),
        told("times", 2, place=place("Raqqa"), gaining=actor("SDF"), losing=actor("Islamic State")),
    )


@cache
def verdicts() -> tuple[Feedback, ...]:
    """Return verdicts of every kind on each alert of the story, each later than the one before."""
    found = alerts(heard(story()))
    made = [
        _verdict(alert, 10 * at + number, said) for number, alert in enumerate(found) for at, said in enumerate(SAID)
    ]
    return tuple(made)


def _verdict(alert: Alert, hours: int, said: tuple[str, dict[str, str]]) -> Feedback:
    return given(alert, said[0], hours=24 * 7 + hours, **said[1])


CHOSEN = st.lists(st.integers(0, 14), min_size=1, max_size=6, unique=True)
SHUFFLED = CHOSEN.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some + some)))


def final(bare: BareFlow) -> tuple[dict[str, Alert], dict[str, Ledger]]:
    """Return what readers are left with, without counts of revisions and their times."""
    return (
        {alert.id: unrevised(alert) for alert in alerts(bare)},
        {key: unread(page) for key, page in pages(bare).items()},
    )


def of(some: Sequence[int]) -> list[Feedback]:
    return [verdicts()[at] for at in some]


@untimed
@drawn(SHUFFLED)
def test_order_and_repeats_change_nothing(orders: tuple[list[int], list[int]]) -> None:
    """Verdicts in the order of their times, and shuffled with each sent twice, end in the same alerts and ledger."""
    some, shuffled = orders
    assert final(heard(story(), of(sorted(some)))) == final(heard(story(), of(shuffled)))


@untimed
@drawn(CHOSEN)
def test_only_the_last_verdict_on_an_alert_counts(some: list[int]) -> None:
    """Verdicts that were followed by another leave nothing behind, in no ledger."""
    last = {verdict.alert_id: verdict for verdict in of(sorted(some))}
    assert final(heard(story(), of(sorted(some)))) == final(heard(story(), last.values()))


@untimed
@drawn(CHOSEN, st.permutations(range(4)), st.integers(0, 3))
def test_what_is_told_after_a_verdict_moves_no_verdict(some: list[int], order: list[int], late: int) -> None:
    """Reports that come after the verdicts leave every judged alert under its verdict."""
    claims = [story()[at] for at in order]
    bare = heard(story()[:3], of(sorted(some)))
    before = {alert.id: alert.judged for alert in alerts(bare)}
    bare.give(CLAIMS, claims[late:])
    for alert in alerts(bare):
        assert alert.judged == before.get(alert.id)
        assert (alert.state is AlertState.REJECTED) == bool(alert.judged and alert.judged.verdict is Verdict.REJECT)
