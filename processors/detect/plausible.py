"""Whether a claim is about war: "took over the company", "the fall of the star" need no army and no town.

A sentence that speaks of a drill or a film tells what is only staged. Else somebody
armed on either side is evidence enough. Without one, there must be a place that is
known or called a town, and words of war must stand near; somebody acts there, or the
place has a name ("the recaptured areas" tell nothing). A text too short to have a
neighbourhood is taken at its word where somebody acts in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from processors.detect.anaphora import Where
from processors.detect.arms import FEWEST, NEAR
from processors.detect.document import SHORT, Document
from processors.detect.draft import APART, Draft
from processors.detect.line import FINITE, Slot
from processors.detect.phrases import Phrase, Role, words
from processors.generic import names_a_place
from streams.mentions import Actor, Kind, Place

_REGION = 3
_NAMED = APART | {Kind.LOSS}
"""Kinds that need words for their place: a pronoun with a verb of losing may be whatever is lost."""


def is_war(
    document: Document, where: Where, draft: Draft, places: Sequence[Place], sides: Sequence[Actor | None]
) -> bool:
    """Tell whether somebody armed acts, or the claim stands among words of war."""
    if "war" not in where.line.lexicon.words:
        return True
    if _speaks_of(where, "staged"):
        return False
    if draft.spare:
        return not _speaks_of(where, "peaceful") and _is_plain_in_war(document, where, places)
    slots = (draft.gainer, draft.loser)
    if any(_is_armed(where, slot, side) for slot, side in zip(slots, sides, strict=True)):
        return True
    if draft.place.phrase is not None and draft.place.phrase.open:
        return any(_may_be_armed(document, where, slot) for slot in slots)
    return not _speaks_of(where, "peaceful") and _is_told_as_war(document, where, draft, places)


def _is_told_as_war(document: Document, where: Where, draft: Draft, places: Sequence[Place]) -> bool:
    """Tell whether a claim in which nobody is known to be armed stands among words of war."""
    acting = draft.gainer is not None or draft.loser is not None
    if len(document.text) > SHORT:
        named = acting or any(names_a_place(place.text) for place in places)
        return named and _is_real(draft, places) and _among_war(document, where, places)
    return _is_real(draft, places) or acting or _is_told_in_war(document, where)


def is_taken_in_war(where: Where, draft: Draft, head: str) -> bool:
    """Tell whether a town that nothing names suffers by its trigger what befalls towns in war only ("город взят")."""
    lexicon, trigger = where.line.lexicon, draft.trigger
    if head in lexicon.words.get("fought", ()):
        return True
    warlike = lexicon.patterns.get("warlike")
    if warlike is None or head not in lexicon.words.get("lesser", ()):
        return False
    return warlike.match(where.line.text, trigger.start, trigger.end) is not None


def is_told_alone(document: Document, where: Where, draft: Draft, slot: Slot) -> bool:
    """Tell whether somebody armed takes or leaves what a pronoun means in a text too short to have named it before."""
    if slot.start < draft.trigger.start or slot.end == slot.start or len(document.text) > SHORT or draft.kind in _NAMED:
        return False
    sides = (draft.gainer, draft.loser)
    known = (side.phrase for side in sides if side and side.phrase and side.phrase.role is Role.ACTOR)
    return any(_is_armed(where, side, None) for side in sides) or any(phrase.actor for phrase in known)


def beside_leaving(document: Document, where: Where, draft: Draft, slot: Slot) -> Phrase | None:
    """Return the place that a short text names beside a leaving whose own is unsaid: before it, else nearest behind."""
    if slot.end > slot.start or len(document.text) > SHORT or not _is_leaving(draft):
        return None
    line = where.line
    places = [p for p in line.phrases if p.role is Role.PLACE and not p.bound and (p.names or p.headed)]
    before = [p for p in places if p.end <= draft.trigger.start]
    return before[-1] if before else next((p for p in places if p.start >= draft.trigger.end), None)


def may_lack_place(where: Where, draft: Draft) -> bool:
    """Tell whether a change counts though no words stand for its place, by its kind and the words that tell it."""
    lexicon, trigger = where.line.lexicon, draft.trigger
    told = lexicon.patterns.get("placeless")
    by_words = told is None or told.match(where.line.text, trigger.start) is not None
    return by_words and draft.kind.value in lexicon.words.get("placeless", ())


def _is_leaving(draft: Draft) -> bool:
    """Tell whether a noun tells a leaving: behind its verb stands where the leavers went."""
    return draft.kind is Kind.WITHDRAWAL and draft.trigger.form not in FINITE | {"ing"}


def _is_plain_in_war(document: Document, where: Where, places: Sequence[Place]) -> bool:
    """Tell whether a claim that lacks a side is one: a named place not known for a region, war told all around.

    A district counts, a governorate and a country do not; a name that nothing resolves counts, as most are villages.
    """
    named = any(names_a_place(place.text) and place.geo_precision != _REGION for place in places)
    around = document.spots.count(where.line.start - NEAR, where.line.end + NEAR)
    return named and around >= FEWEST and _is_told_in_war(document, where)


def _speaks_of(where: Where, words_of: str) -> bool:
    """Tell whether the sentence has a word of a list: of drills, films and novels, or of matches, votes and fires."""
    line = where.line
    listed = line.lexicon.words.get(words_of, frozenset())
    return bool(listed) and not listed.isdisjoint(word.text for word in words(line.text, line.start, line.end))


def _is_armed(where: Where, slot: Slot | None, side: Actor | None) -> bool:
    """Tell whether a slot names an armed group, a state's force, or a noun for either; a bare country is neither."""
    if slot is None or (slot.phrase is not None and slot.phrase.role is Role.PLACE):
        return False
    if side is not None and side.id is not None:
        return True
    head = slot.phrase.head if slot.phrase else ""
    return head in where.line.lexicon.armed


def _may_be_armed(document: Document, where: Where, slot: Slot | None) -> bool:
    """Tell whether one word of a slot is a noun for the armed, or a pronoun or a name acts in a sentence of war."""
    if slot is None:
        return False
    armed = not where.line.lexicon.armed.isdisjoint(where.line.text[slot.start : slot.end].split())
    generic = slot.phrase is not None and slot.phrase.generic is not None
    vague = slot.pointing or (slot.phrase is not None and slot.phrase.role is Role.NAME)
    return armed or generic or (vague and _is_told_in_war(document, where))


def _is_real(draft: Draft, places: Sequence[Place]) -> bool:
    """Tell whether the place is one: resolved, known by name, or called a town."""
    phrase = draft.place.phrase
    known = phrase is not None and (phrase.headed or any(name.rows and not name.common for name in phrase.names))
    return known or any(place.id for place in places)


def _is_told_in_war(document: Document, where: Where) -> bool:
    """Tell whether the sentence itself has a word of war."""
    return document.spots.count(where.line.start, where.line.end) > 0


def _among_war(document: Document, where: Where, places: Sequence[Place]) -> bool:
    """Tell whether words of war stand in the sentence or near it; where wars are watched one in it is enough."""
    if document.spots.count(where.line.start - NEAR, where.line.end + NEAR) >= FEWEST:
        return True
    watched = document.knowledge.gazetteer.watched
    return any(place.country in watched for place in places) and _is_told_in_war(document, where)
