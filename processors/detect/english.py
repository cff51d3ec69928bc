"""Noun phrases of English: qualifiers come first, then the head, then "of" and a name.

A place is a known name with a capital, a common noun with a name beside it
("the town of X", "X airport"), or a common noun alone that points back ("the
city") or says how much of something. An actor is a name of the actor table or a
common noun ("forces", "rebels") with its qualifiers. Capitalised words that
nothing knows are kept as a name: a strong frame takes them for a place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processors.detect.actors import ActorKind, ActorMatch
from processors.detect.lexicon import Lexicon
from processors.detect.phrases import Name, Phrase, Role, Word, scan
from processors.detect.places import may_be_name, place_at
from processors.knowledge import Knowledge
from processors.normalise import Folded

_HELD = re.compile(r".+-(?:held|controlled|occupied|run|backed|led|dominated|based|linked|aligned|affiliated)$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*$")
_INTO = frozenset({"at", "in", "near", "outside", "inside", "across", "around", "of", "on"})
_PRONOUNS = {"it": "it", "it's": "it", "they": "they", "they've": "they", "they're": "they", "them": "they"}
LONGEST = 9


def phrases(
    folded: Folded, text: str, words: Sequence[Word], lexicon: Lexicon, knowledge: Knowledge
) -> tuple[Phrase, ...]:
    """Return the places and actors that the words of one sentence name."""
    chunker = Chunker(folded=folded, text=text, words=words, lexicon=lexicon, knowledge=knowledge)
    return scan(len(words), chunker.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunker:
    """Reads one phrase at a time from a sentence's words."""

    folded: Folded
    text: str
    words: Sequence[Word]
    lexicon: Lexicon
    knowledge: Knowledge

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        word = self.words[at].text
        if word in _PRONOUNS:
            return self._phrase(Role.NAME, at, at + 1, pointing=True, head=_PRONOUNS[word])
        definite = word in self.lexicon.words["determiners"] - {"a", "an"}
        core, share = self._qualifiers(at)
        if core >= len(self.words):
            return None
        return self._core(at, core, share=share, definite=definite)

    def _qualifiers(self, at: int) -> tuple[int, bool]:
        """Skip determiners, numbers and plain adjectives; return the next word and whether a share was named."""
        words, share, first = self.lexicon.words, False, at
        while at < len(self.words):
            word = self.words[at].text
            amount = word in words["shares"] and not (word in words["places"])
            known = (
                word in words["determiners"] or word in words["quantity"] or word == "%" or bool(_NUMBER.match(word))
            )
            if amount and self._is(at + 1, {"of"}):
                share, at = True, at + 2
            elif known or (word in words["loose"] and self._qualifies(at) and (at > first or not word.endswith("ed")) and (not self._capital(at) or word.endswith("ern"))) or _HELD.match(word):
                at += 1 + (
                    word in {"number", "dozens", "series", "rest", "string", "handful", "group"}
                    and self._is(at + 1, {"of"})
                )
            else:
                break
        return at, share

    def _qualifies(self, at: int) -> bool:
        """Tell whether a word that is a noun of place as well qualifies the noun behind it ("border town")."""
        words = self.lexicon.words
        if self.words[at].text not in words["places"] | words["actors"]:
            return True
        after = self.words[at + 1].text if at + 1 < len(self.words) else ""
        return after in self.lexicon.words["places"] or after in self.lexicon.words["actors"]

    def _core(self, at: int, core: int, *, share: bool, definite: bool) -> Phrase | None:
        """Read the head of a phrase and what belongs to it."""
        head, end = self._head(core)
        match = self._actor_match(core)
        if match is not None and self._after(match.end) >= end:
            return self._actor(at, core, self._after(match.end), head if head in self.lexicon.words["actors"] else "")
        if head in self.lexicon.words["places"]:
            return self._headed(at, core, end, head, share=share, definite=definite)
        if head in self.lexicon.words["actors"]:
            return self._actor(at, core, end, head)
        return self._named(at, core, share=share)

    def _head(self, core: int) -> tuple[str, int]:
        """Return the last place or actor noun of the run of words at `core`, and the word after it."""
        words, head, end = self.lexicon.words, "", core
        for at in range(core, min(core + LONGEST, len(self.words))):
            word = self.words[at].text
            noun = word in words["places"] or word in words["actors"]
            if not word[0].isalnum() or word in words["stops"] or (not noun and self._is_verb(at)):
                break
            if head and not noun and not (self._capital(at) and self._near_noun(at)):
                break
            if noun and not (self._capital(at) and not head and at == core and word in {"state", "may"}):
                head, end = word, at + 1
        return head, end

    def _near_noun(self, at: int) -> bool:
        """Tell whether a noun of place or actor follows a capitalised word closely ("army Aleppo base")."""
        ahead = self.words[at + 1 : at + 3]
        return any(w.text in self.lexicon.words["places"] for w in ahead) and not self._known(at)

    def _is_verb(self, at: int) -> bool:
        """Tell whether a word is a trigger or looks like a past verb."""
        word = self.words[at].text
        return not self._capital(at) and (
            word.endswith(("ed", "ing")) and "-" not in word and word not in self.lexicon.words["loose"]
        )

    def _headed(self, at: int, core: int, end: int, head: str, *, share: bool, definite: bool) -> Phrase | None:
        """Read a place with a noun: a name before the noun, after "of", or right after it."""
        share = share or head in self.lexicon.words["shares"]
        name = self._name_in(core, end) or None
        names, last = ((name,), end) if name else self._names_after(end, head)
        within, stop = self._within(last, named=bool(names))
        plural = head in self.lexicon.words["plural"]
        if not names and not within and not definite and head in self.lexicon.words["sites"]:
            return None
        if names and not name and self._is_broad(head):
            whole = Name(start=self.words[at].start, end=names[-1].end)
            return self._phrase(Role.PLACE, at, stop, names=(whole,), within=names, share=True, headed=True, head=head)
        pointing = definite and not names and not within and not plural
        return self._phrase(
            Role.PLACE,
            at,
            stop,
            names=names,
            within=within,
            share=share or (plural and not names),
            headed=True,
            pointing=pointing,
            head=head,
        )

    def _is_broad(self, head: str) -> bool:
        return head in self.lexicon.words["broad"]

    def _name_in(self, core: int, end: int) -> Name | None:
        """Return the capitalised words before the noun as a name, with the noun ("Kweyris military airport")."""
        if end - core < 2 or not self._capital(core):  # noqa: PLR2004 (a name and a noun)
            return None
        known = self._known(core)
        if known is None and self._is_nation(core):
            return None
        start = self.words[core].start
        return Name(
            start=start,
            end=self.words[end - 1].end,
            rows=known.rows if known else (),
            common=bool(known and known.common),
        )

    def _is_nation(self, at: int) -> bool:
        """Tell whether a word only says of which nation ("Iraqi city")."""
        nations = self.knowledge.gazetteer.nations
        return self.words[at].text in nations or self.words[at].text.endswith(("ian", "ish", "ese", "qi", "eni", "ali"))

    def _names_after(self, at: int, head: str) -> tuple[tuple[Name, ...], int]:
        """Read the names after "of" or right after the noun."""
        here = at + self._is(at, {"of", ","}) * (self._is(at, {"of"}) or 0)
        core, _ = self._qualifiers(here) if here > at else (here, False)
        if here > at:
            inner, end = self._head(core)
            if inner and inner in self.lexicon.words["places"] and end < len(self.words) and self._is(end, {"of"}):
                core, _ = self._qualifiers(end + 1)
        name = self._name(core)
        plural = head in self.lexicon.words["plural"]
        if name is None or (plural and here == at and not name.rows):
            return (), at
        return self._more((name,), self._after(name.end), plural=head in self.lexicon.words["plural"])

    def _name(self, at: int) -> Name | None:
        """Read one name: the gazetteer's, else a run of capitalised words."""
        if at >= len(self.words) or not self._may_be_name(at) or self._actor_match(at) is not None:
            return None
        known = self._known(at)
        if known is not None:
            return self._with_noun(known)
        last = at
        while (
            last < min(at + 4, len(self.words))
            and self._may_be_name(last)
            and self.words[last].text not in self.lexicon.words["stops"]
        ):
            last += 1
        return Name(start=self.words[at].start, end=self.words[last - 1].end) if last > at else None

    def _with_noun(self, name: Name) -> Name:
        """Let a capitalised noun of place after a name belong to it ("Raqqah Province")."""
        at = self._after(name.end)
        if at < len(self.words) and self.words[at].text in self.lexicon.words["places"] and not self._is(at, {"and"}):
            return Name(start=name.start, end=self.words[at].end, rows=name.rows, common=name.common)
        return name

    def _known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word if it is written as names are."""
        if not self._may_be_name(at) or self.words[at].text in self.lexicon.words["not_places"]:
            return None
        match = place_at(self.text, self.words[at].start, self.knowledge.gazetteer)
        if match is None or self.text[match.end : match.end + 1] == "-" or self._runs_on(self._after(match.end)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def _runs_on(self, at: int) -> bool:
        """Tell whether a capitalised word that is no noun follows at once: the known name is part of a longer one."""
        if at >= len(self.words) or not self._capital(at) or self.words[at].start - self.words[at - 1].end != 1:
            return False
        words = self.lexicon.words
        return self.words[at].text not in words["places"] | words["actors"] | words["stops"] | words["not_places"]

    def _more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: ", X and Y"."""
        while at < len(self.words) and self._is(at, {",", "and", "&", "or"}):
            here = at + 1 + self._is(at + 1, {"and"})
            here += here < len(self.words) and self.words[here].text == "the"
            known = self._known(here) if here < len(self.words) and self._actor_match(here) is None else None
            name = known or (self._name(here) if here < len(self.words) and (plural or self._is_single(here)) else None)
            if name is None or self._head(here)[0] in self.lexicon.words["actors"]:
                break
            names, at = (*names, self._with_noun(name)), self._after(self._with_noun(name).end)
        return names, at

    def _is_single(self, at: int) -> bool:
        """Tell whether a capitalised word stands alone, so that a list of places can hold it."""
        following = self.words[at + 1].text if at + 1 < len(self.words) else "."
        return self._capital(at) and (following in self.lexicon.words["stops"] or not following[0].isalnum())

    def _within(self, at: int, *, named: bool) -> tuple[tuple[Name, ...], int]:
        """Read where an unnamed place lies ("villages in the north of X", "a town near X")."""
        if named:
            return (), at
        for here in range(at, min(at + 7, len(self.words))):
            word = self.words[here].text
            if here > at and self._is(here - 1, _INTO) | self._is(
                here - 1, {"the", "northern", "southern", "eastern", "western", "central"}
            ):
                name = self._name(here)
                if name is not None and word not in self.lexicon.words["not_places"]:
                    name = self._with_noun(name)
                    return (name,), self._after(name.end)
            if word not in _INTO | self.lexicon.words["loose"] | self.lexicon.words["determiners"] | self.lexicon.words[
                "places"
            ] | {"middle", "center", "centre"}:
                break
        return (), at

    def _actor(self, at: int, core: int, end: int, head: str) -> Phrase:
        """Make an actor's phrase: known names in it, a further noun, further members."""
        match = self._actor_match(core)
        identity = match.id if match else None
        end = max(end, self._after(match.end)) if match else end
        while end < len(self.words) and self.words[end].text in self.lexicon.words["actors"]:
            end += 1
        while self._is(end, {"and"}) and end + 1 < len(self.words):
            then, _ = self._qualifiers(end + 1)
            other, stop = self._head(then)
            more = self._actor_match(then) if then < len(self.words) else None
            if other not in self.lexicon.words["actors"] and more is None:
                break
            end = max(stop, self._after(more.end) if more else 0)
        return self._phrase(Role.ACTOR, at, end, actor=identity, generic=match.generic if match else None, head=head)

    def _named(self, at: int, core: int, *, share: bool) -> Phrase | None:
        """Read a bare name: a place of the gazetteer, or capitalised words nothing knows."""
        known = self._known(core)
        if known is not None and not (known.common and self._after(known.end) == core + 1 and core == 0):
            names, last = self._more((self._with_noun(known),), self._after(self._with_noun(known).end), plural=False)
            return self._phrase(Role.PLACE, at, last, names=names, share=share, actor=self._country(core))
        if not self._capital(core) or self.words[core].text in self.lexicon.words["stops"] | self.lexicon.words["not_places"]:
            return None
        name = self._name(core)
        if name and core == 0 and self._after(name.end) < 2:  # noqa: PLR2004 (one capital opens every sentence)
            name = name if self._is(1, self.lexicon.words["auxiliaries"]) else None
        if name and self._modifies(self._after(name.end)):
            return None
        return self._phrase(Role.NAME, at, self._after(name.end), names=(name,)) if name else None

    def _modifies(self, at: int) -> bool:
        """Tell whether a plain noun follows a name, which then only qualifies it ("the Ebola outbreak")."""
        if at >= len(self.words) or self._capital(at) or not self.words[at].text.isalpha():
            return False
        word = self.words[at].text
        return word not in self.lexicon.words["stops"] and not word.endswith(("ed", "ing", "ly"))

    def _actor_match(self, at: int) -> ActorMatch | None:
        """Return the actor table's match at this word: no half of a compound ("ISIL-held"), no country's bare name."""
        match = self.knowledge.actors.match(self.text, self.words[at].start)
        if match is None or match.kind is ActorKind.COUNTRY or self.text[match.end : match.end + 1] == "-":
            return None
        return match

    def _country(self, at: int) -> str | None:
        """Return the id of the state whose bare name begins at this word."""
        match = self.knowledge.actors.match(self.text, self.words[at].start)
        return match.id if match is not None and match.kind is ActorKind.COUNTRY else None

    def _capital(self, at: int) -> bool:
        return self.folded.source[self.folded.origin[self.words[at].start]].isupper()

    def _may_be_name(self, at: int) -> bool:
        return self.words[at].text[0].isalpha() and may_be_name(self.folded, self.words[at].start)

    def _is(self, at: int, texts: frozenset[str] | set[str]) -> int:
        return int(at < len(self.words) and self.words[at].text in texts)

    def _after(self, end: int) -> int:
        """Return the first word that begins at or after this offset."""
        return next((n for n, word in enumerate(self.words) if word.start >= end), len(self.words))

    def _phrase(self, role: Role, first: int, last: int, **known: object) -> Phrase:
        return Phrase(
            role=role, start=self.words[first].start, end=self.words[last - 1].end, first=first, last=last, **known
        )  # type: ignore[arg-type]
