"""What detection does for any text: it never fails, and what carries no meaning changes no mention."""

import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.detect import detect, posts_in
from processors.detect.sentences import LONGEST, stretches
from streams.mentions import Mention
from tests.known import knowledge

FOLDER = Path(__file__).parent.parent / "golden" / "detect"
MARKS = "\u0640\u064b\u064e\u0651\u200b\u200f\u202b\u200e"
LANGUAGES = ("ar", "en", "ru", "uk", "fr", "es", "tr", "fa", "kmr", "ckb")
# Words that look back to another sentence or lean on it: pronouns, "the town", "the group", armies and rebels of no
# named country, dual nouns that are names only where no villages were named before.
POINTING = re.compile(
    r"(?:ها|هم|ه)\b|\bال(?:مدينة|بلدة|قرية|تنظيم|حركة|جماعة|جيش|قوات|معارضة|فصائل|حكومة|نظام|متمرد|ثوار|مسلح|منطقة)"
    r"|\bال(?:مليشيا|ميليشيا|قريتين|عاصمة|إقليم|بلاد)"
    r"|\b(?:its?|they|their|them|he|his|we|our|us)\b"
    r"|\bthe (?:town|city|village|area|capital|base|province|group|army|government)\b"
    r"|\bthe (?:airport|airfield|air ?base|camp|hill|mountain|district)\b"
    r"|\b(?:rebels|insurgents|militants|government|army|troops|forces)\b"
    r"|\b(?:он|она|они|его|ее|их|город|село|посел|место|місто|боевик|армия|военн|войск|повстанц)\w*"
    r"|[dn]'en\b|\b(?:nous|notre|nos|elles?|ils?|son|sa|ses|leurs?|junte|rebell\w+|arm[ée]e|insurg[ée]s|jihadistes|assaillants)\b"
    r"|\b(?:ville|villages?|localit[ée]s?|capitale|région|province|territoires?|rive|commune|troupes|soldats)\b"
    r"|\b(?:sus?|ciudad|pueblo|aldea|capital|comarca|país|territorio|base|lo|los|la misma|rebeldes|ej[ée]rcito)\b"
    r"|\b(?:guerrilla|insurgen\w+|fuerzas|soldados|milicianos|guarnición|régimen|gobierno)\b"
    r"|\b(?:kent|kasaba|ilçe|başkent|köy|bölge|şehir|şehr|üss?|havaliman|ordu|isyancı|muhalif|rejim|hükümet|asker)\w*"
    r"|\b(?:شهر|استان|روستا|منطقه|کشور|ارتش|دولت|شورشیان|نیروهای دولتی)\b"
    r"|\b(?:bajar|bajêr|gund|tax|balafirgeh|navçe|herêm|artêş|hikûmet|ew|wan|wê|leşker|çete)\w*"
    r"|(?:شار|گوند|گەڕەک|ناوچە|فڕۆکەخانە|سوپا|حکوومەت|چەکدار)\w*",
    re.IGNORECASE,
)
BOILERPLATE = (
    "اشترك في النشرة البريدية لتصلك أبرز الأخبار كل صباح.",
    "All rights reserved. Read our privacy policy before you write to us.",
    "تابعونا على صفحات الموقع.\n\nالأكثر قراءة هذا الأسبوع.",
)


@cache
def told(stem: str) -> tuple[str, ...]:
    rows = tomllib.loads((FOLDER / f"{stem}.toml").read_text("utf-8"))["case"]
    return tuple(row["text"] for row in rows if row["claims"])


def essence(mentions: tuple[Mention, ...]) -> list[tuple[Any, ...]]:
    """Return what a mention says, apart from offsets and the letters it was written with."""
    return [
        (
            m.kind,
            m.status,
            m.extent,
            tuple(p.id for p in m.places),
            m.gaining and m.gaining.id,
            m.losing and m.losing.id,
        )
        for m in mentions
    ]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    """No text makes detection or the search for posts fail."""
    detect(text, knowledge=knowledge())
    posts_in(text)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "",
                '\n.،:؟()"#@',
                "سيطرت",
                "على",
                "من",
                "مدينة",
                "الرقة",
                "قوات",
                "captured",
                "the",
                "town",
                "of",
                "Raqqa",
                "by",
                "rebels",
                "from",
            ]
        ),
        max_size=80,
    )
)
def test_any_words_are_read(words: list[str]) -> None:
    """Triggers, names and signs in any order make no failure, and every span maps back."""
    text = " ".join(words)
    for mention in detect(text, knowledge=knowledge()):
        for place in mention.places:
            assert text[place.start : place.end] == place.text


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_torn_sentences_are_read(language: str, data: st.DataObject) -> None:
    """A sentence that breaks off, or goes on as another one, fails no reading: pages and posts are cut anywhere."""
    sentences = st.sampled_from(told(f"{language}_first")).map(str.split)
    opening, closing = data.draw(sentences), data.draw(sentences)
    cut, later = data.draw(st.integers(0, len(opening))), data.draw(st.integers(0, len(closing)))
    text = " ".join(opening[:cut] + closing[later:])
    for mention in detect(text, knowledge=knowledge(), language=language):
        assert text[mention.evidence.start : mention.evidence.end] == mention.evidence.text


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_marks_change_nothing(data: st.DataObject) -> None:
    """Tatweel, vowel marks, zero-width and direction signs inside words change no mention."""
    text = data.draw(st.sampled_from(told("ar_first") + told("ar_second")))
    letters = [at for at in range(1, len(text)) if text[at - 1 : at + 1].isalpha()]
    places = data.draw(st.lists(st.sampled_from(letters), max_size=12, unique=True))
    marks = data.draw(st.lists(st.sampled_from(MARKS), min_size=len(places), max_size=len(places)))
    marked = text
    for at, mark in sorted(zip(places, marks, strict=True), reverse=True):
        marked = marked[:at] + mark + marked[at:]
    plain = detect(text, knowledge=knowledge(), language="ar")
    assert essence(detect(marked, knowledge=knowledge(), language="ar")) == essence(plain)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_boilerplate_changes_nothing(data: st.DataObject) -> None:
    """A paragraph of boilerplate before or after a text changes none of its mentions."""
    stem = data.draw(st.sampled_from(["ar_first", "ar_second", "en_first", "en_second"]))
    text = data.draw(st.sampled_from(told(stem)))
    before, after = (data.draw(st.sampled_from(("", *BOILERPLATE))) for _ in range(2))
    framed = "\n\n".join(part for part in (before, text, after) if part)
    found = detect(framed, knowledge=knowledge(), language=stem[:2])
    assert essence(found) == essence(detect(text, knowledge=knowledge(), language=stem[:2]))


@cache
def plainly_told(language: str) -> tuple[str, ...]:
    """Return golden texts of one sentence whose words point at nothing outside them, all of whose places have names."""
    texts = [text for path in FOLDER.glob(f"{language}_*.toml") for text in told(path.stem)]
    plain = (text for text in texts if "\n" not in text and not text.islower() and not POINTING.search(text))
    return tuple(sorted(text for text in plain if all_named(text, language)))


def all_named(text: str, language: str) -> bool:
    """Tell whether each mention has a place, which is not the one told before, and a name that is known or written so.

    A capital that only opens the sentence makes no name ("The farm").
    """
    mentions = detect(text, knowledge=knowledge(), language=language)
    places = (place for mention in mentions for place in mention.places)
    named = all(place.id or any(map(str.isupper, text[max(place.start, 1) : place.end])) for place in places)
    return named and all(mention.places for mention in mentions)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(LANGUAGES), st.data())
def test_order_of_unrelated_sentences_changes_nothing(language: str, data: st.DataObject) -> None:
    """Paragraphs that do not speak of one another say the same in any order."""
    some = data.draw(st.lists(st.sampled_from(plainly_told(language)), min_size=2, max_size=4, unique=True))
    turned = data.draw(st.permutations(some))
    one, other = (detect("\n\n".join(texts), knowledge=knowledge(), language=language) for texts in (some, turned))
    assert sorted(map(str, essence(one))) == sorted(map(str, essence(other)))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_dropped_arabic_commas_change_nothing(data: st.DataObject) -> None:
    """An Arabic sentence says the same when one of its commas is dropped; only a concession needs its comma."""
    texts = [text for path in sorted(FOLDER.glob("ar_*.toml")) for text in told(path.stem)]
    text = data.draw(st.sampled_from([text for text in texts if "،" in text and "رغم" not in text]))
    at = data.draw(st.sampled_from([at for at, char in enumerate(text) if char == "،"]))
    dropped = detect(text[:at] + text[at + 1 :], knowledge=knowledge(), language="ar")
    assert essence(dropped) == essence(detect(text, knowledge=knowledge(), language="ar"))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_conjunction_written_on_changes_nothing(data: st.DataObject) -> None:
    """An Arabic sentence says the same with "and" written onto its first word."""
    text = data.draw(st.sampled_from([text for text in plainly_told("ar") if not text.startswith("و")]))
    joined = detect("و" + text, knowledge=knowledge(), language="ar")
    assert essence(joined) == essence(detect(text, knowledge=knowledge(), language="ar"))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="اب ج.\n؟!a b", max_size=4000))
def test_sentences_are_ordered_and_bounded(text: str) -> None:
    """Sentences do not overlap, hold every word, and none is longer than the bound."""
    found = stretches(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 < sentence.end - sentence.start <= LONGEST for sentence in found)
    assert "".join("".join(text[s.start : s.end].split()) for s in found) == "".join(text.split())
