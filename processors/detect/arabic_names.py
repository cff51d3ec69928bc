"""Names of places in Arabic: known to the gazetteer or introduced by a noun, alone or listed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.arabic_everyday import is_everyday
from processors.detect.arabic_unknown import Unknown
from processors.detect.arabic_words import FUNCTION, is_listed, proclitic_off
from processors.detect.phrases import Name
from processors.detect.reading import Reading

_NISBA = re.compile(r"(?:ال)?\w{2,}(?:يه|ي|ه)$")
_STATE = re.compile(r"ال(?:خاضع|واقع|تابع|محاصر|محتل|مطل|قريب|مجاور)\w*$")
_LIST_HEADS = re.compile(
    r"\s*(?:اخري|اخرين)?\s*(?:[،:]\s*)?(?:(?:و?هي|و?هم|و?هما|مثل|منها|بينها|من\s+بينها|ابرزها|اهمها)(?!\w)|:)?\s*:?\s*\(?\s*"
)
_AMONG = re.compile(r"\s*[،:]?\s*(?:و?(?:من\s+)?(?:ابرزها|اهمها|هي|بينها|منها|ضمنها))\s*:?\s*(?=\w)")
_THEY = re.compile(r"و\w{2,}وا$")
_VERB = re.compile(r"و(?:[يت]\w{3,}|\w{2,}[^ا]ت|\w{2,}وا)$")
_OF_THEM = frozenset({"ابرزها", "اهمها", "منها", "بينها", "ضمنها"})
_OWNED = re.compile(r"(?:هم|ها|هما)$")
_PRESENT = re.compile(r"[يت]\w{3,}$")
_TOWNS = frozenset({"مدينه", "بلده", "قريه"})
_LISTED_TOWNS = frozenset({"بلدتا", "بلدتي", "مدينتا", "مدينتي", "بلدات", "مدن"})
_ONLINE = frozenset({"التواصل", "الكتروني", "الكترونيه", "فيسبوك", "تويتر", "يوتيوب", "اخباريه", "اخباري", "انترنت"})
LONGEST_NAME = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names and what says where they lie."""

    at: Reading
    unknown: Unknown

    def nouns(self, at: int) -> tuple[str, str, int]:
        """Read a chain of place nouns (ريف مدينة); return the last noun, how it is written, and the next word."""
        surfaces, compass = self.at.lexicon.surfaces["places"], self.at.lists["compass"]
        noun, says = "", ""
        while at < len(self.at.words):
            word = self.at.words[at].text
            found = None if self._is_led(at) else surfaces.get(word)
            towards = proclitic_off(word, compass)
            if found is None and towards is None:
                break
            if noun and (says == "definite" or self._is_named(at)):
                break
            noun, says = found or (noun or "شمال", says or "plain")
            at += 1
            if found and self._and_noun(at):
                at += 1
        return noun, says, at

    def _is_led(self, at: int) -> bool:
        """Tell whether what is spelled as "valley" or "site" is a verb, its end or on line (وأدى, للقضاء, مواقع)."""
        word, folded = self.at.words[at], self.at.folded
        ended = word.text.endswith("قضاء") and self.at.has(at + 1, {"علي"})
        site = word.text.endswith(("موقع", "مواقع")) and self.at.has(at + 1, _ONLINE)
        return bool(ended or site) or (word.text == "وادي" and folded.source[folded.origin[word.start + 1]] == "أ")

    def _is_named(self, at: int) -> bool:
        """Tell whether a definite noun behind "town" is the town's own name (بلدة القريتين)."""
        _, says = self.at.lexicon.surfaces["places"].get(self.at.words[at].text, ("", ""))
        match = self.at.place(at) if says == "definite" else None
        if match is None or match.start != self.at.words[at].start:
            return False
        before = self.at.lexicon.surfaces["places"].get(self.at.words[at - 1].text, ("", ""))[0]
        return before in _TOWNS or (before in _LISTED_TOWNS and not match.common)

    def _and_noun(self, at: int) -> bool:
        """Tell whether the next word adds a second head (قرى وبلدات)."""
        return (
            at < len(self.at.words)
            and self.at.words[at].text[:1] == "و"
            and (self.at.words[at].text in self.at.lexicon.surfaces["places"] and self.at.words[at].text != "وادي")
        )

    def stands_alone(self, at: int, name: Name) -> bool:
        """Tell whether a known name needs no noun before it: one of several words, or no everyday word."""
        word = self.at.words[at].text
        bare = word[1:] if word[0] in "وفبلك" else word
        everyday = {word, bare} & self.at.lists["not_places"] and self.at.after(name.end) == at + 1
        return not everyday and not FUNCTION.match(word)

    def known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word, unless it is an everyday word; or one that its spelling tells."""
        match = self.at.place(at)
        if match is None:
            return self.unknown.name(at)
        longer = self.unknown.longer(at) if match.common and self.at.after(match.end) == at + 1 else None
        if longer is not None:
            return longer
        if match.common and self.at.after(match.end) == at + 1 and (match.noun or not self.unknown.is_taken(at)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def doubtful(self, at: int) -> Name | None:
        """Return a known name that is an everyday noun as well, where words of taking ask for a place."""
        match = self.at.place(at)
        if match is None or not (match.common and match.noun) or not self.unknown.is_taken(at):
            return None
        goods = is_listed(self.at.words[at].text, self.at.lists["movables"])
        return None if goods else Name(start=match.start, end=match.end, rows=match.rows, common=True)

    def names(self, at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names that a place noun introduces, known or not."""
        if at >= len(self.at.words):
            return (), at
        match = _LIST_HEADS.match(self.at.text, self.at.words[at].start if not plural else self.at.words[at - 1].end)
        at = self.at.after(match.end()) if match and plural else at + self.at.has(at, {"("})
        name = self._bracketed(at) or self.name(at)
        if name is None:
            return (), at
        names, last = self.more((name,), self.at.after(name.end), plural=plural)
        last = self.qualified(last, most=2)
        return names, last + self.at.has(last, {")"})

    def _bracketed(self, at: int) -> Name | None:
        """Return the unknown words that brackets hold as one name (قرية (طيب الفال))."""
        words = self.at.words
        last = next((n for n in range(at, min(at + LONGEST_NAME, len(words))) if words[n].text == ")"), at)
        if last - at < 2 or words[at - 1].text != "(" or not all(word.text[0].isalpha() for word in words[at:last]):  # noqa: PLR2004 (two words)
            return None
        match = self.at.place(at)
        known = match is not None and self.at.after(match.end) == last
        return None if known else Name(start=words[at].start, end=words[last - 1].end)

    def listed_behind(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read the names of places that were only counted (سبع قرى في ريف حلب، أبرزها: ...)."""
        match = _AMONG.match(self.at.text, self.at.words[at - 1].end)
        at = self.at.after(match.end()) if match else at
        name = self.name(at) if match else None
        return self.more((name,), self.at.after(name.end), plural=True) if name else ((), at)

    def name(self, at: int) -> Name | None:
        """Read one name after a noun: the gazetteer's longest, else the words that look like a name."""
        if at >= len(self.at.words) or self._is_closed(at):
            return None
        match = self.at.place(at)
        if match is None and self._tells(at):
            return None
        whole = match is None or self.at.after(match.end) == at + 1
        goes_on = whole and at + 1 < len(self.at.words) and (self._goes_on(at + 1) or self._is_longer(at))
        if match is not None and match.start == self.at.words[at].start and not goes_on:
            return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)
        last = at + 1
        while last < len(self.at.words) and last - at < LONGEST_NAME and self._goes_on(last):
            last += 1
        last += last == at + 1 and goes_on
        return Name(start=self.at.words[at].start, end=self.at.words[last - 1].end)

    def _tells(self, at: int) -> bool:
        """Tell whether an unknown word is a verb, or one with a pronoun, of a clause that says more (قرى خسرها)."""
        word = self.at.words[at].text
        return _OWNED.search(word) is not None or (_PRESENT.match(word) is not None and is_everyday(word))

    def _is_closed(self, at: int) -> bool:
        """Tell whether a word cannot begin an unknown name."""
        word = self.at.words[at].text
        closed = self.at.lists["loose"] | self.at.lists["days"] | self.at.lists["relatives"]
        return (
            not word[0].isalpha()
            or len(word) < 2  # noqa: PLR2004 (one letter is no name)
            or bool(FUNCTION.match(word))
            or word in closed
            or _THEY.match(word) is not None
            or (self.at.lexicon.surfaces["actors"].get(word) is not None and not self._follows_town(at))
            or self.at.actor(at) is not None
        )

    def _follows_town(self, at: int) -> bool:
        """Tell whether a noun of one town stands before the word, which is a name then, whatever else it means."""
        before = self.at.words[at - 1].text if at else ""
        return self.at.lexicon.surfaces["places"].get(before, ("", ""))[0] in _TOWNS

    def _is_longer(self, at: int) -> bool:
        """Tell whether a town's known name is only the first word of a longer one (عدن يابال)."""
        word = self.at.words[at + 1].text
        apart = word[0] in "وفبلك" or word.startswith("ال") or self.at.place(at + 1) or self.at.actor(at + 1)
        return (
            self._follows_town(at)
            and not apart
            and not self.unknown.is_no_name(word)
            and self.unknown.is_strange(at + 1)
        )

    def _goes_on(self, at: int) -> bool:
        """Tell whether an unknown name has this word as well."""
        before, word = self.at.words[at - 1].text, self.at.words[at].text
        return before in self.at.lists["starters"] and word[0].isalpha() and not FUNCTION.match(word)

    def more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: "، X و Y"."""
        while at < len(self.at.words):
            name = self._listed(at, plural=plural)
            if name is None:
                break
            names, at = (*names, name), self.at.after(name.end)
        return names, at

    def _listed(self, at: int, *, plural: bool) -> Name | None:
        """Return the next name of a list if the words at `at` add one."""
        word = self.at.words[at].text
        if word in {"،", ",", "-", "و"}:
            at += 1
            if at >= len(self.at.words):
                return None
        elif word[0] != "و":
            return None
        return self._joined(at, plural=plural)

    def _joined(self, at: int, *, plural: bool) -> Name | None:
        word = self.at.words[at].text
        found = self.known(at)
        known = found if found and self.stands_alone(at, found) else None
        if known is not None:
            return known
        if not plural:
            return None if self._is_closed(at) else self.unknown.added(at)
        if (
            self._is_closed(at)
            or word in self.at.lexicon.surfaces["places"]
            or _OWNED.search(word)
            or not (word.startswith(("و", "ال")) or self.unknown.is_strange(at))
            or _VERB.match(word)
        ):
            return None
        start = self.at.words[at].start + (word[0] == "و")
        last = at + 1
        while last < len(self.at.words) and last - at < LONGEST_NAME and self._goes_on_after(last, at):
            last += 1
        return Name(start=start, end=self.at.words[last - 1].end)

    def _goes_on_after(self, at: int, first: int) -> bool:
        before = self.at.words[at - 1].text
        before = before[1:] if at - 1 == first and before[0] == "و" else before
        return before in self.at.lists["starters"] and not FUNCTION.match(self.at.words[at].text)

    def qualified(self, at: int, most: int = 3) -> int:
        """Skip adjectives after a place (الاستراتيجية, السورية)."""
        stop = at + most
        while at < min(stop, len(self.at.words)):
            word = self.at.words[at].text
            loose = word in self.at.lists["loose"] or (word.startswith("ال") and bool(_NISBA.match(word)))
            if (
                not loose
                or word in _OF_THEM
                or FUNCTION.match(word)
                or _STATE.match(word)
                or word in self.at.lists["days"]
                or word in self.at.lists["relatives"]
            ):
                break
            if self.at.actor(at) or word in self.at.lexicon.surfaces["actors"] or word in self.at.lists["events"]:
                break
            at += 1
        return at

    def of_what(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read what a definite part is of, behind its "of" (الأطراف الشمالية لمدينة عدن)."""
        apart = self.at.has(at, {"من"})
        word = self.at.words[at + apart].text if at + apart < len(self.at.words) else ""
        says = self.at.lexicon.surfaces["places"].get(word, ("", ""))[1]
        led = (apart or word[:1] == "ل") and says == "plain"
        return self.names(at + apart + 1, plural=False) if led else ((), at)

    def where(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read where a place lies (في ريف حلب, بمحافظة الحديدة, شمالي سوريا), brackets included."""
        opened = self.at.has(at, {"("})
        here = at + opened
        here += self.at.has(here, {"في", "داخل", "قرب", "وسط", "ضمن"})
        if here >= len(self.at.words) or (here == at and not self._is_locative(here)):
            return (), at
        noun, says, then = self.nouns(here)
        if then >= len(self.at.words):
            return (), at
        name = self._region(then) if noun and says == "definite" else self.name(then) if noun else self.known(then)
        if name is None or not (name.rows or noun):
            return (), at
        last = self.qualified(self.at.after(name.end), most=2)
        return (name,), last + self.at.has(last, {")"}) * opened

    def _region(self, at: int) -> Name | None:
        """Return the name behind a definite noun, or the noun with the adjective that makes it one (الغوطة الغربية)."""
        known = self.known(at)
        last = self.qualified(at, most=1)
        if known is not None or last == at:
            return known
        return Name(start=self.at.start_of(at - 1), end=self.at.words[last - 1].end)

    def _is_locative(self, at: int) -> bool:
        """Tell whether a word says where without a preposition of its own (بريف, شرق)."""
        word = self.at.words[at].text
        return proclitic_off(word, self.at.lists["compass"]) is not None or (
            word[0] == "ب" and word in self.at.lexicon.surfaces["places"]
        )
