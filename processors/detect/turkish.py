"""Noun phrases of Turkish: qualifiers first, the head last, and the case on the last word of all.

A place is a known name ("Rakka'yı"), names before a noun that owns them ("Tınab ve
Keşkeş köyleri"), a part of a place ("Halep'in doğusu"), or a noun alone that points
back ("ilçeyi"). An actor is a known name or a noun with its qualifiers before it
("ABD destekli güçler", "Trablus hükümetine bağlı milisler"). The case that the last
word carries says what the phrase does in its clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading
from processors.detect.turkish_actors import Actors
from processors.detect.turkish_names import Head, Named, Names
from processors.detect.turkish_words import PERSON, UNMARKED, case_of, cuts, form_of, uncased_unknown

_HAVING = frozenset({"sahip"})
"""What a noun in the dative goes before, so that no phrase begins with it ("nüfusa sahip kent")."""

_PRONOUNS = {"buradan": "abl", "oradan": "abl", "burayi": "acc", "orayi": "acc", "buraya": "dat", "oraya": "dat"}
_AMONG = frozenset({"aralarinda", "icinde", "arasinda"})
_UNITS = frozenset({"kilometre", "km", "metre"})
_WHERE = frozenset({"loc", "within"})
LONG = 3
TITLED = 0.8


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    names = Names(at=at, titled=_is_titled(at))
    places = Places(at=at, names=names, actors=Actors(at=at, names=names))
    return scan(len(at.words), places.read)


def _is_titled(at: Reading) -> bool:
    """Tell whether most longer words are capitalised, as in a headline."""
    longer = [n for n, word in enumerate(at.words) if len(word.text) > LONG]
    return sum(at.capital(n) for n in longer) >= TITLED * max(1, len(longer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: Actors

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        pronoun = _PRONOUNS.get(self.at.words[at].text)
        if pronoun is not None:
            end = self.at.words[at].end
            return self._phrase(at, at + 1, end, pronoun, role=Role.NAME, pointing=True, head="it")
        person = self.names.person(at)
        if person is not None:
            end = self.at.words[person - 1].end
            return self._phrase(at, person, end, PERSON, role=Role.NAME, pointing=True, head="person")
        core = self._qualified(at)
        if core >= len(self.at.words) or self.at.has(at, _HAVING):
            return None
        actor = self.actors.read(at) or (self.actors.read(core) if core > at else None)
        if actor is not None:
            return self._site_of(actor) or actor
        place = self._place(at, core)
        return self._joined(place) if place is not None else None

    def _site_of(self, actor: Phrase) -> Phrase | None:
        """Read a site that an actor's name only qualifies ("ordu üssü", "rejim mevzileri"): it says whose it is."""
        seat = actor.case == "gen" and actor.head in self.at.lists["units"]
        if seat and actor.last < len(self.at.words) and self.at.words[actor.last].text.startswith("kontrol"):
            return replace(actor, role=Role.PLACE, headed=True, names=(Name(start=actor.start, end=actor.end),))
        bare = (actor.case in UNMARKED or seat) and actor.last < len(self.at.words)
        head = self.names.head(actor.last) if bare else None
        first = head is not None and head.last == actor.last + 1
        clear = head is not None and (actor.case == "nom" or seat or head.case != "either")
        if head is None or not (first and head.owned and clear) or head.stem not in self.at.lists["held_sites"]:
            return None
        site = self._unnamed(actor.first, actor.last)
        return replace(site, start=actor.start, holder=actor, pointing=False) if site else None

    def _joined(self, place: Phrase) -> Phrase:
        """Read a further place with a noun of its own ("Dabık köyü ve Soran beldesini"); the last says the case."""
        if place.case not in UNMARKED or not (place.names and self.at.has(place.last, {"ve", "ile"})):
            return place
        other = self.read(place.last + 1) if place.last + 1 < len(self.at.words) else None
        if other is not None and other.case == "within" and not other.names:  # "ve çevresindeki beş köy"
            further = self._unnamed(other.last, self._qualified(other.last))
            other = further and replace(further, names=(Name(start=other.start, end=further.end),))
        if other is None or other.role is not Role.PLACE or not other.names:
            return place
        return replace(other, start=place.start, first=place.first, names=(*place.names, *other.names))

    def _qualified(self, at: int) -> int:
        """Skip determiners, numbers and plain adjectives before a noun or a name."""
        words = self.at.lists
        while at < len(self.at.words):
            word, capital = self.at.words[at].text, self.at.capital(at)
            known = word in words["determiners"] | words["quantity"] or word.isdigit()
            if (capital and at > 0) or not (known or (word in words["loose"] and not capital)):
                break
            at += 1
        return at

    def _place(self, at: int, core: int) -> Phrase | None:
        """Read a place: names and the noun that owns them, or a noun alone."""
        named = self.names.read(core)
        if named is None:
            return None if self._is_share_of_thing(at, core) else self._unnamed(at, core)
        if named.case == "gen":
            return self._part(at, named) or self._made(at, named)
        head = self.names.head(named.last, named=True) if named.case == "nom" else None
        if head is not None and (head.owned or self.at.capital(named.last)):
            return self._headed(at, named, head)
        if (
            self.at.has(named.last, {"gibi"})
            and (like := self._unnamed(at, self._qualified(named.last + 1))) is not None
        ):
            return replace(like, first=at, start=named.names[0].start, names=named.names, pointing=False)
        if named.case == "within":
            return self._inside(at, named) or self._made(at, named)
        return self._made(at, named)

    def _is_share_of_thing(self, at: int, core: int) -> bool:
        """Tell whether a share belongs to a noun before it that is no place ("pazarın yarısını")."""
        if at == 0 or core >= len(self.at.words) or not self.at.words[at - 1].text.endswith(("in", "un")):
            return False
        form = form_of(self.at.words[core].text, self.at.lists["shares"] | self.at.lists["wholes"])
        return form is not None and form.owned and form_of(self.at.words[at - 1].text, self.at.lists["places"]) is None

    def _headed(self, at: int, named: Named, head: Head) -> Phrase:
        """Make the phrase of names before their noun; a capitalised noun or one of a site belongs to the name."""
        names = named.names
        simple = head.last == named.last + 1 or head.stem not in self.at.lists["shares"]
        if simple and (self.at.capital(head.last - 1) or head.stem not in self.at.lists["plain_heads"]):
            names = (*names[:-1], replace(names[-1], end=head.end))
        share = head.stem in self.at.lists["broad"]
        return self._phrase(at, head.last, head.end, head.case, names=names, headed=True, head=head.noun, share=share)

    def _part(self, at: int, named: Named) -> Phrase | None:
        """Read "Halep'in doğusu", "Şam'ın Cobar mahallesi" or "Halep'in kuzeyindeki köyler"."""
        among = self._among(at, named)
        inner = among or self._owned(named.last)
        if among is not None or inner is None:
            return among
        if inner.names:
            return replace(inner, first=at, within=named.names)
        if inner.head in self.at.lists["wholes"]:
            return replace(inner, first=at, start=named.names[0].start, names=named.names, pointing=False, head="")
        whole = Name(start=named.names[0].start, end=inner.end)
        if inner.case == "within":
            further = self._unnamed(inner.last, self._qualified(inner.last))
            return replace(further or inner, first=at, start=whole.start, within=named.names, pointing=False)
        broad = inner.head in self.at.lists["broad"]
        names = (whole,) if not inner.within and (broad or inner.pointing) else ()
        case = "owned" if self.names.is_either(inner.last - 1) else inner.case
        return replace(inner, first=at, start=whole.start, names=names, within=named.names, pointing=False, case=case)

    def _among(self, at: int, named: Named) -> Phrase | None:
        """Read "X ve Y'nin de aralarında olduğu köyler" and "aralarında X'in de bulunduğu köyler": villages like X."""
        led, here = self.at.has(at - 1, _AMONG) if at else 0, named.last + self.at.has(named.last, {"de", "da"})
        among = self.at.has(here, _AMONG)
        here += among
        if not ((led or among) and self.at.has(here, {"oldugu", "bulundugu"})) or here + 1 >= len(self.at.words):
            return None
        further = self._unnamed(here + 1, self._qualified(here + 1))
        start = named.names[0].start
        return replace(further, first=at, start=start, names=named.names, pointing=False) if further else None

    def _owned(self, at: int) -> Phrase | None:
        """Read the place behind a genitive, a distance passed over: it must be owned, or hold an owned noun."""
        measured = self.at.words[at].text.isdigit() if at < len(self.at.words) else False
        at += 2 * (measured and bool(self.at.has(at + 1, _UNITS)))
        core = self._qualified(at)
        core -= core > at and self._ends_on(core)  # "merkezi" is a noun where none follows
        if core >= len(self.at.words):
            return None
        if self.at.has(core, {"yuzde"}) and core + 1 < len(self.at.words):
            return self._percent(core)
        named = self.names.read(core)
        if named is not None:
            head = self.names.head(named.last) if named.case == "nom" else None
            return self._headed(core, named, head) if head is not None and head.owned else None
        head = self.names.head(core)
        return self._unnamed(at, core) if head is not None and head.owned else None

    def _ends_on(self, core: int) -> bool:
        """Tell whether the last word passed over is the noun itself, as no other follows."""
        names = self.names
        follows = core < len(self.at.words) and (names.head(core) is not None or names.read(core) is not None)
        return not follows and names.head(core - 1) is not None

    def _percent(self, at: int) -> Phrase | None:
        """Read "yüzde 80'ini": a share of the place before it."""
        at += 2 * (self.at.has(at + 2, {","}) and at + 3 < len(self.at.words))  # "%93,5'i"
        number = self.at.words[at + 1]
        noun = self.at.after(number.end) + self.at.has(self.at.after(number.end), {"fazla", "az"})
        head = self.names.head(noun) if noun < len(self.at.words) else None
        if head is not None and head.owned:
            return self._unnamed(at, noun)
        case = "owned" if case_of(number.text.partition("'")[2]) == "either" else next(iter(cuts(number.text)))[1]
        return self._phrase(at, at + 2, number.end, case, headed=True, share=True, pointing=True, head="yari")

    def _inside(self, at: int, named: Named) -> Phrase | None:
        """Read "Deyrizor'daki petrol sahası": a place without a name inside one that has it."""
        inner = self._unnamed(named.last, self._qualified(named.last))
        start = named.names[0].start
        return replace(inner, first=at, start=start, within=named.names, pointing=False) if inner else None

    def _unnamed(self, at: int, core: int) -> Phrase | None:
        """Read a noun of place without a name: it points back, or says how much of what."""
        head = self.names.head(core) if core < len(self.at.words) else None
        if head is None or (head.stem in self.at.lists["compass"] and not head.owned):
            return None
        if head.case == "abl" and (some := self._some(at, head)) is not None:
            return some
        if head.case == "gen" and (percent := self._percented(at, head)) is not None:
            return percent
        counted = at < core and any(
            self.at.words[here].text.isdigit() or self.at.has(here, self.at.lists["quantity"] | {"bir"})
            for here in range(at, core)
        )
        sided = head.stem in self.at.lists["compass"]  # "güneyi" is no "it"
        share = head.stem in self.at.lists["shares"] or head.plural or counted or sided
        named = self.names.listed_behind(head.last) if share else None
        made = self._phrase(
            core, head.last, head.end, head.case, headed=True, head=head.noun, share=share, pointing=not share,
        )  # fmt: skip
        return replace(made, first=at, start=self.at.words[at].start, names=named or ())

    def _made(self, at: int, named: Named) -> Phrase:
        """Make the phrase of names that no noun follows; capitals that nothing knows stay a mere name."""
        known = any(name.rows for name in named.names)
        role = Role.PLACE if known or (named.marked and named.case in _WHERE) else Role.NAME
        actor = self.names.country(named.last - 1) if len(named.names) == 1 else None
        end = named.names[-1].end
        return self._phrase(
            at, named.last, end, named.case, role=role, names=named.names, actor=actor, start=named.names[0].start
        )

    def _some(self, at: int, whole: Head) -> Phrase | None:
        """Read "köylerden birini": some of the places before it."""
        if not (whole.plural and whole.last < len(self.at.words)):
            return None
        form = form_of(self.at.words[whole.last].text, self.at.lists["some"])
        if form is None:
            return None
        end = self.at.words[whole.last].end
        return self._phrase(at, whole.last + 1, end, form.case, headed=True, share=True, head=whole.noun)

    def _percented(self, at: int, whole: Head) -> Phrase | None:
        """Read a share of what has no name ("ülke topraklarının %40'ı", "toprakların yüzde 40'ından fazlası")."""
        sign = next((n for n in (whole.last, whole.last + 1) if self.at.has(n, {"yuzde", "%"})), None)
        if sign is None or sign + 1 >= len(self.at.words):
            return None
        share = self._percent(sign)
        return replace(share, first=at, start=self.at.words[at].start, pointing=False) if share else None

    def _is_compound(self, at: int) -> bool:
        """Tell whether the noun behind a word is owned by it ("hava üssü", "kent merkezi"), not only described."""
        lists = self.at.lists
        plain = lists["loose"] | lists["quantity"] | lists["determiners"] | lists["measures"]
        return not (self.at.has(at, plain) or self.at.words[at].text.isdigit())

    def _without_vowel(self, at: int, end: int) -> int:
        """Return where a noun ends without the vowel that marks it as the object ("köyü")."""
        word = self.at.words[at]
        return word.start + uncased_unknown(word.text) if end == word.end else end

    def _phrase(self, first: int, last: int, end: int, case: str, **known: object) -> Phrase:
        """Make a phrase that ends before the ending of its last word."""
        compound = (
            known.get("names") or self.at.has(last, {"ise"}) or (last - first > 1 and self._is_compound(last - 2))
        )
        if case == "either":
            case = "owned" if compound else "acc"
            end = end if compound else self._without_vowel(last - 1, end)
        values = {"role": Role.PLACE, "start": self.at.words[first].start} | known
        return Phrase(end=end, first=first, last=last, case=case, **values)  # type: ignore[arg-type]  # checked by the callers


__all__ = ["UNMARKED", "phrases"]
