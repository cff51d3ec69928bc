"""Whom "our forces" mean: the side whose own channel says so, or the one whose spokesman is quoted; else nobody.

A country that a text speaks of says nothing here: "our troops" of a channel
without a side, or within a quotation of nobody known, are nobody's.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from processors.detect import attribution
from processors.detect.actors import ActorKind
from processors.detect.anaphora import Where
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.generic import says_we
from processors.normalise import fold
from streams.mentions import Actor, Attribution, Kind, Span

_WORD = re.compile(r"[^\W_]+")
_WE_DID = re.compile(r"\w{3,}نا")  # Arabic: the ending of "we" on a verb or a verbal noun
_LEAVING = frozenset((Kind.WITHDRAWAL, Kind.LOSS))


def with_own(
    document: Document, where: Where, draft: Draft, said: Attribution | None, sides: tuple[Actor | None, Actor | None]
) -> tuple[Actor | None, Actor | None]:
    """Return gainer and loser with the side that speaks for whoever is called "our forces" or "we"."""
    gaining, losing = sides
    told = document.folded.span(draft.trigger.start, draft.trigger.end)
    did = where.line.lexicon.language == "ar" and _WE_DID.fullmatch(told.text)
    if not (did or any(actor and says_we(actor.text) for actor in sides)):
        return sides
    side = _speaking(document, where, draft, said)
    gaining, losing = (actor and _called(document, actor, side) for actor in sides)
    if did and side:
        if draft.kind in _LEAVING:
            losing = losing or _called(document, _of(told), side)
        else:
            gaining = gaining or _called(document, _of(told), side)
    return gaining, losing


def _of(words: Span) -> Actor:
    return Actor(text=words.text, start=words.start, end=words.end)


def _called(document: Document, actor: Actor, side: str | None) -> Actor:
    """Return the actor with the id of the side if it is called by "we" or "our", with its words as they are."""
    if not (says_we(actor.text) or _WE_DID.fullmatch(actor.text)):
        return actor
    entry = document.knowledge.actors.entry(side, document.day) if side else None
    return replace(actor, id=entry.id if entry else None, name=entry.name if entry else None)


def _speaking(document: Document, where: Where, draft: Draft, said: Attribution | None) -> str | None:
    """Return the id of the actor that speaks here; None where it is not known.

    Whoever names no side when a side's own channel quotes him ("a military source") speaks for that side.
    """
    if document.part(document.stretches[where.number]) is not None:
        return None
    side = document.side if _is_known(document, document.side) else None
    if said is not None:
        named = _named_in(document, said)
        return named or (side if said.text and said.side is None else None)
    quoted = attribution.is_quoted(document, draft.trigger.start, document.paragraph_start(where.number))
    return None if quoted else side


def _named_in(document: Document, said: Attribution) -> str | None:
    """Return the actor that a speaker is, or speaks for ("the SDF spokesman")."""
    if _is_known(document, said.speaker):
        return said.speaker
    words, actors = fold(said.text or "").text, document.knowledge.actors
    found = (actors.match(words, word.start()) for word in _WORD.finditer(words))
    return next((match.id for match in found if match and match.id and match.kind is not ActorKind.COUNTRY), None)


def _is_known(document: Document, identity: str | None) -> bool:
    """Say whether the actor table knows this id."""
    try:
        return identity is not None and bool(document.knowledge.actors.entry(identity))
    except KeyError:
        return False
