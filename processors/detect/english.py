"""Noun phrases of English: qualifiers come first, then the head, then "of" and a name.

A place is a known name with a capital, a common noun with a name beside it
("the town of X", "X airport"), or a common noun alone that points back ("the
city") or says how much of something. An actor is a name of the actor table or a
common noun ("forces", "rebels") with its qualifiers. Capitalised words that
nothing knows are kept as a name: a strong frame takes them for a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from processors.detect.english_actors import called, named_inside, past_acronym
from processors.detect.english_names import LONGEST, Names
from processors.detect.english_qualifiers import IRREGULAR, PERFECT, YEAR, Qualifiers, is_small, is_titled
from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

_SIDES = frozenset({"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"})
_ROUGH = {"at": {"least", "most"}, "more": {"than"}, "fewer": {"than"}}
_SMALL = ("stops", "determiners", "quantity", "shares", "loose", "acronyms", "places", "actors")
_PRONOUNS = {"it": "it", "it's": "it", "they": "they", "they've": "they", "they're": "they", "them": "they"}


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    at = replace(at, small=is_small(at), titled=is_titled(at))
    places = Places(at=at, names=Names(at=at), words=Qualifiers(at=at), idle=_idle(*map(at.lists.__getitem__, _SMALL)))
    return tuple(places.words.bound(phrase) for phrase in scan(len(at.words), places.read))


@lru_cache(maxsize=1)  # every sentence asks with the lists of the one lexicon
def _idle(stops: frozenset[str], *opening: frozenset[str]) -> frozenset[str]:
    """Return the small words with which no phrase begins: half of a sentence, so they are passed over first."""
    return stops.difference(_PRONOUNS, {"at", "us"}, *opening)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    words: Qualifiers
    idle: frozenset[str]

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        word = self.at.words[at].text
        if self._is_idle(at, word):
            return None
        special = self._special(at, word)
        if special is not None:
            return special
        core, share = self.words.skipped(at)
        if core >= len(self.at.words):
            return None
        joined = self._of_nations(core)
        if joined is not None:
            return self._from(at, joined)
        owned = self._owned(core) if core > at and self.at.words[core].text.endswith("'s") else None
        if owned is not None:
            return self._from(at, owned)
        definite = word in self.at.lists["determiners"] and word not in {"a", "an"}
        return self._core(at, core, share=share, definite=definite)

    def _is_idle(self, at: int, word: str) -> bool:
        """Tell whether no phrase begins here: a sign, a small word written small, a year, a conjunction."""
        verbal = (word.endswith("ed") or word in IRREGULAR) and self.at.has(at - 1, PERFECT) == 1
        small = (word in self.idle or verbal) and not self.at.capital(at)
        return not word[0].isalnum() or small or bool(YEAR.match(word)) or (word == "that" and self._is_conjunction(at))

    def _of_nations(self, at: int) -> Phrase | None:
        """Read those of whom two nations are told ("French and Malian troops")."""
        phrase = self._core(at + 2, at + 2, share=False, definite=False) if self.words.are_nations(at) else None
        return phrase if phrase and phrase.role is Role.ACTOR else None

    def _special(self, at: int, word: str) -> Phrase | None:
        """Read what begins with a word of its own kind: "at least", a possessive, a name of capitals, a pronoun."""
        if self.at.has(at + 1, _ROUGH.get(word, frozenset())):
            return self._from(at, self.read(at + 1 + (word != "at")))
        if word in _PRONOUNS:
            return self.at.phrase(Role.NAME, at, at + 1, pointing=True, head=_PRONOUNS[word])
        if word in self.at.lists["acronyms"] and self.words.is_acronym(at):
            identity = self.at.actor_named(min(self.at.lists[f"acronym_{word}"]))
            return self.at.phrase(Role.ACTOR, at, at + 1, actor=identity)
        return self._owned(at) if word.endswith("'s") else None

    def _from(self, at: int, phrase: Phrase | None) -> Phrase | None:
        """Let a phrase begin at an earlier word."""
        return replace(phrase, start=self.at.words[at].start, first=at) if phrase else None

    def _owned(self, at: int) -> Phrase | None:
        """Read what belongs to a place ("Aleppo's countryside", "Yemen's Houthis", "Iraq's Mosul")."""
        owner = self.names.owner(at)
        if owner is None or self.at.actor(at) is not None:
            return None
        core, share = self.words.skipped(at + 1)
        inside = core < len(self.at.words) and not self.at.words[core].text.endswith("'s")
        phrase = self._core(at + 1, core, share=share, definite=True) if inside else None
        known = phrase is not None and bool(phrase.names) and bool(phrase.names[0].rows) and bool(owner.rows)
        if phrase is None or phrase.role is Role.NAME or (phrase.role is Role.PLACE and not (phrase.headed or known)):
            return self._owner_alone(at, owner)
        if phrase.role is Role.PLACE:
            within = phrase.within if phrase.names or phrase.within else (owner,) * bool(owner.rows)
            posted = phrase.head in self.at.lists["manned"]
            holder = phrase.holder or (self.at.phrase(Role.ACTOR, at, at + 1) if posted else None)
            phrase = replace(phrase, within=within, pointing=False, holder=holder)
        return self._from(at, phrase)

    def _owner_alone(self, at: int, owner: Name) -> Phrase | None:
        """Read a known place's possessive by itself: what it owns is no place ("Aleppo's fall")."""
        state = self.at.state_named(self.at.words[at].text.removesuffix("'s"))
        return self.at.phrase(Role.PLACE, at, at + 1, names=(owner,), actor=state, bound=True) if owner.rows else None

    def _is_conjunction(self, at: int) -> bool:
        """Tell whether "that" opens a clause whose subject follows ("said that rebels"), and points at nothing."""
        if any(self.at.has(at + 1, self.at.lists[name]) for name in ("quantity", "determiners")):
            return True
        if at + 1 < len(self.at.words) and self.at.words[at + 1].text.endswith("'s") and self.at.capital(at + 1):
            return True
        following = self.read(at + 1) if at + 1 < len(self.at.words) else None
        acts = following is not None and (following.role is Role.ACTOR or following.actor is not None)
        return acts and not self.at.has(at + 1, self.at.lists["groups"])

    def _core(self, at: int, core: int, *, share: bool, definite: bool) -> Phrase | None:
        """Read the head of a phrase and what belongs to it."""
        head, end = self._head(core)
        match = self.at.actor(core)
        if self.words.is_of_deed(end) or (match is None and self.words.is_verb_before_name(core)):
            return None
        if match is not None and self.at.after(match.end) >= end:
            return self._actor(at, core, self.at.after(match.end), head if head in self.at.lists["actors"] else "")
        if head in self.at.lists["places"] and not self.names.is_state(core, end):
            return self._headed(at, core, end, head, share=share, definite=definite)
        if head in self.at.lists["actors"]:
            return self._actor(at, core, end, head)
        return self._named(at, core, share=share)

    def _head(self, core: int) -> tuple[str, int]:
        """Return the last place or actor noun of the run of words at `core`, and the word after it."""
        words, head, end = self.at.lists, "", core
        for at in range(core, min(core + LONGEST, len(self.at.words))):
            word = self.at.words[at].text
            noun = word in words["places"] or word in words["actors"] or self.words.is_owner(at)
            if not word[0].isalnum() or word in words["stops"] or (not noun and self.words.is_verb(at)):
                break
            if at > core and self.at.capital(at - 1) and (word.endswith("'s") or self.words.is_told(word)):
                break
            if not noun and (not self._may_qualify(at, core) or (head in words["actors"] and word.endswith("ing"))):
                break
            apart = head in words["actors"] | words["manned"] | words["plural"] or (at > core and not head)
            compound = self.words.compounds(at)
            aside = apart and word in _SIDES and self.at.has(at + 1, {"of"})
            if aside or (head and not noun and not compound and not (self.at.capital(at) and self._near_noun(at))):
                break
            if noun and not (self.at.capital(at) and not head and at == core and word in {"state", "may"}):
                head, end = word.removesuffix("'s"), at + 1
        return head, end

    def _may_qualify(self, at: int, core: int) -> bool:
        """Tell whether a word can stand in a name before its noun: behind a capital only a plain adjective can."""
        word = self.at.words[at].text
        if (
            at == core
            or self.at.capital(at)
            or not self.at.capital(core)
            or "-" in word
            or word in self.at.lists["loose"]
        ):
            return True
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        return following in self.at.lists["places"] or following in self.at.lists["actors"]

    def _near_noun(self, at: int) -> bool:
        """Tell whether a noun follows a capitalised word closely ("army Aleppo base", "South Sudanese army")."""
        ahead = self.at.words[at + 1 : at + 3]
        nation = self.at.capital(at - 1) and self.words.is_nation(at) and self.at.has(at + 1, self.at.lists["actors"])
        return bool(nation) or (any(w.text in self.at.lists["places"] for w in ahead) and not self.names.known(at))

    def _headed(self, at: int, core: int, end: int, head: str, *, share: bool, definite: bool) -> Phrase | None:
        """Read a place with a noun: a name before the noun, after "of", or right after it."""
        share = share or head in self.at.lists["shares"]
        name = self.names.name_in(core, end) or None
        names, last = ((name,), end) if name else self._names_after(end, head)
        called = self.names.called(end, head)
        if called is not None and (name is None or not self.names.is_own(name, called, head)):
            name, (names, last) = None, self.names.more((called,), self.at.after(called.end), plural=False)
        if not names and not definite and head in self.at.lists["towns"] and self.names.is_of_nation(core, end):
            names = (Name(start=self.at.words[core].start, end=self.at.words[end - 1].end),)
        if name is not None and head in self.at.lists["listed"]:
            names, last = self._members(end, head) or (names, last)
        within, stop = self.names.lying(last, named=bool(names))
        plural = head in self.at.lists["plural"]
        manned = self.words.holder(at, end) if head in self.at.lists["manned"] or head == "station" else None
        told = names or within or manned or ((definite or share) and head not in self.at.lists["houses"])
        if not told and head in self.at.lists["sites"] and not self.words.is_controlled(at):
            return None
        seat = head in {"capital", "seat"} and self.at.has(end, {"of"})
        if names and not name and (seat or head in self.at.lists["broad"]):
            whole = Name(start=self.at.words[at].start, end=names[-1].end)
            return self.at.phrase(
                Role.PLACE, at, stop, names=(whole,), within=names, share=not seat, headed=True, head=head
            )
        own = head in self.at.lists["manned"] and self.at.has(at, self.at.lists["own"])
        pointing = definite and not (names or within or plural or own or self.words.is_other(at, end))
        return self.at.phrase(
            Role.PLACE,
            at,
            stop,
            names=names,
            within=within,
            share=share or (plural and not names),
            headed=True,
            pointing=pointing,
            head=head,
            holder=manned,
        )

    def _members(self, at: int, head: str) -> tuple[tuple[Name, ...], int] | None:
        """Read the places that a region's "areas of" lists, if it does."""
        names, last = self._names_after(at, head) if self.at.has(at, {"of"}) else ((), at)
        return (names, last) if names else None

    def _names_after(self, at: int, head: str) -> tuple[tuple[Name, ...], int]:
        """Read the names after "of" or right after the noun."""
        listing = {"of", ":"} if head in self.at.lists["plural"] else {"of"}
        here = at + self.at.has(at, listing)
        core, _ = self.words.skipped(here) if here > at else (here, False)
        if here > at:
            inner, end = self._head(core)
            if inner and inner in self.at.lists["places"] and end < len(self.at.words) and self.at.has(end, {"of"}):
                core, _ = self.words.skipped(end + 1)
            elif inner in self.at.lists["places"] and inner not in _SIDES and (whole := self.names.name_in(core, end)):
                return (whole,), end
        name = self.names.name(core)
        plural = head in self.at.lists["plural"]
        if name is None or (plural and here == at and not name.rows):
            return (), at
        return self.names.more((name,), self.at.after(name.end), plural=head in self.at.lists["plural"])

    def _actor(self, at: int, core: int, end: int, head: str) -> Phrase:
        """Make an actor's phrase: known names in it, a further noun, further members."""
        match = self.at.actor(core)
        identity = match.id if match else named_inside(self.at, core, end)
        end = max(end, self.at.after(match.end)) if match else end
        end = past_acronym(self.at, end, identity)
        while end < len(self.at.words) and self.at.words[end].text in self.at.lists["actors"]:
            end += 1
        if identity is None and head in self.at.lists["groups"] and end < len(self.at.words):
            end, identity = called(self.at, end)
        while self.at.has(end, {"and"}) and end + 1 < len(self.at.words):
            then, _ = self.words.skipped(end + 1)
            other, stop = self._head(then)
            more = self.at.actor(then) if then < len(self.at.words) else None
            if other not in self.at.lists["actors"] and more is None:
                break
            end = max(stop, self.at.after(more.end) if more else 0)
        if identity is None and self.at.has(end, {"from", "of"}):
            end, identity, head = self._member_of(end, head)
        return self.at.phrase(Role.ACTOR, at, end, actor=identity, generic=match.generic if match else None, head=head)

    def _member_of(self, at: int, head: str) -> tuple[int, str | None, str]:
        """Return where "fighters from X", "members of armed forces" ends, the group's id and its noun."""
        core, _ = self.words.skipped(at + 1)
        match = self.at.actor(core) if core < len(self.at.words) else None
        if match is not None and match.id is not None:
            end = self.at.after(match.end)
            return end + self.at.has(end, self.at.lists["actors"]), match.id, head
        noun, end = self._head(core) if head in self.at.lists["parted"] and core < len(self.at.words) else ("", at)
        return (end, None, noun) if noun in self.at.lists["actors"] else (at, None, head)

    def _named(self, at: int, core: int, *, share: bool) -> Phrase | None:
        """Read a bare name: a place of the gazetteer, or capitalised words nothing knows."""
        known = self.names.known(core)
        if known is not None and not (known.common and self.at.after(known.end) == core + 1 and core == 0):
            whole = self.names.with_noun(known)
            names, last = self.names.more((whole,), self.at.after(whole.end), plural=False)
            return self.at.phrase(Role.PLACE, at, last, names=names, share=share, actor=self.at.country(core))
        if (
            not (self.at.capital(core) or (self.at.may_be_name(core) and not self.at.small))
            or self.words.is_short_acronym(core)
            or self.at.listed(self.at.words[core].text, "stops", "not_places")
        ):
            return None
        name = self.names.name(core)
        if name and core == 0 and self.at.after(name.end) < 2:  # noqa: PLR2004 (one capital opens every sentence)
            name = name if self.at.has(1, self.at.lists["auxiliaries"]) or self.words.is_topic(1) else None
        if name and self.at.words[core].text in self.at.lists["prefixes"] and self.at.after(name.end) > core + 1:
            return self.at.phrase(Role.PLACE, at, self.at.after(name.end), names=(name,), headed=True)
        if name and (self.words.modifies(self.at.after(name.end)) or self.at.has(core - 1, {"a", "an"})):
            return None
        if name and self.words.tells_people(at, core, self.at.after(name.end)):
            return None
        told = self.at.phrase(Role.NAME, at, self.at.after(name.end), names=(name,)) if name else None
        return replace(told, first=core) if told and share else told
