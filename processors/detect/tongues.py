"""Which language each sentence of a text is in, so that it is read with the right lexicon.

A text has a home language: its source's hint, else what the text as a whole looks
like. A sentence is taken for it unless its script or its small words say otherwise;
then py3langid decides. Posts and quotations mix languages, pages seldom do, and
counting small words costs a hundredth of asking the classifier.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from processors.detect.lexicon import Lexicon
from processors.detect.sentences import Stretch
from processors.language import language_of, likely
from processors.normalise import Folded

_SMALL = {
    "en": "the of and to in that was is for on with by from as at has have were said after their",
    "fr": "le la les de des du et en que qui dans pour sur par est au aux une un ont ete l'est leur selon",
    "es": "el la los las de del y en que por con para se un una es su al ha fue segun tras",
    "tr": "ve bir bu da de ile icin olarak tarafindan olan oldugu sonra kadar gore ise daha",
    "kmr": "u li di de ku bi ji re ye ev ve hat xwe wan hatin bu hene ser",
    "ru": "и в на что с по не из для от был его под над как они за у о к до было также ее это",
    "uk": "і та в на що з до не від для був під його й у над як вони за про із було також її це",
    "ar": "في من علي ان الي التي عن مع الذي بعد هذا هذه كان قال ما بين كما قد خلال",
    "fa": "در به از كه را اين با است براي ان شده كرد كرده شد هم تا نيز بر اند مي های هاي",
    "ckb": "له به و كه بو لە بە كە بۆ ئەو ئەم لەگەڵ بوو هەر",
}
_LANGUAGES = {
    word: tuple(code for code, words in _SMALL.items() if word in words.split())
    for words in _SMALL.values()
    for word in words.split()
}
_OWN = {code: frozenset(words.split()) for code, words in _SMALL.items()}
_OTHERS = {code: frozenset(_LANGUAGES) - own for code, own in _OWN.items()}
_SCRIPTS = {
    name: re.compile(f"[{letters}]")
    for name, letters in (
        ("arabic", "ء-ۓە"),
        ("cyrillic", "Ѐ-ӿ"),
        ("latin", "a-zÀ-ɏ"),
    )
}
_SAME = {"prs": "fa", "pes": "fa", "sdh": "ckb", "lki": "ckb", "arz": "ar", "ary": "ar", "be": "ru", "pcm": "en"}
_FIRST = {"arabic": "ar", "cyrillic": "ru", "latin": "en"}
_ENGLISH = frozenset({"the", "of", "and", "to"})  # no other language that writes so has these four
_EACH_TENTH = 10
_KURDISH = re.compile("[ێۆڵڕ]")
_PERSIAN = re.compile("[یک]")
_ARABIC = re.compile("[يكىة]")
_WORDS = 60
_OPENING = 120
_CLEAR = 2
_LOUD = 5
_LONG = 8
_SAMPLE = 2000
_SHARE = 0.1


def tongues(
    folded: Folded, stretches: Sequence[Stretch], lexicons: Mapping[str, Lexicon], hint: str | None
) -> Iterator[Lexicon | None]:
    """Yield the lexicon of each sentence of a text; none for a language that has no lexicon."""
    language = hint or _home(folded, lexicons)
    for stretch in stretches:
        sentence = folded.text[stretch.start : stretch.end]
        home = _code(language, sentence)
        clear = home is not None and home in lexicons and _is_plainly(home, lexicons[home].script, sentence)
        yield lexicons.get((home if clear else _tongue(folded, stretch, sentence, home, lexicons)) or "")


def _is_plainly(home: str, script: str, sentence: str) -> bool:
    """Tell at little cost whether a sentence is in the home language: in its script, with as many small words."""
    words = sentence.split()
    own = len(_OWN[home].intersection(words))
    enough = own or len(words) < _LONG
    return bool(enough and own >= len(_OTHERS[home].intersection(words)) and _script(sentence) == script)


def _home(folded: Folded, lexicons: Mapping[str, Lexicon]) -> str | None:
    """Return the language of the whole text; small words outvote a language that no lexicon has (mixed posts)."""
    words = folded.text[:_SAMPLE].split()
    if _is_english(words):
        return "en"
    home = _by_letters(folded.source[:_SAMPLE], language_of(folded.source))
    if home in lexicons or not words:
        return home
    code, count = max(_counted(words).items(), key=lambda pair: pair[1], default=("", 0))
    return code if count >= _SHARE * len(words) else home


def _is_english(words: Sequence[str]) -> bool:
    """Tell a plainly English text at a hundredth of the classifier's cost: all its commonest words, each tenth word."""
    return _ENGLISH.issubset(words) and sum(map(_ENGLISH.__contains__, words)) * _EACH_TENTH > len(words)


def _by_letters(sample: str, home: str | None) -> str | None:
    """Return the language that letters tell: Sorani has its own, Persian its kaf and yeh where no Arabic one stands."""
    if home in {"ar", "fa"} and len(_KURDISH.findall(sample)) >= _CLEAR:
        return "ckb"
    if home == "ar" and _PERSIAN.search(sample) and not _ARABIC.search(sample):
        return likely(sample) or home
    return home


def _code(language: str | None, sentence: str) -> str | None:
    """Return the lexicon's code for a language tag; Kurdish has two, one a script."""
    code = (language or "").replace("_", "-").split("-")[0].lower()
    if code == "ku":
        return "ckb" if _script(sentence) == "arabic" else "kmr"
    return _SAME.get(code, code) or None


def _tongue(
    folded: Folded, stretch: Stretch, sentence: str, home: str | None, lexicons: Mapping[str, Lexicon]
) -> str | None:
    """Return the language of one sentence: home's unless its script or its small words speak against it."""
    counts, script = _counted(sentence.split()[:_WORDS]), _script(sentence)
    best = max(counts, key=lambda code: (counts[code], code == home), default=None)
    foreign = home is not None and home in lexicons and lexicons[home].script != script
    bare = home in lexicons and not counts[home or ""] and sentence.count(" ") >= _LONG
    if (
        not foreign
        and not bare
        and (best is None or counts[best] < counts[home or ""] + (_CLEAR if home in lexicons else _LOUD))
    ):
        return home
    found = _code(likely(_as_written(folded, stretch)), sentence)
    if found is None:
        return (best or _FIRST.get(script or "")) if foreign else home
    return found if found in lexicons or not foreign else best or _FIRST.get(script or "")


def _as_written(folded: Folded, stretch: Stretch) -> str:
    """Return the source's words: folding drops the letters by which languages differ most."""
    return folded.source[folded.origin[stretch.start] : folded.origin[stretch.end]]


def _counted(words: Sequence[str]) -> Counter[str]:
    """Return how many of these words are small words of each language."""
    return Counter(code for word in words for code in _LANGUAGES.get(word, ()))


def _script(sentence: str) -> str | None:
    """Return the script of most letters at the sentence's beginning."""
    if sentence.isascii():
        return "latin"
    opening = sentence[:_OPENING]
    counts = {name: len(letters.findall(opening)) for name, letters in _SCRIPTS.items()}
    return max(counts, key=lambda name: counts[name]) if any(counts.values()) else None
