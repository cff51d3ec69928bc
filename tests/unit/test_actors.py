"""The actor table and what is read by rule."""

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from processors.detect.actors import ActorKind, Actors, load_actors
from processors.gazetteer import Gazetteer, compiled
from processors.normalise import fold
from streams.errors import ConfigError

TABLE, NATIONS = (
    tomllib.loads(files("processors.detect").joinpath(name).read_text("utf-8"))
    for name in ("actors.toml", "nations.toml")
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(compiled())


@pytest.fixture(scope="module")
def actors(gazetteer: Gazetteer) -> Actors:
    return load_actors(gazetteer)


@pytest.mark.parametrize("row", TABLE["actor"], ids=[row["id"] for row in TABLE["actor"]])
def test_every_alias_is_found(row: dict[str, list[str]], actors: Actors) -> None:
    """Each alias of the table is found as written and means its actor."""
    for alias in (*row["aliases"], row["name"], row.get("name_ar", row["name"])):
        match = actors.match(fold(alias).text, 0)
        assert match is not None
        assert match.id == row["id"], alias


@pytest.mark.parametrize(
    ("words", "identity"),
    [
        ("القوات العراقية", "state:IQ"),
        ("قوات الجيش العراقي", "state:IQ"),
        ("قوات الاحتلال الإسرائيلي", "state:IL"),
        ("القوات المسلحة الأوكرانية", "state:UA"),
        ("الجيش التركي", "turkish-armed-forces"),
        ("القوات الأميركية", "state:US"),
        ("Iraqi government forces", "state:IQ"),
        ("Ukraine's army", "state:UA"),
        ("US troops", "state:US"),
        ("Somali national army", "state:SO"),
    ],
)
def test_state_forces_are_read_by_rule(actors: Actors, words: str, identity: str) -> None:
    """A word for a force beside a word for a nation is that state's force, to the last word."""
    match = actors.match(fold(words).text, 0)
    assert match is not None
    assert (match.id, match.end) == (identity, len(words))


@pytest.mark.parametrize(
    "words", ["us and them", "Turkish-backed rebels", "القوات تقدمت", "Iraqi bread", "المدينة", "جيش من العمال"]
)
def test_words_that_are_no_state_force(actors: Actors, words: str) -> None:
    """Neither a nation without a force, nor a force without a nation, nor somebody backed by one."""
    match = actors.match(fold(words).text, 0)
    assert match is None or (match.kind is ActorKind.GENERIC and match.id is None)


@pytest.mark.parametrize(
    ("written", "shown"), [("وداعش", "داعش"), ("لقسد", "قسد"), ("للحوثيين", "للحوثيين"), ("وبالحوثيين", "الحوثيين")]
)
def test_proclitics_are_left_off(actors: Actors, written: str, shown: str) -> None:
    """Letters written onto a name are no part of it, but for the lams that hide an article."""
    match = actors.match(fold(written).text, 0)
    assert match is not None
    assert written[match.start : match.end] == shown


def test_a_generic_word_settles_where_the_country_is_clear(actors: Actors) -> None:
    """The army is the army of the country a text is about, nobody's where two are named as often."""
    match = actors.match("الجيش", 0)
    assert match is not None
    assert match.id is None
    settled = [actors.settle(match, countries) for countries in ({"IQ": 0.9, "US": 0.1}, {"IQ": 0.5, "US": 0.5}, {})]
    assert [entry and entry.id for entry in settled] == ["state:IQ", None, None]


@pytest.mark.parametrize(
    ("day", "identity"),
    [
        (None, "syria-regime"),
        (date(2016, 12, 13), "syria-regime"),
        (date(2024, 12, 8), "syria-regime"),
        (date(2024, 12, 9), "state:SY"),
    ],
)
@pytest.mark.parametrize("words", ["Syrian army", "الجيش السوري", "قوات الجيش السوري", "the army", "Syria"])
def test_a_states_forces_change_with_the_day(actors: Actors, words: str, day: date | None, identity: str) -> None:
    """The Syrian army is the fallen government's up to its last day, and the state's own from then on."""
    match = actors.match(fold(words).text, 0)
    assert match is not None
    entry = actors.settle(match, {"SY": 1.0}, on=day)
    assert entry is not None
    assert entry.id == identity
    assert (entry.side == "syria-government") is (identity == "syria-regime")


@pytest.mark.parametrize("words", ["Assad regime", "قوات الأسد", "Syrian Arab Army", "قوات النظام"])
def test_a_name_of_its_own_stays_whose_it_was(actors: Actors, words: str) -> None:
    """Words for the fallen government itself mean it in a later text as well."""
    match = actors.match(fold(words).text, 0)
    assert match is not None
    entry = actors.settle(match, {"SY": 1.0}, on=date(2025, 3, 1))
    assert entry is not None
    assert entry.id == "syria-regime"


def test_an_army_changes_with_its_government(actors: Actors) -> None:
    """Afghan forces are the republic's up to the fall of Kabul, and the Taliban's from then on."""
    days = (date(2021, 8, 1), date(2021, 8, 15), date(2021, 8, 16), date(2026, 1, 1), None)
    match = actors.match(fold("Afghan forces").text, 0)
    assert match is not None
    ids = [actors.entry(match.id or "", on=day).id for day in days]
    assert ids == ["afghan-republic", "afghan-republic", "taliban", "taliban", "afghan-republic"]


def test_the_table_covers_the_conflicts() -> None:
    """At least 150 actors are listed, each with a source that exists, and every source is cited."""
    rows, sources = TABLE["actor"], TABLE["sources"]
    cited = {source for row in rows for source in row["source"]}
    assert len({row["id"] for row in rows}) == len(rows) >= 150
    assert all(row["source"] for row in rows)
    assert cited == set(sources)


def test_a_days_bounds_are_dates() -> None:
    """A last day is a full date, a beginning a year, a month or a day, and no actor ends before it begins."""
    for row in TABLE["actor"]:
        since, until = row.get("since", ""), row.get("until")
        assert until is None or date.fromisoformat(until).isoformat() == until, row["id"]
        assert not since or date.fromisoformat((since + "-01-01")[:10]).isoformat().startswith(since), row["id"]
        assert until is None or since <= until, row["id"]


@pytest.mark.parametrize(
    ("text", "name", "identity"),
    [
        ("Вчера город заняли талибы без боя.", "талибы", "taliban"),
        ("Колонну талибов остановили у моста.", "талибов", "taliban"),
        ("Под контролем Хезболлы остались два села.", "Хезболлы", "hezbollah"),
        ("Бійці ЗСУ зайшли до міста.", "ЗСУ", "state:UA"),
        ("Порт утримують хусити.", "хусити", "houthis"),
        ("La ville est tombée aux mains du Front al-Nosra.", "Front al-Nosra", "nusra-front"),
        ("Les rebelles du M23 avancent.", "rebelles du M23", "m23"),
        ("El pueblo fue tomado por los talibanes.", "los talibanes", "taliban"),
        ("Las Fuerzas de Apoyo Rápido entraron.", "Fuerzas de Apoyo Rápido", "rapid-support-forces"),
        ("Kasabayı Suriye Milli Ordusu aldı.", "Suriye Milli Ordusu", "syrian-national-army"),
        ("Köyü YPG'den aldı.", "YPG", "ypg"),
        ("شهر به دست حوثی‌ها افتاد.", "حوثی‌ها", "houthis"),
        ("Bajar di destê DAIŞ'ê de ye.", "DAIŞ", "islamic-state"),
        ("شارەکە لە دەستی هەسەدە دایە.", "هەسەدە", "syrian-democratic-forces"),
        ("سيطرت حركة طالبان على المدينة.", "حركة طالبان", "taliban"),
        ("Fighters of the Arakan Army overran the base.", "Arakan Army", "arakan-army"),
    ],
)
def test_names_are_found_in_running_text(actors: Actors, text: str, name: str, identity: str) -> None:
    """A name is found where it stands in a sentence of its language, whatever its case or script."""
    folded = fold(text)
    match = actors.match(folded.text, folded.at(text.index(name)))
    assert match is not None
    assert (folded.span(match.start, match.end).text, match.id) == (name, identity)


def test_a_common_word_opens_no_name(actors: Actors) -> None:
    """Most words of a text begin no actor's name in any language, which one look-up tells."""
    words = [
        "yesterday",
        "city",
        "ville",
        "cerca",
        "bridge",
        "город",
        "міста",
        "şehir",
        "المدينة",
        "شهر",
        "rain",
        "and",
        "under",
    ]
    assert [word for word in words if actors.match(fold(word).text, 0)] == []


def test_a_state_without_a_last_day_stays(actors: Actors) -> None:
    """The day says nothing of an actor whose time has no end."""
    ids = [actors.entry(name, on=date(2026, 1, 1)).id for name in ("state:IQ", "state:TR", "sudanese-armed-forces")]
    assert ids == ["state:IQ", "turkish-armed-forces", "sudanese-armed-forces"]


def test_an_actors_country_is_a_hint(actors: Actors) -> None:
    """A text that names the Rapid Support Forces speaks of Sudan; al-Qaeda says nothing of a country."""
    assert actors.countries_in(fold("تقدمت قوات الدعم السريع").text) == ["SD"]
    assert actors.countries_in(fold("al-Qaeda said").text) == []


def test_two_actors_may_not_share_an_alias(gazetteer: Gazetteer) -> None:
    """An alias of two actors, or an actor without a known source, is refused with their names."""
    one, other = ({**TABLE["actor"][0], "id": name} for name in ("one", "other"))
    with pytest.raises(ConfigError, match="one and for other"):
        Actors({**TABLE, "actor": [one, other]}, NATIONS, gazetteer)
    with pytest.raises(ConfigError, match="no known source"):
        Actors({**TABLE, "actor": [{**one, "source": ["hearsay"]}]}, NATIONS, gazetteer)
