"""State forces read by rule in every language, and names that inflect."""

import pytest

from processors.detect import detect
from processors.detect.actors import ActorKind, Actors
from processors.detect.stems import stem
from processors.normalise import fold
from tests.known import knowledge


@pytest.fixture(scope="module")
def actors() -> Actors:
    return knowledge().actors


@pytest.mark.parametrize(
    ("words", "country"),
    [
        ("сирийская армия", "SY"),
        ("российских войск", "RU"),
        ("ВС РФ", "RU"),
        ("Вооружёнными силами Украины", "UA"),
        ("правительственные войска Сирии", "SY"),
        ("армии Чада", "TD"),
        ("російські війська", "RU"),
        ("збройними силами Росії", "RU"),
        ("малійської армії", "ML"),
        ("armée malienne", "ML"),
        ("forces gouvernementales syriennes", "SY"),
        ("armée de la RDC", "CD"),
        ("armée sud-soudanaise", "SS"),
        ("troupes d'Ukraine", "UA"),
        ("ejército sirio", "SY"),
        ("tropas del ejército sirio", "SY"),
        ("fuerzas armadas de Ucrania", "UA"),
        ("Suriye ordusunun", "SY"),
        ("Irak güvenlik güçlerine", "IQ"),
        ("Rus birliklerinden", "RU"),
        ("Suriye'nin ordusu", "SY"),
        ("ارتش سوریه", "SY"),
        ("نیروهای اوکراینی", "UA"),
        ("نیروهای امنیتی افغان", "AF"),
    ],
)
def test_a_force_beside_a_nation_is_that_states(actors: Actors, words: str, country: str) -> None:
    """In each language a word for a force and one for a nation, in either order, are that state's force."""
    match = actors.match(fold(words).text, 0)
    assert match is not None
    entry = actors.entry(match.id or "")
    assert (match.kind, match.end, entry.countries) == (ActorKind.STATE, len(words), (country,))


@pytest.mark.parametrize(
    "words",
    [
        "малые силы",
        "войска того",
        "les forces",
        "Iraqi bread",
        "сирийский хлеб",
        "queso sirio",
        "Suriye ekmeği",
        "نان سوری",
    ],
)
def test_half_a_phrase_is_no_states_force(actors: Actors, words: str) -> None:
    """A nation with bread, or a force without a nation, is nobody's army."""
    match = actors.match(fold(words).text, 0)
    assert match is None or match.kind in {ActorKind.GENERIC, ActorKind.COUNTRY}


def test_a_force_ends_with_its_sentence(actors: Actors) -> None:
    """A nation at a sentence's end and a force at the next one's beginning are no phrase."""
    match = actors.match(fold("Ukraine. Forces said").text, 0)
    assert match is not None
    assert match.kind is ActorKind.COUNTRY


@pytest.mark.parametrize(
    ("words", "shown", "identity"),
    [("YPG'nin", "YPG", "ypg"), ("M23'ün", "M23", "m23"), ("d'Al-Shabab", "Al-Shabab", "al-shabaab")],
)
def test_an_apostrophe_ends_or_begins_a_name(actors: Actors, words: str, shown: str, identity: str) -> None:
    """A suffix behind an apostrophe and an elided article before it are no part of a name."""
    match = actors.match(fold(words).text, 0)
    assert match is not None
    assert (words[match.start : match.end], match.id) == (shown, identity)


@pytest.mark.parametrize(
    "forms",
    [
        ["талибы", "талибов", "талибами", "талибам"],
        ["российская", "российские", "российских", "российскими"],
        ["армия", "армии", "армией", "армию"],
        ["Сирия", "Сирии", "Сирией"],
        ["війська", "військам", "військами"],
        ["росіяни", "росіян", "росіянами"],
    ],
)
def test_forms_of_a_word_share_their_stem(forms: list[str]) -> None:
    """The cases of a Russian or Ukrainian word are compared as one."""
    assert len({stem(fold(form).text) for form in forms}) == 1


def test_a_short_word_keeps_its_letters() -> None:
    """Three letters stay, and other scripts are left alone."""
    assert [stem(word) for word in ("мы", "ссср", "dem", "army")] == ["мы", "ссср", "dem", "army"]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ar", 'سيطر تنظيم "الدولة" على مدينة تدمر.', 'تنظيم "الدولة"'),
        ("ru", "Подразделения группировки войск «Центр» освободили Работино.", "группировки войск «Центр»"),
        ("fr", 'Le groupe "Etat islamique" a pris Palmyre.', '"Etat islamique"'),
    ],
)
def test_a_name_in_quotation_marks_keeps_the_closing_one(language: str, text: str, name: str) -> None:
    """The words of an actor end with the mark that closes the quotation they open."""
    (mention,) = detect(text, knowledge=knowledge(), language=language)
    assert mention.gaining is not None
    assert mention.gaining.text.endswith(name)


def test_a_nation_alone_means_its_forces_within_a_slot(actors: Actors) -> None:
    """A word for a nation that fills a slot by itself means that state's forces; other words mean nobody."""
    found = actors.within("a control ruso", 10, 14)
    assert found is not None
    assert found.id == "state:RU"
    assert actors.within("a control total", 10, 15) is None
