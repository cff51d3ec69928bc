"""How a change fits what the ledger knew of its place: consistent, redundant, impossible; and clashes of a day.

A rule may be wrong where the ledger is: a check is shown beside an alert and
never hides one.
"""

from __future__ import annotations

from collections.abc import Sequence

from processors.ledger import is_joint, is_sole
from processors.parties import Parties, one_camp
from processors.turns import Turn, is_named
from streams.alerts import Before, LedgerCheck
from streams.holding import Stretch
from streams.mentions import Kind


def shown(stretch: Stretch | None) -> Before | None:
    """Return the stretch as an alert shows it; a place held by nobody known is not shown."""
    return Before(holders=stretch.holders, since=stretch.since) if stretch and stretch.holders else None


def check(kind: Kind, turn: Turn, stood: Stretch | None, parties: Parties) -> LedgerCheck:
    """Return how a change of this kind fits the stretch before it.

    A gainer who holds the place, alone or with his camp, can neither take it nor, having never
    lost it, retake it. A loser who did not hold it cannot lose it, unless one
    of his camp did, or nobody knows who did; those who take a place together
    take it from the same.
    """
    if stood is None or not stood.holders:
        return LedgerCheck.UNKNOWN
    if turn.gainer and is_sole(turn.gainer, stood, parties):
        return LedgerCheck.IMPOSSIBLE if kind is Kind.RECAPTURE else LedgerCheck.REDUNDANT
    if turn.loser is None:
        return LedgerCheck.CONSISTENT
    theirs = any(one_camp(turn.loser, holder, parties) or not is_named(holder) for holder in stood.holders)
    return LedgerCheck.CONSISTENT if theirs or is_joint(turn, stood, parties) else LedgerCheck.IMPOSSIBLE


def is_clash(alert_id: str, stretches: Sequence[Stretch]) -> bool:
    """Say whether the alert's stretch was undone within a day, or it undid such a one itself."""
    for at, stretch in enumerate(stretches):
        if stretch.alert_id == alert_id:
            return stretch.clash or (at > 0 and stretches[at - 1].clash)
    return False
