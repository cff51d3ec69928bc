"""Names of places in Arabic that no table has, read where words of taking say that a place must follow.

Small towns stand alone in the news (استعاد الجيش الدندر): behind a preposition that words of taking ask for, and as the
object of a verb of taking or of its noun, a word that is no everyday one names a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.arabic_everyday import is_everyday
from processors.detect.arabic_words import FUNCTION, is_listed
from processors.detect.phrases import Name
from processors.detect.reading import Reading

_BEFORE_NAME = frozenset({"علي", "من", "عن", "في", "الي"})
_GAIN = re.compile(
    r"(?:رفعت?\s+(?:ال)?(?:علم|رايه)|دخل|دخول|سيطر|ستول|استيلا|ستحو[ا]?ذ|هيمن|قبض|[نا]نسحب|انسحاب|طرد|تخل|اخرج|دحر|هرب|هروب|فرار|تحرير|حصار)\w*"
)
_REACH = 8
"""Words that may stand between words of taking and the name."""
_TOLD_OF = re.compile(
    r"\s*[)\"]?\s*،?\s*و?(?:التي|الذي)\s+(?:(?:كان|كانت|قد|لا|تزال|يزال|ما|زالت|زال|سبق|ان)\s+){0,3}(?:"
    r"(?:[يت]?سيطر|[يت]ستول|استول|[يت]?هيمن)\w*\s+علي(?:ها|ه)|(?:استعاد|استرد|حرر|انتزع|احتل|دخل|خسر|فقد|حاصر|[يت]حاصر)\w*ت?(?:ها|ه)|"
    r"سقطت?|تحررت?|(?:انسحب|طرد|خرج)\w*\s+(?:من(?:ها|ه))|تحت\s+سيطره|خاضعه?|[يت]خضع|خضعت?|بيد|في\s+(?:يد|ايدي|قبضه))(?!\w)"
    r"|\s*[)\"]?\s+المحرره?\s+(?:حديثا|موخرا|اخيرا|من)(?!\w)"
)
_PER_CENT = re.compile(r"\d[\d.,]*$|[%٪]$|بالم[يئا]{1,3}ه$")
_LYING = re.compile(
    r"\s*،?\s*ال(?:واقع|متاخم|محاذي|مطل)ه?\s+(?:علي|في|شمال|جنوب|شرق|غرب|قرب|ضمن|بين|ل|ب)"
    r"|\s*\(\s*(?:اقصي\s+)?(?:شمال|جنوب|شرق|غرب|وسط|ريف)\w{0,2}\s"
)
_FALL = re.compile(r"[وف]?(?:[بل]?سقوط|سقطت?|[يت]سقط)$")
_INTO_HANDS = re.compile(
    r"(?P<name>\w+(?:\s+\w+){0,2}?)\s+(?:(?:مجددا|موخرا|اخيرا|اليوم|امس|سريعا|مره\s+اخري)\s+)?"
    r"(?:بيد|بايدي|في\s+(?:يد|ايدي|قبضه)|بقبضه|تحت\s+(?:سيطره|قبضه))(?!\w)"
)
_FOREIGN = re.compile(r"(?!ال)(?=\w{4,})(?:\w*[گپچژڤ]\w*|\w+ا)$")
_TAKING = re.compile(
    r"[وف]?(?:ل|ب)?(?:استعاده|تحرير|استرداد|تطهير|اجتياح|خساره|احتلال|حصار|محاصره|تطويق|فقدان|سقوط)$|[وف]?سقطت$"
)
_TAKES = re.compile(
    r"[وف]?(?:استعاد|استرد|حرر|دخل|انتزع|احتل|اجتاح|طهر|غادر|اخلي?|حاصر|طوق|خسر|فقد|[يت](?:ستعيد|سترد|حرر|دخل|حتل|جتاح|حاصر|طوق))ت?$"
)
_PEOPLE = re.compile(r"(?:يي|يين|يون|يات|هم|ها|هما|نا)$")
_STILL = frozenset({"زال", "زالت", "زالوا", "يزال", "تزال"})
_MARKS = frozenset('#"')
_LEAST_STRANGE = 4
_NO_NAMES = frozenset(
    {
        "قضايا",
        "مزايا",
        "زوايا",
        "خلايا",
        "بقايا",
        "هدايا",
        "ضحايا",
        "لكسر",
        "لفك",
        "نوايا",
        "دنيا",
        "سرايا",
        "وصايا",
        "ميليشيا",
        "مليشيا",
    }
    | {"تكنولوجيا", "ايديولوجيا", "كورونا", "مرايا", "عطايا", "شظايا", "مافيا", "بورصا", "جميعا", "كلها"}
)
_VERB = re.compile(r"و(?:[يت]\w{3,}|\w{2,}[^ا]ت|\w{2,}وا)$")
_QUALIFIER = re.compile(r"(?:ال)?\w{2,}(?:يه|ي|ه)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Reads one name that nothing knows."""

    at: Reading

    def name(self, at: int) -> Name | None:
        """Return the name at this word: a hashtag, quoted, with a foreign ending, or no everyday word."""
        longer = self._region(at) or self.longer(at)
        if longer is not None:
            return longer
        word = self.at.words[at]
        told = self._is_told_of(at)
        if not told and (not at or not (self._is_taken_from(at) or self._is_object(at))):
            return None
        if self.is_no_name(word.text):
            return None
        if self.at.actor(at) is not None:
            return None
        named = self._is_marked(at) or _FOREIGN.match(word.text) is not None or self.is_strange(at) or self._lies(at)
        return Name(start=word.start, end=word.end) if named else None

    def _region(self, at: int) -> Name | None:
        """Return a listed region, the particle written onto it left off (بدارفور, والضفة الغربية)."""
        words, word, regions = self.at.words, self.at.words[at], self.at.lists["regions"]
        for last in (at + 1, at):
            end = words[last].end if last < len(words) else -1
            for start in (word.start, word.start + (word.text[0] in "وفبلك")):
                if self.at.text[start:end] in regions:
                    return Name(start=start, end=end)
        return None

    def longer(self, at: int) -> Name | None:
        """Return a name in several words that begins at this one, if words of taking or falling ask for a name."""
        if not at:
            return None
        if self._is_started(at) and (self._is_taken_from(at) or self._is_object(at)):
            return Name(start=self.at.words[at].start, end=self.at.words[at + 1].end)
        return self._fallen(at)

    def _is_started(self, at: int) -> bool:
        """Tell whether a word that often begins a town's name has a strange one behind it (عين ترما)."""
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        if self.at.words[at].text not in self.at.lists["starters"] or not following[:1].isalpha():
            return False
        return not self.is_no_name(following) and (following.startswith("ال") or self.is_strange(at + 1))

    def _lies(self, at: int) -> bool:
        """Tell whether the words behind say where it lies, which only a place does (كوبو الواقعة جنوب الحدود)."""
        return _LYING.match(self.at.text, self.at.words[at].end) is not None

    def _fallen(self, at: int) -> Name | None:
        """Return the words between "the fall of" and "into the hands of" that nothing knows (سقوط كيد باشو بيد)."""
        if not _FALL.match(self.at.words[at - 1].text):
            return None
        found = _INTO_HANDS.match(self.at.text, self.at.words[at].start)
        if found is None:
            return None
        last = self.at.after(found.end("name")) - 1
        words, surfaces = range(at, last + 1), self.at.lexicon.surfaces
        nouns = any(self.at.words[n].text in surfaces[of] for n in words for of in ("places", "actors"))
        known = nouns or any(self.is_no_name(self.at.words[n].text) or self.at.actor(n) for n in words)
        if known or (last == at and not self.is_strange(at)) or self.at.words[at].text.startswith("ال"):
            return None
        return Name(start=self.at.words[at].start, end=found.end("name"))

    def added(self, at: int) -> Name | None:
        """Return the name that "and" adds to another (الدندر والسوكي)."""
        word = self.at.words[at]
        if word.text[0] != "و" or _VERB.match(word.text) or self.is_no_name(word.text) or not self.is_strange(at):
            return None
        return Name(start=word.start + 1, end=word.end)

    def is_taken(self, at: int) -> bool:
        """Tell whether the word stands right behind words of taking and ends its clause."""
        behind = at > 0 and (self._is_taken_from(at) or _TAKING.match(self.at.words[at - 1].text))
        if not (behind or (at and self._is_object(at))):
            return self._is_told_of(at)
        if self._is_marked(at) or self.is_strange(at):
            return True
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else "."
        return not following[0].isalpha() or following[0] == "و" or following in self.at.lists["days"]

    def _is_marked(self, at: int) -> bool:
        """Tell whether the word is a hashtag or quoted."""
        return self.at.folded.text[self.at.words[at].start - 1] in _MARKS

    def is_no_name(self, word: str) -> bool:
        """Tell whether a word cannot be an unknown name: a sign, a function word, one that ends as persons do."""
        lists = self.at.lists
        if word in _NO_NAMES or any(word in lists[of] for of in ("not_places", "days", "quantity", "shares")):
            return True
        if not word[0].isalpha() or FUNCTION.match(word) or _PEOPLE.search(word):
            return True
        return is_listed(word, lists["movables"])

    def _is_taken_from(self, at: int) -> bool:
        """Tell whether words of taking or leaving and their preposition stand before the word, extents passed over."""
        before = at - 1
        while before > 0 and self._is_extent(before):
            before -= 1
        before -= self.at.words[before].text in {":", "("}
        if self.at.words[before].text not in _BEFORE_NAME:
            return False
        start = self.at.words[max(0, before - _REACH)].start
        clause = self.at.text[start : self.at.words[at].start]
        return _GAIN.search(clause[max(clause.rfind("،"), clause.rfind(".")) + 1 :]) is not None

    def _is_extent(self, at: int) -> bool:
        """Tell whether a word says how much of a place: a quantity, a share, a per cent, or "of" behind one."""
        word = self.at.words[at].text
        if word == "من":
            return at > 1 and self._is_extent(at - 1)
        listed = word in self.at.lists["quantity"] | self.at.lists["shares"]
        return listed or _PER_CENT.match(word) is not None

    def _is_told_of(self, at: int) -> bool:
        """Tell whether a relative clause right behind the word says that somebody took or holds it."""
        return _TOLD_OF.match(self.at.text, self.at.words[at].end) is not None

    def _is_object(self, at: int) -> bool:
        """Tell whether the word is the object of a verb of taking or of its noun (استعادة الدندر, حرر الجيش الدندر)."""
        if _TAKING.match(self.at.words[at - 1].text) or self._is_right_behind(at):
            return True
        verb = next((n for n in range(at - 2, max(-1, at - 6), -1) if _TAKES.match(self.at.words[n].text)), None)
        if verb is None:
            return False
        match = self.at.actor(verb + 1)
        headed = self.at.words[verb + 1].text in self.at.lexicon.surfaces["actors"]
        end = self.at.after(match.end) if match else verb + 1 + headed
        return end > verb + 1 and all(_QUALIFIER.match(self.at.words[n].text) for n in range(end, at))

    def _is_right_behind(self, at: int) -> bool:
        """Tell whether the word stands right behind a verb of taking whose subject is before it (قواته دخلت بارا)."""
        before = self.at.words[at - 2].text if at > 1 else ""
        acts = before in self.at.lexicon.surfaces["actors"] or before in _STILL
        return acts and _TAKES.match(self.at.words[at - 1].text) is not None

    def is_strange(self, at: int) -> bool:
        """Tell whether a word is neither an everyday one nor a place noun, somebody armed or the like."""
        word, surfaces = self.at.words[at].text, self.at.lexicon.surfaces
        if len(word) < _LEAST_STRANGE or word in surfaces["places"] or word in surfaces["actors"]:
            return False
        return not (word in self.at.lists["loose"] or is_everyday(word))
