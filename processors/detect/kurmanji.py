"""Noun phrases of Kurmanji: the head first, tied by its ending to what follows ("gundê Qertelê", "şervanên YPG'ê").

A place is a noun with names behind it, a known name, or a noun alone that points
back ("bajar"). An actor is a known name or a noun with its qualifiers. The word
before a phrase says what it does ("ji" from, "li" at, "kontrola" over), which is
kept as its case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from processors.detect.actors import ActorKind
from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

MOST_WORDS = 7
_NAME_WORDS = 3
_LEAST = 3
_ENDING = re.compile(r"(?P<tie>ya|ye|yen|a|e|en|eke|eki)?(?P<end>ek|an|yan|i|yi|in|yek)?$")
_TIED = re.compile(r"(?:a|e|en|eke|eki)$")
_TYING = re.compile(r"^[^\W\d_]{2,}(?:a|en)$")
_WITHIN = frozenset({"nav", "hundire"})
_THEIRS = frozenset({"we", "wi", "wan", "xwe"})
_NAME_ENDING = re.compile(r"(?:yek|ye|ya|yi|an|e|a|i)$")


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    return scan(len(at.words), Phrases(at=at).read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word, with the case that the word before it gives."""
        phrase = self._we(at) or self._actor(at) or self._place(at) or self._bare(at)
        if phrase is None:
            return None
        case = self._case(at)
        owned = case == "nom" and phrase.role is Role.ACTOR and not phrase.head and at > 0 and self._ties(at - 1)
        return replace(phrase, case="gen" if owned else case)

    def _ties(self, at: int) -> bool:
        """Tell whether a plain noun's ending ties a group's name to it ("berîka DAIŞ'ê", "şanên DAIŞ'ê")."""
        word = self.at.words[at].text
        return not self.at.capital(at) and _TYING.search(word) is not None and word not in self.at.lists["adverbs"]

    def _we(self, at: int) -> Phrase | None:
        """Read "kontrola me", "destê wan": a pronoun that holds something."""
        owned = at and self.at.has(at - 1, self.at.lists["before_gen"] | self.at.lists["before_hand"])
        if not (owned and self.at.has(at, {"me", "wan"})):
            return None
        return self.at.phrase(Role.ACTOR, at, at + 1, pointing=True, head="they")

    def _case(self, at: int) -> str:
        """Return what the word before a phrase makes of it; numbers between the two count for nothing."""
        words = self.at.lists
        while at and (self.at.has(at - 1, words["quantity"]) or self.at.words[at - 1].text.isdigit()):
            at -= 1
        if not at:
            return "nom"
        cases = ("by", "abl", "loc", "gen", "hand", "with")
        case = next((case for case in cases if self.at.has(at - 1, words[f"before_{case}"])), "nom")
        out = case == "hand" or self.at.has(at - 1, _WITHIN)  # "ji destê X", "ji nav bajaran"
        return "abl" if out and at > 1 and self.at.has(at - 2, words["before_abl"]) else case

    def _form(self, at: int, kind: str) -> tuple[str, bool] | None:
        """Return the noun that a word is a form of, and whether its ending ties it to what follows."""
        word = self.at.words[at].text.replace("'", "") if at < len(self.at.words) else ""
        for size in range(len(word), 1, -1):
            ending = word[size:]
            if word[:size] in self.at.lists[kind] and (not ending or _ENDING.fullmatch(ending)):
                return word[:size], _TIED.search(ending) is not None
        return None

    def _actor(self, at: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers, and those who are added with "û"."""
        found = self._known(at) or self._noun(at)
        if found is None:
            return None
        while self.at.has(found.last, {"u", "/", "("}):
            other = self._known(found.last + 1) or self._noun(found.last + 1)
            if other is None:
                break
            last = other.last + self.at.has(other.last, {")"})
            end = self.at.words[last - 1].end if last > other.last else other.end
            found = replace(found, end=end, last=last, actor=found.actor or other.actor)
        return found

    def _known(self, at: int) -> Phrase | None:
        """Return the table's actor at this word, its ending cut off ("QSD'ê", "HSDê")."""
        if at >= len(self.at.words) or not self.at.may_be_name(at):
            return None
        start = self.at.words[at].start
        for last in range(min(at + 5, len(self.at.words)), at, -1):
            word = self.at.words[last - 1]
            for size in self._sizes(last - 1):
                match = self.at.knowledge.actors.match(self.at.text[start : word.start + size], 0)
                whole = match is not None and match.end == word.start + size - start
                if match is not None and whole and match.kind is not ActorKind.COUNTRY:
                    return Phrase(
                        role=Role.ACTOR, start=start, end=word.start + size, first=at, last=last,
                        actor=match.id, generic=match.generic,
                    )  # fmt: skip
        return self._initials(at)

    def _initials(self, at: int) -> Phrase | None:
        """Read capitals in a row as a group's name ("HTŞ", "QSDê") where no table has it."""
        word = self.at.words[at]
        written = self.at.folded.span(word.start, word.end).text
        capitals = re.match(r"[^\W\d_a-zçêîşû]{3,}(?=$|[a-zêîû'’]{1,4}$)", written)
        if capitals is None:
            return None
        return Phrase(role=Role.ACTOR, start=word.start, end=word.start + capitals.end(), first=at, last=at + 1)

    def _sizes(self, at: int) -> Sequence[int]:
        """Return how many letters of a word may be a name: to its apostrophe, all, or without its ending."""
        word = self.at.words[at].text
        mark = word.rfind("'")
        if mark > 0:
            return (mark,)
        ending = _NAME_ENDING.search(word)
        return (len(word), ending.start()) if ending and ending.start() >= _LEAST else (len(word),)

    def _noun(self, at: int) -> Phrase | None:
        """Read a noun of actors and what its ending ties to it ("çeteyên girêdayî Tirkiyê")."""
        form = self._form(at, "actors")
        if form is None:
            return None
        noun, tied = form
        feminine = noun in self.at.lists["feminine"] and self.at.words[at].text.endswith("e")
        tied = tied and not feminine
        last, identity, end = at + 1, None, self._end(at)
        while tied and last < min(at + MOST_WORDS, len(self.at.words)):
            known = self._known(last)
            further = self._form(last, "actors")
            qualified = self.at.has(last, self.at.lists["qualifiers"])
            if last > at + 1 and known is None and not qualified and self._is_closed(last - 1):
                break
            if last == at + 1 and self.at.has(last, _THEIRS):
                return self.at.phrase(Role.ACTOR, at, last + 1, head=noun)
            if known is not None:
                identity, last, end = identity or known.actor, known.last, known.end
            elif further is not None or self.at.has(last, self.at.lists["qualifiers"]) or self._is_name(last):
                last, end = last + 1, self._end(last)
            else:
                break
        points = last == at + 1 and noun in self.at.lists["groups"]
        return Phrase(
            role=Role.ACTOR, start=self.at.words[at].start, end=end, first=at, last=last, head=noun, actor=identity,
            pointing=points,
        )  # fmt: skip

    def _is_closed(self, at: int) -> bool:
        """Tell whether a word ends an actor's phrase: an oblique noun, or the country whose the actor is."""
        word = self.at.words[at].text
        country = word.endswith("e") and (self._state(at) is not None or word.startswith("kurdistan"))
        return country or self._is_oblique(at)

    def _is_oblique(self, at: int) -> bool:
        """Tell whether a noun of actors ends the phrase ("hêzên hikûmetê"), as -ê ties no name to a feminine noun."""
        return self._form(at, "actors") is not None and self.at.words[at].text.endswith("e")

    def _is_name(self, at: int) -> bool:
        """Tell whether a capitalised word may stand in a name."""
        return self.at.capital(at) and not self.at.has(at, self.at.lists["not_places"])

    def _end(self, at: int) -> int:
        """Return where a word ends before the apostrophe of its ending."""
        word = self.at.words[at]
        mark = word.text.rfind("'")
        return word.start + mark if mark > 0 else word.end

    def _place(self, at: int) -> Phrase | None:
        """Read a noun of place with the nouns, the sides and the names that it is tied to."""
        form = self._form(at, "places")
        if form is None or self._begins_name(at):
            return None
        noun, tied = form
        last = at + 1
        while tied and last < len(self.at.words) and (inner := self._inner(last)) is not None:
            noun, tied, last = inner[0], inner[1], last + 1
        while tied and self.at.has(last, self.at.lists["loose"]):
            last += 1
        names, last = self._names(last) if tied else ((), last)
        names = self._with_noun(at, names, last)
        plural = self._is_plural(at)
        counted = at > 0 and (self.at.words[at - 1].text.isdigit() or self.at.has(at - 1, self.at.lists["quantity"]))
        within = names if plural and len(names) == 1 else ()
        end = names[-1].end if names else self._end(last - 1)
        return Phrase(
            role=Role.PLACE, start=self.at.words[at].start, end=end, first=at, last=last, head=noun, headed=True,
            names=() if within else names, within=within, share=not names and (plural or bool(counted)),
            pointing=not names and not plural and not counted and not self._is_one(at),
        )  # fmt: skip

    def _with_noun(self, at: int, names: tuple[Name, ...], last: int) -> tuple[Name, ...]:
        """Return the names with the noun that is part of the first ("taxa Newrozê"); a plain noun is part of none."""
        if len(names) != 1 or self._form(at, "plain_heads") is not None:
            return names
        return (replace(names[0], start=self.at.words[at].start, end=self._end(last - 1)),)

    def _begins_name(self, at: int) -> bool:
        """Tell whether a noun only begins a known name of several words ("Girê Spî")."""
        one = self._name(at) if self.at.capital(at) else None
        return one is not None and bool(one[0].rows) and one[1] > at + 1

    def _inner(self, at: int) -> tuple[str, bool] | None:
        """Return a further noun of place; with a capital it is part of a name ("navenda Girê Spî")."""
        return None if self.at.capital(at) else self._form(at, "places")

    def _is_plural(self, at: int) -> bool:
        return self.at.words[at].text.endswith(("en", "an"))

    def _is_one(self, at: int) -> bool:
        """Tell whether a noun is indefinite ("gundek")."""
        return self.at.words[at].text.endswith(("ek", "eki", "eke"))

    def _names(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read names in a row ("Cirnikê, Kendal û Sifistekê")."""
        names: tuple[Name, ...] = ()
        while (one := self._name(at)) is not None:
            names, at = (*names, one[0]), one[1]
            if not self.at.has(at, {",", "u"}) or self._name(at + 1) is None:
                break
            at += 1
        return names, at

    def _name(self, at: int) -> tuple[Name, int] | None:
        """Read one name: the gazetteer's, else capitalised words."""
        if at >= len(self.at.words) or not self._is_name(at):
            return None
        if self._form(at, "actors") is not None or self._known(at) is not None:
            return None
        last = at
        while last < min(at + _NAME_WORDS, len(self.at.words)) and self._is_name(last):
            last += 1
            if _NAME_ENDING.search(self.at.words[last - 1].text) and "'" in self.at.words[last - 1].text:
                break
        start, stop = self.at.words[at].start, self._end(last - 1)
        for size in self._sizes(last - 1):
            end = self.at.words[last - 1].start + size
            match = self.at.knowledge.gazetteer.match(self.at.text[start:end], 0)
            if match is not None and match.end == end - start:
                return Name(start=start, end=min(end, stop), rows=match.rows, common=match.common), last
        return Name(start=start, end=stop), last

    def _bare(self, at: int) -> Phrase | None:
        """Read a name that no noun introduces; what nothing knows is a mere name, none where it opens the sentence."""
        one = self._name(at)
        opening = one is not None and at == 0 and one[1] == 1 and not one[0].rows
        if one is None or (opening and not self.at.has(1, self.at.lists["auxiliaries"])):
            return None
        names, last = self._names(at)
        role = Role.PLACE if one[0].rows else Role.NAME
        state = self._state(at) if len(names) == 1 else None
        return Phrase(role=role, start=names[0].start, end=names[-1].end, first=at, last=last, names=names, actor=state)

    def _state(self, at: int) -> str | None:
        """Return the id of the state whose bare name this word is, its ending cut off ("Ukraynayê")."""
        word = self.at.words[at]
        for size in self._sizes(at):
            match = self.at.knowledge.actors.match(word.text[:size], 0)
            if match is not None and match.kind is ActorKind.COUNTRY and match.end == size:
                return match.id
        return None
