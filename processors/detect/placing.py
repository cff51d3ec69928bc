"""From a draft's slots to places: the words as written with what the gazetteer knows of them.

What only lies in a place, or around it, is never taken for the place: a dam
called after a town has an id of its own, a village that no table knows keeps
its words with no id, and unnamed villages, posts or outskirts are a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from processors.detect.anaphora import PRONOUN, Where, means_all, place_before
from processors.detect.beside import geo_precision, lists_areas, wide
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.detect.facilities import facility, site_within
from processors.detect.line import Slot
from processors.detect.onward import added
from processors.detect.phrases import Name, Phrase, Role
from processors.detect.plausible import beside_leaving, is_taken_in_war, is_told_alone
from processors.detect.resolving import Resolution, resolve
from processors.detect.wide import Wide, told
from processors.gazetteer import Entry, Gazetteer, PlaceMatch
from processors.generic import names_a_place
from streams.mentions import Place, Span, Via

_VAGUE, _REGION = 2, 3  # ACLED's geo-precisions: a part of a region, a region
_NEAR = 40
_COUNTRY = "country"
_CAPITAL = re.compile(
    r"(?:the |la |le )?(?:(?:provincial|regional|state) )?(?:capital|chef-lieu|столиц|(?:ال)?عاصمه|(?:ال)?مركز)"
)
_PRONOUNS = frozenset({"it", "they"})


class Placed(NamedTuple):
    """A place, and whether only a part of it or what lies around it is meant."""

    place: Place
    is_part: bool = False


def places_of(document: Document, where: Where, draft: Draft) -> Iterator[Placed]:
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


def _of_slot(document: Document, where: Where, slot: Slot, draft: Draft) -> Iterator[Placed]:
    """Yield what one slot names: its names, what it points back to, or its own words."""
    phrase = slot.phrase
    name = _without_noun(document, Name(start=slot.start, end=slot.end)) if phrase and not phrase.names else None
    if phrase and name and name.rows:
        yield _meant(document, name, phrase, document.folded.span(name.start, name.end))
    elif phrase is not None and phrase.names:
        yield from (_named(document, name, phrase) for name in phrase.names)
    elif slot.pointing:
        yield from _pointed(document, where, slot, draft)
    elif phrase is not None:
        yield _unnamed(document, phrase, Via.NAME)


def _unnamed(document: Document, phrase: Phrase, via: Via) -> Placed:
    """Make the place of a phrase without a name of its own: a part of what it lies in, or the one site of its kind."""
    end = max([phrase.end, *(name.end for name in phrase.within)])
    span = document.folded.span(phrase.start, end)
    found = _entry(document, phrase.within[0], phrase) if phrase.within else None
    if found is None:
        return Placed(_resolved(span, None, via=via))
    site = site_within(found.entry, phrase.head, document.knowledge.gazetteer)
    site = site or _capital(document, phrase.start, phrase.within[0], found)
    if site:
        return Placed(_resolved(span, Resolution(site, found.why), via=via))
    whole = found.entry.feature == _COUNTRY or told(f"{phrase.head} ", (f" {phrase.head}",)) is Wide.AREA
    return Placed(_resolved(span, found, precision=_REGION if via is Via.NAME else None, via=via), not whole)


def _named(document: Document, name: Name, phrase: Phrase) -> Placed:
    """Make the place of one name, as its own words."""
    return _meant(document, name, phrase, document.folded.span(name.start, name.end))


def _meant(document: Document, name: Name, phrase: Phrase, span: Span) -> Placed:
    """Make the place that a name means; of "the countryside of X" X says only where it lies."""
    name = _without_noun(document, name)
    if not name.rows and phrase.within and name.start == phrase.start:
        return _lying_in(document, name, phrase, span)
    found = _entry(document, name, phrase)
    if found is None:
        return Placed(_resolved(span, None))
    match = _match(document, name)
    site = facility(found.entry, match, document.text, document.knowledge.gazetteer)
    if site:
        return Placed(_resolved(span, Resolution(site, found.why)))
    precision = geo_precision(found.entry, match, document.text)
    is_part = precision > found.entry.geo_precision or wide(match, document.text) is Wide.COUNTRYSIDE
    return Placed(_resolved(span, found, precision=precision), is_part)


def _lying_in(document: Document, name: Name, phrase: Phrase, span: Span, via: Via = Via.NAME) -> Placed:
    """Make an unknown place from what it lies in: a facility or the capital of that, a part of it, or one by itself."""
    area = phrase.within[0]
    around = _around(_entry(document, area, phrase))
    if around is None:
        return Placed(_resolved(span, None, via=via))
    site = facility(around.entry, _match(document, area), document.text, document.knowledge.gazetteer)
    site = site or _capital(document, name.start, area, around)
    if site:
        return Placed(_resolved(span, Resolution(site, around.why), via=via))
    place = _resolved(span, around, precision=max(_VAGUE, around.entry.geo_precision), via=via)
    lead = document.folded.span(name.start, max(name.start, area.start)).text
    if phrase.share or (lead and not names_a_place(lead)):
        return Placed(place, is_part=True)
    return Placed(nameless(place))


def nameless(place: Place) -> Place:
    """Return a place with where it lies, but not as the place in which it lies."""
    return replace(place, id=None, name=None, name_ar=None, seat=None)


def _without_noun(document: Document, name: Name) -> Name:
    """Return a known name instead of an unknown one that is a noun for a province and that name (ولاية الجزيرة)."""
    start = document.text.find(" ", name.start, name.end) + 1
    if name.rows or not start or told(document.text[name.start : start], ()) is not Wide.AREA:
        return name
    match = document.knowledge.gazetteer.match(document.text, start)
    return Name(start=start, end=name.end, rows=match.rows) if match and match.end == name.end else name


def _capital(document: Document, start: int, area: Name, found: Resolution) -> Entry | None:
    """Return the town that words from `start` mean by the capital of a province; None where it is not known."""
    if not _CAPITAL.match(document.text, start, area.start):
        return None
    known, entry = found.entry.seat != found.entry.id, found.entry
    return _seat(document.knowledge.gazetteer, entry.seat) if known else entry if entry.geo_precision == 1 else None


@lru_cache(maxsize=1024)  # a row is sought through all of the table
def _seat(gazetteer: Gazetteer, identity: str) -> Entry | None:
    row = gazetteer.row_of(identity)
    return gazetteer.entry(row) if row is not None else None


def _around(found: Resolution | None) -> Resolution | None:
    """Return what stands for an unknown place within it: a town or a province, but no country."""
    return found if found and found.entry.feature != _COUNTRY else None


def _pointed(document: Document, where: Where, slot: Slot, draft: Draft) -> Iterator[Placed]:
    """Yield the place that a pointing word means; one that means none is a place only where somebody acts on it."""
    phrase = place_before(document, where, slot) or beside_leaving(document, where, draft, slot)
    if phrase is None:
        acted = draft.gainer or draft.loser or any(p.role is Role.ACTOR or p.actor for p in where.line.phrases)
        head = slot.phrase.head if slot.phrase is not None else "it"
        told = head not in _PRONOUNS or is_told_alone(document, where, draft, slot)
        if is_taken_in_war(where, draft, head) or (acted and told):
            yield Placed(_resolved(document.folded.span(slot.start, slot.end), None, via=Via.ANAPHORA))
    elif slot.phrase is not None and slot.phrase.share:
        inner = phrase.names[0] if phrase.names else next(iter(phrase.within), None)
        found = _entry(document, inner, phrase) if inner else None
        span = document.folded.span(slot.start, slot.end)
        yield Placed(_resolved(span, found, precision=_VAGUE, via=Via.ANAPHORA))
    elif not phrase.names:
        yield _unnamed(document, phrase, Via.ANAPHORA)
    elif means_all(where.line, slot, phrase):
        yield from (_again(document, name, phrase, document.folded.span(name.start, name.end)) for name in phrase.names)
    else:
        name = phrase.names[-1 if slot.phrase is None and slot.end - slot.start > PRONOUN else 0]
        single = len(phrase.names) == 1
        words = _pointed_words(where, draft, slot, phrase) if single else (name.start, name.end)
        yield _again(document, name, phrase, document.folded.span(*words), slot.phrase.head if slot.phrase else "")


def _again(document: Document, name: Name, phrase: Phrase, span: Span, noun: str = "") -> Placed:
    """Make the place that was named before; what lay around it then, or was a facility of it, may not be meant now."""
    if not name.rows and phrase.within:
        return _lying_in(document, name, phrase, span, Via.ANAPHORA)
    found = _entry(document, name, phrase)
    noun = "" if noun in _PRONOUNS else noun
    gazetteer = document.knowledge.gazetteer
    site = found and facility(found.entry, _match(document, name), document.text, gazetteer, noun)
    return Placed(_resolved(span, Resolution(site, found.why) if found and site else found, via=Via.ANAPHORA))


def _pointed_words(where: Where, draft: Draft, slot: Slot, phrase: Phrase) -> tuple[int, int]:
    """Return what shows what pointing words mean: the name with its noun; a noun that it lacks is kept as written."""
    name, head = phrase.names[0], slot.phrase.head if slot.phrase else ""
    if head not in where.line.lexicon.words.get("repeated", ()):
        return name.start, name.end
    here = phrase.start >= where.line.start and head in where.line.lexicon.words.get("resumed_here", ())
    if not (phrase.head or here) and draft.trigger.start - slot.end <= _NEAR:
        return slot.start, slot.end
    return (phrase.start if head == phrase.head else name.start), name.end


def _match(document: Document, name: Name) -> PlaceMatch:
    """Return a name as a match, with where the name proper ends if a noun was taken with it."""
    text, proper = document.text, None
    if name.rows and " " in text[name.start : name.end]:
        known = document.knowledge.gazetteer.match(text, name.start)
        proper = known.end if known and known.end < name.end and known.rows == name.rows else None
    return PlaceMatch(name.start, name.end, name.rows, common=name.common, proper=proper)


def _entry(document: Document, name: Name, phrase: Phrase) -> Resolution | None:
    if not name.rows:
        return None
    listed = len(phrase.names) > 1
    area = listed and name in phrase.names and _lists_areas(document, phrase)
    return resolve(_match(document, name), document.context(), listed=phrase.headed or listed, area=area)


def _lists_areas(document: Document, phrase: Phrase) -> bool:
    first, last = (_match(document, phrase.names[at]) for at in (0, -1))
    return lists_areas(first, last, document.text)


def _resolved(span: Span, found: Resolution | None, *, precision: int | None = None, via: Via = Via.NAME) -> Place:
    """Return words as the place that they were found to mean, or as one that nothing is known of."""
    if found is None:
        return Place(text=span.text, start=span.start, end=span.end, via=via)
    return replace(
        place_of(span, found.entry), geo_precision=precision or found.entry.geo_precision, via=via, why=found.why
    )


def place_of(span: Span, entry: Entry) -> Place:
    """Return words as the place of an entry."""
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
        geo_precision=entry.geo_precision,
    )
