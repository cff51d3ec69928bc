"""A tree of alternatives matches where the alternatives do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from processors.detect.lexicon import LANGUAGES, load_lexicons
from processors.detect.lexicon.alternatives import openings, tree
from processors.normalise import fold

GOLDEN = Path(__file__).parents[1] / "golden" / "detect"
EVERY = 5  # a fifth of the golden texts is enough to compare


@pytest.mark.parametrize(
    ("patterns", "tell", "pass_over"),
    [
        (["took|takes", "taken"], ["took", "takes", "taken"], ["tak", "tookt"]),
        (["(?:was|were)\\s+(?:seized|held)", "(?:was|were)\\s+lost"], ["was seized", "were lost"], ["was", "lost"]),
        (["pull(?:ed|ing)?|push"], ["pull", "pulled", "push"], ["pulls", "p"]),
        (["a+b|a{2}c|a?d"], ["aab", "aac", "d", "ad"], ["ac", "b"]),
        (["[ab|]x|[^|]y"], ["ax", "|x", "zy"], ["|y", "x"]),
        (["(?:a)|(?:b)c", "\\(d\\|e"], ["a", "bc", "(d|e"], ["ac", "c"]),
        (["ab", "abc", "abcd", "abcde"], ["ab", "abc", "abcd", "abcde"], ["abcdef", "a"]),
    ],
)
def test_a_tree_tells_the_same_words(patterns: list[str], tell: list[str], pass_over: list[str]) -> None:
    """Whole words match the tree if and only if one of the patterns matches them."""
    joined = re.compile(tree(patterns))
    assert all(joined.fullmatch(word) for word in tell)
    assert not any(joined.fullmatch(word) for word in pass_over)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_begins_where_the_first_of_its_frames_does(language: str) -> None:
    """In every golden text the search for a whole form stops where the first of its frames begins, or nowhere."""
    lexicon = load_lexicons()[language]
    cases = (case for path in sorted(GOLDEN.glob(f"{language}_*.toml")) for case in _cases(path)[::EVERY])
    for text in (fold(case["text"]).text for case in cases):
        for form, whole in lexicon.forms.items():
            starts = [m.start() for f in lexicon.frames if form in f.forms for m in [f.forms[form].search(text)] if m]
            found = whole.search(text)
            assert (found.start() if found else None) == min(starts, default=None), (form, text)


@pytest.mark.parametrize(
    ("pattern", "letters", "begun"),
    [
        ("took|takes", 3, ["tak", "too"]),
        ("(?:was|were)\\s+(?:seized|held)", 4, ["was\\s+", "were"]),
        ("(?:re-?)?tak(?:en|ing)", 4, ["re-?t", "take", "taki"]),
        ("(?:all\\s+)*gone", 3, [""]),
        ("(?<=is )lost(?!\\sit)", 9, ["lost"]),
        ("[ab]c\\x27d+e", 4, ["[ab]c\\x27d+"]),
    ],
)
def test_openings_are_the_first_letters(pattern: str, letters: int, begun: list[str]) -> None:
    """Openings are as many letters as asked for, groups opened, up to what may repeat, without what stands around."""
    assert openings(pattern, letters) == begun


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_begin_at_openings(language: str) -> None:
    """In every golden text the sieve finds the beginning of every frame's every match."""
    lexicon = load_lexicons()[language]
    cases = (case for path in sorted(GOLDEN.glob(f"{language}_*.toml")) for case in _cases(path)[::EVERY])
    for text in (" " + fold(case["text"]).text for case in cases):
        patterns = [pattern for frame in lexicon.frames for pattern in frame.forms.values()]
        starts = {match.start() for pattern in patterns for match in pattern.finditer(text)}
        assert starts <= {before.end() for before in lexicon.openings.finditer(text)}, text


def _cases(path: Path) -> list[dict[str, str]]:
    cases: list[dict[str, str]] = tomllib.loads(path.read_text("utf-8"))["case"]
    return cases
