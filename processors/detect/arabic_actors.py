"""Actors in Arabic: known by name, or a noun with its qualifiers after it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from processors.detect.arabic_words import FUNCTION, QUOTED, proclitic_off
from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading

_ADJECTIVE = re.compile(r"ال\w+(?:يه|ي|ه|ين|ون|ات)$|ال\w{3,}$")
_LED_BY = frozenset({"بقياده", "بزعامه", "بامره"})
_MEN = frozenset({"رجال", "ابناء", "شباب", "ابطال"})
_TITLE = re.compile(r"(?:لل|ال)(?:رييس|قايد|جنرال|مشير|لواء|زعيم|شيخ|حاكم|عقيد|عميد|فريق)$")
_ALSO = frozenset({"والامن"})
_KNOWN = re.compile(r"(?:ال)?معترف$")
_OF_SIDE = re.compile(r"و?(?:ال)?(?:معترف|تابع|موالي?|مدعوم|متحالف|مرتبط|محسوب|مناهض|منضوي|متمركز|منتشر)\w*$")
_OUT_OF = frozenset(
    {"فصيل", "فصايل", "مجموعه", "مجموعات", "مقاتلون", "مقاتلين", "عناصر", "مسلحون", "مسلحين", "كتيبه", "كتايب"}
    | {"وحدات", "قوه", "قوات", "جنود", "افراد", "ارتال", "رتل", "دوريات", "مفارز", "الويه", "طلايع", "عنصر", "اعضاء"}
)
_NAMED_BY = frozenset(
    {"جبهه", "حركه", "جماعه", "تنظيم", "ميليشيا", "مليشيا", "حزب", "فصيل", "لواء", "كتيبه", "جيش", "قوات"}
)
_WITHOUT = frozenset({"اي", "دون", "بدون", "بلا"})
_FREEING = frozenset({"تحرير"})
_FIGHTING = re.compile(r"[وف]?[لب]?(?:طردت?|دحرت?|هزيمه|محاربه|ضد|مقاتلي|مقاتلو|مسلحي|مسلحو|عناصر)$")
_TOLD = re.compile(r"\w{2}(?:ت|وا)$|\W")
_DID = re.compile(r"[وف]?\w{2,}وا$")
_STATES = frozenset({"ولايه", "اقليم"})
MOST_WORDS = 9
_NEAR = 4
_SIDE = re.compile(r"ال\w+(?:ي|يه)$")

_ACTS = frozenset({"احتلال"})
"""Nouns that without the article are what somebody does, even at the head of a headline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads the actor that begins at a word."""

    at: Reading

    def read(self, at: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers."""
        if self.at.words[at].text in _MEN and at + 1 < len(self.at.words):
            force = self.read(at + 1)
            return replace(force, start=self.at.words[at].start, first=at) if force else None
        match = self.at.actor(at)
        if match is None and self.at.words[at].text in QUOTED and (self._is_quoted(at) or self.is_fought(at)):
            return self._made(at, at + 1, "", self.at.actor_named(QUOTED[self.at.words[at].text]))
        if match is not None:
            last, identity = self._actor_tail(self.at.after(match.end), match.id)
            noun, _ = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text, ("", ""))
            return self._made(at, last, noun, identity, start=match.start, generic=match.generic)
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text)
        if found is None or found[1] == "owned" or self.at.words[at].text.endswith("ينا"):
            return self._own_actor(at) if found and found[0] not in self.at.lists["only_definite"] else None
        bare = found[1] == "plain" and (found[0] in self.at.lists["only_definite"] or self.at.has(at - 1, _WITHOUT))
        if (bare and (at or found[0] in _ACTS)) or self.at.words[at].text in _LED_BY or self._is_device(at, found[0]):
            return None
        last, identity = self._actor_tail(at + 1, None, construct=found[1] == "plain")
        return self._made(at, last, found[0], identity, start=self.at.start_of(at, found[0]))

    def _is_device(self, at: int, noun: str) -> bool:
        """Tell whether "apparatus" is none of security (أجهزة التنفس, not أجهزة الأمن)."""
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        return noun == "اجهزه" and not following.startswith(("الامن", "امن", "الاستخبار", "المخابر"))

    def _is_quoted(self, at: int) -> bool:
        """Tell whether the word alone is quoted, as newspapers quote a group's name («الشباب»)."""
        word, text = self.at.words[at], self.at.folded.text
        return text.startswith('"', word.start - 1) and text.startswith('"', word.end)

    def is_fought(self, at: int) -> bool:
        """Tell whether a group's short name stands behind driving out or fighting, which is somebody (طرد القاعدة)."""
        if at == 0 or self.at.words[at].text not in QUOTED:
            return False
        return _FIGHTING.match(self.at.words[at - 1].text) is not None

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
        noun = self.at.lexicon.surfaces["actors"].get(word)
        another = word[0] not in "ول" and noun is not None and (noun[1] == "plain" or self._is_another(at))
        belongs = construct or (not another and (match.start == self.at.words[at].start or word[0] in "ول"))
        return (self.at.after(match.end) - at, match.id) if belongs else (0, None)

    def _plain_qualifier(self, at: int, *, construct: bool) -> int:
        """Return how many words without a name of their own belong to the actor here."""
        word = self.at.words[at].text
        if word == "(":
            return self._brackets(at)
        if ((construct and word in _STATES) or self._is_to_free(at)) and at + 1 < len(self.at.words):
            return 2
        if word in _LED_BY:
            return self._leader(at)
        closed = self.at.lists["days"] | self.at.lists["relatives"] | self.at.lists["events"]
        if (
            word in closed
            or proclitic_off(word, self.at.lists["shares"]) is not None
            or word in self.at.lists["quantity"]
            or (word in self.at.lexicon.surfaces["places"] and self.at.words[at - 1].text != "حرس")
            or FUNCTION.match(word)
            or _DID.match(word)
        ):
            return 0
        return self._attribute(at, construct=construct)

    def _leader(self, at: int) -> int:
        """Return how many words name who leads or heads them (بقيادة العميد طارق صالح, بقيادة السعودية)."""
        leader = self.read(at + 1) if at + 1 < len(self.at.words) else None
        if leader is not None:
            return leader.last - at
        return self._bearer(at + 1) + 1 if at + 1 < len(self.at.words) and self._is_title(at + 1) else 0

    def _is_title(self, at: int) -> bool:
        return _TITLE.match(self.at.words[at].text) is not None

    def _bearer(self, at: int) -> int:
        """Return how many words a title and the name of its bearer take."""
        last = at + 1
        while last < min(at + MOST_WORDS, len(self.at.words)) and self._is_of_name(last):
            last += 1
        return last - at

    def _is_to_free(self, at: int) -> bool:
        """Tell whether a group's noun stands before "liberation", whose object names it (جبهة تحرير أورومو)."""
        return self.at.words[at].text in _FREEING and self.at.words[at - 1].text in _NAMED_BY

    def _attribute(self, at: int, *, construct: bool) -> int:
        """Return how many words of an adjective, of a side or of a second noun belong to the actor here."""
        word = self.at.words[at].text
        if word == "بالعراق" and self.at.words[at - 1].text == "الاسلاميه":
            return 1 + self.at.has(at + 1, {"والشام", "وسوريا"})
        if _OF_SIDE.match(word):
            return self._of_side(at)
        if self._is_title(at) or word in _ALSO:
            return self._bearer(at) if word not in _ALSO else 1
        if word in self.at.lexicon.surfaces["actors"] and (construct or word.startswith(("و", "ال", "لل"))):
            return int(construct or not self._is_another(at))
        return int(word[0].isalpha() and (construct or bool(_ADJECTIVE.match(word))))

    def _of_side(self, at: int) -> int:
        """Return how many words say whose side a force is on (الموالية للرئيس منصور هادي, المدعومة من التحالف)."""
        if _KNOWN.match(self.at.words[at].text):
            return 1 + self.at.has(at + 1, {"به", "بها"}) + self.at.has(at + 2, {"دوليا"})
        words, last = self.at.words, at + 1 + self.at.has(at + 1, {"من", "مع", "ل", "لل"})
        if last > at + 1:
            return last + self.at.has(last, {"قبل"}) - at
        match = self.at.actor(last) if last < len(words) else None
        if match is not None and words[last].text[0] == "ب":
            return self.at.after(match.end) - at
        if match or last == len(words) or words[last].text[0] not in "لب" or FUNCTION.match(words[last].text):
            return 1
        return last - at + (self._bearer(last) if self._is_title(last) else 1)

    def _is_of_name(self, at: int) -> bool:
        """Tell whether a word behind a title can belong to its bearer's name."""
        word, lexicon, lists = self.at.words[at], self.at.lexicon, self.at.lists
        closed = lists["days"] | lists["relatives"] | lists["events"]
        noun = any(word.text in lexicon.surfaces[of] for of in ("places", "actors")) or word.text in closed
        told = _TOLD.search(word.text) or any(
            lexicon.forms[form].match(self.at.text, word.start) for form in ("perfect", "imperfect")
        )
        return not (noun or told or FUNCTION.match(word.text) or word.text[0] == "و" or self.at.actor(at))

    def _is_another(self, at: int) -> bool:
        """Tell whether those the word names are others than the force before it (طرد الجيش الليبي المسلحين)."""
        surfaces, people = self.at.lexicon.surfaces["actors"], self.at.lists["human_heads"]
        back = at - 1
        while back > at - _NEAR and self.at.words[back].text not in surfaces and _SIDE.match(self.at.words[back].text):
            back -= 1
        before = surfaces.get(self.at.words[back].text, ("", ""))
        alike = (
            before[1] != "definite"
            or before[0] not in self.at.lists["masculine_heads"] | self.at.lists["feminine_heads"]
        )
        return (
            not alike
            and self.at.words[at].text[0] != "و"
            and (surfaces[self.at.words[at].text][0] in people | self.at.lists["peoples"])
        )

    def _brackets(self, at: int) -> int:
        """Return how many words a short bracket takes, none if it is long or a place."""
        for last in range(at + 1, min(at + 5, len(self.at.words))):
            if self.at.words[last].text == ")":
                return last + 1 - at
        return 0
