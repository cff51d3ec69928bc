"""What "the town", "it" or an attached pronoun points back to: the last fitting place or actor of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from processors.detect.document import Document
from processors.detect.line import Line, Slot
from processors.detect.phrases import Phrase, Role

SENTENCES_BACK = 8
"""A pointing word reaches over this many sentences."""

PRONOUN = 4
"""Letters of the longest attached pronoun; "the latter" is longer and means the last name of a list."""

MOST = 60
"""Phrases looked at for an actor."""

_OF_STATES = frozenset({"state"})
_TELLING = 60
_BEFORE = 24
_LEAST_SHARE = 0.2

_AT = frozenset({"in", "at", "near", "around", "outside", "в", "во", "до", "из", "із"})
_STEMS = re.compile(
    r"(?:seized|captured|took|taken|entered|retook|recaptured|overran|stormed|reached|held|controlled|defended"
    r"|(?:assault|attack|advance|march|offensive)s? on|(?:battle|fight|fighting) for)\s+$"
)
_ASIDE = re.compile(r"(?:north|south|east|west)\w* of\b")
_SMALL = frozenset({"town", "quarter"})
_STRONG = frozenset({"stronghold", "bastion", "hub"})
"""Nouns for what a town is as well; its name tells whether it is one."""

_TOWN_NOUNS = frozenset(
    {"مدينه", "بلده", "قريه", "town", "city", "village", "locality", "hamlet"}
    | {"ville", "localite", "cite", "bourg", "hameau", "ciudad", "localidad", "pueblo", "aldea", "poblado"}
    | {"город", "городок", "городк", "село", "деревня", "поселок", "поселк"}
    | {"شهر", "شهرك", "روستا"}
    | {"kent", "sehir", "sehr", "ilce", "belde", "kasaba", "koy", "bajar", "bajarok", "gund"}
    | {"місто", "містечко", "селище", "хутір"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The place in the document at which a pointing word stands."""

    number: int
    line: Line


def place_before(document: Document, where: Where, slot: Slot) -> Phrase | None:
    """Return the last phrase before the slot that names a place it can mean, one of its gender first."""
    gender = _gender(where.line, slot)
    meant = _last_place(document, where, slot, gender) if gender else None
    return meant or _last_place(document, where, slot, "")


def _gender(line: Line, slot: Slot) -> str:
    """Return what a pronoun says of its noun's gender, in a language where it says so."""
    word = line.text[slot.start : slot.end] if slot.phrase is None else ""
    return next((g for g in ("masculine", "feminine") if word in line.lexicon.words.get(g, ())), "")


def _has_gender(line: Line, phrase: Phrase, gender: str) -> bool:
    """Tell whether a noun has this gender; plurals are feminine, and so are most names of towns."""
    if not gender:
        return True
    if phrase.head in line.lexicon.words.get("compass", ()):
        return False
    feminine = not phrase.head or phrase.head in line.lexicon.words["plural"]
    feminine = feminine or line.lexicon.patterns["feminine_noun"].search(phrase.head) is not None
    return feminine is (gender == "feminine")


def _last_place(document: Document, where: Where, slot: Slot, gender: str) -> Phrase | None:
    """Return the last phrase before the slot that names a place of this gender, if one is asked for."""
    noun = slot.phrase.head if slot.phrase else ""
    plural = where.line.lexicon.words["plural"]
    alike = where.line.lexicon.words.get("alike", frozenset())
    distinct = where.line.lexicon.words.get("distinct", frozenset())
    lesser = where.line.lexicon.words.get("lesser", frozenset())
    sole = where.line.lexicon.words.get("sole", frozenset())
    if slot.phrase is None and _follows_unnamed(where.line, slot, plural):
        return None
    unnamed = None
    candidates = _candidates(document, where, slot, gender)
    for phrase in candidates:
        if (phrase.bound and phrase.actor) or (not phrase.pointing and _speaks(where.line, phrase)):
            continue
        loose = phrase.pointing and noun in {"", "it"} and phrase.head not in distinct
        if unnamed is None and phrase.role is Role.PLACE and loose:
            unnamed = phrase
        if not (_names_a_place(document, phrase) and _agrees(document, phrase, noun) and _is_local(document, phrase)):
            continue
        if (_contains(where.line, phrase) and phrase.head != noun) or (
            noun in lesser and phrase.actor is not None and not phrase.headed
        ):
            continue
        if phrase.head != noun and (noun in sole or (noun in alike and phrase.head)):
            continue
        if phrase.names or phrase.within:
            nearer = unnamed if phrase.actor and slot.phrase is None else None  # a town without a name before a country
            return nearer or _apposed(document, phrase, next(candidates, None))
        if unnamed is None and phrase.head not in plural:
            unnamed = phrase
    return unnamed


def _apposed(document: Document, phrase: Phrase, before: Phrase | None) -> Phrase:
    """Of "X, the capital of Y", which is one place, return X."""
    if before is None or before.role is not Role.PLACE or before.bound or not before.names:
        return phrase
    said = document.text.startswith(("the ", "a ", "an "), phrase.start)
    return before if said and document.text[before.end : phrase.start] == ", " else phrase


def means_all(line: Line, slot: Slot, phrase: Phrase) -> bool:
    """Tell whether a pronoun or "the two towns" means every name of a list."""
    if slot.phrase is not None and slot.phrase.head in line.lexicon.words.get("duals", ()):
        return True
    plural = slot.phrase is None and phrase.head in line.lexicon.words["plural"] and slot.end - slot.start <= PRONOUN
    return len(phrase.names) > 1 and (plural or line.text[slot.start : slot.end] in {"هما", "هم", "them"})


def _candidates(document: Document, where: Where, slot: Slot, gender: str) -> Iterator[Phrase]:
    """Yield the phrases before the slot that gender and number let it mean."""
    earlier, line, noun = _earlier(document, where, slot.start), where.line, slot.phrase.head if slot.phrase else ""
    if noun in _TOWN_NOUNS:
        outer = line.lexicon.words.get("outer", frozenset())
        earlier = (meant for phrase in earlier for meant in (phrase, *_around(phrase, outer)))
    if not gender and noun not in line.lexicon.words.get("duals", ()):
        return earlier
    return (p for p in earlier if _has_gender(line, p, gender) and not _is_one_of_two(line, p, noun))


def _around(phrase: Phrase, outer: frozenset[str]) -> Iterator[Phrase]:
    """Yield the place in which one without a name of its own lies ("a stronghold in X", "the outskirts of X")."""
    if phrase.headed and phrase.within and (not phrase.names or phrase.head in outer):
        town = phrase.within[0]
        yield replace(phrase, start=town.start, end=town.end, names=(town,), within=(), headed=False, head="")


def _is_one_of_two(line: Line, phrase: Phrase, noun: str) -> bool:
    """Tell whether "the two towns" cannot mean a phrase, as it names no two."""
    return noun in line.lexicon.words.get("duals", ()) and len(phrase.names) != 2  # noqa: PLR2004 (two)


def _follows_unnamed(line: Line, slot: Slot, plural: frozenset[str]) -> bool:
    """Tell whether the pronoun means places that have no name ("many cities which it had to leave")."""
    nearest = next((p for p in reversed(line.phrases) if p.end <= slot.start and p.role is Role.PLACE), None)
    return nearest is not None and nearest.head in plural and not nearest.names and not nearest.within


def actor_before(document: Document, where: Where, slot: Slot) -> Phrase | None:
    """Return who speaks of itself with the slot's pronoun, else the last actor before it, a known one if any."""
    speaker = _of_itself(where.line, slot)
    if speaker is not None:
        meant = Slot(start=speaker.start, end=speaker.end, phrase=speaker)
        return (actor_before(document, where, meant) if speaker.pointing else None) or speaker
    if _is_first_person(where.line, slot):
        return None
    earlier = [
        p for p in islice(_earlier(document, where, slot.start), MOST) if p.role is Role.ACTOR and not p.pointing
    ]
    known = [p for p in earlier if p.actor]
    if slot.phrase is not None and slot.phrase.head not in {"", "it", "they"}:
        same = [p for p in known if slot.phrase.head in document.text[p.start : p.end]]
        return next(iter(same or [p for p in known if _may_be(document, where.line, p, slot.phrase.head)]), None)
    return (
        next(_acting(where.line, slot, earlier), None)
        or next(iter(earlier), None)
        or _group_before(document, where, slot)
    )


def _acting(line: Line, slot: Slot, nearest_first: list[Phrase]) -> Iterator[Phrase]:
    """Yield the actors of a sentence to whom nothing is done ("A drove B back and extended its control").

    Whoever leaves or is driven out by the word that has the pronoun may be anybody.
    """
    undergoing, losing = line.lexicon.patterns.get("undergoing"), line.lexicon.patterns.get("losing_word")
    if undergoing is None or losing is None or losing.match(line.text, line.text.rfind(" ", 0, slot.start) + 1):
        return
    for phrase in nearest_first:
        lead = line.text[max(line.start, phrase.start - _BEFORE) : phrase.start]
        if line.start <= phrase.start and not undergoing.search(lead):
            yield phrase


def _is_first_person(line: Line, slot: Slot) -> bool:
    """Tell whether "our forces" are meant: whose they are only the speaker says, not what was told before."""
    first = line.lexicon.patterns.get("first_person")
    return first is not None and first.search(line.text[slot.start : slot.end].strip()) is not None


def _may_be(document: Document, line: Line, phrase: Phrase, noun: str) -> bool:
    """Tell whether an actor can be what the noun says: "the movement" is no state's army."""
    entry = document.knowledge.actors.entry(phrase.actor, on=document.day) if phrase.actor else None
    return noun not in line.lexicon.words.get("groups", ()) or entry is None or entry.type not in _OF_STATES


def _group_before(document: Document, where: Where, slot: Slot) -> Phrase | None:
    """Return the last "the group" before a pronoun, where nobody is named."""
    near = islice(_earlier(document, where, slot.start), MOST)
    return next((p for p in near if p.role is Role.ACTOR and p.pointing and p.head in _groups(where.line)), None)


def _groups(line: Line) -> frozenset[str]:
    return line.lexicon.words.get("groups", frozenset())


def _contains(line: Line, phrase: Phrase) -> bool:
    """Tell whether a place only says where the one right before it lies ("the village of A in B")."""
    lying = line.lexicon.patterns.get("lying_in")
    if lying is None or phrase.pointing:
        return False
    before = next((p for p in reversed(line.phrases) if p.end < phrase.start), None)
    named = before is not None and before.role is Role.PLACE and bool(before.names)
    return named and before is not None and lying.match(line.text[before.end : phrase.start]) is not None


def _of_itself(line: Line, slot: Slot) -> Phrase | None:
    """Return the subject of the words of saying right before a pronoun ("Israel says it", "Russia's claim that it")."""
    own = line.text[slot.start : slot.end].strip() in {"its", "their"}
    telling = line.lexicon.patterns.get("of_its_own" if own else "of_itself")
    if telling is None or not (slot.phrase is None or slot.phrase.head in {"it", "they"} or _is_owned(line, slot)):
        return None
    near = (p for p in line.phrases if slot.start - _TELLING <= p.end <= slot.start)
    near = (p for p in near if not p.pointing or p.head in _groups(line))
    oblique = line.lexicon.patterns["oblique"]
    free = (p for p in near if not oblique.search(line.text[max(line.start, p.start - _BEFORE) : p.start]))
    acting = (p for p in free if p.role is not Role.NAME)
    return next((p for p in acting if telling.match(line.text[p.end : slot.start])), None)


def _is_owned(line: Line, slot: Slot) -> bool:
    """Tell whether the slot is somebody's own forces, in one word ("its-forces")."""
    word = line.text[slot.start : slot.end]
    return line.lexicon.surfaces.get("actors", {}).get(word, ("", ""))[1] == "owned"


def _speaks(line: Line, phrase: Phrase) -> bool:
    """Tell whether a capital stands for its government, which says or does ("Moscow says", "Moscow's seizure of")."""
    said_by = line.lexicon.patterns.get("said_by")
    lead = line.text[max(line.start, phrase.start - _BEFORE) : phrase.start]
    if said_by is not None and phrase.role is Role.PLACE and not phrase.headed and said_by.search(lead):
        return True
    telling = line.lexicon.patterns.get("of_its_own")
    following = line.text[phrase.end : phrase.end + _TELLING].split(maxsplit=2)[:2]
    return telling is not None and phrase.role is Role.PLACE and telling.match(f" {' '.join(following)} ") is not None


def _earlier(document: Document, where: Where, at: int) -> Iterator[Phrase]:
    """Yield the phrases before an offset, nearest first, over some sentences back."""
    yield from (phrase for phrase in reversed(where.line.phrases) if phrase.end <= at)
    for number in range(where.number - 1, max(-1, where.number - 1 - SENTENCES_BACK), -1):
        yield from reversed(document.line(number, where.line.lexicon).phrases)


def _names_a_place(document: Document, phrase: Phrase) -> bool:
    """Tell whether a phrase says by itself which place it means, or at least of what kind one is ("a small town")."""
    if phrase.pointing or _ASIDE.match(document.text, phrase.start):
        return False
    if phrase.role is Role.NAME:
        lead = document.text[max(0, phrase.start - 8) : phrase.start].split()
        told = _STEMS.search(document.text[max(0, phrase.start - 16) : phrase.start])
        return ((bool(lead) and lead[-1] in _AT) or told is not None) and phrase.last - phrase.first <= 2  # noqa: PLR2004 (persons have more names)
    return bool(phrase.names) or (phrase.role is Role.PLACE and phrase.headed)


def _is_local(document: Document, phrase: Phrase) -> bool:
    """Tell whether a bare name lies in a country the document is about; a noun beside it is proof enough."""
    if phrase.headed or not phrase.names or not phrase.names[0].rows:
        return True
    context = document.context()
    entries = (document.knowledge.gazetteer.entry(row) for row in phrase.names[0].rows)
    best = max(context.countries.values(), default=0.0)
    return any(context.countries.get(entry.country, 0.0) >= min(_LEAST_SHARE, best) for entry in entries)


def _agrees(document: Document, phrase: Phrase, noun: str) -> bool:
    """Tell whether a named place can be what the noun says: a town is no province."""
    if noun not in _TOWN_NOUNS:
        return True
    if phrase.head and phrase.head not in _STRONG:
        return phrase.head in _TOWN_NOUNS
    if not phrase.names:
        return False
    rows = phrase.names[0].rows
    return not rows or any(document.knowledge.gazetteer.entry(row).feature in _SMALL for row in rows)
