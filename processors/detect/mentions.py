"""From a draft to a mention: words as written, ids, coordinates, status, speaker, date, confidence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from processors.detect import attribution
from processors.detect.anaphora import PRONOUN, Where, actor_before
from processors.detect.confidence import confidence
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.detect.line import Slot
from processors.detect.ourselves import with_own
from processors.detect.phrases import Phrase, Role
from processors.detect.placing import Placed, nameless, places_of
from processors.detect.plausible import is_war, may_lack_place
from processors.detect.spoken import told_as
from processors.detect.status import is_background
from processors.detect.times import is_history
from streams.mentions import Actor, EventDate, Evidence, Extent, Kind, Mention, Place, Span

_REGION = 3
_SIEGES = frozenset((Kind.SIEGE_START, Kind.SIEGE_LIFT))  # they lie around a place anyway


def mention(document: Document, where: Where, draft: Draft, date: EventDate | None) -> Mention | None:
    """Return the mention a draft stands for, or none if its place or a needed side cannot be told."""
    placed = () if draft.pledge else tuple(places_of(document, where, draft))
    extent = _extent(draft, placed)
    places = tuple(nameless(place) if part and extent is Extent.FULL else place for place, part in placed)
    unplaced = draft.pledge or (draft.unplaced and may_lack_place(where, draft))
    if not (places or unplaced) or (draft.kind is Kind.ALLEGIANCE and places and all(map(_is_country, places))):
        return None
    status, said, cue = told_as(document, where, draft)
    named = (_actor(document, where, draft.gainer), _actor(document, where, draft.loser))
    gaining, losing = with_own(document, where, draft, said, named)
    if "loser" in draft.trigger.frame.needs and losing is None and not draft.spare:
        return None
    if gaining and losing and draft.loser and gaining.start == losing.start:
        losing = _as_written(document, draft.loser)
    if not is_war(document, where, draft, places, (gaining, losing)):
        return None
    kind = Kind.CAPTURE if draft.kind is Kind.LOSS and gaining else draft.kind
    told = Mention(
        kind=kind,
        status=status,
        extent=extent,
        gaining=gaining,
        losing=losing,
        places=places,
        evidence=_evidence(document, where, draft, cue),
        event_date=date,
        background=is_background(where.line, draft) or is_history(date, document.day),
        attribution=said,
        confidence=0.0,
        rule=f"{where.line.lexicon.language}.{draft.trigger.frame.name}.{draft.trigger.form}",
        language=where.line.lexicon.language,
    )
    return replace(told, confidence=confidence(told, draft.trigger.frame.precision))


def _is_country(place: Place) -> bool:
    return place.geo_precision == _REGION and place.admin1 is None


def _actor(document: Document, where: Where, slot: Slot | None) -> Actor | None:
    """Make the actor of a slot; a pronoun or "its forces" gets the id of what it points back to."""
    if slot is None:
        return None
    start, end, phrase = slot.start, slot.end, slot.phrase
    if phrase is None or phrase.pointing:
        named = _inside(document, slot)
        capital = document.folded.source[document.folded.origin[start]].isupper()
        held = slot.phrase is None and (capital or end - start > PRONOUN)
        meant = None if named or held else actor_before(document, where, slot)
        if meant and (slot.phrase.head in {"it", "they"} if slot.phrase else end - start <= PRONOUN):
            start, end = meant.start, meant.end
        phrase = named or meant or phrase
        if phrase is None and not held:
            return None
    entry = attribution.known_actor(document, phrase) if phrase else None
    span = document.folded.span(start, _closed(document.folded.text, start, end))
    return Actor(
        text=span.text,
        start=span.start,
        end=span.end,
        id=entry.id if entry else None,
        name=entry.name if entry else None,
    )


def _as_written(document: Document, slot: Slot) -> Actor:
    """Make an actor of a slot's own words, whoever they mean ("rebels that pushed it out")."""
    span = document.folded.span(slot.start, _closed(document.folded.text, slot.start, slot.end))
    return Actor(text=span.text, start=span.start, end=span.end)


def _inside(document: Document, slot: Slot) -> Phrase | None:
    """Return the actor that the slot's own words name ("ISIL" in "ISIL-held")."""
    if slot.phrase is not None:
        return None
    match = document.knowledge.actors.within(document.text, slot.start, slot.end)
    if match is None:
        return None
    return Phrase(
        role=Role.ACTOR, start=match.start, end=match.end, first=0, last=1, actor=match.id, generic=match.generic
    )


def _extent(draft: Draft, placed: Sequence[Placed]) -> Extent:
    share = draft.trigger.frame.partial or (draft.place.phrase is not None and draft.place.phrase.share)
    part = draft.kind not in _SIEGES and bool(placed) and all(one.is_part for one in placed)
    return Extent.PARTIAL if share or part else Extent.FULL


def _evidence(document: Document, where: Where, draft: Draft, cue: tuple[int, int] | None) -> Evidence:
    """Return the clause that carries the claim: from its first slot to its last."""
    slots = [slot for slot in (draft.gainer, draft.loser, draft.place) if slot]
    near = [slot for slot in slots if where.line.start <= slot.start and slot.end <= where.line.end]
    start = min([draft.trigger.start, *(slot.start for slot in near)])
    end = max([draft.trigger.end, *(slot.end for slot in near), *(p.end for p in draft.more)])
    last = _closed(document.folded.text, start, _word_end(document.text, end))
    span = document.folded.span(_word_start(document.text, start), last)
    sentence = document.folded.span(where.line.start, where.line.end)
    trigger: Span = document.folded.span(draft.trigger.start, draft.trigger.end)
    decided = document.folded.span(*cue) if cue else None
    return Evidence(
        text=span.text, start=span.start, end=span.end, sentence=sentence.text, trigger=trigger, cue=decided
    )


def _closed(text: str, start: int, end: int) -> int:
    """Return where the words end, with the mark that closes a quotation begun inside them: تنظيم "الدولة"."""
    return end + 1 if text.startswith('"', end) and text.count('"', start, end) % 2 else end


def _word_start(text: str, at: int) -> int:
    while at > 0 and text[at - 1].isalnum():
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isalnum():
        at += 1
    return at
