"""Names in their cases, first words, abbreviations: what Russian and Ukrainian ask for beyond the golden sentences."""

import pytest

from processors.detect import detect
from processors.detect.slavic_cases import nominatives
from streams.mentions import Kind
from tests.known import knowledge


@pytest.mark.parametrize(
    ("language", "form", "name"),
    [
        ("ru", "бахмутом", "бахмут"),
        ("ru", "авдеевкой", "авдеевка"),
        ("ru", "попасной", "попасная"),
        ("ru", "очеретина", "очеретино"),
        ("ru", "мариуполя", "мариуполь"),
        ("ru", "песков", "пески"),
        ("ru", "сум", "сумы"),
        ("uk", "авдіївці", "авдіївка"),
        ("uk", "харкова", "харків"),
        ("uk", "києвом", "київ"),
        ("uk", "ямполя", "ямпіль"),
        ("uk", "роботиного", "роботине"),
        ("uk", "пісків", "піски"),
    ],
)
def test_a_declined_name_leads_back_to_its_nominative(language: str, form: str, name: str) -> None:
    """Among the nominatives of a declined name is the one it is declined from."""
    assert name in nominatives(form, language)


@pytest.mark.parametrize("word", ["а", "и", "я"])
def test_a_single_letter_is_not_declined(word: str) -> None:
    """Nothing is left of a single letter without its ending, so it has no other form."""
    assert nominatives(word, "ru") == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Противник отошел из Бахмута.", "Bakhmut"),
        ("Российские войска установили контроль над Авдеевкой.", "Avdiyivka"),
        ("Повстанцы вошли в Пальмиру.", "Palmyra"),
        ("Боевики овладели Идлибом.", "Idlib"),
    ],
)
def test_a_place_is_found_in_any_case(text: str, name: str) -> None:
    """A place named in an oblique case is the one the gazetteer has in the nominative."""
    (mention,) = detect(text, knowledge=knowledge(), language="ru")
    assert [place.name for place in mention.places] == [name]


def test_word_order_does_not_change_who_acts() -> None:
    """Who acts stands in the nominative, before the verb or behind it."""
    texts = ("Боевики захватили город Идлиб.", "Город Идлиб захватили боевики.", "Захватили боевики город Идлиб.")
    found = [detect(text, knowledge=knowledge(), language="ru") for text in texts]
    assert [[m.gaining.text.lower() for m in mentions if m.gaining] for mentions in found] == [["боевики"]] * 3


def test_a_short_noun_of_place_ends_no_sentence() -> None:
    """The stop of an abbreviated noun parts no village from its verb."""
    (mention,) = detect("ВС РФ освободили н. п. Шевченко.", knowledge=knowledge(), language="ru")
    assert [place.text for place in mention.places] == ["Шевченко"]


def test_a_headline_in_capitals_is_read() -> None:
    """Capitals throughout make no word a name."""
    (mention,) = detect("ВСУ ОСТАВИЛИ АВДЕЕВКУ", knowledge=knowledge(), language="ru")
    assert mention.kind is Kind.WITHDRAWAL
    assert [place.text for place in mention.places] == ["АВДЕЕВКУ"]


def test_an_infinitive_alone_is_no_fact() -> None:
    """An infinitive tells a wish until somebody managed it."""
    (wish,) = detect("Захватить Покровск до осени.", knowledge=knowledge(), language="ru")
    (deed,) = detect("Боевикам удалось захватить Покровск.", knowledge=knowledge(), language="ru")
    assert (wish.status, deed.status) == ("planned", "asserted")
