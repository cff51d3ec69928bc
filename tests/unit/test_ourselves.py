"""Whom "our forces" mean, in a side's own channel, in a quotation and elsewhere."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from functools import cache

import pytest

from processors.detect import detect
from processors.enrich import enrich
from processors.generic import says_we
from processors.identity import actor_key
from processors.knowledge import Knowledge, load
from streams.items import ItemKind, Op, Part, RawItem
from streams.mentions import Actor, Mention
from streams.steps import Passed

SDF = "syrian-democratic-forces"


@cache
def knowledge() -> Knowledge:
    return load()


def told(language: str, text: str, side: str | None = None, parts: tuple[Part, ...] = ()) -> Mention:
    first, *_ = detect(text, knowledge=knowledge(), language=language, side=side, parts=parts)
    return first


def words_and_id(actor: Actor | None) -> tuple[str, str | None]:
    assert actor is not None
    return actor.text, actor.id


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Our forces captured the town of Hajin at dawn.", "Our forces"),
        ("en", "We have captured the town of Hajin.", "We"),
        ("ar", "سيطرت قواتنا على بلدة هجين فجر اليوم", "قواتنا"),
        ("ar", "تمكن مقاتلونا من تحرير بلدة هجين", "مقاتلونا"),
        ("ar", "حررنا بلدة هجين بالكامل", "حررنا"),
        ("ru", "Наши бойцы заняли город Ракка.", "Наши бойцы"),
        ("uk", "Наші воїни зайняли місто Ракка.", "Наші воїни"),
        ("fr", "Nos forces ont pris la ville de Hajin.", "Nos forces"),
        ("es", "Nuestras fuerzas tomaron la ciudad de Raqqa.", "Nuestras fuerzas"),
        ("tr", "Birliklerimiz Rakka'yı ele geçirdi.", "Birliklerimiz"),
        ("fa", "نیروهای ما شهر رقه را تصرف کردند.", "نیروهای ما"),
    ],
)
def test_our_forces_are_those_of_the_side_whose_channel_it_is(language: str, text: str, words: str) -> None:
    """In a side's own channel the words stay as they are, with the side's id; elsewhere they are nobody's."""
    assert words_and_id(told(language, text, SDF).gaining) == (words, SDF)
    elsewhere = told(language, text).gaining
    assert elsewhere is None or elsewhere.id is None


def test_whose_troops_they_are_is_not_told_by_the_country() -> None:
    """A country's army is not meant by "our troops", however much of the country the text speaks."""
    text = "Our troops withdrew from the Syrian town of Hajin in Syria."
    assert words_and_id(told("en", text).losing) == ("Our troops", None)
    assert words_and_id(told("en", text, SDF).losing) == ("Our troops", SDF)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", '"Our forces captured the town of Hajin," the SDF spokesman said.'),
        ("en", "SDF spokesman Farhad Hassan said our forces had captured the town of Hajin."),
        ("ar", 'قال المتحدث باسم قوات سوريا الديمقراطية: "سيطرت قواتنا على بلدة هجين"'),
    ],
)
def test_a_spokesmans_forces_are_those_he_speaks_for(language: str, text: str) -> None:
    """In what somebody is quoted with, "our" is his side's, whoever's channel tells it."""
    for side in (None, "islamic-state"):
        (_, identity) = words_and_id(told(language, text, side).gaining)
        assert identity == SDF


def test_a_source_of_no_side_speaks_for_the_side_whose_channel_quotes_it() -> None:
    """A military source in a side's own channel is its own; in a newsroom's it is nobody's."""
    text = '"Our forces captured the town of Hajin," a military source said.'
    assert words_and_id(told("en", text, SDF).gaining) == ("Our forces", SDF)
    assert words_and_id(told("en", text).gaining) == ("Our forces", None)


def test_an_embedded_post_does_not_speak_for_the_channel_that_shows_it() -> None:
    """Who wrote a post that a side's channel shows may be anybody."""
    text = "Our forces captured the town of Hajin."
    part = Part(start=0, end=len(text), author="Somebody", handle="somebody")
    assert words_and_id(told("en", text, SDF, (part,)).gaining) == ("Our forces", None)


def test_a_side_that_no_table_knows_says_nothing() -> None:
    """A source's side that is no actor's id leaves the words as they are."""
    assert words_and_id(told("en", "Our forces captured the town of Hajin.", "no-such-actor").gaining)[1] is None


def test_the_side_of_a_source_reaches_detection() -> None:
    """An item of a source with a side has its claims with that side."""
    url, noon = "https://example.org/1", datetime(2024, 3, 1, 12, tzinfo=UTC)
    item = RawItem(
        op=Op.PUT,
        id="i",
        source="own",
        side=SDF,
        kind=ItemKind.POST,
        url=url,
        canonical_url=url,
        fetched_at=noon,
        published_at=noon,
        body=zlib.compress(b"Our forces captured the town of Hajin at dawn."),
        content_type="text/plain; charset=utf-8",
    )
    outcome = enrich(item, knowledge=knowledge())
    assert isinstance(outcome, Passed)
    (enriched,) = outcome.records
    assert [words_and_id(mention.gaining) for mention in enriched.mentions] == [("Our forces", SDF)]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["Our forces", "قواتنا", "مقاتلينا", "нашими войсками", "Askerlerimiz", "نیروهای ما"])
def test_ours_is_nobodys_name(text: str) -> None:
    """What only says "ours" is no name by which two sources would mean one actor."""
    assert says_we(text)
    assert actor_key(Actor(text=text, start=0, end=len(text))) is None


@pytest.mark.parametrize("text", ["US forces", "Nashville militia", "قوات لينا", "Mi-8 crews", "Nosairi fighters"])
def test_a_name_that_only_begins_like_we_is_a_name(text: str) -> None:
    """A name whose letters begin or end like "our" is a name all the same."""
    assert not says_we(text)
