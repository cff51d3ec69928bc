"""Actors in Russian and Ukrainian: a noun with the genitives and names that follow it, an abbreviation, a state."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading
from processors.detect.slavic_cases import nominatives
from processors.detect.slavic_names import Names

_LONGEST = 12
_LOOK_AHEAD = 4
_LONGEST_CODE = 6
_ORDINAL = re.compile(r"\d+(?:-[а-яіїє]+)?$")
_NAME = 40
"""Characters that a name in quotes may have."""

_GENITIVE = re.compile(r".+[иыаяії]$")
_INSTRUMENTAL = re.compile(r".+(?:ой|ей|ом|ем|єм|ою|ею|єю)$")
_DATIVE = re.compile(r".+[еуюі]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorReader:
    """Reads the phrases of those who act."""

    at: Reading
    names: Names

    def read(self, at: int, core: int) -> Phrase | None:
        """Return the actor whose qualifiers begin at `at` and whose head stands at `core`."""
        surfaces, word = self.at.lexicon.surfaces["actors"], self._noun(core)
        match = self.at.actor(core) or (self.at.actor(at) if core > at else None)
        known = match is not None and self.at.after(match.end) > core
        if word in surfaces and self._is_whole(core) and not self._is_anybody(at, core):
            head, case = surfaces[word]
            case = "gen" if case == "dat" and self._is_of_noun(core, head) else case
            if core > at and case.startswith("ins") and self.at.has(core - 1, self.at.lists["participles"]):
                return None  # "оставалась оккупированной коалицией": who did it, not what was done to him
        elif (word in self.at.lists["forces"] and self._in_capitals(core)) or self._is_state(core):
            head, case = word, ""
        elif known and not self._is_place(core):
            head, case = "", ""
        else:
            return None
        counted = self.at.has(at, self.at.lists["ones"] | self.at.lists["counting"])
        case = "nom" if counted and case in {"", "gen", "gen+"} else case
        whole = self.at.after(match.end) if match and known else 0
        oblique = case.startswith(("gen", "dat", "ins"))
        if oblique and any(self._is_nominative(n) for n in range(core + 1, whole)):  # "від окупантів Збройні сили"
            whole = 0
        last = max(self._end(core + 1, head), whole)
        identity, generic = self._identity(at, last)
        phrase = self.at.phrase(Role.ACTOR, at, last, actor=identity, generic=generic, head=head, case=case.rstrip("+"))
        return replace(phrase, end=self._closed(phrase))

    def _noun(self, core: int) -> str:
        """Return a word, of two nouns of actors made one the first ("повстанцы-хуситы")."""
        word, surfaces = self.at.words[core].text, self.at.lexicon.surfaces["actors"]
        first, _, second = word.partition("-")
        return first if word not in surfaces and first in surfaces and second in surfaces else word

    def _closed(self, phrase: Phrase) -> int:
        """Return where a phrase ends, with the quote that closes a name in it."""
        text = self.at.folded.text
        is_open = text.count('"', phrase.start, phrase.end) % 2 == 1
        return phrase.end + (is_open and text[phrase.end : phrase.end + 1] == '"')

    def _is_place(self, core: int) -> bool:
        return self.at.words[core].text in self.at.lexicon.surfaces["places"]

    def _is_whole(self, core: int) -> bool:
        """Tell whether a noun of actors is no mere part of a compound or of a noun of place ("район обороны")."""
        return self.at.text[self.at.words[core].end : self.at.words[core].end + 1] != "-"

    def _is_of_noun(self, core: int, head: str) -> bool:
        """Tell whether a form in -у is the genitive behind a verbal noun ("виведення гарнізону")."""
        told = core > 0 and self.at.lexicon.stems.match(self.at.words[core - 1].text) is not None
        return told and head in self.at.lists["collective"]

    def _is_anybody(self, at: int, core: int) -> bool:
        """Tell whether a noun means no side here: people that no adjective arms, a colour of things."""
        noun, _ = self.at.lexicon.surfaces["actors"][self._noun(core)]
        armed = core > at and self.at.words[core - 1].text.startswith(tuple(self.at.lists["arming"]))
        place = core + 1 < len(self.at.words) and self._is_place(core + 1)
        adjectival = self.at.has(core, self.at.lists["martial"]) and place  # "военные склады"
        return (noun in self.at.lists["anybody"] and not armed) or bool(adjectival) or self._is_colour(core)

    def _is_colour(self, at: int) -> bool:
        """Tell whether "red" or "white" says how something looks: no verb, no adverb and no border follows it."""
        noun, _ = self.at.lexicon.surfaces["actors"][self._noun(at)]
        if noun not in self.at.lists["colours"] or at + 1 >= len(self.at.words):
            return False
        following = self.at.words[at + 1].text
        sided = following in self.at.lists["adverbs"] | self.at.lists["stops"] or not following[0].isalnum()
        return not sided and self.at.lexicon.stems.match(following) is None

    def _is_state(self, at: int) -> bool:
        """Tell whether an abbreviated state acts here: nothing before it that it could belong to ("глава МИД РФ")."""
        if self.at.words[at].text not in self.at.lists["states"]:
            return False
        before = self.at.words[at - 1].text if at else "."
        told = self.at.lexicon.stems.match(before) is not None
        return not before[0].isalnum() or told or before in self.at.lists["stops"]

    def _in_capitals(self, at: int) -> bool:
        """Tell whether an abbreviation is written as one ("ВС", not "вс")."""
        word = self.at.words[at]
        span = self.at.folded.span(word.start, word.end).text
        return span.isupper() or not span.islower()

    def _identity(self, first: int, last: int) -> tuple[str | None, str | None]:
        """Return the id of the first known actor among these words, else the key of a word that does not say which."""
        end = self.at.words[last - 1].end
        found = [m for at in range(first, last) if (m := self.at.actor(at)) is not None and m.end <= end]
        identity = next((m.id for m in found if m.id), None)
        return identity, None if identity else next((m.generic for m in found if m.generic), None)

    def _end(self, at: int, head: str) -> int:
        """Return the word after the genitives, numbers and names that belong to the head."""
        end, limit = at, min(at + _LONGEST, len(self.at.words))
        while end < limit:
            step = self._step(end, head)
            if not step:
                break
            end += step
        return end

    def _step(self, at: int, head: str) -> int:
        """Return how many words from here on carry the phrase on."""
        quoted = self._quoted(at) or self._bracketed(at)
        if quoted:
            return quoted
        known = self._known(at)
        if known or self._belongs(at):
            return max(known, 1)
        for ahead in range(1, _LOOK_AHEAD):
            if not self._may_lead(at + ahead - 1):
                break
            if at + ahead < len(self.at.words) and self._is_complement(at + ahead):
                return ahead + 1
        if self.at.has(at, {"из", "з", "із"}) and at + 1 < len(self.at.words) and self._is_complement(at + 1):
            return 2
        if self.at.has(at, {"и", "та", "і", "й"}) and at + 1 < len(self.at.words) and self._is_fellow(at + 1, head):
            return 2
        return 0

    def _quoted(self, at: int) -> int:
        """Return how many words the name in quotes has that begins here."""
        text, word = self.at.folded.text, self.at.words[at]
        if not self.at.capital(at) or text[word.start - 1 : word.start] != '"':
            return 0
        close = text.find('"', word.end, word.end + _NAME)
        return self.at.after(close) - at if close > 0 else 0

    def _bracketed(self, at: int) -> int:
        """Return how many words the letters take that stand for the name before them ("Вооруженные силы (ВС) РФ")."""
        short = self.at.has(at, {"("}) and self.at.has(at + 2, {")"}) and self._is_code(at + 1)
        return 3 if short and (self.at.has(at + 3, self.at.lists["states"]) or self._is_country_at(at + 3)) else 0

    def _is_country_at(self, at: int) -> bool:
        return at < len(self.at.words) and self._is_country(at)

    def _is_fellow(self, at: int, head: str) -> bool:
        """Tell whether another actor in the same case is joined to the head ("армия и ополченцы")."""
        word, surfaces = self.at.words[at].text, self.at.lexicon.surfaces["actors"]
        case = surfaces.get(head, ("", "nom"))[1].rstrip("+")
        return word in surfaces and surfaces[word][1].rstrip("+") == case

    def _is_complement(self, at: int) -> bool:
        """Tell whether a noun of actors or of their trade stands here in an oblique case."""
        word, surfaces = self.at.words[at].text, self.at.lexicon.surfaces["actors"]
        if word in self.at.lists["complements"]:
            return True
        return word in surfaces and surfaces[word][1].rstrip("+") in {"gen", ""}

    def _may_lead(self, at: int) -> bool:
        """Tell whether a word may stand before a complement: an adjective in the genitive or an ordinal."""
        if at >= len(self.at.words):
            return False
        word = self.at.words[at].text
        genitive = word.endswith(("ого", "его", "ой", "ей", "ых", "их", "ої", "ьої", "ього", "йовой"))
        return (genitive and word not in self.at.lists["stops"]) or _ORDINAL.match(word) is not None

    def _belongs(self, at: int) -> bool:
        """Tell whether one word carries the phrase on: a complement, a quoted name, a state, an abbreviation."""
        word = self.at.words[at]
        if self._is_complement(at) or word.text in self.at.lists["states"]:
            return True
        if not self.names.is_name(at) and not self._is_code(at):
            return False
        return self._is_country(at) or self._is_code(at) or self._is_follower(at) or self._is_group(at)

    def _known(self, at: int) -> int:
        """Return how many words the known actor has that begins here and is no nominative of its own."""
        oblique = self.at.capital(at) or self._may_lead(at)
        match = self.at.actor(at) if oblique and not self._is_nominative(at) else None
        return self.at.after(match.end) - at if match else 0

    def _is_nominative(self, at: int) -> bool:
        """Tell whether an actor of its own begins here, which the phrase before it does not take in."""
        surfaces, word = self.at.lexicon.surfaces["actors"], self.at.words[at].text
        described = at + 1 < len(self.at.words) and word.endswith(("ые", "ие", "і", "ая"))
        head = self.at.words[at + 1].text if described and word not in surfaces else word
        return surfaces.get(head, ("", ""))[1].startswith("nom")

    def _is_country(self, at: int) -> bool:
        return self.country_id(at) is not None and _GENITIVE.match(self.at.words[at].text) is not None

    def _is_code(self, at: int) -> bool:
        """Tell whether a word is written in capitals and digits as short names are ("М23", "ИГ", "ДНР")."""
        word = self.at.words[at]
        span = self.at.folded.span(word.start, word.end).text
        told = self.at.lexicon.stems.match(word.text) is not None
        return span.isupper() and 1 < len(span) <= _LONGEST_CODE and not told

    def _is_group(self, at: int) -> bool:
        """Tell whether a group's name follows the noun that says it is one ("группировки Аль-Шабааб")."""
        noun, _ = self.at.lexicon.surfaces["actors"].get(self.at.words[at - 1].text, ("", ""))
        declined = self.at.words[at].text.endswith(("е", "у", "ю", "ом", "ой", "ої"))
        if noun in self.at.lists["bearers"]:
            declined = "-" not in self.at.words[at].text
        return (
            noun in self.at.lists["groups"] | self.at.lists["bearers"] and not declined and self.names.known(at) is None
        )

    def _is_follower(self, at: int) -> bool:
        """Tell whether a leader's name follows ("силы Хафтара"): in the genitive, unknown as a place."""
        word = self.at.words[at].text
        told = self.at.lexicon.stems.match(word) is not None
        genitive = word.endswith(("а", "я", "ы", "и")) and not told and self.names.known(at) is None
        return genitive and not self._is_object(at)

    def _is_object(self, at: int) -> bool:
        """Tell whether a name is what an agent took, not whose he is ("взятия войсками X"): nothing else is taken."""
        _, case = self.at.lexicon.surfaces["actors"].get(self.at.words[at - 1].text, ("", ""))
        taken = at > 1 and self.at.lexicon.stems.match(self.at.words[at - 2].text) is not None
        more = at + 1 < len(self.at.words) and (self.at.capital(at + 1) or self._is_place(at + 1))
        return case.startswith("ins") and taken and not more

    def country(self, at: int) -> Phrase | None:
        """Return a state's name as a place that can act."""
        identity = self.country_id(at)
        if identity is None:
            return None
        word = self.at.words[at]
        rows = self.names.known(at)
        names = (rows,) if rows else ()
        return self.at.phrase(Role.PLACE, at, at + 1, names=names, actor=identity, case=self._case(word.text))

    def _case(self, word: str) -> str:
        """Return the case of a state's name by its ending; undeclined names may be in any."""
        if self._state(word) is not None:
            return "nom" if not word.endswith(("и", "о", "у")) else ""
        tests = {"ins": _INSTRUMENTAL, "gen": _GENITIVE, "dat": _DATIVE}
        return next((case for case, test in tests.items() if test.match(word)), "")

    def country_id(self, at: int) -> str | None:
        """Return the id of the state whose name stands here in any case."""
        word = self.at.words[at].text
        if not self.at.capital(at):
            return None
        forms = (word, *nominatives(word, self.at.lexicon.language))
        return next((found for form in forms if (found := self._state(form)) is not None), None)

    def _state(self, name: str) -> str | None:
        code = self.at.knowledge.gazetteer.countries.get(name)
        return self.at.knowledge.actors.of_state(code) if code else None
