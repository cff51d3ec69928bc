"""Endings of Turkish words: the case of a noun's form, and where a name ends before its ending."""

import pytest

from processors.detect.turkish_words import Form, case_of, cuts, form_of, singular
from processors.normalise import fold

NOUNS = frozenset({"koy", "ilce", "guc", "ordu", "uss", "kent", "il"})


@pytest.mark.parametrize(
    ("word", "stem", "case"),
    [
        ("köy", "koy", "nom"),
        ("köyünü", "koy", "acc"),
        ("köylerini", "koy", "acc"),
        ("ilçeyi", "ilce", "acc"),
        ("ilçesi", "ilce", "owned"),
        ("köyü", "koy", "either"),
        ("ordunun", "ordu", "gen"),
        ("güçlerinin", "guc", "gen"),
        ("güçlerinden", "guc", "abl"),
        ("güçlerince", "guc", "by"),
        ("Üssü'nün", "uss", "gen"),
        ("kentindeki", "kent", "within"),
        ("ilçeye", "ilce", "dat"),
        ("güçlerimiz", "guc", "nom"),
    ],
)
def test_case_of_a_noun(word: str, stem: str, case: str) -> None:
    """A noun's form is taken apart into its stem and the case that its ending makes."""
    form = form_of(fold(word).text, NOUNS)
    assert form is not None
    assert (form.stem, form.case) == (stem, case)


def test_owned_plural() -> None:
    """A plural with a possessive ending is both plural and owned, a bare plural is not owned."""
    assert form_of(fold("güçleri").text, NOUNS) == Form(stem="guc", case="either", plural=True, owned=True)
    assert form_of(fold("güçlerden").text, NOUNS) == Form(stem="guc", case="abl", plural=True, owned=False)


@pytest.mark.parametrize("word", ["köylü", "ordulu", "kentleşme", "sokak"])
def test_other_words_are_no_forms(word: str) -> None:
    """A word made from a noun by another ending than one of case is no form of it."""
    assert form_of(fold(word).text, NOUNS) is None


@pytest.mark.parametrize(
    ("word", "name", "case"),
    [
        ("Rakka'yı", "rakka", "acc"),
        ("İdlib’in", "idlib", "gen"),
        ("DEAŞ'tan", "deas", "abl"),
        ("Münbiç'teki", "munbic", "within"),
        ("Hama'ya", "hama", "dat"),
    ],
)
def test_names_end_at_their_apostrophe(word: str, name: str, case: str) -> None:
    """A name ends at its apostrophe, straight or curled, and the rest is its case; its -i is the accusative."""
    folded = fold(word).text
    size, found = cuts(folded)[0]
    assert (folded[:size], found) == (name, case)


def test_names_without_an_apostrophe() -> None:
    """A name in careless print may end whole or before what looks like an ending."""
    assert list(cuts("musula")) == [(6, "nom"), (5, "dat")]
    assert [size for size, _ in cuts("goma")] == [4, 3]


def test_plural_of_a_name() -> None:
    """The plural of a group's name and its case are cut off together; a name without a plural is left alone."""
    assert singular("husilerin") == (4, "gen")
    assert singular("taliban") is None


def test_no_ending() -> None:
    """Letters that are no ending make no case."""
    assert case_of("xyz") is None
