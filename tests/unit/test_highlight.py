"""Sentences are cut where a highlighted span begins or ends, and nothing hostile survives."""

import pytest
from msgspec.structs import replace

from streams.highlight import Segment, direction, printable, safe_url, segments
from streams.mentions import Actor, Span
from tests.alerts import ARABIC, ENGLISH, HOSTILE, arabic, at, telling


def marked(told):
    return {segment.text: segment.marks for segment in segments(told) if segment.marks}


def test_each_span_is_marked_as_what_it_is():
    """Place, gainer, loser and trigger are marked, and the words between them are not."""
    assert marked(telling()) == {
        "River Guard": ("loser",),
        "pulled out": ("trigger",),
        "Marsa Nahr": ("place",),
        "Northern Forces": ("gainer",),
    }


def test_arabic_spans_are_marked_at_their_own_letters():
    """Offsets count characters, so Arabic words are marked exactly."""
    told = arabic()
    assert marked(told)["تل الزيتون"] == ("place",)
    assert "".join(segment.text for segment in segments(told)) == ARABIC


def test_overlapping_spans_share_their_segment():
    """Where a trigger contains the place, the place's words carry both marks."""
    told = telling(trigger="pulled out of Marsa Nahr", gainer=None, loser=None)
    assert marked(told) == {"pulled out of ": ("trigger",), "Marsa Nahr": ("place", "trigger")}


def test_a_span_of_another_sentence_is_not_marked():
    """An actor named two sentences before is not looked for among other words."""
    far = Actor(text="Hill Militia", start=2, end=14)
    assert "gainer" not in [mark for marks in marked(replace(telling(), gaining=far)).values() for mark in marks]


def test_the_right_one_of_two_equal_words_is_marked():
    """A name that stands twice in the sentence is marked where its offsets say."""
    sentence = "Marsa Nahr fell; Marsa Nahr is its port."
    told = telling(sentence, place="Marsa Nahr", gainer=None, loser=None, trigger="fell")
    second = replace(told.place, start=told.place.start + 17, end=told.place.end + 17)
    assert segments(replace(told, place=second))[-2:] == (
        Segment(text="Marsa Nahr", marks=("place",)),
        Segment(text=" is its port."),
    )


def test_offsets_hold_where_the_evidence_is_a_clause_that_stands_twice():
    """The clause is found by where the spans read right, not by its first occurrence."""
    sentence = "It fell. It fell to the Northern Forces."
    told = telling(sentence, place="It", gainer="Northern Forces", loser=None, trigger=None)
    clause = replace(told.evidence, text="It fell", start=told.evidence.start + 9, end=told.evidence.start + 16)
    assert marked(replace(told, evidence=clause))["Northern Forces"] == ("gainer",)


def test_wrong_offsets_mark_only_words_that_stand_once():
    """Offsets that lie are mended where the words are unmistakable, and ignored elsewhere."""
    lying = replace(telling().place, start=0, end=10)
    assert marked(replace(telling(), place=lying))["Marsa Nahr"] == ("place",)
    twice = telling("Here and here, here again.", place="here", gainer=None, loser=None, trigger=None)
    assert marked(replace(twice, place=replace(twice.place, start=1))) == {}


def test_a_sentence_without_end_is_cut():
    """A page without a full stop shows what a person would read, with its mark intact."""
    told = telling("word " * 5000 + "Marsa Nahr", place="Marsa Nahr", gainer=None, loser=None, trigger=None)
    shown = "".join(segment.text for segment in segments(told))
    assert len(shown) == 2001
    assert shown.endswith("…")


def test_trigger_may_be_absent():
    """A claim whose rule names no trigger is shown without one."""
    told = telling(trigger=None)
    assert ("trigger",) not in marked(told).values()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_or_direction_character_survives(text):
    """Escape sequences and direction overrides end as pictures or not at all."""
    shown = printable(text)
    assert not [char for char in shown if char < " " or "\x7f" <= char <= "\x9f" or "\u202a" <= char <= "\u202e"]
    assert not [char for char in shown if "\u2066" <= char <= "\u2069"]


def test_ordinary_text_is_left_alone():
    """Arabic with marks, Persian joiners and emoji are shown as they were written."""
    for text in (ARABIC, ENGLISH, "می\u200cشود", "مَدِينَة", "👩\u200d🚒 é"):
        assert printable(text) == text


def test_line_breaks_become_spaces():
    """A title of three lines is shown in one, and ESC as its picture."""
    assert printable("a\r\nb\tc\u2028d\x1b[0m") == "a  b c d␛[0m"


def test_direction_is_that_of_most_letters():
    """An Arabic sentence that begins with a Latin name still runs from right to left."""
    assert direction("ISIS " + ARABIC, "ar") == "rtl"
    assert direction(ENGLISH + " تل", "en") == "ltr"
    assert direction("1.3.2026", "ar") == "rtl"
    assert direction("", None) == "ltr"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "ftp://host/x",
        "https://",
        "http://a b/",
        "https://[x",
        "x",
    ],
)
def test_only_web_addresses_become_links(url):
    """Whatever is not http or https with a host is no link."""
    assert safe_url(url) is None


def test_web_addresses_stay():
    """Http and https addresses are links as they are."""
    assert safe_url("https://wadi.example/ar/1?q=تل") == "https://wadi.example/ar/1?q=تل"


def test_spans_are_values_of_the_contract():
    """The words used here are spans as detection gives them."""
    assert Span(**at(ENGLISH, "pulled out")).text == "pulled out"
