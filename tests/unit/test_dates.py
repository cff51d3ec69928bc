"""What the words for a time come to, counted from Wednesday, 12 February 2014."""

from datetime import date

import pytest

from processors.detect.dates import event_date
from processors.normalise import fold
from streams.mentions import Precision

ANCHOR = date(2014, 2, 12)
DAY, WEEK, MONTH, YEAR = Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR

TOLD = [
    ("وصلوا أمس", "أمس", (2014, 2, 11), (2014, 2, 11), DAY),
    ("وصلوا أول من أمس", "أول من أمس", (2014, 2, 10), (2014, 2, 10), DAY),
    ("ومساء أمس خرجوا", "مساء أمس", (2014, 2, 11), (2014, 2, 11), DAY),
    ("فجر اليوم دخلوا", "فجر اليوم", (2014, 2, 12), (2014, 2, 12), DAY),
    ("يوم الخميس الماضي", "يوم الخميس الماضي", (2014, 2, 6), (2014, 2, 6), DAY),
    ("مساء الاثنين", "مساء الاثنين", (2014, 2, 10), (2014, 2, 10), DAY),
    ("الأربعاء المقبل", "الأربعاء المقبل", (2014, 2, 19), (2014, 2, 19), DAY),
    ("خرجوا منذ أسبوع", "منذ أسبوع", (2014, 2, 2), (2014, 2, 8), WEEK),
    ("قبل ثلاثة أيام", "قبل ثلاثة أيام", (2014, 2, 9), (2014, 2, 9), DAY),
    ("قبل ٣ أيام", "قبل ٣ أيام", (2014, 2, 9), (2014, 2, 9), DAY),
    ("منذ شهرين", "منذ شهرين", (2013, 12, 1), (2013, 12, 31), MONTH),
    ("في 12 شباط 2013", "12 شباط 2013", (2013, 2, 12), (2013, 2, 12), DAY),
    ("في ١٢ شباط/فبراير", "١٢ شباط/فبراير", (2014, 2, 12), (2014, 2, 12), DAY),
    ("في 3 جويلية 2013", "3 جويلية 2013", (2013, 7, 3), (2013, 7, 3), DAY),
    ("في 20 غشت", "20 غشت", (2013, 8, 20), (2013, 8, 20), DAY),
    ("في كانون الثاني الماضي", "كانون الثاني الماضي", (2014, 1, 1), (2014, 1, 31), MONTH),
    ("في تشرين الأول 2012", "تشرين الأول 2012", (2012, 10, 1), (2012, 10, 31), MONTH),
    ("الأسبوع الماضي", "الأسبوع الماضي", (2014, 2, 3), (2014, 2, 9), WEEK),
    ("خلال الأيام القليلة الماضية", "خلال الأيام القليلة الماضية", (2014, 2, 8), (2014, 2, 12), WEEK),
    ("خلال الأسابيع الأخيرة", "خلال الأسابيع الأخيرة", (2014, 1, 15), (2014, 2, 12), MONTH),
    ("in recent weeks", "in recent weeks", (2014, 1, 15), (2014, 2, 12), MONTH),
    ("over the past few days", "over the past few days", (2014, 2, 8), (2014, 2, 12), WEEK),
    ("عام 2012", "عام 2012", (2012, 1, 1), (2012, 12, 31), YEAR),
    ("they left on Monday", "on Monday", (2014, 2, 10), (2014, 2, 10), DAY),
    ("last Wednesday", "last Wednesday", (2014, 2, 5), (2014, 2, 5), DAY),
    ("on Wednesday night", "on Wednesday night", (2014, 2, 12), (2014, 2, 12), DAY),
    ("it fell yesterday", "yesterday", (2014, 2, 11), (2014, 2, 11), DAY),
    ("two weeks ago", "two weeks ago", (2014, 1, 26), (2014, 2, 1), WEEK),
    ("last month", "last month", (2014, 1, 1), (2014, 1, 31), MONTH),
    ("on 10 February 2014", "10 February 2014", (2014, 2, 10), (2014, 2, 10), DAY),
    ("February 10, 2014", "February 10, 2014", (2014, 2, 10), (2014, 2, 10), DAY),
    ("on December 3", "December 3", (2013, 12, 3), (2013, 12, 3), DAY),
    ("since March", "March", (2013, 3, 1), (2013, 3, 31), MONTH),
    ("in early May 2013", "early May 2013", (2013, 5, 1), (2013, 5, 31), MONTH),
    ("in 2012", "2012", (2012, 1, 1), (2012, 12, 31), YEAR),
    ("on 2014-01-31", "2014-01-31", (2014, 1, 31), (2014, 1, 31), DAY),
    ("on 31/1/2014", "31/1/2014", (2014, 1, 31), (2014, 1, 31), DAY),
]


@pytest.mark.parametrize(("sentence", "words", "first", "last", "precision"), TOLD)
def test_words_come_to_days(
    sentence: str, words: str, first: tuple[int, int, int], last: tuple[int, int, int], precision: Precision
) -> None:
    """The words as written, the first and the last day, and how exactly they are said."""
    dated = event_date(fold(sentence), anchor=ANCHOR, anchor_precision=DAY)
    assert dated is not None
    assert (dated.text, dated.from_, dated.to, dated.precision) == (words, date(*first), date(*last), precision)


@pytest.mark.parametrize(
    "sentence",
    [
        "the army may leave",
        "قرية تل أب",
        "سنة نبوية",
        "30 شباط",
        "call 2014 men",
        "the march went on",
        "احدهم",
        "at 10:30",
        "",
    ],
)
def test_words_that_are_no_dates(sentence: str) -> None:
    """Everyday words, impossible days and numbers are no dates."""
    assert event_date(fold(sentence), anchor=ANCHOR, anchor_precision=DAY) is None


def test_the_day_of_a_saying_yields_to_the_day_of_the_event() -> None:
    """Of "he said on Monday that it fell last week" the event was last week."""
    for sentence, words in [
        ("He said on Monday that the town fell last week", "last week"),
        ("قال الناطق الاثنين إنهم دخلوا أول من أمس", "أول من أمس"),
    ]:
        dated = event_date(fold(sentence), anchor=ANCHOR, anchor_precision=DAY)
        assert dated is not None
        assert dated.text == words


@pytest.mark.parametrize("sentence", ["yesterday", "on Monday", "منذ أسبوع", "last week", "أمس"])
@pytest.mark.parametrize(("anchor", "precision"), [(None, None), (date(2014, 2, 1), MONTH)])
def test_relative_words_need_a_day_to_count_from(
    sentence: str, anchor: date | None, precision: Precision | None
) -> None:
    """Without a day of publication relative words have no days, but keep their text."""
    dated = event_date(fold(sentence), anchor=anchor, anchor_precision=precision)
    assert dated is not None
    assert (dated.text, dated.from_, dated.to) == (sentence, None, None)


def test_a_day_without_a_year_takes_the_latest_that_the_month_allows() -> None:
    """In a text of February 2014, 12 شباط is in 2014 and 12 آذار in 2013."""
    days = [event_date(fold(day), anchor=date(2014, 2, 1), anchor_precision=MONTH) for day in ("12 شباط", "12 آذار")]
    assert [day and day.from_ for day in days] == [date(2014, 2, 12), date(2013, 3, 12)]


def test_the_words_are_as_written() -> None:
    """Stretched and vowelled words are given back as they stand in the text."""
    dated = event_date(fold("دخلوها مســاء أمــس"), anchor=ANCHOR, anchor_precision=DAY)
    assert dated is not None
    assert dated.text == "مســاء أمــس"


@pytest.mark.parametrize("anchor", [None, ANCHOR])
@pytest.mark.parametrize(
    "sentence", ["on 31/02/0000", "on 12/02/0000", "in 0000-02-12", "January 0000", "12 شباط 0000"]
)
def test_there_is_no_year_nought(sentence: str, anchor: date | None) -> None:
    """A year that no calendar has is no date of this year either, whether the day of writing is known or not."""
    found = event_date(fold(sentence), anchor=anchor, anchor_precision=DAY if anchor else None)
    assert found is None or "0000" not in found.text
