"""Where sentences begin and end."""

import pytest

from processors.detect.sentences import LONGEST, stretches


def cut(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in stretches(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The army left. The rebels came.", 2),
        ("gen. haftar said so on nov. 3 in the u.s. capital.", 1),
        ("وصل الجيش؟ نعم! ثم غادر.", 3),
        ("سقطت المدينة.. وانسحب الجيش", 2),
        ("First headline\n\nAnd the text below it", 2),
        ("• one town\n• another town", 2),
        ("no sign at all in this line", 1),
        ("It fell on the 3.5 km line.", 1),
    ],
)
def test_sentences_are_counted(text: str, count: int) -> None:
    """Signs, blank lines and bullets end a sentence; abbreviations and numbers do not."""
    assert len(cut(text)) == count


def test_torn_lines_are_one_sentence() -> None:
    """Line breaks in the middle of sentences, as in text from a PDF, end nothing."""
    text = (
        "The fighters of the northern front pulled back from\n"
        "the town at dawn and left their heavy weapons\nbehind. Nobody followed them."
    )
    assert len(cut(text)) == 2


def test_lines_that_end_are_kept_apart() -> None:
    """A line that ends with a full stop is not joined to the next."""
    assert len(cut("The town fell.\nThe army left.\nNobody came.")) == 3


def test_a_long_line_is_cut_at_white_space() -> None:
    """A sentence longer than the bound is cut between words."""
    text = "town " * 1000
    assert all(len(piece) <= LONGEST for piece in cut(text))
    assert "".join(cut(text)).replace(" ", "") == "town" * 1000
