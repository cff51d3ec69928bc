"""Which language a text is in, as an ISO 639-1 code: by its script, then by py3langid."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]  # it ships no types

from processors.normalise import PICTURE

_ARABIC_SCRIPT = re.compile(r"[\u0620-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[^\W\d_]")
# Letters of Persian, Kurdish, Urdu and Pashto that Arabic has not.
_NOT_ARABIC = re.compile(r"[پچژگڤەێۆڕڵټډړږښڼٹڈڑںے]")

# What is no word of the text's own language: addresses, and pictures, which the classifier takes for letters.
_WORDLESS = re.compile(rf"https?://\S+|@\w+|{PICTURE.pattern}")

_SAMPLE = 600
# Below this many letters the classifier takes English headlines for French.
_ENOUGH = 60
_FEWEST = 16
_SURE = 0.8


def language_of(text: str, hint: str | None = None) -> str | None:
    """Return the language of `text`; a source's `hint` decides where the text is too short to tell."""
    sample = _WORDLESS.sub(" ", text[:_SAMPLE])
    letters = len(_LETTER.findall(sample))
    hinted = (hint or "").partition("-")[0].partition("_")[0].lower() or None
    if not letters:
        return hinted
    if 2 * len(_ARABIC_SCRIPT.findall(sample)) > letters:
        return _of_arabic_script(sample, letters, hinted)
    if letters >= _ENOUGH:
        return _classified(sample)[0]
    return hinted if hinted and hinted != "ar" else _short(sample, letters)


def _of_arabic_script(sample: str, letters: int, hinted: str | None) -> str:
    if 100 * len(_NOT_ARABIC.findall(sample)) < letters:
        return "ar"
    return hinted if hinted and hinted != "ar" and letters < _ENOUGH else _classified(sample)[0]


def _short(sample: str, letters: int) -> str:
    return "en" if 2 * len(_LATIN.findall(sample)) > letters and sample.isascii() else _classified(sample)[0]


def likely(sentence: str) -> str | None:
    """Return the language of a sentence where the classifier is sure of it."""
    sample = _WORDLESS.sub(" ", sentence[:_SAMPLE])
    language, share = _classified(sample)
    return language if share >= _SURE and len(_LETTER.findall(sample)) >= _FEWEST else None


def _classified(sample: str) -> tuple[str, float]:
    language, share = _identifier().classify(sample)
    return str(language), float(share)


@cache
def _identifier() -> Any:
    """Return the classifier, whose tables are read once a process."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
