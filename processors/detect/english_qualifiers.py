"""What stands before a noun in English: determiners, numbers, adjectives, whose the thing is; capitals that tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading

HELD = re.compile(
    r"(?!re-).+-(?:held|controlled|occupied|captured|seized|conquered|run|dominated"
    r"|backed|led|based|linked|aligned|affiliated)$"
)
_COMPOUND = re.compile(
    r"(?!re-|un-|pre-|.*-(?:flagged|registered|owned|built|named)$)[a-z]+(?:-[a-z]+)*-(?:[a-z]+ed|torn|rich|poor|hit|prone|stricken|facing|speaking|wielding|largest|biggest)$"
)
_ADVERB = re.compile(r"(?!(?:newly|recently|freshly)$)\w+ly$")  # "the newly captured town" tells of a capture
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*$")
_SPELLED = re.compile(
    r"(?:eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?)$"
)
_COUNTS = frozenset({"number", "dozens", "series", "rest", "string", "handful", "group", "one", "all", "both", "whole"})
_GROUPS = frozenset({"total", "chain", "ring", "cluster", "pair", "couple", "trio", "host", "network", "belt", "range"})
_FEW = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "several", "many"})
_MANY = frozenset({"hundreds", "scores", "dozens", "thousands"})
_SEATS = frozenset({"headquarters", "building", "buildings", "compound", "complex"})
_DEEDS = frozenset({"operation", "operations", "campaign", "offensive", "push", "assault"})
_BESIDE = frozenset({"adjacent", "adjoining", "nearby", "neighbouring", "neighboring"})
_NEVER_TOLD = frozenset({"armed", "allied", "unidentified", "suspected"})
_NEAR = 3
_SHORT, _FEWEST, _SHARE = 4, 4, 0.8
PERFECT = frozenset({"have", "has", "had"})
IRREGULAR = frozenset({"driven", "beaten", "thrown", "broken", "taken", "won", "lost", "held"})
YEAR = re.compile(r"(?:19|20)\d\d$")


def is_small(at: Reading) -> bool:
    """Tell whether a sentence has no capitals at all, as some headlines and posts."""
    source, origin = at.folded.source, at.folded.origin
    return len(at.words) > 1 and not any(source[origin[word.start]].isupper() for word in at.words)


def is_titled(at: Reading) -> bool:
    """Tell whether nearly all longer words of a sentence begin with a capital, as in headlines."""
    source, origin = at.folded.source, at.folded.origin
    longer = [word for word in at.words if len(word.text) > _SHORT]
    capitals = sum(source[origin[word.start]].isupper() for word in longer)
    return len(longer) >= _FEWEST and capitals >= _SHARE * len(longer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifiers:
    """Reads the words before a noun."""

    at: Reading

    def skipped(self, at: int) -> tuple[int, bool]:
        """Skip determiners, numbers and plain adjectives; return the next word and whether a share was named."""
        words, share, first = self.at.lists, False, at
        while at < len(self.at.words):
            word = self.at.words[at].text
            amount = word in words["shares"] and (word not in words["places"] or self._halves_a_noun(at))
            if _NUMBER.match(word) and self.at.has(at + 1, {","}) and self._is_thousand(at + 2):
                at += 2
            if amount and self.at.has(at + 1, {"of"}):
                share, at = True, at + 2
            elif self._groups(at, first) or self._modifies_participle(at):
                at += 2
            elif self._are_two_adjectives(at):
                at += 3
            elif self._is_participle(at):
                at += 1
            elif self._counts(word) or self._describes(word, at, first):
                at += 1 + self._counts_of(word, at)
            else:
                break
        return at, share

    def _groups(self, at: int, first: int) -> bool:
        """Tell whether a noun only gathers what "of" tells behind it ("a total of nine camps", "a chain of hills")."""
        return at > first and bool(self.at.has(at, _GROUPS) and self.at.has(at + 1, {"of"}))

    def _modifies_participle(self, at: int) -> bool:
        """Tell whether an adverb and a participle stand before a noun ("strategically placed island")."""
        if at + 2 >= len(self.at.words) or not self.at.words[at + 1].text.endswith("ed"):
            return False
        told = _ADVERB.match(self.at.words[at].text) is not None and not self.at.capital(at)
        return told and self.at.has(at - 1, self.at.lists["determiners"]) == 1

    def _are_two_adjectives(self, at: int) -> bool:
        """Tell whether an adjective and a participle stand before a noun of places ("the burnt and looted centre")."""
        lists = self.at.lists
        if not self.at.has(at + 1, {"and"}) or self.at.has(at - 1, lists["determiners"]) != 1:
            return False
        words = [word.text for word in self.at.words[at : at + 4]]
        if len(words) < 4:  # noqa: PLR2004
            return False
        told = words[2].endswith("ed") and not self.at.lexicon.stems.search(words[2])
        noun = words[0] in lists["places"] or words[0] in lists["actors"] or self.at.capital(at)
        return told and not noun and words[3] in lists["places"]

    def _is_participle(self, at: int) -> bool:
        """Tell whether a participle stands between a determiner and its noun ("sprawling city", "ruined town")."""
        word, noun = self.at.words[at].text, self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        if not word.endswith(("ing", "ed")) or self.at.has(at - 1, self.at.lists["determiners"]) != 1:
            return False
        told = self.at.listed(noun, "places", "loose")
        return told and (word.endswith("ing") or not self.at.lexicon.stems.search(word))

    def _counts(self, word: str) -> bool:
        """Tell whether a word is a determiner or says how many."""
        if word in self.at.lists["determiners"] or word in self.at.lists["quantity"] or word in {"%", "per", "cent"}:
            return True
        return bool(_SPELLED.match(word) or (_NUMBER.match(word) and not YEAR.match(word)))

    def _describes(self, word: str, at: int, first: int) -> bool:
        """Tell whether a word is a plain adjective, joins two of them, or says whose the noun is ("rebel-held")."""
        if word == "and":
            return at > first and bool(self._joins_adjectives(at))
        told = word.endswith("ed") and ((at == first and word not in _NEVER_TOLD) or self._is_counted(at + 1))
        rings = word == "surrounding" and self.at.capital(at + 1)
        loose = word in self.at.lists["loose"] and self._qualifies(at) and not (told or rings)
        if "-" in word and not self.at.capital(at) and _COMPOUND.match(word):
            return True
        return (loose and (not self.at.capital(at) or word.endswith("ern"))) or HELD.match(word) is not None

    def _is_counted(self, at: int) -> bool:
        """Tell whether a number or a determiner stands here: an object begins ("occupied two towns")."""
        return at < len(self.at.words) and self._counts(self.at.words[at].text)

    def _counts_of(self, word: str, at: int) -> bool:
        """Tell whether "of" behind a number or a collective belongs to it ("hundreds of", "seven of its nine")."""
        if not self.at.has(at + 1, {"of"}):
            return False
        determined = bool(self.at.has(at + 2, self.at.lists["determiners"]))
        number = _NUMBER.match(word) or _SPELLED.match(word)
        counted = word in self.at.lists["quantity"] or number is not None
        return word in _COUNTS or (counted and (determined or word in _MANY))

    def tells_people(self, at: int, core: int, end: int) -> bool:
        """Tell whether a name that nothing knows is of people: behind a number, or with a noun for them at its end."""
        word = self.at.words[core - 1].text if at < core else ""
        counted = bool(_NUMBER.match(word) or _SPELLED.match(word)) or word in _FEW
        return counted or self.at.has(end - 1, self.at.lists["movables"]) == 1

    def _is_thousand(self, at: int) -> bool:
        """Tell whether a word is the rest of a number behind its comma ("3,000")."""
        text = self.at.words[at].text if at < len(self.at.words) else ""
        return len(text) == 3 and text.isdigit()  # noqa: PLR2004 (digits)

    def _joins_adjectives(self, at: int) -> bool:
        """Tell whether "and" stands between two adjectives of one noun ("important and strategic village")."""
        loose = self.at.lists["loose"]
        return bool(self.at.has(at - 1, loose) and self.at.has(at + 1, loose))

    def _halves_a_noun(self, at: int) -> bool:
        """Tell whether a share is one of a place without a name ("half of the territory")."""
        first = at + 2 + self.at.has(at + 2, self.at.lists["determiners"])
        ahead = takewhile(lambda word: not self.at.has(word, self.at.lists["stops"]), range(first, first + _NEAR))
        noun = next((word for word in ahead if self.at.has(word, self.at.lists["places"])), None)
        return noun is not None and not self.at.capital(noun) and not self.at.has(noun + 1, {"of"})

    def _qualifies(self, at: int) -> bool:
        """Tell whether a word that is a noun of place as well qualifies the noun behind it ("border town")."""
        if not self.at.listed(self.at.words[at].text, "places", "actors"):
            return True
        after = self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        return self.at.listed(after, "places", "actors")

    def is_nation(self, at: int) -> bool:
        """Tell whether a word only says of which nation ("Iraqi city")."""
        word = self.at.words[at].text
        nations = self.at.knowledge.gazetteer.nations
        return self.at.capital(at) and (word in nations or word.endswith(("ian", "ish", "ese", "qi", "eni", "ali")))

    def holder(self, core: int, end: int) -> Phrase | None:
        """Return whose the place is by the words before its noun ("SAA checkpoint", "Afghan border posts")."""
        for at in range(core, end - 1):
            match = self.at.actor(at)
            word = self.at.words[at].text
            if word in {"military", "command"}:
                continue
            if match is not None or word in self.at.lists["actors"] or self.is_nation(at):
                last = max(self.at.after(match.end) if match else 0, at + 1)
                return self.at.phrase(Role.ACTOR, at, last, actor=match.id if match else None, head=word)
        return None

    def is_acronym(self, at: int) -> bool:
        """Tell whether a word that is common in small letters is written in capitals where others are not."""
        source, word = self.at.folded.source, self.at.words[at]
        letters = [source[self.at.folded.origin[i]] for i in range(word.start, word.end)]
        beside = (*self.at.words[at + 1 : at + 2], *self.at.words[max(0, at - 1) : at])
        small = any(source[self.at.folded.origin[w.end - 1]].islower() for w in beside)
        return small and all(letter.isupper() for letter in letters)

    def is_short_acronym(self, at: int) -> bool:
        """Tell whether a word is a few capitals ("ML"), which names no place."""
        word, source = self.at.words[at], self.at.folded.source
        short = word.end - word.start <= 3  # noqa: PLR2004 (letters)
        return short and all(source[self.at.folded.origin[i]].isupper() for i in range(word.start, word.end))

    def is_controlled(self, at: int) -> bool:
        """Tell whether the words before a noun speak of control, which makes any building a place."""
        return bool(self.at.has(at - 1, {"of", "over"}) and self.at.has(at - 2, {"control"}))

    def is_verb_before_name(self, at: int) -> bool:
        """Tell whether a word written small is the verb of what follows ("orders French troops", "force them out")."""
        word, lists = self.at.words[at].text, self.at.lists
        noun = word in lists["places"] or word in lists["actors"] or word in lists["loose"]
        if word == "force" and (self.at.has(at + 1, {"them", "him"}) or self.at.has(at - 1, {"to"}) == 1):
            return True
        aimed = self.at.has(at - 1, {"to"}) == 1 and word.isalpha()
        ends = word.endswith("s") and not word.endswith(("ss", "'s"))
        verbal = (ends or aimed) and not noun and not self.at.capital(at)
        if not verbal or self.at.small or at + 1 >= len(self.at.words):
            return False
        return self.at.capital(at + 1) or (at > 0 and self.at.capital(at - 1) and self.is_told(word))

    def is_topic(self, at: int) -> bool:
        """Tell whether a comma parts the first word from what was done to it ("Ganima, held by the militia, ...")."""
        done = self.at.words[at + 1].text if self.at.has(at, {","}) and at + 2 < len(self.at.words) else ""
        told = (done in {"held", "taken"} or done.endswith("ed")) and self.at.has(at + 2, {"by", "from"})
        return done == "which" or bool(told)

    def is_verb(self, at: int) -> bool:
        """Tell whether a word looks like the past or the participle of a verb."""
        word = self.at.words[at].text
        verbal = word.endswith(("ed", "ing")) and "-" not in word
        counting = word.endswith("ed") and self._is_counted(at + 1)
        return verbal and (counting or word not in self.at.lists["loose"]) and not self.at.capital(at)

    def is_told(self, word: str) -> bool:
        """Tell whether a word is a verb where it follows a name ("ISIS besieged X", "ISIS dislodges soldiers")."""
        if word.endswith("s") and not word.endswith(("ss", "'s")) and not self.at.listed(word, "places", "actors"):
            return self.at.lexicon.stems.search(word) is not None
        return word.endswith("ed") and word in self.at.lists["loose"] and word not in _NEVER_TOLD

    def is_owner(self, at: int) -> bool:
        """Tell whether what armed people did is told right behind them ("the group's capture of the town")."""
        word = self.at.words[at].text
        if not word.endswith("'s") or at + 1 >= len(self.at.words):
            return False
        deed = self.at.words[at + 1].text
        told = word.removesuffix("'s") in self.at.lists["actors"] and not self.at.listed(deed, "places", "actors")
        return told and self.at.lexicon.stems.search(deed) is not None

    def is_of_deed(self, end: int) -> bool:
        """Tell whether "military" only says of which kind a deed behind it is ("a military operation")."""
        return bool(self.at.has(end - 1, {"military"}) and self.at.has(end, _DEEDS))

    def is_other(self, at: int, end: int) -> bool:
        """Tell whether a noun phrase is told to be of a second place beside the first ("the adjacent refinery")."""
        return any(self.at.has(word, _BESIDE) for word in range(at, end))

    def compounds(self, at: int) -> bool:
        """Tell whether a word only tells which kind of place the noun behind it is ("state radio headquarters")."""
        word = self.at.words[at].text
        plain = word.isalpha() and not self.at.capital(at) and not word.endswith("s") and not self.is_verb(at)
        seated = plain and bool(self.at.has(at + 1, _SEATS)) and not self.at.listed(word, "stops", "followers")
        return seated or (word in self.at.lists["loose"] and bool(self.at.has(at + 1, self.at.lists["places"])))

    def modifies(self, at: int) -> bool:
        """Tell whether a plain noun follows a name, which then only qualifies it ("the Ebola outbreak")."""
        if at >= len(self.at.words) or self.at.capital(at) or not self.at.words[at].text.isalpha():
            return False
        word = self.at.words[at].text
        return not word.endswith(("ed", "ing", "ly")) and not self.at.listed(word, "stops", "followers")

    def are_nations(self, at: int) -> bool:
        """Tell whether "and" joins two words that say of which nation ("French and Malian")."""
        joined = self.at.has(at + 1, {"and"}) and at + 2 < len(self.at.words) and self.at.actor(at) is None
        return bool(joined) and self.is_nation(at) and self.is_nation(at + 2)

    def bound(self, phrase: Phrase) -> Phrase:
        """Mark a place that only qualifies the noun behind it ("the port operator", "city council")."""
        at = phrase.last
        if phrase.role is not Role.PLACE or at >= len(self.at.words) or phrase.within:
            return phrase
        word, lists = self.at.words[at].text, self.at.lists
        passed = ("followers", "quantity", "adverbs", "places", "actors")
        verbal = word.endswith("s") and not word.endswith("ss")
        if phrase.head in lists["plural"] and not self.at.capital(
            at - 1
        ):  # only what is one qualifies a noun behind it
            return phrase
        bound = word in lists["bearers"] or (not verbal and not self.at.listed(word, *passed) and self.modifies(at))
        return replace(phrase, bound=True) if bound else phrase
