"""What surrounds a claim: speakers, posts, pointing words, dates, confidence, colours."""

from datetime import date
from itertools import pairwise

import pytest

from processors.detect import detect
from processors.detect.explain import Shown, marks
from streams.mentions import Kind, Mention, Status, Via
from tests.known import knowledge


def found(text: str, **known: object) -> tuple[Mention, ...]:
    return detect(text, knowledge=knowledge(), **known)  # type: ignore[arg-type]


def test_a_text_without_triggers_has_no_mention() -> None:
    """A text about something else gives nothing."""
    assert found("The minister opened a school in Aleppo. Pupils sang.") == ()


def test_the_speaker_is_named() -> None:
    """A claim that somebody makes carries who says so and their side."""
    (mention,) = found("أعلنت قوات الدعم السريع فجرا سيطرتها على بلدة الفولة.")
    assert mention.status is Status.CLAIMED
    assert mention.attribution is not None
    assert mention.attribution.speaker == "rapid-support-forces"


def test_a_post_speaks_for_itself() -> None:
    """A claim in an embedded post is its author's, dated by the post's own day."""
    text = "Reaction came fast.\n\nRebels took control of Saraqib today\n\n— Lina K (@lina_k) March 3, 2020"
    (mention,) = found(text, published=date(2024, 1, 1))
    assert mention.status is Status.CLAIMED
    assert mention.attribution is not None
    assert mention.attribution.speaker == "Lina K"
    assert mention.event_date is not None
    assert mention.event_date.from_ == date(2020, 3, 3)


def test_the_city_is_the_one_named_before() -> None:
    """A pointing word carries the id of the place it means and says that it points."""
    _, mention = found("Rebels seized Raqqa in March. Government troops withdrew from the city on Sunday.")
    assert mention.kind is Kind.WITHDRAWAL
    (place,) = mention.places
    assert place.via is Via.ANAPHORA
    assert place.name == "Raqqa"


def test_a_nameless_stronghold_can_be_the_place_meant() -> None:
    """A strong point without a name that stands before "the city" is looked at like any other place."""
    mentions = found(
        "They held the depot, the army's only stronghold in Afrin, Aleppo Governorate, "
        "until the city was wholly occupied by Turkey that spring."
    )
    assert [mention.places[0].text for mention in mentions] == ["the depot", "Afrin"]


def test_the_city_of_nowhere_has_no_id() -> None:
    """A pointing word with nothing to point to is kept as written, without an id."""
    (mention,) = found("Rebels seized the city on Sunday.")
    assert (mention.places[0].text, mention.places[0].id) == ("the city", None)


def test_a_claim_is_surer_with_names() -> None:
    """Confidence is higher where the place is known and a side is named."""
    (named,) = found("Rebels took control of Raqqa.")
    (vague,) = found("They took control of the village.")
    assert 0 < vague.confidence < named.confidence <= 1


def test_another_language_of_the_script_is_left_alone() -> None:
    """English words are not looked for in a French sentence."""
    french = "Le capture, dans le jargon de la chasse, est un gibier pris vivant par les chasseurs de la region."
    assert found(french, language="fr") == ()
    assert found("The capture of Raqqa by rebels", language="en") != ()


def test_colours_do_not_overlap() -> None:
    """The spans to colour are in order, apart, and are the words of trigger, sides and place."""
    text = "Kurdish fighters drove Islamic State out of Tel Abyad."
    (mention,) = found(text)
    spans = marks(mention)
    assert [text[span.start : span.end] for span in spans if span.shown is Shown.PLACE] == ["Tel Abyad"]
    assert {span.shown for span in spans} == set(Shown) - {Shown.STATUS}
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_a_trigger_is_coloured_around_the_names_in_it() -> None:
    """A trigger of several words is cut where a name stands in it, and keeps no space at its borders."""
    text = "سقوط بلدة سراقب بيد قوات النظام"
    (mention,) = found(text)
    shown = [(text[span.start : span.end], span.shown) for span in marks(mention)]
    assert shown == [
        ("سقوط بلدة", Shown.TRIGGER),
        ("سراقب", Shown.PLACE),
        ("بيد", Shown.TRIGGER),
        ("قوات النظام", Shown.GAINING),
    ]


def test_actors_are_those_of_the_day() -> None:
    """An army is the listed government's up to its last day and the state's without that name afterwards."""
    text = "The Syrian army captured the town of Saraqib, the Syrian army said."
    (earlier,), (later,) = (found(text, published=day) for day in (date(2020, 3, 2), date(2025, 3, 2)))
    assert earlier.gaining is not None
    assert later.gaining is not None
    assert (earlier.gaining.name, later.gaining.name) == ("Syrian government forces", "Syrian forces")
    assert earlier.attribution is not None
    assert later.attribution is not None
    assert earlier.attribution.side != later.attribution.side


def test_the_town_of_two_villages_is_a_town() -> None:
    """A town whose name means "the two villages" has its id, unless two villages were spoken of."""
    (town,) = found("سقوط القريتين بيد تنظيم داعش.")
    assert town.places[0].name == "Al Qaryatayn"
    told = found("دخل الجيش قريتي الحمرا والزيارة. ثم سيطر الجيش على القريتين.")
    assert all(place.name != "Al Qaryatayn" for mention in told for place in mention.places)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Con la caída de Dorsa, cristianos huyeron.", "es"), ("سيطرت قوات سوريا على 60 بالمئة من", "ar")],
)
def test_a_sentence_may_break_off_or_lack_its_army(text: str, language: str) -> None:
    """A share of nothing, and a leaving by a name in a language without seats for names, are read and tell nothing."""
    assert found(text, language=language) == ()


def test_a_claim_that_lacks_its_side_needs_war_all_around() -> None:
    """Who left is not said: among shelling and strikes a named town was left; among rumours, or as a country, not."""
    told = found("After a month of shelling and air strikes Bakhmut was abandoned.")
    assert [mention.kind for mention in told] == [Kind.WITHDRAWAL]
    assert found("After a month of gossip and rumours Bakhmut was abandoned.") == ()
    assert found("After a month of shelling and air strikes Ukraine was abandoned.") == ()
    assert found("After a month of shelling and air strikes Bakhmut was abandoned by its residents.") == ()


def test_english_that_looks_like_pidgin_is_read_as_english() -> None:
    """A short report whose language is given as Nigerian Pidgin, as the classifier gives some, tells its capture."""
    told = "On September 28 Taliban fighters captured the city of Kunduz from Afghan government forces."
    (mention,) = detect(told, knowledge=knowledge(), language="pcm")
    assert [place.text for place in mention.places] == ["Kunduz"]


@pytest.mark.parametrize(
    ("text", "denier"),
    [
        ("The Sudanese army denied that it had lost Sinja.", "sudanese-armed-forces"),
        ("نفى الجيش السوداني سقوط مدينة سنجة بيد قوات الدعم السريع.", "sudanese-armed-forces"),
        ("الجيش السوداني ينفي سيطرة الدعم السريع على سنجة.", "sudanese-armed-forces"),
        ("Rebels took Sinja, and the governor denied it.", None),
        ("Reports that rebels had taken Sinja were denied on Monday.", None),
    ],
)
def test_a_denial_names_who_denies(text: str, denier: str | None) -> None:
    """The actor beside the word that denies is its speaker; nobody is where none stands there."""
    (mention,) = [one for one in detect(text, knowledge=knowledge()) if one.status is Status.DENIED] or [None]
    assert (mention and mention.attribution and mention.attribution.speaker) == denier
