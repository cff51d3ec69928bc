"""Actors in Turkish: known by name, or a noun with its qualifiers before it; the case stands on the last word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from processors.detect.actors import ActorKind, ActorMatch
from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading
from processors.detect.turkish_names import Names
from processors.detect.turkish_words import UNMARKED, case_of, cuts, form_of, singular, uncased

MOST_WORDS = 9
_ALIAS_WORDS = 6
_SIDE = frozenset({"bagli", "ait", "sadik", "yakin", "mensup"})
_TERROR = frozenset({"teror"})
_BODY = frozenset({"orgut"})
_INITIALS = range(3, 6)
_RULE = ("kontrol", "isgal", "hakimiyet", "denetim", "egemenlig", "kusatma", "ablukas")
_BACKED = frozenset(
    {"destekli", "destegindeki", "yanlisi", "karsiti", "baglantili", "oncululugundeki", "liderligindeki"}
)
_OF = re.compile(r"'l[iu]$")
_MEN = re.compile(r"'l[iu]l[ae]r(\w*)$")


def _ends(word: str) -> Iterator[tuple[int, str]]:
    """Yield where an actor's name may end within a word: before a plural, whole, or before its ending.

    "YPG'liler" are the men of the YPG.
    """
    men = _MEN.search(word)
    case = case_of(men[1]) if men is not None else None
    if men is not None and case is not None:
        yield men.start(), case
    plural = singular(word) if "'" not in word else None
    if plural is not None:
        yield plural
    yield from cuts(word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An actor up to the word `last`: where it ends, in which case, and who it is."""

    last: int
    end: int
    case: str
    identity: str | None = None
    generic: str | None = None
    head: str = ""
    owned: bool = True
    plural: bool = False
    pointing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads the actor that begins at a word."""

    at: Reading
    names: Names

    def read(self, at: int) -> Phrase | None:
        """Read an actor with its qualifiers, its brackets and its fellows ("TSK ve SMO")."""
        found = self._nation(at) or self._chain(at)
        if found is None:
            return None
        while found.case in UNMARKED or self.at.has(found.last, {"("}):
            further = self._fellow(found)
            if further is None:
                break
            found = further
        alone = found.last == at + 1
        case = ("acc" if alone else "owned") if found.case == "either" else found.case
        return Phrase(
            role=Role.ACTOR, start=self.at.words[at].start, end=found.end, first=at, last=found.last, case=case,
            actor=found.identity, generic=found.generic, head=found.head, pointing=found.pointing,
        )  # fmt: skip

    def _nation(self, at: int) -> Found | None:
        """Read a nation's adjective as its forces where it says whose control is told ("Rus kontrolüne geçti")."""
        ruled = self.at.has(at, self.at.lists["nations"]) and at + 1 < len(self.at.words)
        if not ruled or not self.at.words[at + 1].text.startswith(_RULE):
            return None
        return Found(last=at + 1, end=self.at.words[at].end, case="nom", identity=self.names.country(at))

    def _fellow(self, found: Found) -> Found | None:
        """Read ", B", "ve B", "/B" or "(B)" behind an actor without an ending."""
        at = found.last
        opened = self.at.has(at, {"("})
        if not (opened or self.at.has(at, {"/", "ve", "-"})):
            return None
        other = self._chain(at + 1)
        if other is None:
            return None
        if opened:
            return self._bracketed(found, other)
        identity = found.identity or other.identity
        return Found(
            last=other.last, end=other.end, case=other.case, identity=identity, head=other.head, generic=other.generic
        )

    def _bracketed(self, found: Found, other: Found) -> Found | None:
        """Take in "(YPG)" behind a name and the ending that follows the bracket."""
        if not self.at.has(other.last, {")"}):
            return None
        end, last, case = self.at.words[other.last].end, other.last + 1, found.case
        if self.at.has(last, {"'"}) and last + 1 < len(self.at.words):
            _, case = next(iter(cuts("x'" + self.at.words[last + 1].text)))
            last += 2
        men = self._noun(last) if last < len(self.at.words) and case in UNMARKED else None
        if men is not None and men.owned and men.head in self.at.lists["members"]:
            end, last, case = men.end, men.last, men.case
        return Found(last=last, end=end, case=case, identity=found.identity or other.identity, head=found.head)

    def _chain(self, at: int) -> Found | None:
        """Read qualifiers, names and nouns up to the last noun of an actor."""
        found: Found | None = None
        here = at
        while here < min(at + MOST_WORDS, len(self.at.words)):
            if found is not None and found.case == "nom" and self._is_body(here):
                here += 1
            known = self._known(here, bare=found is None and here > at)
            if known is not None and (found is None or self._leads_on(found)):
                found, here = self._with(found, known), known.last
            elif (noun := self._noun(here)) is not None:
                if not self._belongs(noun, found, at, here):
                    return found
                found, here = self._with(found, noun), noun.last
            elif (found is None or found.last < here or self._leads_on(found)) and (more := self._qualifier(here)):
                here += more
                continue
            else:
                break
            if found.case == "dat" and self.at.has(here, _SIDE):
                here += 1
            elif found.case in UNMARKED and self.at.has(here, _BACKED):
                found, here = None, here + 1
            elif found.case not in UNMARKED:
                break
        return found

    def _qualifier(self, at: int) -> int:
        """Return how many words stand here that only qualify an actor, as "22." or "22'nci" before a unit's name."""
        if self.at.words[at].text.partition("'")[0].isdigit():
            return 1 + self.at.has(at + 1, {"."})
        return int(self._qualifies(at))

    def _is_body(self, at: int) -> bool:
        """Tell whether words say behind a name what its bearer is ("YPG terör örgütü")."""
        form = (
            form_of(self.at.words[at + 1].text, _BODY)
            if self.at.has(at, _TERROR) and at + 1 < len(self.at.words)
            else None
        )
        return form is not None and form.owned

    def _leads_on(self, found: Found) -> bool:
        """Tell whether a noun may stand before the name or the men that are meant ("terör örgütü YPG")."""
        several = found.plural and not (found.head in _BODY and found.case == "either")
        return found.head in self.at.lists["bodies"] and not several

    def _with(self, found: Found | None, further: Found) -> Found:
        """Join a further noun to the actor read so far."""
        identity = (found.identity if found else None) or further.identity
        generic = (found.generic if found else None) or further.generic
        return Found(
            last=further.last, end=further.end, case=further.case, identity=identity,
            generic=None if identity else generic, head=further.head, plural=further.plural,
            pointing=further.pointing and found is None,
        )  # fmt: skip

    def _belongs(self, noun: Found, found: Found | None, at: int, here: int) -> bool:
        """Tell whether a noun goes on the phrase: it owns the name before it, or follows an adjective."""
        bare = here > at and not self.at.has(here - 1, self.at.lists["qualifiers"]) and not self._is_of(here - 1)
        if bare and not noun.owned:
            return False
        if found is None or not found.head or found.identity is not None or found.case == "dat":
            return True
        return self._is_member(found, noun, here)

    def _is_member(self, found: Found, noun: Found, here: int) -> bool:
        """Tell whether a noun says which men of a body are meant ("ordu birlikleri"), or an adjective stands before."""
        adjective = found.last == here and found.head in self.at.lists["qualifiers"] and found.case == "nom"
        named = found.last == here and self.at.capital(here) and self.at.capital(here - 1)
        named = named and noun.owned and not noun.plural  # "Ulusal Birlik Hükümeti"
        return adjective or named or noun.head in self.at.lists["members"] or found.last < here

    def _is_of(self, at: int) -> bool:
        """Tell whether a word is a name made an adjective ("DSG'li")."""
        return _OF.search(self.at.words[at].text) is not None

    def _qualifies(self, at: int) -> bool:
        """Tell whether a word can stand in an actor's phrase before its noun."""
        word = self.at.words[at].text
        if word in self.at.lists["qualifiers"]:
            return True
        if not self.at.capital(at) or word in self.at.lists["function"]:
            return False
        case = next(iter(cuts(word)))[1] if "'" in word else "nom"
        return case == "nom" or self._is_side(at)

    def _is_side(self, at: int) -> bool:
        """Tell whether a name in the dative says to whom the actor belongs ("El Kaide'ye bağlı")."""
        return bool(self.at.has(at + 1, _SIDE))

    def _known(self, at: int, *, bare: bool) -> Found | None:
        """Return the table's actor at this word, its ending cut off; `bare`: none, as a name stands before it."""
        if not self.at.words[at].text[0].isalnum() or (bare and self.at.capital(at - 1)):
            return None
        start = self.at.words[at].start
        longest = _ALIAS_WORDS if self.at.knowledge.actors.opens(self.at.text, start) else 1
        for last in range(min(at + longest, len(self.at.words)), at, -1):
            word = self.at.words[last - 1]
            fitting = ((size, case, self._match(start, word.start + size)) for size, case in _ends(word.text))
            found = [(size, case, match) for size, case, match in fitting if match is not None]
            if found and self._is_whole(at, last):
                size, case, match = found[-1]
                form = form_of(word.text, self.at.lists["actors"]) if "'" not in word.text else None
                case = form.case if form is not None else case
                return Found(last=last, end=word.start + size, case=case, identity=match.id, generic=match.generic)
        return self._initials(at)

    def _initials(self, at: int) -> Found | None:
        """Read capitals in a row as a group's name ("HDK'nin") where no table has it."""
        word = self.at.words[at]
        size, case = next(iter(cuts(word.text)))
        written = self.at.folded.span(word.start, word.start + size).text
        sides = written.split("-")
        group = all(side.isalpha() and side.isupper() and len(side) in _INITIALS for side in sides)
        if self.names.titled or not group or word.text[:size] in self.at.lists["not_initials"]:
            return None
        first = self._match(word.start, word.start + len(sides[0]))
        return Found(last=at + 1, end=word.start + size, case=case, identity=first.id if first else None)

    def _is_whole(self, at: int, last: int) -> bool:
        """Tell whether no word before the last carries an ending of its own ("Libya'da hükümet güçleri")."""
        inner = (next(iter(cuts(self.at.words[n].text)))[1] for n in range(at, last - 1))
        return all(case in {"nom", "gen"} for case in inner)

    def _match(self, start: int, end: int) -> ActorMatch | None:
        """Return the actor that exactly these words name; a country's bare name is no actor."""
        match = self.at.knowledge.actors.match(self.at.text[start:end], 0)
        whole = match is not None and match.end == end - start and match.kind is not ActorKind.COUNTRY
        return match if whole else None

    def _noun(self, at: int) -> Found | None:
        """Return a noun of actors at this word."""
        word = self.at.words[at]
        form = form_of(word.text, self.at.lists["actors"])
        if form is None or self.at.has(at, self.at.lists["not_nouns"]):
            return None
        cut = word.text.rfind("'")
        points = form.stem in self.at.lists["groups"] and not form.plural and not form.owned
        end = word.start + (cut if cut > 0 else uncased(word.text, form))
        return Found(
            last=at + 1, end=end, case=form.case, head=form.stem, owned=form.owned, plural=form.plural, pointing=points
        )
