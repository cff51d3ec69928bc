"""Detection's work is bounded and linear in a text's length, whatever the text; work is counted in calls."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import pytest

from processors import detect as detection
from processors.detect import MOST_READ, detect
from processors.detect.sentences import LONGEST, stretches
from processors.detect.triggers import MOST
from processors.knowledge import Knowledge
from tests.known import knowledge

TEXTS = {
    "claims": "The army captured the town of Sarab from the rebels on Sunday. ",
    "arabic claims": "سيطر الجيش السوري على مدينة تدمر بعد انسحاب التنظيم منها. ",
    "no sentence ends": "the army said its soldiers captured the town of sarab from the rebels and ",
    "triggers": "army captured seized took over liberated retook ",
    "arabic triggers": "الجيش سيطر استعاد حرر دخل ",
    "names": "army took Aleppo, Homs, Mosul, Idlib and ",
    "arabic names": "الجيش سيطر على حلب وحمص والموصل ",
    "dots": "army took it" + "." * 40,
    "lines": "army took Sarab\n",
    "handles": "army @a (@b) ",
    "quotes": "the army said \"we took 'Sarab'\" ",
    "tatweel": "الجـــــيش سيطر ",
}
LEAD, PART = 5_000, 3_000  # characters before the two parts that are compared, and of each part
LONG_LEAD = {"dots": 10_000}  # where many short sentences let a pointing word look back further
LEAST_OF_A_READ = 20  # calls that one sentence costs at the very least


@cache
def warmed() -> Knowledge:
    """Return what is known after a first text of each kind, which fills what a process remembers of words."""
    for text in TEXTS.values():
        detect(text * 10, knowledge=knowledge())
    return knowledge()


def calls_for(text: str) -> int:
    """Return how many functions, those written in C included, detection calls for a text."""
    calls = 0

    def count(_frame: Any, event: str, _called: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    known = warmed()
    sys.setprofile(count)
    try:
        detect(text, knowledge=known, language="ar" if "\u0633" in text else "en")
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("kind", TEXTS)
def test_work_grows_no_faster_than_the_text(kind: str) -> None:
    """The last part of a text costs about as many calls as the one before; work that grows with the square costs 1.4.

    A pointing word looks some sentences back, and a text's country is read off its
    opening, so that the first thousands of characters cost otherwise than those behind.
    """
    lead, part = (TEXTS[kind] * (size // len(TEXTS[kind])) for size in (LONG_LEAD.get(kind, LEAD), PART))
    before, middle, whole = (calls_for(lead + part * times) for times in (0, 1, 2))
    assert whole - middle <= 1.1 * (middle - before) + 300


def test_a_text_of_claims_alone_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the most that is read nothing is: four times such a text tells no more."""
    piece, most = "Rebels took Sarab.", 18_000
    monkeypatch.setattr(detection, "MOST_READ", most)
    told = most // len(piece)
    assert len(detect((piece + " ") * told, knowledge=knowledge())) == told
    assert len(detect((piece + " ") * told * 4, knowledge=knowledge())) == told


def test_a_text_of_a_megabyte_is_read_to_its_end() -> None:
    """Behind 900 thousand characters of which a quarter tell of changes the last claim is found."""
    plain = "The army said on Sunday that the weather stayed cold and dry in the valley. "
    roads = ", and the roads of the valley stayed dry and open to the carts of the farmers" * 3
    claim = f"Rebels took the town of Sarab on Sunday{roads}. "
    piece = claim + plain * 10
    text = piece * (900_000 // len(piece)) + "Rebels took the town of Taftanaz."
    assert len(text) < MOST_READ
    assert detect(text, knowledge=knowledge())[-1].places[0].text == "Taftanaz"


def test_what_stands_before_the_limit_is_read() -> None:
    """A claim behind a hundred thousand characters that tell nothing is found."""
    silence = "The army said on Sunday that the weather stayed cold. " * 2_000
    (claim,) = detect(silence + "Rebels took the town of Sarab.", knowledge=knowledge())
    assert claim.places[0].text == "Sarab"


def test_a_line_of_thousands_of_triggers_gives_few_mentions() -> None:
    """In a line made of triggers each piece of the longest sentence's length gives no more than the most triggers."""
    line = "rebels captured Raqqa and " * 2_000
    pieces = len(stretches(line))
    assert len(detect(line, knowledge=knowledge())) <= MOST * pieces


def test_a_text_without_sentence_ends_is_cut() -> None:
    """A megabyte without a sign or a space is cut into sentences of the longest length."""
    text = "a" * 1_000_000
    cut = stretches(text)
    assert max(stretch.end - stretch.start for stretch in cut) <= LONGEST
    assert sum(stretch.end - stretch.start for stretch in cut) == len(text)


def test_a_sentence_far_from_words_of_war_costs_no_reading() -> None:
    """Of a long text only what stands near words of war is read: plain sentences add hardly a call each."""
    claim = "Rebels took the town of Sarab from the army. "
    plain = "The company took over a factory in the north. "
    near = calls_for(claim + plain * 100)
    far = calls_for(claim + plain * 500)
    assert far - near < 400 * LEAST_OF_A_READ
