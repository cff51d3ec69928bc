"""One thing told of who holds a place, as the ledger reads it: a turn, without the text it stands in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from streams.alerts import AlertEvidence, AlertState, Holder
from streams.holding import Stretch, Word
from streams.mentions import Precision

# What the key of a holder begins with who is known by words that name nobody.
UNNAMED = "~"
GONE = frozenset({AlertState.RETRACTED, AlertState.REJECTED})


class What(StrEnum):
    """What is told of a place: a change, who holds it, a siege's begin or end, fighting, history in passing."""

    CHANGE = "change"
    PASSING = "passing"
    LIFTED = "lifted"
    SIEGE = "siege"
    CONTEST = "contest"
    HOLDS = "holds"


# Of one day: history first, then what happened, then how it stood.
_RANK = {What.PASSING: 0, What.CHANGE: 1, What.LIFTED: 2, What.SIEGE: 3, What.CONTEST: 4, What.HOLDS: 5}


class Turn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing told of who holds a place, on the days `first` to `last` (UTC, both included).

    `id` is the claim's, or the one that opened the alert. In a siege the
    besieger is the gainer, in a word about holding the holder is. `judged`: an
    analyst stands by the change. `retaking`: it is told as a recapture. `text` is the evidence of a word
    about holding, packed, for the alert that it speaks against; earlier releases kept it as `evidence`.
    """

    id: str
    what: What
    first: date
    last: date
    precision: Precision | None = None
    loser: Holder | None = None
    gainer: Holder | None = None
    partial: bool = False
    state: AlertState | None = None
    alert_id: str | None = None
    linked: bool = False
    judged: bool = False
    retaking: bool = False
    confidence: float = 0.0
    words: tuple[Word, ...] = ()
    evidence: AlertEvidence | None = None
    text: bytes = b""
    told_at: datetime


def in_order(turn: Turn) -> tuple[date, date, int, datetime, str]:
    """Return the order in which turns are read: by their days, then by what they tell, then as they became known."""
    return turn.first, turn.last, _RANK[turn.what], turn.told_at, turn.id


def is_named(holder: Holder) -> bool:
    """Say whether it is known who the holder is: "rebels" are told by their words alone."""
    return not holder.key.startswith(UNNAMED)


def holds(stretch: Stretch | None, actor: Holder | None) -> bool:
    """Say whether the actor is among the stretch's holders."""
    return stretch is not None and actor is not None and any(one.key == actor.key for one in stretch.holders)
