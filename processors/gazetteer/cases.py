"""The oblique cases of Russian and Ukrainian names of areas: Донецкой области, Покровського району.

The names of provinces and districts there are an adjective and a noun, whose
endings follow a few patterns; towns' names are read by the languages' grammars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDINGS = (
    (re.compile(r"ая область$"), ("ой области", "ую область", "ой областью")),
    (re.compile(r"(?<=[сц]ьк)а область$"), ("ої області", "ій області", "у область", "ою областю")),
    (re.compile(r"ий район$"), ("ого района", "ому району", "им районом", "ом районе", "ого району", "ому районі")),
)


def oblique(name: str) -> Iterator[str]:
    """Yield the genitive, dative, accusative, instrumental and locative of an area's name, as far as they differ."""
    for ending, cases in _ENDINGS:
        if ending.search(name.lower()):
            yield from (ending.sub(case, name.lower()) for case in cases)
