"""Names of places in English: capitalised words the gazetteer knows, or that stand where a name must.

Who speaks is read here as well, by name or by noun: the subject before "said",
the inverted subject after it, and the object of "according to".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from processors.detect.english_qualifiers import Qualifiers
from processors.detect.line import Line, last_match
from processors.detect.phrases import Name, Role, Voice
from processors.detect.reading import Reading
from processors.normalise import Folded

LONGEST = 9
_AFTER_LIST = frozenset(
    {"and", "in", "on", "after", "from", "by", "as", "with", "near", "at", "late", "early", "following"}
)
_WIDE = frozenset({"governorate", "region", "country"})
_LONGEST = 90
_SPEAKER_WORDS = 9
_BORDER = re.compile(
    r"[,;:()!?\n]|\.\s|(?<!\w)(?:and|but|that|as|after|while|when|where|which|who|because|although|though|amid|before|"
    r"since|then|was|were|is|are|be|been|it|he|she|they|we|i|you|there|told|said|says|saying|if|whether)(?!\w)"
)
_END = re.compile(
    _BORDER.pattern + r"|(?<!\w)(?:in|on|at|to|with|during|by|from|had|has|have|will|would|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|today|yesterday|late|early)(?!\w)"
)
_HELPING = re.compile(r"(?:\s+(?:has|have|had|also|later|earlier|since|separately|\w+ly))*\s*$")
_DAY = re.compile(
    r"\s*(?:(?:on|late|early|earlier|by|in|meanwhile|later)\s+)*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|"
    r"yesterday|meanwhile|however)(?:\s+(?:morning|evening|night|afternoon))?\s+|\s*(?:on|in)\s+\w+\s+\d+\s+"
)
_BEHIND = re.compile(r"\s(?:of|for|in|at|from|on|with|to|by|near|inside|close)\s")
_ARTICLE = re.compile(r"(?:(?:a|an|the|its|their|his|her|our)\s+)?")
_LAST_ARTICLE = re.compile(r"(?<!\w)(?:a|an|the)\s")
_INVERTED = re.compile(r"(?:said|says|added|reported)$")
_ASIDE = re.compile(r"\s*(?:\w+ing|quoted|on|in)(?!\w)")
_VERB = re.compile(r"(?:had|has|have|will|would|was|were|is|are|be)(?!\w)")
_FORMS = ("past", "base", "ing", "passive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places."""

    at: Reading

    def name_in(self, core: int, end: int) -> Name | None:
        """Return the capitalised words before the noun as a name, with the noun ("Al-Nur military airport")."""
        if end - core < 2 or not self.at.may_be_name(core):  # noqa: PLR2004 (a name and a noun)
            return None
        known = self.known(core)
        if known is None and Qualifiers(at=self.at).is_nation(core):
            return None
        start = self.at.words[core].start
        return Name(
            start=start,
            end=self.at.words[end - 1].end,
            rows=known.rows if known else (),
            common=bool(known and known.common),
        )

    def owner(self, at: int) -> Name | None:
        """Return the place that a possessive names ("Yemen's")."""
        word = self.at.words[at]
        if not self.at.may_be_name(at) and not self.at.small:
            return None
        stem = word.text.removesuffix("'s")
        match = self.at.knowledge.gazetteer.match(stem, 0)
        whole = match is not None and match.end == len(stem)
        end = word.start + len(stem)
        return Name(start=word.start, end=end, rows=match.rows if match and whole else ())

    def name(self, at: int) -> Name | None:
        """Read one name: the gazetteer's, else a run of capitalised words."""
        if at >= len(self.at.words) or not self.at.may_be_name(at) or self.at.actor(at) is not None:
            return None
        known = self.known(at)
        if known is not None:
            return self.with_noun(known)
        last = at
        while (
            last < min(at + 4, len(self.at.words))
            and self.at.may_be_name(last)
            and self.at.words[last].text not in self.at.lists["stops"] | self.at.lists["bearers"]
            and (last == at or self.at.words[last].start - self.at.words[last - 1].end <= 1)
        ):
            last += 1
        return Name(start=self.at.words[at].start, end=self.at.words[last - 1].end) if last > at else None

    def with_noun(self, name: Name) -> Name:
        """Let a capitalised noun of place after a name belong to it ("Aleppo Province")."""
        at = self.at.after(name.end)
        if (
            at < len(self.at.words)
            and self.at.words[at].text in self.at.lists["places"]
            and not self.at.has(at, {"and"})
        ):
            return Name(start=name.start, end=self.at.words[at].end, rows=name.rows, common=name.common)
        return name

    def known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word if it is written as names are."""
        if not self.at.may_be_name(at) or self._is_no_place(at):
            return None
        match = self.at.place(at)
        if match is None or self.at.text[match.end : match.end + 1] == "-" or self._runs_on(self.at.after(match.end)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def _is_no_place(self, at: int) -> bool:
        """Tell whether a word that is listed as no place begins no country's name ("United States") either."""
        return self.at.words[at].text in self.at.lists["not_places"] and self.at.country(at) is None

    def _runs_on(self, at: int) -> bool:
        """Tell whether a capitalised word that is no noun follows at once: the known name is part of a longer one."""
        if (
            at >= len(self.at.words)
            or not self.at.capital(at)
            or self.at.words[at].start - self.at.words[at - 1].end != 1
        ):
            return False
        words = self.at.lists
        return self.at.words[at].text not in words["places"] | words["actors"] | words["stops"] | words["not_places"]

    def more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: ", X and Y"."""
        while at < len(self.at.words) and self.at.has(at, {",", "and", "&", "or"}):
            comma = self.at.has(at, {","}) and not self.at.has(at + 1, {"and"})
            here = at + 1 + self.at.has(at + 1, {"and"})
            here += self.at.has(here, {"then"})
            if comma and (region := self._region(here)) is not None:
                at = self.at.after(region.end)
                continue
            here += here < len(self.at.words) and self.at.words[here].text == "the"
            known = self.known(here) if here < len(self.at.words) and self.at.actor(here) is None else None
            name = known or (
                self.name(here) if here < len(self.at.words) and (plural or self._is_single(here)) else None
            )
            if name is None or self._is_actor(here) or (comma and not self._list_goes_on(self.at.after(name.end))):
                break
            names, at = (*names, self.with_noun(name)), self.at.after(self.with_noun(name).end)
        return names, at

    def _region(self, at: int) -> Name | None:
        """Return the province or state behind a place's comma ("Bara, North Kordofan"), no member of a list."""
        name = self.known(at) if at < len(self.at.words) and self.at.actor(at) is None else None
        if name is None:
            return None
        whole = self.with_noun(name)
        entries = [self.at.knowledge.gazetteer.entry(row) for row in name.rows]
        wide = whole.end > name.end or any(entry.feature in _WIDE for entry in entries)
        listed = self.at.has(self.at.after(whole.end), {"and", "&"})
        return whole if wide and not listed else None

    def _list_goes_on(self, at: int) -> bool:
        """Tell whether what follows a name behind a comma lets it belong to a list ("X, Y insists" does not)."""
        following = self.at.words[at].text if at < len(self.at.words) else "."
        return not following[0].isalnum() or following in _AFTER_LIST

    def _is_single(self, at: int) -> bool:
        """Tell whether a capitalised word stands alone, so that a list of places can hold it."""
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else "."
        return self.at.capital(at) and (following in self.at.lists["stops"] or not following[0].isalnum())

    def _is_actor(self, at: int) -> bool:
        """Tell whether the words at `at` run on to a noun of actors."""
        for word in self.at.words[at : at + LONGEST]:
            if not word.text[0].isalnum() or word.text in self.at.lists["stops"]:
                return False
            if word.text in self.at.lists["actors"]:
                return True
        return False


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    patterns, text = line.lexicon.patterns, line.text
    cues = [(m, True) for m in patterns["naming"].finditer(text, line.start, line.end)]
    cues += [(m, False) for m in patterns["saying"].finditer(text, line.start, line.end)]
    for match, naming in sorted(cues, key=lambda cue: cue[0].start()):
        span = _following(line, match) if naming else _subject(line, match) or _inverted(line, match)
        voice = _voice(folded, line, match, span) if span else None
        if voice is not None:
            yield voice


def _subject(line: Line, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the words right before the verb back to the border of their clause."""
    limit = max(line.start, cue.start() - _LONGEST)
    helping = _HELPING.search(line.text, limit, cue.start())
    end = helping.start() if helping else cue.start()
    border = last_match(_BORDER, line.text, limit, end)
    start = border.end() if border else limit
    day = _DAY.match(line.text, start, end)
    start = day.end() if day else start
    if any(line.lexicon.forms[form].search(line.text, start, end) for form in _FORMS):
        article = last_match(_LAST_ARTICLE, line.text, start, end)
        return (article.start(), end) if article else None
    return (start, end) if line.text[start:end].strip() else _apposed(line, limit, start)


def _apposed(line: Line, limit: int, end: int) -> tuple[int, int] | None:
    """Return the name between two commas before the verb, or what an aside parts from it ("X, speaking ..., said")."""
    stop = end - 1
    border = last_match(_BORDER, line.text, limit, stop) if line.text[limit:end].endswith(",") else None
    if border is None or border[0] != ",":
        return None
    if not _ASIDE.match(line.text, border.end(), stop):
        return border.end(), stop
    earlier = last_match(_BORDER, line.text, limit, border.start())
    return (earlier.end() if earlier else limit), border.start()


def _inverted(line: Line, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the words behind a verb that has nothing before it ("..., said NAME")."""
    before = line.text[line.start : cue.start()].rstrip(" \"'")
    if not _INVERTED.search(cue[0]) or (before and before[-1] not in ",:"):
        return None
    start, end = _following(line, cue)
    told = _VERB.match(line.text, end) or any(line.lexicon.forms[form].search(line.text, start, end) for form in _FORMS)
    return None if told else (start, end)


def _following(line: Line, cue: re.Match[str]) -> tuple[int, int]:
    limit = min(line.end, cue.end() + _LONGEST)
    border = _END.search(line.text, cue.end(), limit)
    return cue.end(), border.start() if border else limit


def _voice(folded: Folded, line: Line, cue: re.Match[str], span: tuple[int, int]) -> Voice | None:
    """Return the voice of a span whose head can speak."""
    start, end = span
    while start < end and not line.text[start].isalnum():
        start += 1
    while end > start and not line.text[end - 1].isalnum():
        end -= 1
    article = _ARTICLE.match(line.text, start, end)
    core = article.end() if article else start
    if core >= end or len(line.text[start:end].split()) > _SPEAKER_WORDS or not _speaks(folded, line, core, end):
        return None
    told = line.text[max(line.start, start - 5) : start].endswith("and ")
    return Voice(cue=cue.span(), start=start, end=end, core=core, closing=not told)


def _speaks(folded: Folded, line: Line, core: int, end: int) -> bool:
    """Tell whether the head of the phrase can speak: a speaking noun, an actor or a capitalised name, never a place."""
    behind = _BEHIND.search(line.text, core, end)
    stop = behind.start() if behind else end
    words = line.text[core:stop].split()
    if not words or words[0] in line.lexicon.words["not_speakers"] or words[-1] in line.lexicon.words["not_speakers"]:
        return False
    if words[-1] in line.lexicon.words["speakers"]:
        return True
    near = [p for p in line.phrases if p.start < stop and core < p.end]
    if any(p.role is Role.ACTOR and p.end >= stop and p.start <= core for p in near):
        return True
    if any(p.role is Role.PLACE and p.end >= stop and p.actor is None for p in near):
        return False
    at = line.text.rindex(words[-1], core, stop)
    return folded.source[folded.origin[at]].isupper()
