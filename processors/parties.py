"""What is known of the parties of a conflict, as the steps ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from streams.alerts import Holder


class Party(Protocol):
    """One row of the actor table; `type` is a word such as state or rebel, `side` the camp it belongs to."""

    @property
    def name(self) -> str:
        """The name in English."""

    @property
    def name_ar(self) -> str | None:
        """The name in Arabic."""

    @property
    def side(self) -> str | None:
        """The camp, null where none is known."""

    @property
    def type(self) -> str | None:
        """What kind of party it is, null where it is not known."""

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries it belongs to (ISO 3166 alpha-2); a state's forces have their own."""


Parties = Callable[[str], Party | None]


def nobody(_id: str) -> None:
    """Know no party: what stands in the claims is all there is."""
    return


def one_camp(one: Holder, other: Holder, parties: Parties) -> bool:
    """Say whether two actors are one, or belong to one camp: "the opposition" is no other than its brigades."""
    if one.key == other.key:
        return True
    mine, its = _side(one, parties), _side(other, parties)
    return (mine is not None and mine in (other.key, its)) or its == one.key


def is_within(member: str, whole: str, parties: Parties) -> bool:
    """Say whether one actor is of the camp that bears the other's name: the Twirwaneho are of the M23."""
    party = parties(member)
    return party is not None and party.side == whole and member != whole


def _side(actor: Holder, parties: Parties) -> str | None:
    party = parties(actor.id) if actor.id else None
    return party.side if party else None


def known_by(entry: Callable[[str], Party]) -> Parties:
    """Return the look-up of an actor table, whose `entry` raises KeyError for an id it does not know."""

    def party(identity: str) -> Party | None:
        try:
            return entry(identity)
        except KeyError:
            return None

    return party
