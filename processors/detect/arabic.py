"""Noun phrases of Arabic: the head comes first, its qualifiers follow.

A place is a common noun with a name after it (مدينة تدمر), a name alone, a
list of names, or a common noun alone that points back (المدينة) or says how
much of something (نصف الغوطة). An actor is a name of the actor table or a
common noun (قوات, مقاتلو) with its qualifiers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processors.detect.actors import ActorKind, ActorMatch
from processors.detect.lexicon import Lexicon
from processors.detect.phrases import Name, Phrase, Role, Word, scan
from processors.detect.places import place_at
from processors.knowledge import Knowledge
from processors.normalise import Folded

_ADJECTIVE = re.compile(r"ال\w+(?:يه|ي|ه|ين|ون|ات)$|ال\w{3,}$")
_NISBA = re.compile(r"(?:ال)?\w{2,}(?:يه|ي|ه)$")
_FUNCTION = re.compile(
    r"[وف]?(?:في|من|الي|علي|عن|مع|بعد|قبل|خلال|التي|الذي|الذين|ان|او|ام|ثم|كما|حيث|بين|ضد|تحت|فوق|نحو|قرب|عند|منذ|لكن|بل|هي|هو|هم|"
    r"حتي|كان|كانت|قد|لم|لن|لا|ما|ليس|بحسب|وفق|وفقا|غير|دون|بشكل|اثر|عقب|وسط|بما|مما|لها|له|لهم|منها|فيها|عليها|بها|هناك|كل|اذ|عبر|ضمن|حول|امس|اليوم|"
    r"[يتن]\w{2,}ون|قال|قالت|اعلن|اعلنت|بالكامل|مجددا|تماما|موخرا|اخيرا|سابقا|لاحقا|يوم|صباح|مساء|فجر)$"
)
_OF_SIDE = re.compile(r"(?:ال)?(?:تابع|موالي?|مدعوم|متحالف|مرتبط|محسوب|مناهض|منضوي|متمركز|منتشر)\w*$")
_LIST_HEADS = re.compile(r"\s*(?:اخري|اخرين)?\s*(?:[،:]\s*)?(?:و?هي|و?هم|و?هما|:)?\s*\(?\s*")
_STATE = re.compile(r"ال(?:خاضع|واقع|تابع|محاصر|محتل|مطل|قريب|مجاور)\w*$")
_OWN = re.compile(r"(?:ها|هم|ه|نا)$")
_PROCLITICS = frozenset({"و", "ف", "ب", "ل", "ك", "وب", "ول", "لل", "فب"})
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
LONGEST_NAME = 4


def phrases(
    folded: Folded, text: str, words: Sequence[Word], lexicon: Lexicon, knowledge: Knowledge
) -> tuple[Phrase, ...]:
    """Return the places and actors that the words of one sentence name."""
    del folded  # Arabic has no capitals to look at
    return scan(len(words), Chunker(text=text, words=words, lexicon=lexicon, knowledge=knowledge).read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunker:
    """Reads one phrase at a time from a sentence's words."""

    text: str
    words: Sequence[Word]
    lexicon: Lexicon
    knowledge: Knowledge

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        headed = self._headed_place(at)
        if headed is not None:
            return headed
        actor = self._actor(at)
        bare = self._bare_place(at)
        if actor and bare and bare.end > actor.end:
            return bare
        return actor or bare

    # -- places ------------------------------------------------------------
    def _headed_place(self, at: int) -> Phrase | None:
        """Read a place that begins with a quantity, a share or a common noun."""
        first, share = self._quantity(at)
        if first < len(self.words) and self._is_compound(first):
            return self._share_of_name(at, first, share=share)
        noun, says, then = self._nouns(first)
        share = share or self._is_part(first, then)
        if not noun:
            return self._share_of_name(at, first, share=True) if share else None
        if says == "owned":
            return self._owned_place(at, then, noun)
        return self._with_names(at, then, noun, says, share=share)

    def _is_part(self, first: int, then: int) -> bool:
        """Tell whether a chain of nouns begins with a part of what follows (مداخل المدينة, شمال المدينة)."""
        words, word = self.lexicon.words, self.words[first].text if first < len(self.words) else ""
        noun = self.lexicon.surfaces["places"].get(word, ("", ""))[0]
        broad = noun in words["broad"] - words["plural"] or noun in words["shares"] or noun == "مداخل"
        return then - first > 1 and (broad or _proclitic_off(word, words["compass"]) is not None)

    def _quantity(self, at: int) -> tuple[int, bool]:
        """Skip words of number and share; return the next word and whether a share was named."""
        share = False
        while at < len(self.words):
            bare = _proclitic_off(self.words[at].text, self.lexicon.words["quantity"] | self.lexicon.words["shares"])
            percent = at + 1 < len(self.words) and self.words[at + 1].text in "%٪"
            if bare is None and not _NUMBER.match(self.words[at].text):
                break
            share = share or bare in self.lexicon.words["shares"] or percent
            at += 2 if percent else 1
            partitive = share or bare in {"عدد", "اي", "كل", "كثير", "عديد", "مزيد", "عشرات"}
            while partitive and self._is(at, {"من", "كبير", "كبيره", "واسعه", "كبيرا"}):
                at += 1
        return at, share

    def _nouns(self, at: int) -> tuple[str, str, int]:
        """Read a chain of place nouns (ريف مدينة); return the last noun, how it is written, and the next word."""
        surfaces, compass = self.lexicon.surfaces["places"], self.lexicon.words["compass"]
        noun, says = "", ""
        while at < len(self.words):
            word = self.words[at].text
            found = surfaces.get(word)
            towards = _proclitic_off(word, compass)
            if found is None and towards is None:
                break
            if noun and says == "definite":
                break
            noun, says = found or (noun or "شمال", says or "plain")
            at += 1
            if found and self._and_noun(at):
                at += 1
        return noun, says, at

    def _and_noun(self, at: int) -> bool:
        """Tell whether the next word adds a second head (قرى وبلدات)."""
        return (
            at < len(self.words)
            and self.words[at].text[:1] == "و"
            and (self.words[at].text in self.lexicon.surfaces["places"] and self.words[at].text[1:] not in {"ادي"})
        )

    def _owned_place(self, at: int, then: int, noun: str) -> Phrase:
        """Read "its positions": it points back unless it says where they are."""
        within, last = self._where(self._qualified(then))
        return self._phrase(Role.PLACE, at, last, headed=True, pointing=not within, within=within, head=noun, share=bool(within))

    def _with_names(self, at: int, then: int, noun: str, says: str, *, share: bool) -> Phrase | None:
        """Read what follows the noun: names, or adjectives and where it lies."""
        plural = noun in self.lexicon.words["plural"]
        names, last = ((), then) if says == "definite" and not plural else self._names(then, plural=plural)
        if not names and says == "definite":
            names, last = self._apposed(then)
        if names:
            return self._placed(at, last, noun, names, share=share)
        last = self._qualified(then)
        if says == "definite" and noun not in self.lexicon.words["common_nouns"] and last > then:
            whole = Name(start=self._start(at, noun), end=self.words[last - 1].end)
            return self._phrase(Role.PLACE, at, last, headed=True, names=(whole,), head=noun, share=share)
        holder = self._actor(last) if says == "plain" and last < len(self.words) else None
        last = holder.last if holder else last
        within, end = self._where(last)
        if says == "definite" and not plural and not within:
            return self._phrase(Role.PLACE, at, last, headed=True, pointing=True, head=noun, share=share)
        return self._phrase(Role.PLACE, at, end, headed=True, within=within, head=noun, share=share or plural, holder=holder)

    def _apposed(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read a name that stands in apposition after a definite noun in brackets (المدينة (تدمر))."""
        return self._names(at, plural=False) if self._is(at, {"("}) else ((), at)

    def _placed(self, at: int, last: int, noun: str, names: tuple[Name, ...], *, share: bool) -> Phrase:
        """Make the phrase of named places; of a broad noun (ريف, ضفة) they only say where it lies."""
        within, last = self._where(last)
        if noun in self.lexicon.words["named_heads"] and len(names) == 1:
            head = max(at, self._after(names[0].start) - 1)
            names = (Name(start=self._start(head, noun), end=names[0].end),)
        if noun in self.lexicon.words["broad"]:
            end = max(name.end for name in names)
            whole = Name(start=self._start(at), end=end)
            known = tuple(name for name in names if name.rows)
            return self._phrase(Role.PLACE, at, last, headed=True, names=(whole,), within=known, head=noun, share=True)
        return self._phrase(Role.PLACE, at, last, headed=True, names=names, within=within, head=noun, share=share)

    def _is_compound(self, at: int) -> bool:
        """Tell whether a place noun is part of a known name of several words (تل رفعت)."""
        noun, _ = self.lexicon.surfaces["places"].get(self.words[at].text, ("", ""))
        name = self._known(at) if noun and noun not in self.lexicon.words["plain_heads"] else None
        return name is not None and self._after(name.end) > at + 1

    def _share_of_name(self, at: int, first: int, *, share: bool) -> Phrase | None:
        """Read a share of a place that is named without a noun (نصف الغوطة)."""
        found = self._bare_place(first)
        if found is None:
            return None
        return self._phrase(Role.PLACE, at, found.last, names=found.names, within=found.within, share=share)

    def _bare_place(self, at: int) -> Phrase | None:
        """Read a known name that no noun introduces, and the names listed after it."""
        name = self._known(at)
        if name is None or not self._stands_alone(at):
            return None
        names, last = self._more((name,), self._after(name.end), plural=False)
        last = self._qualified(last, most=1)
        within, last = self._where(last)
        return self._phrase(Role.PLACE, at, last, names=names, within=within, actor=self._country(at))

    def _stands_alone(self, at: int) -> bool:
        word = self.words[at].text
        return not ({word, word[1:]} & self.lexicon.words["not_places"]) and not _FUNCTION.match(word)

    def _known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word, unless it is an everyday word."""
        match = place_at(self.text, self.words[at].start, self.knowledge.gazetteer)
        if match is None or (match.common and self._after(match.end) == at + 1):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def _names(self, at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names that a place noun introduces, known or not."""
        if at >= len(self.words):
            return (), at
        match = _LIST_HEADS.match(self.text, self.words[at].start if not plural else self.words[at - 1].end)
        at = self._after(match.end()) if match and plural else at + self._is(at, {"("})
        name = self._name(at)
        if name is None:
            return (), at
        names, last = self._more((name,), self._after(name.end), plural=plural)
        last = self._qualified(last, most=2)
        return names, last + self._is(last, {")"})

    def _name(self, at: int) -> Name | None:
        """Read one name after a noun: the gazetteer's longest, else the words that look like a name."""
        if at >= len(self.words) or self._is_closed(at):
            return None
        match = place_at(self.text, self.words[at].start, self.knowledge.gazetteer)
        whole = match is None or self._after(match.end) == at + 1
        goes_on = whole and at + 1 < len(self.words) and self._goes_on(at + 1)
        if match is not None and match.start == self.words[at].start and not goes_on:
            return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)
        last = at + 1
        while last < len(self.words) and last - at < LONGEST_NAME and self._goes_on(last):
            last += 1
        return Name(start=self.words[at].start, end=self.words[last - 1].end)

    def _is_closed(self, at: int) -> bool:
        """Tell whether a word cannot begin an unknown name."""
        word = self.words[at].text
        closed = self.lexicon.words["loose"] | self.lexicon.words["days"] | self.lexicon.words["relatives"]
        return (
            not word[0].isalpha()
            or len(word) < 2  # noqa: PLR2004 (one letter is no name)
            or bool(_FUNCTION.match(word))
            or word in closed
            or self.lexicon.surfaces["actors"].get(word) is not None
            or self._match(at) is not None
        )

    def _goes_on(self, at: int) -> bool:
        """Tell whether an unknown name has this word as well."""
        before, word = self.words[at - 1].text, self.words[at].text
        return before in self.lexicon.words["starters"] and word[0].isalpha() and not _FUNCTION.match(word)

    def _more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: "، X و Y"."""
        while at < len(self.words):
            name = self._listed(at, plural=plural)
            if name is None:
                break
            names, at = (*names, name), self._after(name.end)
        return names, at

    def _listed(self, at: int, *, plural: bool) -> Name | None:
        """Return the next name of a list if the words at `at` add one."""
        word = self.words[at].text
        if word in {"،", ",", "-", "و"}:
            at += 1
            if at >= len(self.words):
                return None
        elif word[0] != "و":
            return None
        return self._joined(at, plural=plural)

    def _joined(self, at: int, *, plural: bool) -> Name | None:
        word = self.words[at].text
        known = self._known(at) if self._stands_alone(at) else None
        if known is not None:
            return known
        if (
            not plural
            or self._is_closed(at)
            or word in self.lexicon.surfaces["places"]
            or not word.startswith(("و", "ال"))
        ):
            return None
        start = self.words[at].start + (word[0] == "و")
        last = at + 1
        while last < len(self.words) and last - at < LONGEST_NAME and self._goes_on_after(last, at):
            last += 1
        return Name(start=start, end=self.words[last - 1].end)

    def _goes_on_after(self, at: int, first: int) -> bool:
        before = self.words[at - 1].text
        before = before[1:] if at - 1 == first and before[0] == "و" else before
        return before in self.lexicon.words["starters"] and not _FUNCTION.match(self.words[at].text)

    def _qualified(self, at: int, most: int = 3) -> int:
        """Skip adjectives after a place (الاستراتيجية, السورية)."""
        stop = at + most
        while at < min(stop, len(self.words)):
            word = self.words[at].text
            loose = word in self.lexicon.words["loose"] or (word.startswith("ال") and bool(_NISBA.match(word)))
            if not loose or _STATE.match(word) or word in self.lexicon.words["days"] or word in self.lexicon.words["relatives"]:
                break
            if self._match(at) or word in self.lexicon.surfaces["actors"]:
                break
            at += 1
        return at

    def _where(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read where a place lies (في ريف حلب, بمحافظة الحديدة, شمالي سوريا), brackets included."""
        opened = self._is(at, {"("})
        here = at + opened
        here += self._is(here, {"في", "داخل", "قرب", "وسط", "ضمن"})
        if here >= len(self.words) or (here == at and not self._is_locative(here)):
            return (), at
        noun, _, then = self._nouns(here)
        if then >= len(self.words):
            return (), at
        name = self._name(then) if noun else self._known(then)
        if name is None or not (name.rows or noun):
            return (), at
        last = self._qualified(self._after(name.end), most=2)
        return (name,), last + self._is(last, {")"}) * opened

    def _is_locative(self, at: int) -> bool:
        """Tell whether a word says where without a preposition of its own (بريف, شرق)."""
        word = self.words[at].text
        return _proclitic_off(word, self.lexicon.words["compass"]) is not None or (
            word[0] == "ب" and word in self.lexicon.surfaces["places"]
        )

    # -- actors ------------------------------------------------------------
    def _actor(self, at: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers."""
        match = self._match(at)
        if match is not None:
            last, identity = self._actor_tail(self._after(match.end), match.id)
            noun, says = self.lexicon.surfaces["actors"].get(self.words[at].text, ("", ""))
            alone = not identity and says == "definite" and last == at + 1 and noun in self.lexicon.words["groups"]
            return self._phrase(
                Role.ACTOR, at, last, start=match.start, actor=identity, generic=match.generic, head=noun, pointing=alone
            )
        found = self.lexicon.surfaces["actors"].get(self.words[at].text)
        if found is None or found[1] == "owned":
            return self._own_actor(at) if found else None
        last, identity = self._actor_tail(at + 1, None, construct=found[1] == "plain")
        alone = found[1] == "definite" and last == at + 1 and found[0] in self.lexicon.words["groups"]
        start = self._start(at, found[0])
        return self._phrase(Role.ACTOR, at, last, start=start, actor=identity, head=found[0], pointing=alone)

    def _match(self, at: int) -> ActorMatch | None:
        """Return the actor table's match at this word; a country's bare name is a place first."""
        match = self.knowledge.actors.match(self.text, self.words[at].start)
        return None if match is None or match.kind is ActorKind.COUNTRY else match

    def _country(self, at: int) -> str | None:
        """Return the id of the state whose bare name begins at this word."""
        match = self.knowledge.actors.match(self.text, self.words[at].start)
        return match.id if match is not None and match.kind is ActorKind.COUNTRY else None

    def _own_actor(self, at: int) -> Phrase:
        """Read "its forces": an actor that points back."""
        noun = self.lexicon.surfaces["actors"][self.words[at].text][0]
        return self._phrase(Role.ACTOR, at, at + 1, pointing=True, head=noun)

    def _actor_tail(self, at: int, identity: str | None, *, construct: bool = False) -> tuple[int, str | None]:
        """Read the qualifiers, brackets and further members of an actor; return the next word and the actor's id."""
        first, most = at, at + 9
        while at < min(most, len(self.words)):
            step, found = self._qualifier(at, construct=construct and at == first)
            if not step:
                break
            identity = identity or found
            at += step
        return at, identity

    def _qualifier(self, at: int, *, construct: bool) -> tuple[int, str | None]:
        """Return how many words belong to the actor here, and the id they name."""
        word = self.words[at].text
        match = self._match(at)
        plain = self.lexicon.surfaces["actors"].get(word, ("", ""))[1] == "plain" and word[0] not in "ول"
        if match is not None and plain and not construct:
            return 0, None
        if match is not None and (match.start == self.words[at].start or word[0] in "ول"):
            return self._after(match.end) - at, match.id
        if word == "(":
            return self._brackets(at), None
        if word in self.lexicon.words["days"] or word in self.lexicon.words["relatives"] or _FUNCTION.match(word):
            return 0, None
        if _OF_SIDE.match(word):
            return 1 + self._is(at + 1, {"من", "مع", "ل", "لل"}), None
        head = self.lexicon.surfaces["actors"].get(word)
        if head is not None and (construct or word.startswith(("و", "ال", "لل"))):
            return 1, None
        if word in self.lexicon.surfaces["places"]:
            return 0, None
        return int(word[0].isalpha() and (construct or bool(_ADJECTIVE.match(word)))), None

    def _brackets(self, at: int) -> int:
        """Return how many words a short bracket takes, none if it is long or a place."""
        for last in range(at + 1, min(at + 5, len(self.words))):
            if self.words[last].text == ")":
                return last + 1 - at
        return 0

    # -- words -------------------------------------------------------------
    def _is(self, at: int, texts: set[str]) -> int:
        return int(at < len(self.words) and self.words[at].text in texts)

    def _after(self, end: int) -> int:
        """Return the first word that begins at or after this offset."""
        low, high = 0, len(self.words)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.words[middle].start < end else (low, middle)
        return low

    def _start(self, at: int, noun: str = "") -> int:
        """Return where the word begins without its proclitics."""
        word = self.words[at]
        for size in (2, 1):
            rest = word.text[size:]
            if noun and word.text[:size] in _PROCLITICS and rest.startswith((noun, "ال" + noun)):
                return word.start + size
        return word.start

    def _phrase(self, role: Role, first: int, last: int, *, start: int | None = None, **known: object) -> Phrase:
        begin = self._start(first, str(known.get("head", ""))) if start is None else start
        return Phrase(role=role, start=begin, end=self.words[last - 1].end, first=first, last=last, **known)  # type: ignore[arg-type]


def _proclitic_off(word: str, known: frozenset[str]) -> str | None:
    """Return the known word within `word`, with up to two attached particles and the article taken off."""
    for bare in (word, word[1:] if word[:1] in "وفبلك" else "", word[2:] if word[:2] in {"ال", "وب", "ول"} else ""):
        if bare in known:
            return bare
    return None
