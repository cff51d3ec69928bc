"""Places of Kurmanji that only their taker makes one: the noun that somebody armed takes ("depoya gazê girtin").

The noun comes first and is tied to what follows it, so the phrase is read back to what cannot be part of it.
What else armies take (arms, goods, persons) is the lexicon's `movables`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Name, Phrase, Role, Word, open_place, words

_LONGEST = 60
"""Characters of the longest phrase that is read."""

_MOST_WORDS = 5
_LEAST = 3
_SMALL = frozenset({"u", "li", "ji", "bi", "di", "de", "ku", "ye", "en", "ya", "yen", "ne", "e", "ve", "re", "ra"})


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object right before the verb and what "û" joins to it."""
    del role
    start = max(line.clause_start(trigger.start), trigger.start - _LONGEST)
    found = words(line.text, start, trigger.start)
    names: list[Name] = []
    last = len(found)
    while last > 0:
        first = _first(line, found, last)
        if first == last or not _may_be_place(line, found[first]):
            break
        names.insert(0, Name(start=found[first].start, end=found[last - 1].end))
        last = first - 1 if first > 0 and found[first - 1].text == "u" else 0
    return slot_of(_phrase(line, names)) if names else None


def _first(line: Line, found: Sequence[Word], last: int) -> int:
    """Return where the phrase begins that ends before the word `last`."""
    first = last
    while first > 0 and last - first < _MOST_WORDS and not _ends(line, found[first - 1]):
        first -= 1
    return first


def _ends(line: Line, word: Word) -> bool:
    """Tell whether a word stands before the phrase: a sign, a small word, an adverb, somebody who acts."""
    lists = line.lexicon.words
    inside = any(p.role is Role.ACTOR and p.start < word.end and word.start < p.end for p in line.phrases)
    closed = word.text in _SMALL or word.text in lists["adverbs"] | lists["not_places"]
    return inside or closed or not word.text[0].isalnum()


def _may_be_place(line: Line, head: Word) -> bool:
    """Tell whether a noun stands for no persons and no goods."""
    lists = line.lexicon.words
    counted = head.text in lists["quantity"] or head.text.isdigit()
    if counted or len(head.text) < _LEAST or head.text.endswith("e"):
        return False
    other = lists["movables"] | lists["actors"]
    return head.text not in other and not any(head.text.startswith(stem) for stem in other if len(stem) > _LEAST)


def _phrase(line: Line, names: Sequence[Name]) -> Phrase:
    end = names[-1].end
    return open_place(names, end=end, head=line.text[names[0].start : end].split()[0])


OPEN: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {"kmr-open": _object}
"""Position names of open nouns; the lexicon's frames name them last."""
