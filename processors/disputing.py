"""What the ledger found to speak against a change: the texts of its rivals, and of words that its loser holds on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from processors.dating import by_time
from processors.exhibits import exhibit
from processors.ledger import History
from processors.outlines import Part
from processors.placememory import Page
from processors.turns import Turn
from processors.weighing import NOTHING, Against
from streams.alerts import AlertEvidence, AlertState
from streams.codec import unpack

# Tellings of rivals that an alert shows, the first known of each.
_SHOWN = 20


def against(turn_id: str, found: History, changes: Mapping[str, Part], page: Page) -> Against:
    """Return what speaks against the change of a turn; `changes` are those on the page, by the ids of their turns.

    A rival that is remembered by its turn alone has no text left to show.
    """
    rivals = [changes[id_] for id_ in found.rivals.get(turn_id, ()) if id_ in changes]
    words = set(found.held_on.get(turn_id, ()))
    if not rivals and not words:
        return NOTHING
    told = (claim for change in rivals for claim in sorted(change.change.told, key=by_time)[:_SHOWN])
    held_on = (_text(turn) for turn in page.standing if turn.id in words)
    return Against(rivals=tuple(map(exhibit, told)), held_on=tuple(word for word in held_on if word))


def _text(turn: Turn) -> AlertEvidence | None:
    return unpack(turn.text, AlertEvidence) if turn.text else turn.evidence


def disputed(found: History, alert_ids: Collection[str]) -> History:
    """Return the history with the stretches of these alerts shown as disputed."""
    if not any(stretch.alert_id in alert_ids for stretch in found.stretches):
        return found
    stretches = (
        replace(stretch, state=AlertState.DISPUTED) if stretch.alert_id in alert_ids else stretch
        for stretch in found.stretches
    )
    return replace(found, stretches=tuple(stretches))
