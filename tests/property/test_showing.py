"""Whatever text and offsets come, what is shown is whole, harmless and in order."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.text import Text

from streams.highlight import printable, segments
from streams.mentions import Actor, Evidence, Place, Span
from streams.visual import visual
from streams.web.reel import position_of, position_text
from tests.alerts import telling

TEXT = st.text(max_size=120)
ARABIC = st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويءآةىًَُِّْ 0123456789()abc.,،؟", max_size=80)
AT = st.integers(min_value=0, max_value=200)


@given(sentence=TEXT, words=st.lists(st.tuples(TEXT, AT), min_size=3, max_size=3), start=AT, part=st.tuples(AT, AT))
def test_segments_together_are_the_sentence(sentence, words, start, part):
    """No letter is lost, doubled or moved by highlighting, however the offsets lie."""
    clause = sentence[min(part) : max(part)] or sentence
    (place, gainer, trigger) = ({"text": text, "start": at, "end": at + len(text)} for text, at in words)
    told = replace(
        telling(),
        place=Place(**place),
        gaining=Actor(**gainer),
        losing=None,
        evidence=Evidence(
            text=clause, start=start, end=start + len(clause), sentence=sentence, trigger=Span(**trigger)
        ),
    )
    assert "".join(segment.text for segment in segments(told)) == printable(sentence)


@given(text=TEXT)
def test_printable_is_harmless_and_settled(text):
    """No control character comes through, and showing twice changes nothing."""
    shown = printable(text)
    assert not [char for char in shown if char < " " or "\x7f" <= char <= "\x9f"]
    assert printable(shown) == shown


@given(text=ARABIC, way=st.sampled_from(["rtl", "ltr"]))
def test_visual_order_keeps_every_letter(text, way):
    """Turning a line moves letters and mirrors brackets, and loses none."""
    same = str.maketrans("()", "||")
    assert sorted(visual(Text(text), way).plain.translate(same)) == sorted(text.translate(same))


@given(position=st.dictionaries(st.integers(0, 99), st.integers(0, 10**12), max_size=5))
def test_positions_come_back(position):
    """An event id read again is the position it was made from."""
    assert position_of(position_text(position)) == position
