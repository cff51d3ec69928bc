"""Groups that go over to another, told without a place: "the brigade pledged allegiance to the front".

Such a telling is no claim about a place and none of a text's mentions; what it
means for the places that the group holds, the ledger knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from processors.detect.draft import Draft
from processors.detect.line import FINITE, Line, Slot, Trigger
from processors.detect.phrases import Phrase, Role
from processors.detect.slots import fill
from processors.generic import names_an_actor
from streams.mentions import Kind


def pledges(line: Line, found: Iterable[Trigger], claimed: Sequence[Draft]) -> Iterator[Draft]:
    """Yield a draft for each word of pledging that tells of two groups and of no place; its place is the group's."""
    taken = {draft.trigger.start for draft in claimed}
    for trigger in found:
        if trigger.frame.kind is Kind.ALLEGIANCE and trigger.start not in taken and (sides := _sides(line, trigger)):
            group, to = (Slot(start=side.start, end=side.end, phrase=side) for side in sides)
            yield Draft(trigger=trigger, kind=Kind.ALLEGIANCE, place=group, gainer=to, loser=group, pledge=True)


def _sides(line: Line, trigger: Trigger) -> tuple[Phrase, Phrase] | None:
    """Return who goes over and to whom: before and behind the word, or one after the other behind a verb that leads."""
    groups = [phrase for phrase in line.phrases if phrase.role is Role.ACTOR and not phrase.pointing]
    before = [phrase for phrase in groups if phrase.end <= trigger.start]
    behind = [phrase for phrase in groups if phrase.start >= trigger.end]
    named = fill(line, trigger, Role.ACTOR, trigger.frame.gainer)
    to = named.phrase if named and named.phrase in behind else None
    if before and behind and (len(behind) == 1 or not _leads(line, trigger)):
        sides = before[-1], to or behind[0]
    elif len(behind) > 1 and _leads(line, trigger):
        sides = behind[0], behind[1]
    else:
        return None
    return sides if _is_group(line, sides[0]) else None


def _leads(line: Line, trigger: Trigger) -> bool:
    """Say whether a verb stands before its subject, as in Arabic."""
    return line.lexicon.language == "ar" and trigger.form in FINITE


def _is_group(line: Line, phrase: Phrase) -> bool:
    """Say whether a phrase names a group as a whole: fighters who go over take no group along."""
    some = line.lexicon.words.get("human_heads", frozenset())
    if phrase.head in some or (phrase.head.endswith("s") and phrase.head in line.lexicon.words["people"]):
        return False
    return phrase.actor is not None or names_an_actor(line.text[phrase.start : phrase.end])
