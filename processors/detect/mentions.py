"""From a draft to a mention: words as written, ids, coordinates, status, speaker, date, confidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from processors.detect import attribution
from processors.detect.anaphora import PRONOUN, Where, actor_before, means_all, place_before
from processors.detect.beside import geo_precision
from processors.detect.confidence import confidence
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.detect.line import Slot
from processors.detect.onward import added
from processors.detect.phrases import Name, Phrase, Role
from processors.detect.plausible import beside_leaving, is_taken_in_war, is_told_alone, is_war, may_lack_place
from processors.detect.resolving import Resolution, resolve
from processors.detect.spoken import told_as
from processors.detect.status import is_background
from processors.detect.times import is_history
from processors.gazetteer import PlaceMatch
from streams.mentions import Actor, EventDate, Evidence, Extent, Kind, Mention, Place, Span, Via

_REGION, _NEAR = 3, 40


def mention(document: Document, where: Where, draft: Draft, date: EventDate | None) -> Mention | None:
    """Return the mention a draft stands for, or none if its place or a needed side cannot be told."""
    places = () if draft.pledge else tuple(_places(document, where, draft))
    unplaced = draft.pledge or (draft.unplaced and may_lack_place(where, draft))
    if not (places or unplaced) or (draft.kind is Kind.ALLEGIANCE and places and all(map(_is_country, places))):
        return None
    status, said, cue = told_as(document, where, draft)
    gaining, losing = (_actor(document, where, slot) for slot in (draft.gainer, draft.loser))
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
        extent=_extent(draft),
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


def _places(document: Document, where: Where, draft: Draft) -> Iterator[Place]:
    """Yield the places of a draft; an unnamed first place gives way to names that are added to it."""
    first, more = draft.place, added(document, where, draft.place, draft.more)
    slots: Sequence[Slot] = (first, *more)
    if (
        more
        and first.phrase
        and not first.phrase.names
        and not (first.phrase.within and first.phrase.head not in where.line.lexicon.words["plural"])
        and not first.pointing
        and any(s.phrase and s.phrase.names for s in more)
    ):
        slots = more
    for slot in slots:
        yield from _of_slot(document, where, slot, draft)


def _of_slot(document: Document, where: Where, slot: Slot, draft: Draft) -> Iterator[Place]:
    """Yield what one slot names: its names, what it points back to, or its own words."""
    phrase = slot.phrase
    if phrase is not None and phrase.names:
        yield from (_named(document, name, phrase) for name in phrase.names)
    elif slot.pointing:
        yield from _pointed(document, where, slot, draft)
    elif phrase is not None:
        entry = _entry(document, phrase.within[0], phrase) if phrase.within else None
        yield _place(document, phrase.start, _end(phrase), entry, precision=_REGION)


def _end(phrase: Phrase) -> int:
    """Return where a phrase ends, what it lies in included."""
    return max([phrase.end, *(name.end for name in phrase.within)])


def _named(document: Document, name: Name, phrase: Phrase) -> Place:
    """Make the place of one name; of "the countryside of X" X says only where it lies."""
    if not name.rows and phrase.within and name.start == phrase.start:
        around = _around(_entry(document, phrase.within[0], phrase))
        return _place(
            document, name.start, name.end, around, precision=max(2, around.entry.geo_precision) if around else None
        )
    entry = _entry(document, name, phrase)
    precision = geo_precision(entry.entry, _match(name), document.text) if entry else None
    return _place(document, name.start, name.end, entry, precision=precision)


def _around(found: Resolution | None) -> Resolution | None:
    """Return what stands for an unknown place within it: a town or a province, but no country."""
    return found if found and found.entry.feature != "country" else None


def _pointed(document: Document, where: Where, slot: Slot, draft: Draft) -> Iterator[Place]:
    """Yield the place that a pointing word means; one that means none is a place only where somebody acts on it."""
    phrase = place_before(document, where, slot) or beside_leaving(document, where, draft, slot)
    if phrase is None:
        acted = draft.gainer or draft.loser or any(p.role is Role.ACTOR or p.actor for p in where.line.phrases)
        head = slot.phrase.head if slot.phrase is not None else "it"
        told = head not in {"it", "they"} or is_told_alone(document, where, draft, slot)
        if is_taken_in_war(where, draft, head) or (acted and told):
            yield _place(document, slot.start, slot.end, None, via=Via.ANAPHORA)
        return
    if slot.phrase is not None and slot.phrase.share:
        inner = phrase.names[0] if phrase.names else next(iter(phrase.within), None)
        entry = _entry(document, inner, phrase) if inner else None
        yield _place(document, slot.start, slot.end, entry, precision=2, via=Via.ANAPHORA)
        return
    if not phrase.names:
        entry = _entry(document, phrase.within[0], phrase) if phrase.within else None
        yield _place(document, phrase.start, _end(phrase), entry, via=Via.ANAPHORA)
        return
    if means_all(where.line, slot, phrase):
        for n in phrase.names:
            yield _place(document, n.start, n.end, _entry(document, n, phrase), via=Via.ANAPHORA)
        return
    name = phrase.names[-1 if slot.phrase is None and slot.end - slot.start > PRONOUN else 0]
    known = name if name.rows else next(iter(phrase.within), name)
    found = _entry(document, known, phrase)
    found = found if known is name else _around(found)
    start, end = _pointed_words(where, draft, slot, phrase) if len(phrase.names) == 1 else (name.start, name.end)
    yield _place(document, start, end, found, via=Via.ANAPHORA)


def _pointed_words(where: Where, draft: Draft, slot: Slot, phrase: Phrase) -> tuple[int, int]:
    """Return what shows what pointing words mean: the name with its noun; a noun that it lacks is kept as written."""
    name, head = phrase.names[0], slot.phrase.head if slot.phrase else ""
    if head not in where.line.lexicon.words.get("repeated", ()):
        return name.start, name.end
    here = phrase.start >= where.line.start and head in where.line.lexicon.words.get("resumed_here", ())
    if not (phrase.head or here) and draft.trigger.start - slot.end <= _NEAR:
        return slot.start, slot.end
    return (phrase.start if head == phrase.head else name.start), name.end


def _match(name: Name) -> PlaceMatch:
    return PlaceMatch(name.start, name.end, name.rows, common=name.common)


def _entry(document: Document, name: Name, phrase: Phrase) -> Resolution | None:
    if not name.rows:
        return None
    return resolve(_match(name), document.context(), listed=phrase.headed or len(phrase.names) > 1)


def _place(
    document: Document,
    start: int,
    end: int,
    found: Resolution | None,
    *,
    precision: int | None = None,
    via: Via = Via.NAME,
) -> Place:
    span = document.folded.span(start, end)
    if found is None:
        return Place(text=span.text, start=span.start, end=span.end, via=via)
    entry = found.entry
    return Place(
        text=span.text,
        start=span.start,
        end=span.end,
        id=entry.id,
        name=entry.name,
        name_ar=entry.name_ar,
        lat=entry.lat,
        lon=entry.lon,
        country=entry.country,
        admin1=entry.admin1,
        seat=entry.seat,
        geo_precision=precision or entry.geo_precision,
        via=via,
        why=found.why,
    )


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


def _extent(draft: Draft) -> Extent:
    share = draft.trigger.frame.partial or (draft.place.phrase is not None and draft.place.phrase.share)
    return Extent.PARTIAL if share else Extent.FULL


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
