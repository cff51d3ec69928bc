"""Names of places in Russian and Ukrainian: capitalised words in any case, as the gazetteer has their nominative.

A name that the gazetteer does not have is still one where its ending is that of
settlements (-івка, -ское, -град) or a noun of place stands before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, product

from processors.detect.phrases import Name
from processors.detect.reading import Reading
from processors.detect.slavic_cases import nominatives

_MOST_WORDS = 3
_MOST_FORMS = 40
"""Combinations of nominatives looked up for a name of several words."""

_SHORTEST = 3
_SIZEABLE = 3_000
"""People; the word that opens a sentence is taken for the name of no smaller place, unless its ending tells one."""

_FOREIGN = re.compile(r"^[a-z\W]|\d")
_ARTICLE = re.compile(r"(?:аль|ан|аш|ар|ас|ат|ад|эль|эш|эр|эд|эт|ель|еш)-(?=\w)")
_PAIR = 2
_LANDS = ("щина", "щину", "щини", "щині", "щиною", "щины", "щине", "щиной")
"""Endings of the short names of regions ("Сумщина")."""

_CODE = 4
"""Letters of an abbreviation; a name in capitals throughout is longer, or stands in a headline of capitals."""

_ENDINGS = ((("у", "ю"), "acc"), (("ом", "ем", "єм", "ою", "ею"), "ins"), (("е", "і"), "loc"))
_UNKNOWN = 3
"""Words that a name without a row in the gazetteer may have."""

_SETTLEMENT = re.compile(
    r".+(?:(?:[оеєії]в|ин|ян|ль|ач|[иі]ч|уш|[ое]т)к(?:а|и|у|е|ой|ою)|(?:[оеєії]в|ин|ян|ль)ці|[оеє]во|ино|ське|цьке|"
    r"(?:[слпнртв]с|ц)к(?:а|у|ом|е|ое)?|(?:ськ|цьк)(?:а|у|ом)?|град[ауе]?|город[ауе]?|поль|полье|полья|пілля|піль|"
    r"ове|еве|єве|ине|їне|ное|иного|ового)$"
)
_ADJECTIVAL = re.compile(
    r"(?:ый|ий|ой|ою|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ую|ым|им|ых|их|ої|ій|(?:ьк|н|ов|к)(?:а|е|у)|[бвгґджзклмнпрстфхцчшщ]і)$"
)
_PERSONAL = re.compile(r"(?:ени|ани|стви)[ея] |(?:ов|ев|єв|їв|ін|ин|ко|ич|ий|ова|ева|єва|ина|ая|ук|юк|як)$")
_NUMERALS = frozenset({"первый", "первое", "первая", "второе", "второй", "вторая", "третье", "перше", "друге", "третє"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places."""

    at: Reading

    @property
    def language(self) -> str:
        """Return the code of the sentence's language."""
        return self.at.lexicon.language

    def known(self, at: int, *, least: int = 1) -> Name | None:
        """Return the gazetteer's longest name of at least `least` words that begins here, in any case."""
        for count in range(min(_MOST_WORDS, self._run(at)), least - 1, -1):
            rows = self.rows(at, count)
            if rows and not (count == 1 and self._runs_on(at)):
                start, end = self.at.words[at].start, self.at.words[at + count - 1].end
                return Name(start=start, end=end, rows=rows, common=count == 1 and self._is_common(at))
        return None

    def rows(self, at: int, count: int) -> tuple[int, ...]:
        """Return the rows of every name that these words may be a form of."""
        words = [self.at.words[n].text for n in range(at, at + count)]
        if count == 1 and len(words[0]) < _SHORTEST:
            return ()
        forms = [(word, *nominatives(word, self.language)) for word in words]
        found: dict[int, None] = {}
        for form in islice(product(*forms), _MOST_FORMS):
            found.update(dict.fromkeys(self._of(" ".join(form))))
        return tuple(found)

    def _of(self, name: str) -> tuple[int, ...]:
        match = self.at.knowledge.gazetteer.match(name, 0)
        return match.rows if match is not None and match.end == len(name) else ()

    def _runs_on(self, at: int) -> bool:
        """Tell whether an adjective with a further capital behind it only begins a name ("Новый Труд")."""
        return self._run(at) > 1 and _ADJECTIVAL.search(self.at.words[at].text) is not None

    def _is_common(self, at: int) -> bool:
        """Tell whether a name is also an everyday word, which a capital at the head of a sentence may hide."""
        return self.at.words[at].text in self.at.lists["common_names"]

    def case(self, name: Name) -> str:
        """Return the case of a known name by its form: the nominative is the one the gazetteer has."""
        word = self.at.text[name.start : name.end]
        if not name.rows or self._of(word):
            return "nom" if name.rows else ""
        return next((case for endings, case in _ENDINGS if word.endswith(endings)), "gen")

    def is_sizeable(self, name: Name) -> bool:
        """Tell whether a known name is that of a place large enough to be named without a noun."""
        gazetteer = self.at.knowledge.gazetteer
        long = (
            self.at.text[name.start : name.end].endswith(_LANDS)
            or " " in self.at.text[name.start : name.end]
            or "-" in self.at.text[name.start : name.end]
        )
        return long or any(gazetteer.entry(row).population >= _SIZEABLE for row in name.rows)

    def _run(self, at: int) -> int:
        """Return how many words with a capital stand together from here."""
        count = 0
        for word in range(at, min(at + _MOST_WORDS, len(self.at.words))):
            apart = word > at and self.at.words[word].start - self.at.words[word - 1].end != 1
            if apart or not self.is_name(word) or (word > at and self._is_region(word)):
                break
            count += 1
        return count

    def _is_region(self, at: int) -> bool:
        """Tell whether an adjective of a region stands here ("Северска Донецкой области")."""
        return at + 1 < len(self.at.words) and self.at.words[at + 1].text in self.at.lists["areas"]

    def is_name(self, at: int) -> bool:
        """Tell whether a word may be part of a name: a capital, and no word that only opens a sentence."""
        word = self.at.words[at].text
        if not self._is_capital(at) or word in self.at.lists["stops"] or _FOREIGN.search(word):
            return False
        shouted = self.at.folded.span(self.at.words[at].start, self.at.words[at].end).text.isupper()
        return not shouted or (len(word) > _CODE and not self.at.lexicon.stems.match(word))

    def _is_capital(self, at: int) -> bool:
        """Tell whether a word has a capital, behind an article written onto it as well ("аль-Шаабаб")."""
        if self.at.capital(at):
            return True
        article = _ARTICLE.match(self.at.words[at].text)
        core = self.at.words[at].start + (article.end() if article else 0)
        return article is not None and self.at.folded.source[self.at.folded.origin[core]].isupper()

    def is_of_person(self, at: int) -> bool:
        """Tell whether a word with an article ends a person's name ("Абу Бакр аль-Багдади")."""
        if at == 0 or _ARTICLE.match(self.at.words[at].text) is None or not self.is_name(at - 1):
            return False
        apart = self.at.words[at].start - self.at.words[at - 1].end != 1
        return not apart and self.at.actor(at - 1) is None and self.known(at - 1) is None

    def name(self, at: int) -> Name | None:
        """Read one name: the gazetteer's, else a run of capitalised words that name no actor."""
        if at >= len(self.at.words) or not self.is_name(at):
            return None
        return self.known(at) or self._unknown(at)

    def _unknown(self, at: int) -> Name | None:
        last = at
        while last < min(at + _UNKNOWN, len(self.at.words)) and self.is_name(last) and self._continues(at, last):
            last += 1
        return Name(start=self.at.words[at].start, end=self.at.words[last - 1].end) if last > at else None

    def _continues(self, first: int, at: int) -> bool:
        """Tell whether a word belongs to the name begun before it: no actor, no region of its own."""
        if at == first:
            return True
        actor = self.at.words[at].text in self.at.lexicon.surfaces["actors"] or self.at.actor(at) is not None
        return not actor and not self._is_region(at) and self.at.words[at].start - self.at.words[at - 1].end == 1

    def settlement(self, at: int) -> Name | None:
        """Return an unknown name whose ending is that of settlements ("Новосергеевку")."""
        name = self._unknown(at)
        if name is None:
            return None
        words = self.at.text[name.start : name.end].split()
        described = len(words) == _PAIR and _ADJECTIVAL.search(words[0]) and not _PERSONAL.search(" ".join(words))
        fits = len(words) <= _PAIR and (words[-1] in _NUMERALS or _SETTLEMENT.match(words[0]) or described)
        return name if fits else None

    def more(self, names: tuple[Name, ...], at: int, *, free: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list (", X и Y", "X, а также Y"); `free` lets unknown ones belong to it."""
        while (here := self._after_joint(at)) is not None:
            known = self.known(here) if self._may_start(here) else None
            name = known or (self._listed(here, free=free) if self._may_start(here) else None)
            if name is None or self._names_more(self.at.after(name.end)):
                break
            if (len(names) == 1 or not name.rows) and not self._may_end(here, name):
                break
            names, at = (*names, name), self.at.after(name.end)
        return names, at

    def _may_end(self, here: int, name: Name) -> bool:
        """Tell whether a name behind a comma can belong to a list: no verb follows it ("кроме X, Y оставалась")."""
        after = self.at.after(name.end)
        if not self.at.has(here - 1, {","}) or after >= len(self.at.words):
            return True
        following = self.at.words[after].text
        if self.at.capital(after):
            return True
        return not following[0].isalpha() or following in self.at.lists["joints"] | self.at.lists["inside"]

    def _listed(self, at: int, *, free: bool) -> Name | None:
        return self.name(at) if free else self.settlement(at)

    def _may_start(self, at: int) -> bool:
        return (
            at < len(self.at.words)
            and self.is_name(at)
            and self.at.words[at].text not in self.at.lexicon.surfaces["actors"]
            and self.at.actor(at) is None
        )

    def _after_joint(self, at: int) -> int | None:
        """Return the word behind ", ", "и", "а также" and a noun of place, if one of them stands here."""
        joints, here = self.at.lists["joints"], at
        if at + 2 < len(self.at.words) and self._is_region(at):  # "Зеленое Запорожской области и Братское"
            at = here = at + 2
        while here < min(at + 4, len(self.at.words)) and (
            self.at.words[here].text in joints or self.at.has(here, {","})
        ):
            here += 1
        if here == at:
            return None
        while here < len(self.at.words) and self.at.words[here].text in self.at.lists["settled"]:
            here += 1
        return here

    def _names_more(self, at: int) -> bool:
        """Tell whether the name is an adjective of a region ("и Харьковской области") and so no further place."""
        return at < len(self.at.words) and self.at.words[at].text in self.at.lists["areas"]
