"""The compiled gazetteer, on a few places made for the purpose and on its tables."""

import pickle
from pathlib import Path

import pytest

from processors.gazetteer import Feature, Gazetteer, compiled, sources
from processors.gazetteer import build as building
from processors.gazetteer.build import write
from processors.gazetteer.cases import oblique
from processors.gazetteer.names import key_of
from processors.gazetteer.sources import Place
from processors.gazetteer.table import MAGIC
from processors.normalise import fold
from streams.errors import ConfigError


def place(number: int, name: str, *names: str, people: int = 1000, **more: object) -> Place:
    values = {
        "id": f"test:{number}",
        "name": name,
        "name_ar": None,
        "names": names,
        "lat": 35.00001 + number,
        "lon": -40.5,
        "country": "SY",
        "admin1": None,
        "population": people,
        "feature": Feature.TOWN,
        "seat": f"test:{number}",
    }
    return Place(**(values | more))  # type: ignore[arg-type]


PLACES = [
    place(1, "Deir Test", "دير التجربة", "Dayr at-Tajriba", people=5000),
    place(2, "Deir Test", people=90000, country="IQ"),
    place(3, "Test", "تجر"),
    place(4, "al-Madina", "المدينة"),
    place(5, "Test Governorate", "البوغاز", feature=Feature.GOVERNORATE, seat="test:1"),
    place(6, "Salamiyah", "Ra's al-Bir"),
    place(7, "Sari", "محلية ساري", feature=Feature.DISTRICT, doubtful=frozenset(("Sari",))),
]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    path = tmp_path_factory.mktemp("gazetteer") / "places.bin"
    write(PLACES, path)
    return Gazetteer(path)


def found(gazetteer: Gazetteer, text: str, start: int = 0) -> tuple[str, list[str]] | None:
    folded = fold(text).text
    match = gazetteer.match(folded, start)
    return match and (folded[match.start : match.end], [gazetteer.entry(row).id for row in match.rows])


def test_the_largest_bearer_of_a_name_comes_first(gazetteer: Gazetteer) -> None:
    """All places of a name are given, by population."""
    assert found(gazetteer, "Deir Test fell") == ("deir test", ["test:2", "test:1"])


@pytest.mark.parametrize("written", ["دير التجربة", "ديرالتجربة", "دير_التجربة", "دير\nالتجربة", "ديـــر التجربه"])
def test_arabic_names_are_found_however_they_are_parted(gazetteer: Gazetteer, written: str) -> None:
    """Spaces, underscores, line breaks and tatweel inside an Arabic name do not hide it."""
    assert found(gazetteer, written + " اليوم") == (fold(written).text, ["test:1"])


@pytest.mark.parametrize("written", ["Dayr at-Tajriba", "dayr al-tajribah", "Dayr-at-Tajriba", "Dayr\nat-Tajriba"])
def test_the_article_has_many_latin_spellings(gazetteer: Gazetteer, written: str) -> None:
    """at-, al- and a final h are one spelling."""
    assert found(gazetteer, written) == (fold(written).text, ["test:1"])


def test_a_short_name_is_not_read_over_a_space(gazetteer: Gazetteer) -> None:
    """A short Arabic name is not put together from two words."""
    assert found(gazetteer, "تج ر") is None
    assert found(gazetteer, "تجر")


def test_a_name_ends_where_a_word_ends(gazetteer: Gazetteer) -> None:
    """A name is not found at the beginning of a longer word, nor in the middle of a Latin one."""
    assert found(gazetteer, "Testing") is None
    assert found(gazetteer, "تجربة") is None
    assert found(gazetteer, "contest", 3) is None


def test_a_possessive_leaves_the_name(gazetteer: Gazetteer) -> None:
    """The 's after a name is not part of it, the one inside a name is."""
    assert found(gazetteer, "Test's mayor") == ("test", ["test:3"])
    assert found(gazetteer, "Ras al-Bir") == ("ras al-bir", ["test:6"])
    assert found(gazetteer, "Ra's al-Bir") == ("ra's al-bir", ["test:6"])


def test_nouns_that_are_names_are_marked(gazetteer: Gazetteer) -> None:
    """المدينة is a town's name and a noun; a name without its article is marked as uncertain."""
    noun, bare, plain = (gazetteer.match(fold(text).text, 0) for text in ("المدينة", "بوغاز", "البوغاز"))
    assert noun is not None
    assert (noun.common, noun.noun) == (True, True)
    assert bare is not None
    assert (bare.common, bare.noun) == (True, False)
    assert plain is not None
    assert not plain.common


def test_a_doubtful_name_is_marked(gazetteer: Gazetteer) -> None:
    """A name that alone does not point to its place needs evidence, another name of the place does not."""
    bare, whole = (gazetteer.match(fold(text).text, 0) for text in ("Sari", "محلية ساري"))
    assert bare is not None
    assert bare.common
    assert whole is not None
    assert not whole.common


def test_a_districts_seat_lies_in_its_governorate() -> None:
    """A district of the table has a town of its own governorate and country for a seat, or itself."""
    places = Gazetteer(compiled())
    entries = {entry.id: entry for entry in map(places.read, range(len(places)))}
    districts = [entries[row["id"]] for row in sources.table("districts.csv")["place"]]
    seats = [(district, entries[district.seat]) for district in districts]
    assert {entry.country for entry in districts} >= {"SY", "IQ", "YE", "SD", "UA", "CD", "AF", "ML", "SO"}
    assert [one.name for one, seat in seats if (one.admin1, one.country) != (seat.admin1, seat.country)] == []


def test_an_entry_comes_back_as_it_was_given(gazetteer: Gazetteer) -> None:
    """Coordinates, country, seat and feature survive compiling."""
    entry = gazetteer.entry(4)
    assert (entry.lat, entry.lon, entry.country) == (40.00001, -40.5, "SY")
    assert (entry.feature, entry.seat, entry.geo_precision) == ("governorate", "test:1", 3)
    assert gazetteer.entry(0).geo_precision == 1


def test_the_same_places_give_the_same_bytes(tmp_path: Path) -> None:
    """Compiling is deterministic."""
    write(PLACES, tmp_path / "one")
    write(PLACES, tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_source_that_changes_while_it_is_read_makes_what_was_read_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compiled bears the digest of its sources from before they were read."""
    versions = ["before"]
    monkeypatch.setattr(building, "digest", lambda: versions[-1])
    monkeypatch.setattr(sources, "places", lambda: (versions.append("after"), PLACES)[1])
    building.build(tmp_path / "places.bin")
    assert Gazetteer(tmp_path / "places.bin").directory.digest == "before"


def test_nothing_unfinished_is_left(tmp_path: Path) -> None:
    """A build that fails leaves neither a file nor a part of one."""
    with pytest.raises(ValueError, match="NaN"):
        write([place(1, "Far", lat=float("nan"))], tmp_path / "places.bin")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"nothing", b"x" * 100, b"{}" + (2).to_bytes(4, "little") + MAGIC])
def test_a_file_that_is_no_gazetteer_is_refused(tmp_path: Path, content: bytes) -> None:
    """A damaged or foreign file is refused with a clear error."""
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(ConfigError, match="bad"):
        Gazetteer(tmp_path / "bad")


def test_a_gazetteer_is_pickled_by_its_path(gazetteer: Gazetteer) -> None:
    """A worker process maps the same file again."""
    again = pickle.loads(pickle.dumps(gazetteer))  # noqa: S301 - our own bytes
    assert found(again, "Deir Test") == found(gazetteer, "Deir Test")


@pytest.mark.parametrize("name", sources.TABLES)
def test_every_row_names_its_source_and_stands_on_earth(name: str) -> None:
    """Rows of our own tables have a source, an id used once, and coordinates within their bounds."""
    rows = sources.table(name)
    identities = [row["id"] for row in (*rows.get("place", ()), *rows.get("extra", ()))]
    assert identities
    assert len(set(identities)) == len(identities)
    assert all(abs(row["lat"]) <= 90 and abs(row["lon"]) <= 180 for row in rows.get("place", ()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ma‘arrat an Nu‘mān", "Maarat al-Numan"),
        ("Tall Rif‘at", "Tel Rifaat"),
        ("Ra’s al ‘Ayn", "Ras al-Ayn"),
        ("Bayt Jann", "Beit Jann"),
        ("Salamiyyah", "Salamiya"),
    ],
)
def test_latin_spellings_of_arabic_names_have_one_key(one: str, other: str) -> None:
    """What is written in many ways in Latin letters is kept under one key."""
    keys = [key_of(fold(name).text) for name in (one, other)]
    assert keys[0] is not None
    assert keys[1] is not None
    assert keys[0].key == keys[1].key


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("Лесная область", "лесной области"),
        ("Лісівська область", "лісівської області"),
        ("Лісівський район", "лісівському районі"),
    ],
)
def test_names_of_areas_have_their_oblique_cases(name: str, case: str) -> None:
    """Russian and Ukrainian provinces and districts stand in other cases nearly everywhere."""
    assert case in set(oblique(name))
    assert not set(oblique(name.split(maxsplit=1)[0]))


def test_one_province_of_a_country_has_one_name() -> None:
    """No two provinces of a country share a name, but a city and the province around it."""
    rows = [row for name in ("areas.toml", "provinces.csv") for row in sources.table(name)["place"]]
    names = [(row["country"], row["name"]) for row in rows if row["feature"] == "governorate"]
    assert {name for name in names if names.count(name) > 1} <= {("MZ", "Maputo"), ("RU", "Moscow"), ("YE", "Sanaa")}
