"""Which adjectives of Russian and Ukrainian can stand with a noun: those of its case; some make troops of a noun."""

from __future__ import annotations

import re

from processors.detect.slavic_around import ADJECTIVE

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
