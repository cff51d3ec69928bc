"""Write the map of folders into README.md: each module's own first docstring line.

`python docs/map.py` rewrites it; `python docs/map.py check` exits 1 where it is stale.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TOPS = ("streams", "connectors", "processors")
BEGIN, END = "<!-- map -->", "<!-- /map -->"


def first_line(path: Path) -> str:
    """Return the first line of a module's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "(no docstring)"
    return text.splitlines()[0]


def rows() -> list[str]:
    """Return one table row for each module, folder by folder."""
    found = []
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix().removesuffix("__init__.py")
            found.append(f"| `{name}` | {first_line(path)} |")
    return found


def with_map(text: str) -> str:
    """Return the README's text with the map between its marks brought up to date."""
    head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
    return "\n".join([head + BEGIN, "| where | what |", "|---|---|", *rows(), END]) + tail


if __name__ == "__main__":
    now = README.read_text(encoding="utf-8")
    if "check" in sys.argv:
        raise SystemExit("README's map is stale: run make map" if with_map(now) != now else 0)
    README.write_text(with_map(now), encoding="utf-8")
