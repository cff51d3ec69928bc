"""Actors in Arabic: known by name, or a noun with its qualifiers after it.

Who speaks is read here as well: the subject behind a verb of saying, the one
before it or its colon, and the object of بحسب.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from processors.detect.arabic_words import FUNCTION, QUOTED
from processors.detect.line import Line, last_match
from processors.detect.phrases import Phrase, Role, Voice
from processors.detect.reading import Reading
from processors.normalise import Folded

_ADJECTIVE = re.compile(r"ال\w+(?:يه|ي|ه|ين|ون|ات)$|ال\w{3,}$")
_OF_SIDE = re.compile(r"(?:ال)?(?:تابع|موالي?|مدعوم|متحالف|مرتبط|محسوب|مناهض|منضوي|متمركز|منتشر)\w*$")
_OUT_OF = frozenset(
    {"فصيل", "فصايل", "مجموعه", "مجموعات", "مقاتلون", "مقاتلين", "عناصر", "مسلحون", "مسلحين", "كتيبه", "كتايب"}
    | {"وحدات", "قوه", "قوات", "جنود", "افراد", "ارتال", "رتل", "دوريات", "مفارز", "الويه", "طلايع", "عنصر", "اعضاء"}
)
_NAMED_BY = frozenset(
    {"جبهه", "حركه", "جماعه", "تنظيم", "ميليشيا", "مليشيا", "حزب", "فصيل", "لواء", "كتيبه", "جيش", "قوات"}
)
_WITHOUT = frozenset({"اي", "دون", "بدون", "بلا"})
_FREEING = frozenset({"تحرير"})
_DID = re.compile(r"[وف]?\w{2,}وا$")
_STATES = frozenset({"ولايه", "اقليم"})
MOST_WORDS = 9
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SPEAKER_WORDS = 9
_LONGEST = 110
_PASSED = frozenset({"ايضا", "كذلك", "قد", "ذلك", "بدوره", "بدورها", "فيه", "فيها", "عنه", "عنها", "له", "لها"})
_JOINED = frozenset({"لحقوق", "للانباء", "للاعلام", "للدفاع", "لشوون", "باسم", "للمعلومات", "للحقوق"})
_THAT = re.compile(r"\s*(?:ب?ان|انه|انها|انهم|بانه|بانها)(?!\w)")
_START = re.compile(r"[،,؛:.!؟()\n]\s*")
_MEMBERS = re.compile(r"(?:ال)?(?:مصدر|مصادر|قيادي|مسوول|ناشط|عضو|متحدث|ناطق|قايد|ضابط)\w*$")
_RELATIVE = re.compile(r"(?:التي|الذي|،)\s+$")
_RELATIVE_ROOM = 8
_TWO = 2
_NAME_WORDS = range(2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads the actor that begins at a word."""

    at: Reading

    def read(self, at: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers."""
        match = self.at.actor(at)
        if match is None and self.at.words[at].text in QUOTED and self._is_quoted(at):
            return self._made(at, at + 1, "", self.at.actor_named(QUOTED[self.at.words[at].text]))
        if match is not None:
            last, identity = self._actor_tail(self.at.after(match.end), match.id)
            noun, _ = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text, ("", ""))
            return self._made(at, last, noun, identity, start=match.start, generic=match.generic)
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text)
        if found is None or found[1] == "owned":
            return self._own_actor(at) if found else None
        bare = found[1] == "plain" and (found[0] in self.at.lists["only_definite"] or self.at.has(at - 1, _WITHOUT))
        if bare and at:
            return None
        last, identity = self._actor_tail(at + 1, None, construct=found[1] == "plain")
        return self._made(at, last, found[0], identity, start=self.at.start_of(at, found[0]))

    def _is_quoted(self, at: int) -> bool:
        """Tell whether the word alone is quoted, as newspapers quote a group's name («الشباب»)."""
        word, text = self.at.words[at], self.at.folded.text
        return text.startswith('"', word.start - 1) and text.startswith('"', word.end)

    def _made(self, at: int, last: int, noun: str, identity: str | None, **known: Any) -> Phrase:
        """Make the actor's phrase; one that ends in "the group" points back to the group named before."""
        ending, says = self.at.lexicon.surfaces["actors"].get(self.at.words[last - 1].text, ("", ""))
        points = identity is None and says == "definite" and ending in self.at.lists["groups"]
        head = ending if points else noun
        return self.at.phrase(Role.ACTOR, at, last, actor=identity, head=head, pointing=points, **known)

    def _own_actor(self, at: int) -> Phrase:
        """Read "its forces": an actor that points back."""
        noun = self.at.lexicon.surfaces["actors"][self.at.words[at].text][0]
        return self.at.phrase(Role.ACTOR, at, at + 1, pointing=True, head=noun)

    def _actor_tail(self, at: int, identity: str | None, *, construct: bool = False) -> tuple[int, str | None]:
        """Read the qualifiers, brackets and further members of an actor; return the next word and the actor's id."""
        first, most = at, at + MOST_WORDS
        while at < min(most, len(self.at.words)):
            step, found = self._qualifier(at, construct=(construct and at == first) or self._is_named_by(at))
            if not step:
                break
            identity = identity or found
            at += step
        return at, identity

    def _is_named_by(self, at: int) -> bool:
        """Tell whether the word before is a group's noun whose name is still to come (مسلحو جبهة ...)."""
        return self.at.lexicon.surfaces["actors"].get(self.at.words[at - 1].text, ("", ""))[1] == "plain" and (
            self.at.words[at - 1].text in _NAMED_BY
        )

    def _qualifier(self, at: int, *, construct: bool) -> tuple[int, str | None]:
        """Return how many words belong to the actor here, and the id they name."""
        if self.at.has(at, {"من"}) and self.at.words[at - 1].text in _OUT_OF and at + 1 < len(self.at.words):
            whole = self.read(at + 1)
            return (whole.last - at, whole.actor) if whole else (0, None)
        match = self.at.actor(at)
        if match is None:
            return self._plain_qualifier(at, construct=construct), None
        word = self.at.words[at].text
        another = word[0] not in "ول" and self.at.lexicon.surfaces["actors"].get(word, ("", ""))[1] == "plain"
        belongs = construct or (not another and (match.start == self.at.words[at].start or word[0] in "ول"))
        return (self.at.after(match.end) - at, match.id) if belongs else (0, None)

    def _plain_qualifier(self, at: int, *, construct: bool) -> int:
        """Return how many words without a name of their own belong to the actor here."""
        word = self.at.words[at].text
        if word == "(":
            return self._brackets(at)
        if ((construct and word in _STATES) or self._is_to_free(at)) and at + 1 < len(self.at.words):
            return 2
        closed = self.at.lists["days"] | self.at.lists["relatives"] | self.at.lists["events"]
        if (
            word in closed
            or (word in self.at.lexicon.surfaces["places"] and self.at.words[at - 1].text != "حرس")
            or FUNCTION.match(word)
            or _DID.match(word)
        ):
            return 0
        return self._attribute(at, construct=construct)

    def _is_to_free(self, at: int) -> bool:
        """Tell whether a group's noun stands before "liberation", whose object names it (جبهة تحرير أورومو)."""
        return self.at.words[at].text in _FREEING and self.at.words[at - 1].text in _NAMED_BY

    def _attribute(self, at: int, *, construct: bool) -> int:
        """Return how many words of an adjective, of a side or of a second noun belong to the actor here."""
        word = self.at.words[at].text
        if word == "بالعراق" and self.at.words[at - 1].text == "الاسلاميه":
            return 1 + self.at.has(at + 1, {"والشام", "وسوريا"})
        if _OF_SIDE.match(word):
            return 1 + self.at.has(at + 1, {"من", "مع", "ل", "لل"})
        if word in self.at.lexicon.surfaces["actors"] and (construct or word.startswith(("و", "ال", "لل"))):
            return int(construct or not self._is_another(at))
        return int(word[0].isalpha() and (construct or bool(_ADJECTIVE.match(word))))

    def _is_another(self, at: int) -> bool:
        """Tell whether those the word names are others than the force before it (طالبت الحكومة المتمردين)."""
        surfaces, people = self.at.lexicon.surfaces["actors"], self.at.lists["human_heads"]
        before = surfaces.get(self.at.words[at - 1].text, ("", ""))
        alike = before[1] != "definite" or before[0] in people
        return not alike and self.at.words[at].text[0] != "و" and surfaces[self.at.words[at].text][0] in people

    def _brackets(self, at: int) -> int:
        """Return how many words a short bracket takes, none if it is long or a place."""
        for last in range(at + 1, min(at + 5, len(self.at.words))):
            if self.at.words[last].text == ")":
                return last + 1 - at
        return 0


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    del folded
    patterns = line.lexicon.patterns
    naming = [
        _voice(line, m, m.end(), naming=True) for m in patterns["naming"].finditer(line.text, line.start, line.end)
    ]
    saying = [
        _voice(line, m, m.end(), naming=False) or _before(line, m)
        for m in patterns["saying"].finditer(line.text, line.start, line.end)
    ]
    found = [voice for voice in chain([_heading(line)], naming, saying) if voice is not None]
    yield from sorted(found, key=lambda voice: voice.cue)


def _heading(line: Line) -> Voice | None:
    """Return the speaker that a colon sets before its words (المتحدث باسم الجيش: ...)."""
    colon = re.compile(":").search(line.text, line.start, min(line.end, line.start + _LONGEST))
    return _ending_at(line, line.start, colon) if colon else None


def _before(line: Line, cue: re.Match[str]) -> Voice | None:
    """Return the subject that stands before its verb (مصادر محلية قالت)."""
    border = last_match(_START, line.text, max(line.start, cue.start() - _LONGEST), cue.start())
    return _ending_at(line, border.end() if border else max(line.start, cue.start() - _LONGEST), cue)


def _ending_at(line: Line, start: int, cue: re.Match[str]) -> Voice | None:
    """Return the speaker that begins at `start` if its words reach the cue but for a word or two."""
    voice = _voice(line, cue, start, naming=False, limit=cue.start())
    near = voice is not None and len(line.text[voice.end : cue.start()].split()) <= _TWO
    return voice if near else None


def _voice(line: Line, cue: re.Match[str], at: int, *, naming: bool, limit: int | None = None) -> Voice | None:
    """Read a noun phrase that can speak from `at`, times and addressees passed over."""
    limit = min(line.end, at + _LONGEST) if limit is None else limit
    words = list(_WORD.finditer(line.text, at, limit))
    first = 0
    while first < len(words) and _is_passed(line, words[first].group(), naming=naming):
        first += 1
    if first >= len(words):
        return None
    start, shown = _bare(words[first], naming=naming)
    actor = _actor_at(line, start)
    end = actor.end if actor else _end(line, words[first:])
    if not (actor or _speaks(line, shown, start, end)):
        return None
    closing = (
        naming or _RELATIVE.search(line.text, max(line.start, cue.start() - _RELATIVE_ROOM), cue.start()) is not None
    )
    spoken = None if line.text[start : start + _TWO] != "لل" or not naming else _with_article(line.text[start:end])
    return Voice(cue=cue.span(), start=start, end=end, core=start, closing=closing, spoken=spoken)


def _is_passed(line: Line, word: str, *, naming: bool) -> bool:
    days = line.lexicon.words["days"]
    addressed = word.startswith("ل") and not naming and len(word) > _TWO
    return word in _PASSED or word in days or word in {"،", "ما"} or addressed


def _bare(word: re.Match[str], *, naming: bool) -> tuple[int, str]:
    """Return where a word begins without the ل of "according to" or an "and", and the word without them."""
    text = word.group()
    if naming and text.startswith("لل"):
        return word.start(), "ال" + text[2:]
    if naming and text.startswith("ل"):
        return word.start() + 1, text[1:]
    return word.start(), text


def _with_article(words: str) -> str:
    return "ال" + words[2:]


def _actor_at(line: Line, start: int) -> Phrase | None:
    fitting = (p for p in line.phrases if p.role is Role.ACTOR and not p.pointing and 0 <= p.start - start <= _TWO)
    return next(fitting, None)


def _end(line: Line, words: list[re.Match[str]]) -> int:
    """Return where the phrase ends: before a function word, a sign, a verb of saying or a place; else behind its head.

    What runs on without such an end is no short phrase, and a name cut in its middle would be a wrong one.
    """
    end = words[0].end()
    for word in words[1:_SPEAKER_WORDS]:
        if word.group() == "في" and _MEMBERS.match(words[0].group()):
            inside = _actor_at(line, word.end() + 1)
            return inside.end if inside else end
        if _closes(line, word) or (word is words[1] and _is_object(words[0].group(), word.group())):
            return end
        end = word.end()
    return end if len(words) < _SPEAKER_WORDS else words[0].end()


def _closes(line: Line, word: re.Match[str]) -> bool:
    text = word.group()
    if text in _JOINED:
        return False
    return (
        not text[0].isalpha()
        or bool(FUNCTION.match(text))
        or _THAT.match(text) is not None
        or (text in line.lexicon.words["days"] and not text.endswith("يه"))
        or (text[0] == "ل" and text[:3] != "لجن")
        or text in line.lexicon.surfaces["places"]
        or line.lexicon.patterns["saying"].match(text) is not None
        or _tells(line, word.start(), word.end())
    )


def _is_object(head: str, word: str) -> bool:
    """Tell whether a word behind a definite subject is the verb's object by its ending (نشر التنظيم صورا)."""
    return head.startswith("ال") and not word.startswith("ال") and word.endswith("ا")


def _tells(line: Line, start: int, end: int) -> bool:
    forms = ("perfect", "imperfect", "noun", "noun_f")
    return any(line.lexicon.forms[form].match(line.text, start, end) for form in forms)


def _speaks(line: Line, head: str, start: int, end: int) -> bool:
    """Tell whether the head is a noun that speaks, or the words a person's name right before the "that" they say."""
    if line.lexicon.patterns["speakers"].match(head):
        return True
    words = line.text[start:end].split()
    placed = any(p.role is Role.PLACE and p.start < end and start < p.end for p in line.phrases)
    named = len(words) in _NAME_WORDS and not placed and not FUNCTION.match(head)
    first = _WORD.match(line.text, start, end)
    told = first is not None and _tells(line, first.start(), first.end())
    return named and not told and _THAT.match(line.text, end) is not None
