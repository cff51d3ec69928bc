"""Folding, on any text."""

from hypothesis import given
from hypothesis import strategies as st

from processors.normalise import fold

LETTERS = "ابتحرزسقكلمنهويأإآٱىةؤئءپکی٠١٢۴۵،؟«»“”abcXYZÉßİı 0\u0640\u064b\u0651\u0670\u200f\u200c\u202b\ufeff"
FORMS = "ﷲﷺﻻﻷﺍﺑﺔﻲﻱﮎﯼﹰﹱﱞﬁＡ１｀`Σσaбiи\u0306\r\n\t\u00a0\v\f\x1c\x1e\x81\x85\u2028"
TEXT = st.text() | st.text(alphabet=LETTERS + FORMS, max_size=80)


@given(TEXT)
def test_every_folded_character_comes_from_a_source_character(source: str) -> None:
    """Origins rise from the first character to the source's length, one for each folded character and one more."""
    folded = fold(source)
    assert len(folded.origin) == len(folded.text) + 1
    assert list(folded.origin) == sorted(folded.origin)
    assert folded.origin[-1] == len(source)
    assert all(0 <= origin < len(source) for origin in folded.origin[:-1])


@given(TEXT)
def test_folding_folded_text_changes_nothing(source: str) -> None:
    """Folding is idempotent on its text."""
    once = fold(source).text
    assert fold(once).text == once


@given(TEXT, TEXT)
def test_words_fold_as_they_fold_alone(before: str, after: str) -> None:
    """What stands on the other side of a space has no part in how a text folds."""
    assert fold(f"{before} {after}").text == f"{fold(before).text} {fold(after).text}"


@given(TEXT, st.data())
def test_a_span_is_the_words_as_written(source: str, data: st.DataObject) -> None:
    """A span's text is the source between its offsets."""
    folded = fold(source)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    span = folded.span(start, end)
    assert source[span.start : span.end] == span.text


@given(TEXT, st.data())
def test_folding_a_span_gives_the_folded_span_back(source: str, data: st.DataObject) -> None:
    """Where a span does not cut through a ligature, folding its words gives the folded text it was made from."""
    folded = fold(source)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    cut = any(0 < at < len(folded.text) and folded.origin[at - 1] == folded.origin[at] for at in (start, end))
    if not cut:
        assert fold(folded.span(start, end).text).text == folded.text[start:end]


@given(TEXT, st.integers(0, 100))
def test_an_offset_of_the_source_is_found_again(source: str, index: int) -> None:
    """The folded offset of a source offset is the first whose origin is not before it."""
    folded = fold(source)
    at = folded.at(min(index, len(source)))
    assert folded.origin[at] >= min(index, len(source))
    assert at == 0 or folded.origin[at - 1] < index
