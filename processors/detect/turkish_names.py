"""Names of places in Turkish, with and without their endings, in lists, and the nouns that follow them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from processors.detect.actors import ActorKind
from processors.detect.phrases import Name
from processors.detect.reading import Reading
from processors.detect.turkish_words import Form, cuts, form_of, singular, uncased

MOST_WORDS = 4
_LINKS = frozenset({",", "ve", "ile"})
_QUOTES = frozenset('"“”„«»')


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Names in a row: `last` is the word behind them, `case` that of the last name, `marked` by an apostrophe."""

    names: tuple[Name, ...]
    last: int
    case: str
    marked: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The noun of place at the end of a phrase: "kent merkezini" is `merkez`, accusative, owned."""

    stem: str
    noun: str
    case: str
    end: int
    last: int
    plural: bool
    owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places and their nouns; in a `titled` sentence capitals say nothing."""

    at: Reading
    titled: bool

    def read(self, at: int) -> Named | None:
        """Read names in a row ("Tınab, Keşkeş ve Sicu"); only the last may carry an ending."""
        first = self._one(at)
        if first is None:
            return None
        found = first
        while found.case == "nom" and self.at.has(found.last, _LINKS):
            further = self._one(found.last + 1)
            if further is None:
                break
            joined = found.joined or not self.at.has(found.last, {","})
            found = Named(
                names=(*found.names, *further.names), last=further.last, case=further.case,
                marked=found.marked or further.marked, joined=joined,
            )  # fmt: skip
        found = found if self._is_list(found) else first
        return None if self._is_mere_opening(found, at) else found

    def _is_mere_opening(self, found: Named, at: int) -> bool:
        """Tell whether a single capital that nothing knows only opens the sentence."""
        name = found.names[0]
        if at > 0 or found.last > 1 or found.marked or name.rows or self.country(0):
            return False
        head = self.head(1)
        return (head is None or not head.owned) and not self._is_taken(0)

    def _is_taken(self, at: int) -> bool:
        """Tell whether what follows a singular that nothing knows is only told of places ("X'in eline geçti")."""
        word = self.at.words[at]
        taken = self.at.lexicon.patterns["opened"].match(self.at.text, word.end)
        return taken is not None and singular(word.text) is None

    def _is_list(self, found: Named) -> bool:
        """Tell whether names in a row are one list: an "and" or a plural noun says so, a comma alone may not."""
        if len(found.names) == 1 or found.joined or self.at.has(found.last, {"gibi"}):
            return True
        head = self.head(found.last) if found.case == "nom" else None
        return head is not None and head.plural

    def _one(self, at: int) -> Named | None:
        """Read one name: the gazetteer's, else a run of capitalised words."""
        if at >= len(self.at.words) or not self.at.may_be_name(at) or self._is_closed(at):
            return None
        known = self._known(at)
        return known if known is not None and not self._runs_on(known) else self._unknown(at) or known

    def _runs_on(self, named: Named) -> bool:
        """Tell whether a capitalised word that is no noun follows at once: the name is part of a longer one."""
        at = named.last
        if self.titled or named.case != "nom" or named.marked or at >= len(self.at.words):
            return False
        return self.at.words[at].text[0].isalpha() and self.at.capital(at) and self._goes_on(at, first=-1)

    def person(self, at: int) -> int | None:
        """Return the word behind the name of a person whose title stands before it ("Bakan Ali Kaya")."""
        if not at or not self.at.has(at - 1, self.at.lists["titles"]) or self.titled:
            return None
        last = at
        while last < min(at + MOST_WORDS, len(self.at.words)) and self.at.capital(last):
            last += 1
            if "'" in self.at.words[last - 1].text or self._is_quoted(last):
                break
        return last if last > at else None

    def _is_closed(self, at: int) -> bool:
        """Tell whether a word is no part of a name even with a capital, as the noun that opens a sentence."""
        word, mark, _ = self.at.words[at].text.partition("'")
        noun = form_of(word, self.at.lists["places"]) is not None
        alone = at + 1 >= len(self.at.words) or not self.at.capital(at + 1)
        if noun and not mark and (self.titled or (at == 0 and alone)):
            return True
        lists = self.at.lists
        closed = (lists[name] for name in ("not_places", "function", "qualifiers", "adverbs"))
        return any(word in words for words in closed) or form_of(word, self.at.lists["actors"]) is not None

    def _known(self, at: int) -> Named | None:
        """Return the longest name of the gazetteer that begins here, its ending cut off."""
        start = self.at.words[at].start
        for last in range(min(at + MOST_WORDS, len(self.at.words)), at, -1):
            word = self.at.words[last - 1]
            if not word.text[0].isalnum() or not all(self.at.words[n].text.isalnum() for n in range(at, last - 1)):
                continue
            for size, case in cuts(word.text):
                end = word.start + size
                match = self.at.knowledge.gazetteer.match(self.at.text[start:end], 0)
                bare = size < len(word.text) and "'" not in word.text
                if (
                    match is not None
                    and match.end == end - start
                    and not (bare and (match.common or self._is_owned(last)))
                ):
                    if last == at + 1 and size == len(word.text) and self._is_side(at):
                        return None
                    name = Name(start=start, end=end, rows=match.rows, common=match.common)
                    return Named(names=(name,), last=last, case=case, marked=size < len(word.text))
        return None

    def _is_side(self, at: int) -> bool:
        """Tell whether a word alone is a side of something ("Batı") and no name."""
        form = form_of(self.at.words[at].text, self.at.lists["compass"])
        return form is not None and not self.titled

    def _is_owned(self, at: int) -> bool:
        """Tell whether a noun that owns the name follows, so that what looks like an ending is part of the name."""
        head = self.head(at)
        return head is not None and head.owned

    def _unknown(self, at: int) -> Named | None:
        """Return a run of capitalised words up to the first with an ending behind an apostrophe."""
        last = at
        while last < min(at + MOST_WORDS, len(self.at.words)) and self._goes_on(last, first=at):
            last += 1
            if "'" in self.at.words[last - 1].text or self._is_quoted(last):
                break
        lone = last == at + 1 and form_of(self.at.words[at].text, self.at.lists["places"]) is not None
        if last == at or lone:
            return None
        word = self.at.words[last - 1]
        size, case = next(iter(cuts(word.text)))
        name = Name(start=self.at.words[at].start, end=word.start + size)
        return Named(names=(name,), last=last, case=case, marked=size < len(word.text))

    def _goes_on(self, at: int, *, first: int) -> bool:
        """Tell whether a capitalised word belongs to a name that nothing knows."""
        if not self.at.may_be_name(at) or self._is_closed(at):
            return False
        if at == first:
            return True
        if first >= 0 and self._is_group(at):
            return False
        return not (self._noun(at) is not None or self.at.has(at, self.at.lists["qualifiers"]))

    def _is_quoted(self, at: int) -> bool:
        """Tell whether a quotation mark, which folding made a space, parts a word from the one before it."""
        if at >= len(self.at.words):
            return False
        start, end = (self.at.folded.origin[n] for n in (self.at.words[at - 1].end - 1, self.at.words[at].start))
        return any(sign in _QUOTES for sign in self.at.folded.source[start + 1 : end])

    def _is_group(self, at: int) -> bool:
        """Tell whether the table's actor stands at a word, which ends the name before it ("Amuda DEAŞ")."""
        match = self.at.knowledge.actors.match(self.at.text, self.at.words[at].start)
        return match is not None and match.kind not in {ActorKind.COUNTRY, ActorKind.STATE}

    def head(self, at: int, *, named: bool = False) -> Head | None:
        """Read the nouns of place in a row at `at` ("il merkezinin büyük bölümünü"); the last says the case.

        Behind a name weak nouns are places too ("Uşak-İzmir hattı").
        """
        found, first = None, at
        while at < len(self.at.words):
            form = self._noun(at)
            closed = self.at.has(at, self.at.lists["not_nouns"])
            weak = form is not None and at == first and not named and form.stem in self.at.lists["weak_places"]
            if form is not None and not closed and not weak:
                found = self._head(at, form)
            elif not (self._leads(at) or (found is not None and self._adds(found, at))):
                break
            at += 1
            if found is not None and found.case not in {"nom", "gen"} and found.last == at:
                break
        return found

    def _noun(self, at: int) -> Form | None:
        """Return the form of a noun of place; what an apostrophe cuts off is no part of its stem ("Yar'ı")."""
        form = form_of(self.at.words[at].text, self.at.lists["places"])
        cut = self.at.words[at].text.find("'")
        return None if form is not None and 0 <= cut < len(form.stem) else form

    def _adds(self, found: Head, at: int) -> bool:
        """Tell whether an "and" adds a noun that carries the ending for both ("köy ve beldeyi")."""
        noun = at + 1 < len(self.at.words) and form_of(self.at.words[at + 1].text, self.at.lists["places"]) is not None
        return found.case == "nom" and found.last == at and noun and bool(self.at.has(at, {"ve"}))

    def _leads(self, at: int) -> bool:
        """Tell whether a word only qualifies a noun of place that follows at once ("hava üssü", "büyük bölümü")."""
        if not self.at.has(at, self.at.lists["compounds"]) or at + 1 >= len(self.at.words):
            return False
        return self._leads(at + 1) or form_of(self.at.words[at + 1].text, self.at.lists["places"]) is not None

    def _head(self, at: int, form: Form) -> Head:
        word = self.at.words[at]
        cut = word.text.rfind("'")
        noun = form.stem + ("ler" if form.plural else "")
        end = word.start + (cut if cut > 0 else uncased(word.text, form))
        return Head(
            stem=form.stem, noun=noun, case=form.case, end=end, last=at + 1, plural=form.plural, owned=form.owned
        )

    def is_either(self, at: int) -> bool:
        """Tell whether a noun's -i may mark it as owned as well as an object."""
        form = form_of(self.at.words[at].text, self.at.lists["places"])
        return form is not None and form.case == "either"

    def listed_behind(self, at: int) -> tuple[Name, ...]:
        """Return the names that follow a colon behind a noun of places, at most some words on."""
        for here in range(at, min(at + 6, len(self.at.words))):
            if self.at.has(here, {":"}):
                return self.read_list(here + 1)
        return ()

    def read_list(self, at: int) -> tuple[Name, ...]:
        """Return names parted by commas, whether anything knows them or not."""
        names: tuple[Name, ...] = ()
        while (one := self._one(at)) is not None:
            name, at = one.names[0], one.last
            head = self.head(at) if one.case == "nom" and at < len(self.at.words) and self.at.capital(at) else None
            names, at = (*names, replace(name, end=head.end) if head else name), head.last if head else at
            if not self.at.has(at, _LINKS):
                break
            at += 1
        return names

    def country(self, at: int) -> str | None:
        """Return the id of the state whose bare name this word is, its ending cut off; "ABD" is one by its army."""
        word = self.at.words[at]
        for size, _ in cuts(word.text):
            name = word.text[:size]
            for text in (name, f"{name} ordusu"):
                match = self.at.knowledge.actors.match(text, 0)
                known = match is not None and match.kind in {ActorKind.COUNTRY, ActorKind.STATE}
                if match is not None and known and match.end == len(text):
                    return match.id
        return None
