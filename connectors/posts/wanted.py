"""Which posts of a stream a source wants, by its words, tags and accounts: pure.

A post is taken that has any of them; all are where none is given. Words are
compared without case and without the marks that Arabic leaves out. A word
stands at the beginning of a word of the text, so that endings do not matter;
in Arabic, where particles are written onto the word, it stands anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from streams.sources import SourceSettings

_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None, "ی": "ي", "ک": "ك"})
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def folded(text: str) -> str:
    """Return the text as it is compared: compatible forms, no case, no combining marks, one alef."""
    spread = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for word in sorted(filter(None, (" ".join(folded(word).split()) for word in words))):
        plain = re.escape(word).replace(r"\ ", r"\s+")
        parts.append(plain if _ARABIC.search(word) else rf"(?<!\w){plain}")
    return re.compile("|".join(parts) if parts else r"(?!)")


def _named(name: str) -> str:
    return name.strip().lstrip("@#").casefold()


def is_filtered(source: SourceSettings) -> bool:
    """Whether the source takes only some of the posts."""
    return bool(source.words or source.tags or source.accounts)


def is_wanted(source: SourceSettings, text: str, *, tags: Iterable[str], names: Iterable[str]) -> bool:
    """Whether a post with this text and these hashtags, by an author of these names, is to be taken."""
    if not is_filtered(source):
        return True
    if {_named(name) for name in names} & {_named(name) for name in source.accounts}:
        return True
    if {folded(_named(tag)) for tag in tags} & {folded(_named(tag)) for tag in source.tags}:
        return True
    return bool(source.words) and _pattern(source.words).search(folded(text)) is not None
