"""A finer gazetteer, made from files in the forms of GeoNames and OpenStreetMap that are written here."""

import json
import zipfile
from pathlib import Path

import osmium
import pytest
from click.testing import CliRunner

from processors.gazetteer import Feature, Gazetteer, PlaceMatch, compiled, finer
from processors.gazetteer import build as building
from processors.gazetteer.build import write
from processors.gazetteer.sources import Place
from processors.normalise import fold
from streams.cli import main
from streams.errors import ConfigError

KNOWN = Place(
    id="geonames:1",
    name="Sokilske",
    name_ar=None,
    names=("Сокольское",),
    lat=48.0,
    lon=37.0,
    country="UA",
    admin1="Donetsk",
    population=9000,
    feature=Feature.TOWN,
    seat="geonames:1",
)
EXTRACT = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="hand">
 <node id="1" lat="48.0301" lon="37.0502" version="1"><tag k="place" v="village"/><tag k="name" v="Ясне Поле"/>
  <tag k="name:ar" v="ياسني بوله"/><tag k="population" v="1 250"/></node>
 <node id="2" lat="48.1" lon="37.1" version="1"><tag k="place" v="hamlet"/><tag k="name" v="Дальнє"/></node>
 <node id="3" lat="48.2" lon="37.2" version="1"/><node id="4" lat="48.3" lon="37.4" version="1"/>
 <node id="5" lat="-60" lon="10" version="1"><tag k="place" v="village"/><tag k="name" v="Nowhere"/></node>
 <node id="6" lat="48.1" lon="37.1" version="1"><tag k="place" v="village"/></node>
 <node id="7" lat="48.1" lon="37.1" version="1"><tag k="shop" v="bakery"/><tag k="name" v="Bread"/></node>
 <way id="9" version="1"><nd ref="3"/><nd ref="4"/><tag k="aeroway" v="aerodrome"/>
  <tag k="name:en" v="Dalnie Airfield"/></way>
</osm>
"""


def row(number: int, name: str, kind: str, *, lat: str = "48.03", lon: str = "37.05", people: str = "") -> str:
    """Write a row of 19 columns as in XX.txt."""
    group, code = kind.split(".")
    place = [str(number), name, name, "", lat, lon, group, code, "UA", "", "05", "", "", "", people]
    return "\t".join([*place, "", "110", "Europe/Kyiv", "2024-05-01"])


@pytest.fixture
def geonames(tmp_path: Path) -> Path:
    folder = tmp_path / "geonames"
    folder.mkdir()
    dump = [
        row(9001, "Yasne Pole", "P.PPL", people="300"),
        row(9002, "Yasne Reservoir Dam", "S.DAM"),
        row(9003, "Yasne Stream", "H.STM"),
        row(9004, "Too Far North", "P.PPL", lat="99"),
        "9005\tTorn",
    ]
    (folder / "UA.txt").write_text("\n".join(dump) + "\n", "utf-8")
    names = ["1\t9001\truk\tЯсное Поле\t1\t\t\t\t\t", "2\t9001\tlink\thttps://yasne.example\t\t\t\t\t\t"]
    with zipfile.ZipFile(folder / "alternates.zip", "w") as archive:
        archive.writestr("UA.txt", "\n".join(names) + "\n")
        archive.writestr("readme.txt", "about\n")
    (folder / "admin1CodesASCII.txt").write_text("UA.05\tAnother Name\tAnother Name\t709716\n", "utf-8")
    (folder / "featureCodes_en.txt").write_text("H.STM\tstream\ta body of running water\n", "utf-8")
    return folder


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "piece.osm"
    path.write_text(EXTRACT, "utf-8")
    return path


def made(tmp_path: Path, geonames: list[Path], osm: list[Path]) -> tuple[Gazetteer, list[str]]:
    said: list[str] = []
    path = finer(geonames, osm, tmp_path / "finer.bin", known=lambda: [KNOWN], say=said.append)
    return Gazetteer(path), said


def meant(gazetteer: Gazetteer, name: str) -> list[str]:
    match = gazetteer.match(fold(name).text, 0)
    return [gazetteer.entry(each).id for each in match.rows] if isinstance(match, PlaceMatch) else []


def test_a_country_dump_adds_places_under_all_their_names(tmp_path: Path, geonames: Path) -> None:
    """Names come from the dump and the alternate names, a province's from our own tables, links are no names."""
    places, _ = made(tmp_path, [geonames], [])
    assert meant(places, "Yasne Pole") == meant(places, "Ясное Поле") == ["geonames:9001"]
    assert meant(places, "https") == []
    entry = places.entry(1)
    assert (entry.admin1, entry.population, entry.lat, entry.feature) == ("Donetsk", 300, 48.03, "town")
    assert places.entry(2).feature == "dam"
    assert len(places) == 3


def test_bad_rows_are_counted_and_told_with_file_and_line(tmp_path: Path, geonames: Path) -> None:
    """A row that cannot be read costs that row only; what kinds of rows have no use is said in words."""
    _, said = made(tmp_path, [geonames], [])
    told = "\n".join(said)
    assert "2 bad rows left out" in told
    assert f"{geonames / 'UA.txt'}:4: 99 in column 5 is beyond 90 degrees" in told
    assert f"{geonames / 'UA.txt'}:5: has 2 columns; places have 19" in told
    assert "not taken: 1 H.STM stream" in told


def test_an_extract_adds_places_bases_and_their_country(tmp_path: Path, extract: Path) -> None:
    """Nodes and ways with names are taken; their country and province are those of the nearest known town."""
    places, said = made(tmp_path, [], [extract])
    assert meant(places, "Дальнє") == ["osm:n2"]
    assert meant(places, "ياسني بوله") == ["osm:n1"]
    field = places.entry(3)
    assert (field.id, field.feature, field.country, field.admin1) == ("osm:w9", "base", "UA", "Donetsk")
    assert (field.lat, field.lon) == (48.25, 37.3)
    assert places.entry(1).population == 1250
    assert f"{extract}:n5: lies near no known town" in "\n".join(said)
    assert len(places) == 4


def test_xml_and_pbf_give_the_same_places(tmp_path: Path, extract: Path) -> None:
    """Both forms of an extract are read alike."""
    pbf = tmp_path / "piece.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for element in osmium.FileProcessor(str(extract)):
            writer.add(element)
    one, other = (made(tmp_path, [], [path])[0] for path in (extract, pbf))
    assert [one.read(each) for each in range(len(one))] == [other.read(each) for each in range(len(other))]


def test_one_place_in_both_files_stays_one_place(tmp_path: Path, geonames: Path, extract: Path) -> None:
    """Places of one name, kind and spot are joined, with the names of both and the id of the first."""
    places, _ = made(tmp_path, [geonames], [extract])
    assert meant(places, "Ясне Поле") == ["osm:n1"]
    shared = EXTRACT.replace("Ясне Поле", "Ясное Поле")
    extract.write_text(shared, "utf-8")
    places, _ = made(tmp_path, [geonames], [extract])
    assert meant(places, "Ясное Поле") == meant(places, "ياسني بوله") == ["geonames:9001"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("UA.txt", b"a\tb\n", "2 columns"),
        ("UA.zip", b"no archive", "no zip archive"),
        ("piece.osm", b"<osm><node", "cannot be read as an OpenStreetMap extract"),
        ("piece.osm.pbf", b"\0\0\0\0garbage", "cannot be read as an OpenStreetMap extract"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    """The error names the file and what is wrong; nothing is written."""
    path = tmp_path / name
    path.write_bytes(content)
    given: tuple[list[Path], list[Path]] = ([], [path]) if ".osm" in name else ([path], [])
    with pytest.raises(ConfigError, match=why) as refused:
        made(tmp_path, *given)
    assert str(path) in str(refused.value)
    assert not (tmp_path / "finer.bin").exists()


@pytest.mark.parametrize("way", ["setting", "user data"])
def test_detection_uses_the_finer_gazetteer(
    tmp_path: Path, geonames: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`changehands detect` resolves a village that only the user's files have, as set or where it is looked for."""
    path = finer([geonames], [], tmp_path / "changehands" / "gazetteer.bin", known=lambda: [KNOWN])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path if way == "user data" else tmp_path / "empty"))
    if way == "setting":
        monkeypatch.setenv("CHANGEHANDS_GAZETTEER", str(path))
    item = {
        "id": "1",
        "lang": "en",
        "text": "Russian forces captured the village of Yasne Pole from the Ukrainian army.",
    }
    done = CliRunner().invoke(main, ["detect"], input=json.dumps(item))
    (mention,) = json.loads(done.stdout)["mentions"]
    assert [place["id"] for place in mention["places"]] == ["geonames:9001"]


def test_a_finer_gazetteer_of_another_version_is_not_built_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with the command that makes it again, as only its user has the files."""
    path = tmp_path / "finer.bin"
    write([KNOWN], path, made_from=["--geonames", "/data/UA.txt"])
    assert compiled(path) == path
    monkeypatch.setattr(building, "digest", lambda: "another")
    with pytest.raises(ConfigError, match=r"gazetteer build --geonames /data/UA.txt --output"):
        compiled(path)
    assert Gazetteer(path).directory.rows == 1
