"""Which adjectives of Russian and Ukrainian can stand with a noun: those of its case; some make troops of a noun."""

from __future__ import annotations

import re

from processors.detect.reading import Reading
from processors.detect.slavic_around import ADJECTIVE
from processors.detect.slavic_names import Names

_PLURAL = re.compile(r"(?:[иіїы]х|[иіїы]м|[иіїы]ми|і|ї|ые|ие|\d)$")
_INSTRUMENTAL = ("ым", "им", "ім", "ыми", "ими", "іми", "ой", "ей", "ою", "ею", "єю")
_GENITIVE = ("ого", "его")
_TROOPS = re.compile(
    r"(?:воинск|военн|войсков|военск|військов|правительств|передов|регулярн|танков|стрелков|советск|немецк|отдельн|"
    r"механизир|пехотн|кавалерийск|казач|повстанческ|добровольческ|польск|гвардейск|урядов|стрілецьк|радянськ|німецьк|"
    r"окрем|механізован|піхотн|козацьк|повстанськ|добровольч|гвардійськ)\w*(?:[ыи]е|[иы]х|[иы]м|[иы]ми|і|іх|іми)$"
)

_SIDE = re.compile(r"(?:юж|север|запад|восточ|централь|стар|больш|значит|півден|північ|захід|схід|більш)")


def is_of_side(word: str) -> bool:
    """Tell whether an adjective says which part of a place is meant ("северная часть")."""
    return _SIDE.match(word) is not None


def is_of_troops(word: str) -> bool:
    """Tell whether a plural adjective makes units of troops of "parts" ("правительственные части")."""
    return _TROOPS.match(word) is not None


def disagrees(word: str, case: str, language: str) -> bool:
    """Tell whether an adjective has another case than its noun ("из Снежного село", "занятый армией город")."""
    if ADJECTIVE[language].match(word) is None:
        return False
    genitive = word.endswith(_GENITIVE) and case in {"nom", "acc"}
    return genitive or (case.startswith("ins") and not word.endswith(_INSTRUMENTAL))


def agrees(reading: Reading, names: Names, at: int, core: int) -> bool:
    """Tell whether a capitalised adjective can stand before this head: no name in the singular before a plural."""
    apart = core - at > 1 and reading.capital(at) and (reading.capital(core - 1) or not reading.capital(at + 1))
    if apart and names.known(at, least=1) is not None:  # "Северска Донецкой области", "на Донеччині українські війська"
        return False
    surfaces, word = reading.lexicon.surfaces, reading.words[core].text
    _, case = surfaces["actors"].get(word) or surfaces["places"].get(word) or ("", "")
    singular = reading.capital(at) and _PLURAL.search(reading.words[at].text) is None
    plural = case.endswith("+") or (case == "nom" and word[-1] in "иыії")
    first = reading.words[at].text[-1]
    if disagrees(reading.words[at].text, case, reading.lexicon.language):
        return False
    neuter = reading.capital(at) and first in "ео" and case == "nom" and word[-1] not in "еояіиыї"
    return not ((neuter or (plural and singular)) and names.known(at, least=1) is not None)
