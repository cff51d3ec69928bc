"""Who acts, in French and Spanish: known names, nouns with their adjectives and their "de", acronyms, peoples.

"Les rebelles du M23", "l'armée malienne et ses alliés", "combatientes del Estado
Islámico" are one phrase each. Behind "de" a known place stays outside, as in
"chasser les rebelles de X", unless the noun has a seat ("le gouvernement de X").
"""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading
from processors.detect.romance_names import Names

_COMPLEMENTS = 3
_ACRONYM = 2
"""Capital letters that make a word an acronym."""

_FACING = frozenset({"frente"})
"""Nouns of actors that are a preposition before "a" ("frente al enemigo")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads actors in the words of one sentence."""

    at: Reading
    names: Names

    def read(self, at: int, core: int) -> Phrase | None:
        """Return the actor whose first word is `core`, qualifiers from `at` on included."""
        match = None if self.at.words[core].text.endswith("'") else self.at.actor(core)
        noun = self._is_noun(core)
        if match is None and not noun:
            return None
        last = self.past_adjectives(max(core + 1, self.at.after(match.end) if match else 0))
        head = self.at.words[core].text if noun else ""
        last, named = self._past_name(last, head) if match is None or match.id is None else (last, None)
        last, member = self._past_complements(last, head, capital=self.at.capital(core) and core > 0)
        member = named or member
        identity = (match.id if match else None) or member
        generic = match.generic if match else None
        return self.at.phrase(Role.ACTOR, at, self._past_others(last), actor=identity, generic=generic, head=head)

    def _is_noun(self, at: int) -> bool:
        """Tell whether a word is a noun for an actor; that for a people needs its article ("los rusos")."""
        lists = self.at.lists
        if not self.at.has(at, lists["actors"]):
            return self._is_camp(at)
        if self.at.has(at, _FACING) and self.at.has(at + 1, {"a", "al"}):
            return False
        if not self.at.has(at, lists["peoples"]):
            return True
        leading = lists["determiners"] | lists["plural_articles"] | lists["quantity"]  # "los últimos rusos"
        return (at > 0 and self.at.has(at - 1, leading) == 1) or self._is_camp(at)

    def is_people(self, at: int) -> bool:
        """Tell whether a word names a people ("aux Somaliens"), who are nobody's place."""
        if at >= len(self.at.words):
            return False
        word = self.at.words[at].text
        return word in self.at.lists["peoples"] or self.at.lexicon.patterns["adjective"].match(word) is not None

    def _is_camp(self, at: int) -> bool:
        """Tell whether a word behind its article says whose side people are on ("les pro-Haftar", "los pro-rusos")."""
        if not self.at.words[at].text.startswith(("pro-", "ex-")):
            return False
        return at > 0 and self.at.has(at - 1, self.at.lists["plural_articles"] | {"d'"}) == 1

    def _past_name(self, at: int, head: str) -> tuple[int, str | None]:
        """Pass over a name right behind the noun ("le groupe Etat islamique", "la milice CODECO")."""
        match = self.at.actor(at) if at < len(self.at.words) else None
        if match is not None and match.id is not None:
            return self.past_adjectives(self.at.after(match.end)), match.id
        if head in self.at.lists["titles"] and self.at.has(at, self.at.lists["actors"]) and self.at.capital(at):
            return self.past_adjectives(at + 1), None  # "el grupo paramilitar Fuerzas de ..."
        name = self.names.name(at) if head in self.at.lists["titles"] and self.names.is_capital(at) else None
        return (self.at.after(name.end) if name and not name.rows else at), None

    def unknown(self, at: int, core: int) -> Phrase | None:
        """Return an actor that nothing knows: an acronym or a people behind its article ("les FAMa", "los hutíes")."""
        lists = self.at.lists
        if core == 0 or not self.names.is_capital(core):
            return None
        plural = self.at.has(core - 1, lists["plural_articles"])
        article = self.at.has(core - 1, lists["determiners"] | lists["contracted"])
        if not plural and not (article and self.is_acronym(core)):
            return None
        last = self._past_slash(core + 1)
        last, member = self._past_complements(self.past_adjectives(last), "")
        return self.at.phrase(Role.ACTOR, at, self._past_others(last), actor=member)

    def is_acronym(self, at: int) -> bool:
        """Tell whether a word is written with several capitals: FARDC, FAMa, M23."""
        if at >= len(self.at.words):
            return False
        span = self.at.folded.span(self.at.words[at].start, self.at.words[at].end).text
        if span.isalpha() and span.islower():  # nearly every word: letters need not be counted
            return False
        marks = (sum(letter.isupper() or letter.isdigit() for letter in part) for part in span.split("-"))
        return any(count >= _ACRONYM for count in marks)  # "Kivu-Nord" has a capital in each half

    def _past_slash(self, at: int) -> int:
        """Pass over the second half of AFC/M23."""
        return at + 2 if self.at.has(at, {"/"}) and at + 1 < len(self.at.words) else at

    def past_adjectives(self, at: int) -> int:
        """Pass over the adjectives, nations and further nouns behind an actor's noun ("forces armées congolaises")."""
        at = self._past_bracket(self._past_slash(at))
        pattern, lists = self.at.lexicon.patterns["adjective"], self.at.lists
        while at < len(self.at.words):
            word = self.at.words[at].text
            if (
                word in lists["stops"]
                or word in lists["situated"]
                or not (pattern.match(word) or word in lists["adjectives"])
            ):
                break
            at += 1
        return self._past_bracket(at)

    def _past_bracket(self, at: int) -> int:
        """Pass over the letters that stand for a name: "Forces armées maliennes (FAMa)"."""
        short = self.at.has(at, {"("}) and self.at.has(at + 2, {")"}) and self.is_acronym(at + 1)
        return at + 3 if short else at

    def _past_complements(self, at: int, head: str, *, capital: bool = False) -> tuple[int, str | None]:
        """Pass over "de" with an actor, a name or, for a noun with a seat, a place; return the end and who it is."""
        identity: str | None = None
        if self._frees(at, head):
            return self._past_freedom(at), None
        for _ in range(_COMPLEMENTS):
            core = self._complement(at)
            match = self.at.actor(core) if core < len(self.at.words) else None
            if core == at:
                break
            if match is None and not self.at.has(core, self.at.lists["actors"]):
                return self._of_name(at, core, head, capital=capital), identity
            at = self.past_adjectives(max(core + 1, self.at.after(match.end) if match else 0))
            head, capital = (self.at.words[core].text, self.at.capital(core)) if match is None else ("", False)
            at, named = self._past_name(at, head) if match is None else (at, match.id)
            identity = identity or named
        return at, identity

    def _complement(self, at: int) -> int:
        """Return the noun or name behind "de", articles and titles passed over; `at` itself where there is none."""
        lists = self.at.lists
        if not self.at.has(at, lists["of"]):
            return at
        core = at + 1
        while self.at.has(core, lists["determiners"] | lists["titles"]) and self.at.actor(core) is None:
            core += 1
        return core if core < len(self.at.words) else at

    def _of_name(self, at: int, core: int, head: str, *, capital: bool) -> int:
        """Pass over a name behind "de": a country or an unknown one; a place only where the noun has a seat."""
        if not self.names.is_capital(core):
            return at
        name = self.names.name(core)
        if name is None:
            return at
        lists = self.at.lists
        ruled = head in lists["seated"] | lists["led"] | lists["plain_heads"]
        seated = (
            head in lists["seated"]
            or (ruled and self.at.country(core) is not None)
            or ((ruled or head in lists["troops"]) and self.at.has(core, lists["capitals"]) == 1)
        )
        capital = capital and head not in lists["plain_heads"]
        led = capital or head in lists["led"] or self.is_acronym(core) or self.at.has(core - 1, lists["titles"]) == 1
        unknown = not name.rows and head != "" and led
        return self._past_slash(self.at.after(name.end)) if seated or unknown else at

    def _frees(self, at: int, head: str) -> bool:
        """Tell whether a group's own name goes on with what it wants freed ("Front de libération de X")."""
        freedom = self.at.lists["freedom"]
        return head in self.at.lists["groups"] and any(self.at.has(here, freedom) for here in range(at, at + 4))

    def _past_freedom(self, at: int) -> int:
        """Pass over the rest of such a name: "de", articles, adjectives and capitals."""
        lists = self.at.lists
        passed = lists["of"] | lists["determiners"] | lists["freedom"] | lists["adjectives"] | {"para", "pour"}
        while at < len(self.at.words) and (self.at.words[at].text in passed or self.names.is_capital(at)):
            at += 1
        return at

    def _past_others(self, at: int) -> int:
        """Pass over further members: "et ses alliés", "y sus aliados", "et les FARDC"."""
        lists = self.at.lists
        while self.at.has(at, lists["and"]):
            core = at + 1
            while self.at.has(core, lists["determiners"] | lists["quantity"] | lists["loose"] | lists["of"]):
                core += 1
            match = self.at.actor(core) if core < len(self.at.words) else None
            if match is None and not self.at.has(core, lists["actors"]):
                break
            head = self.at.words[core].text if match is None else ""
            end = self.past_adjectives(max(core + 1, self.at.after(match.end) if match else 0))
            at, _ = self._past_complements(end, head)
        return at
