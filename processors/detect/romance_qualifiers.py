"""What stands before a noun in French and Spanish, and small words around one: determiners, numbers, shares, sides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.reading import Reading

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:er|re|e|eme|a|o)?$")
_FINITE = ("aron", "ieron", "eron")
"""Endings of a Spanish verb that tells what several have done."""

_PLURAL_VERB = ("ent", "ont")
"""Endings of a French verb that several do."""

_MOST = frozenset({"plus", "mas"})
YEAR = re.compile(r"(?:19|20)\d\d$")
"""A number that is a year and counts nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifiers:
    """Reads the words around a noun."""

    at: Reading

    def skipped(self, at: int) -> tuple[int, bool]:
        """Pass over determiners, numbers and adjectives; return the next word and whether a share was named."""
        lists, share, first = self.at.lists, False, at
        while at < len(self.at.words):
            word = self.at.words[at].text
            per_cent, some = self._is_per_cent(at), word in lists["amounts"]
            amount = per_cent or word in lists["shares"] or word == "%"
            at += per_cent or (some and self.at.has(at + 1, lists["squared"]))
            if (amount or some or self._is_about(at)) and self.at.has(at + 1, lists["of"]):
                share, at = share or amount, at + 2
            elif self._qualifies(at) or (at > first and self._leads_noun(at)):
                at += 1
            else:
                break
        return at, share

    def _is_about(self, at: int) -> bool:
        """Tell whether a number follows words for "about" ("près de 300 soldats", "cerca de 1.400")."""
        if not self.at.has(at, self.at.lists["approx"]) or at + 2 >= len(self.at.words):
            return False
        number = at + 2 + self.at.has(at + 2, self.at.lists["determiners"])  # "cerca de un 70 %"
        word = self.at.words[number].text if number < len(self.at.words) else ""
        return _NUMBER.match(word) is not None or word in self.at.lists["quantity"]

    def _qualifies(self, at: int) -> bool:
        """Tell whether a number, a determiner or a word of quantity stands here."""
        word, lists = self.at.words[at].text, self.at.lists
        if word in lists["determiners"] or word in lists["quantity"] or word == "%":
            return True
        if word in lists["loose"]:  # but "Nueva Segovia"
            return not (0 < at < len(self.at.words) - 1 and self.at.capital(at) and self.at.capital(at + 1))
        if word in _MOST:
            return self.at.has(at + 1, lists["loose"]) == 1  # "le plus grand champ"
        return word[0].isdigit() and _NUMBER.match(word) is not None and not YEAR.match(word)

    def follows_its_noun(self, at: int) -> bool:
        """Tell whether a word of order ends a time, the next noun having an article ("le mois dernier la base")."""
        lists = self.at.lists
        if not self.at.has(at + 1, lists["definite"]) or self.at.has(at, lists["before_article"]):
            return False
        return bool(self.at.has(at, lists["quantity"]) or self.at.has(at, lists["loose"]))

    def is_demonstrative(self, at: int) -> bool:
        """Tell whether a demonstrative stands alone, a verb or a comma behind it ("estos tomaron", "este, que")."""
        lists = self.at.lists
        if not self.at.has(at, lists.get("demonstratives", frozenset())) or at + 1 >= len(self.at.words):
            return False
        return bool(self.at.has(at + 1, lists["auxiliaries"] | {","})) or self.at.words[at + 1].text.endswith(_FINITE)

    def is_latter(self, at: int) -> bool:
        """Tell whether "the latter" stands alone, its verb behind it ("ces derniers contrôlent")."""
        lists = self.at.lists
        pointed = self.at.has(at, lists["definite"]) and self.at.has(at + 1, lists.get("latter", frozenset()))
        if not pointed or at + 2 >= len(self.at.words):
            return False
        return bool(self.at.has(at + 2, lists["auxiliaries"])) or self.at.words[at + 2].text.endswith(_PLURAL_VERB)

    def _is_per_cent(self, at: int) -> bool:
        """Tell whether a percentage written as words stands here ("80 pour cent de", "el 80 por ciento de")."""
        return self.at.has(at, {"pour", "por"}) == 1 and self.at.has(at + 1, {"cent", "ciento"}) == 1

    def _leads_noun(self, at: int) -> bool:
        """Tell whether a small word right before a noun of place can be its adjective ("un disputado distrito")."""
        lists = self.at.lists
        known = self.at.has(at, lists["places"]) or self.at.has(at, lists["actors"])
        noun = self.at.has(at + 1, lists["places"]) and not known
        return bool(noun) and self.is_adjective(at)

    def is_definite(self, at: int, core: int) -> bool:
        """Tell whether an article or a contraction says that the noun is known ("la ville", "du village")."""
        lists = self.at.lists
        inside = any(self.at.words[here].text in lists["definite"] for here in range(at, core))
        return inside or bool(at and self.at.has(at - 1, lists["contracted"]))

    def is_verb(self, at: int) -> bool:
        """Tell whether a word is the verb that is spelled as a noun of place is ("s'est", "la ville est": no east)."""
        ruled = at > 0 and self.at.words[at - 1].text in self.at.lists["rules_noun"]
        return self.at.words[at].text in self.at.lists["verbs_too"] and not ruled

    def past_people(self, at: int) -> int:
        """Pass over who lives in most of a place ("ville à majorité kurde de X")."""
        most = self.at.has(at, {"a"} | self.at.lists["of"]) and self.at.has(at + 1, self.at.lists["majority"])
        return at + 2 if most else at

    def past_relation(self, at: int) -> int:
        """Pass over what a place belongs to or is near, before a comma ("de la ville", "proches de la frontière")."""
        lists = self.at.lists
        links = lists["of"] | lists["contracted"] | {"a"}
        link = at + (not self.at.has(at, links) and self.is_adjective(at))
        core = self.skipped(link + 1)[0] if self.at.has(link, links) else at
        small = core > link and core < len(self.at.words) and not self.at.capital(core)
        return core + 1 if small and self.at.has(core + 1, {","}) else at

    def is_adjective(self, at: int) -> bool:
        """Tell whether a small word can be an adjective between a noun and its "de"."""
        if at >= len(self.at.words) or self.at.capital(at):
            return False
        word, lists = self.at.words[at].text, self.at.lists
        small = word in lists["stops"] or word in lists["of"] or word in lists["and"]
        return word[0].isalpha() and not small

    def is_inside(self, at: int) -> bool:
        """Tell whether a word may stand between "in" and a name: a side, a distance ("à quelque 60 km au nord de")."""
        return self.at.has(at, self.at.lists["inside"]) == 1 or _NUMBER.match(self.at.words[at].text) is not None
