"""Names of places in English: capitalised words the gazetteer knows, or that stand where a name must."""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.phrases import Name
from processors.detect.reading import Reading

LONGEST = 9
_AFTER_LIST = frozenset(
    {"and", "in", "on", "after", "from", "by", "as", "with", "near", "at", "late", "early", "following"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places."""

    at: Reading

    def name_in(self, core: int, end: int) -> Name | None:
        """Return the capitalised words before the noun as a name, with the noun ("Al-Nur military airport")."""
        if end - core < 2 or not self.at.capital(core):  # noqa: PLR2004 (a name and a noun)
            return None
        known = self.known(core)
        if known is None and self._is_nation(core):
            return None
        start = self.at.words[core].start
        return Name(
            start=start,
            end=self.at.words[end - 1].end,
            rows=known.rows if known else (),
            common=bool(known and known.common),
        )

    def _is_nation(self, at: int) -> bool:
        """Tell whether a word only says of which nation ("Iraqi city")."""
        nations = self.at.knowledge.gazetteer.nations
        return self.at.words[at].text in nations or self.at.words[at].text.endswith(
            ("ian", "ish", "ese", "qi", "eni", "ali")
        )

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
        if not self.at.may_be_name(at) or self.at.words[at].text in self.at.lists["not_places"]:
            return None
        match = self.at.place(at)
        if match is None or self.at.text[match.end : match.end + 1] == "-" or self._runs_on(self.at.after(match.end)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

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
            here += here < len(self.at.words) and self.at.words[here].text == "the"
            known = self.known(here) if here < len(self.at.words) and self.at.actor(here) is None else None
            name = known or (
                self.name(here) if here < len(self.at.words) and (plural or self._is_single(here)) else None
            )
            if name is None or self._is_actor(here) or (comma and not self._list_goes_on(self.at.after(name.end))):
                break
            names, at = (*names, self.with_noun(name)), self.at.after(self.with_noun(name).end)
        return names, at

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
