"""Text as it is matched: one spelling for what writers spell in many, with the way back to every character.

`fold` removes what carries no meaning for matching (tatweel, vowel marks,
zero-width and bidirectional controls), takes presentation forms and ligatures
apart, gives letters that are interchanged in print one form (أ إ آ ٱ -> ا,
ى -> ي, ة -> ه, ؤ -> و, ئ -> ي; Persian ک ی likewise), Latin letters their base
form and lower case, Latin letters inside Cyrillic words their Cyrillic twins,
digits their ASCII form, quotes one form, and pictures (emoji) an exclamation
mark, flags a space. White space
keeps its length; newlines stay newlines. Folding what is folded changes
nothing, and a word folds alike whatever other words stand beside it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from streams.mentions import Span

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f"
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
)
_INVISIBLE = "\u0640\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_COMPATIBLE = "\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e"

_TRAILING_MARKS = re.compile(f"[{_MARKS}]*")
_DELETABLE = re.compile(f"[{_MARKS}{_INVISIBLE}]")
_RESIZING = re.compile(f"[{_MARKS}{_INVISIBLE}{_COMPATIBLE}]")
"""One of these is in whatever `_RESIZED` finds; a search for a class alone takes a tenth of the time."""
_RESIZED = re.compile(f"[иИ]\u0306|[іІ]\u0308|[{_MARKS}{_INVISIBLE}]+|[{_COMPATIBLE}]")

_TWINS = str.maketrans("aceiopxykmthb", "асеіорхукмтнв")
"""Latin letters that look like Cyrillic ones; they get into Cyrillic words by slips of the keyboard and on purpose."""

# Posts part their sentences by pictures, glue them to words, and put a country's flag beside its name.
PICTURE = re.compile("[\u2600-\u275a\u2761-\u2767\u2776-\u27bf\u2b50\u2b55\U0001f1e6-\U0001f64f\U0001f680-\U0001faff]")
_FLAGS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))

_CYRILLIC = ("а", "о", "и", "і")
_MIXED = re.compile(r"(?<=[а-яѐ-џґ])[aceiopxykmthb]+(?![a-z])|(?<![a-z])[aceiopxykmthb]+(?=[а-яѐ-џґ])")

# In nearly every Arabic text: replaced unasked, which costs less than looking for them.
_FREQUENT = {
    **dict.fromkeys("أإآ", "ا"),
    **dict.fromkeys("ىئ", "ي"),
    "ة": "ه",
    "ؤ": "و",
    "\u00a0": " ",
    "\t": " ",
    "\r": " ",
}
_SELDOM = {
    **dict.fromkeys("ٱٲٳ", "ا"),
    **dict.fromkeys("یېۍ", "ي"),
    **dict.fromkeys("ہھەۀۂۃ", "ه"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("“”„‟«»‹›″❝❞", '"'),
    **dict.fromkeys("‘’‚‛ʼʻ′ʿʾ`´", "'"),
    **dict.fromkeys("‐‑", "-"),
    **dict.fromkeys("\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\v\f\u001c\u001d\u001e\u0085\u2028\u2029", "\n"),
    **dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)),
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "ς": "σ",
    "ё": "е",
}


def _without_accents() -> Iterator[tuple[str, str]]:
    """Yield each accented Latin letter in lower case with its base letter."""
    for code in (*range(0xDF, 0x250), *range(0x1E00, 0x1F00)):
        base = _DELETABLE.sub("", unicodedata.normalize("NFD", chr(code)))
        if base != chr(code) and len(base) == 1 and base.isascii():
            yield chr(code), base.lower()


_NUMBERS = tuple(range(1 << 16))
_LETTERS: Mapping[str, str] = dict(_without_accents()) | _SELDOM
_LETTER = re.compile(f"[{''.join(map(re.escape, _LETTERS))}]")


_SOFT_HYPHEN = b"\xad"


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and, for each folded character, the index of the source character it came from.

    `origin` has one entry more than `text`: the length of the source.
    """

    source: str
    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return the words as written for folded offsets, vowel marks on the last letter included."""
        first = self.origin[start]
        if end <= start:
            return Span(text="", start=first, end=first)
        marks = _TRAILING_MARKS.match(self.source, self.origin[end - 1] + 1)
        last = marks.end() if marks else self.origin[end - 1] + 1
        return Span(text=self.source[first:last], start=first, end=last)

    def at(self, index: int) -> int:
        """Return the first folded offset that stands at or after source offset `index`."""
        if isinstance(self.origin, range):
            return min(index, len(self.text))
        return bisect_left(self.origin, index)


def fold(source: str) -> Folded:
    """Return `source` as it is matched; the work is linear in its length."""
    if source.isascii():
        return Folded(source, source.encode("ascii").translate(_WESTERN).decode("ascii"), range(len(source) + 1))
    if (western := _western(source)) is not None:
        return Folded(source, western, range(len(source) + 1))
    source_text = source.replace("\u0130", "i") if "\u0130" in source else source  # its lower case is two characters
    if _RESIZING.search(source_text) is None:
        return Folded(source, _same_size(source_text), range(len(source) + 1))
    text, origin = _resized(source_text)
    return Folded(source, _same_size(text), origin)


def _same_size(text: str) -> str:
    """Replace letter by letter, keeping every offset."""
    text = text.lower()
    for letter, folded in _FREQUENT.items():
        text = text.replace(letter, folded)
    if _LETTER.search(text):
        for letter in set(_LETTER.findall(text)):
            text = text.replace(letter, _LETTERS[letter])
    if PICTURE.search(text):
        text = PICTURE.sub(_as_sign, text)
    if any(letter in text for letter in _CYRILLIC):
        text = _MIXED.sub(lambda found: found[0].translate(_TWINS), text)
    return text


def _as_sign(found: re.Match[str]) -> str:
    """Return a space for each letter of a flag, an exclamation mark for any other picture."""
    return " " if found[0] in _FLAGS else "!"


_BYTES = bytes(range(256)).decode("cp1252", "replace")
_WESTERN = _same_size(_BYTES).encode("cp1252", "replace")


def _western(source: str) -> str | None:
    """Fold a text of Western letters and quotes byte by byte, which costs a fourth of going letter by letter."""
    try:
        letters = source.encode("cp1252")
    except UnicodeEncodeError:
        return None
    return None if _SOFT_HYPHEN in letters else letters.translate(_WESTERN).decode("cp1252")


def _resized(source: str) -> tuple[str, Sequence[int]]:
    """Drop and expand what changes the length, remembering where every character came from."""
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for found in _RESIZED.finditer(source):
        start, end = found.span()
        pieces.append(source[done:start])
        origin += _numbers(done, start)
        letters = _expanded(found[0])
        pieces.append(letters)
        origin += [start] * len(letters)
        done = end
    pieces.append(source[done:])
    origin += _numbers(done, len(source) + 1)
    return "".join(pieces), origin


def _numbers(start: int, end: int) -> Sequence[int]:
    """Return start, start + 1, ... end - 1; copying numbers that exist is five times faster than making them."""
    return _NUMBERS[start:end] if end <= len(_NUMBERS) else range(start, end)


@lru_cache(maxsize=4096)
def _expanded(found: str) -> str:
    """Return a presentation form or ligature as plain letters, nothing for what is deleted."""
    if _DELETABLE.match(found):
        return ""
    letters = _DELETABLE.sub("", unicodedata.normalize("NFKC", found))
    return letters if letters.strip() else ""
