"""The README's map of folders is what the folders say of themselves."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAP = runpy.run_path(str(ROOT / "docs" / "map.py"), run_name="map")


def test_the_map_is_true():
    """The map in README.md equals the modules' first docstring lines; `make map` mends it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert MAP["with_map"](readme) == readme, "run make map"


def test_every_module_says_what_it_is():
    """No module is without a docstring."""
    assert [row for row in MAP["rows"]() if "(no docstring)" in row] == []
