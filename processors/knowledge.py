"""What detection knows: places, actors and the words of each language, loaded once and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from processors.gazetteer import Gazetteer, compiled

if TYPE_CHECKING:  # the package of these imports this module
    from processors.detect.actors import Actors
    from processors.detect.arms import Arms
    from processors.detect.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The immutable values that detection works on; `lexicons` by ISO 639-1 language."""

    gazetteer: Gazetteer
    actors: Actors
    lexicons: Mapping[str, Lexicon]
    arms: Arms


def load(gazetteer: Path | None = None) -> Knowledge:
    """Load everything; the compiled gazetteer at `gazetteer` or in the user's cache is built if it is not there."""
    from processors.detect.actors import load_actors  # noqa: PLC0415 - see above
    from processors.detect.arms import arms_of  # noqa: PLC0415 - see above
    from processors.detect.lexicon import load_lexicons  # noqa: PLC0415 - see above

    places = Gazetteer(compiled(gazetteer))
    actors, lexicons = load_actors(places), load_lexicons()
    return Knowledge(places, actors, lexicons, arms_of(lexicons, actors.aliases))
