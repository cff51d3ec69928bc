"""Below what detection's figures on the golden sentences must not fall, language by language.

    python -m tests.golden.floors            # compare
    python -m tests.golden.floors --write    # take today's figures as floors

`floors.toml` holds the floors with a digest of the sentences they were measured
on. `highest` is the highest a floor ever stood; one below it names the heading
in DECISIONS.md that says why.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from processors.knowledge import Knowledge, load
from processors.measure.scores import Judged, decision, events, in_group
from streams.scoreboard import read, run

FOLDER = Path(__file__).parent
FLOORS = FOLDER / "floors.toml"
DECISIONS = FOLDER.parent.parent / "DECISIONS.md"
FIGURES = ("decision", "event")


def batches() -> list[Path]:
    """Return the golden files in the order of their names."""
    return sorted((FOLDER / "detect").glob("*.toml"))


def digest() -> str:
    """Return the SHA-256 of all golden sentences and their claims."""
    content = hashlib.sha256()
    for path in batches():
        content.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()


def figures(knowledge: Knowledge) -> dict[str, dict[str, float]]:
    """Return for each language the F1 of the decision and of told changes over its golden sentences."""
    texts = run(read(batches()), knowledge)
    languages = sorted({text.item.language for text in texts})
    return {code: _of([text for text in texts if text.item.language == code]) for code in languages}


def _of(texts: list[Judged]) -> dict[str, float]:
    found = {"decision": decision(texts).f1, "event": events(texts, in_group("event")).f1}
    return {name: int(value * 1000) / 1000 for name, value in found.items()}


def fallen(found: Mapping[str, Mapping[str, float]], floors: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield each figure that lies below its floor."""
    for language, floor in floors.items():
        for name in FIGURES:
            if found.get(language, {}).get(name, 0.0) < floor[name]:
                yield f"{language} {name}: {found.get(language, {}).get(name)} is below the floor {floor[name]}"


def unexplained(floors: Mapping[str, Mapping[str, float | str]], decisions: str) -> Iterator[str]:
    """Yield each floor that was lowered without a heading in DECISIONS.md that says why."""
    headings = {line.removeprefix("## ").strip() for line in decisions.splitlines() if line.startswith("## ")}
    for language, floor in floors.items():
        lowered = any(float(floor[name]) < float(floor[f"highest_{name}"]) for name in FIGURES)
        if lowered and floor.get("decision_md") not in headings:
            yield f"{language}: a floor was lowered; name in `decision_md` the heading of DECISIONS.md that says why"


def stored() -> dict[str, dict[str, float]]:
    """Return the floors as they stand, by language."""
    languages: dict[str, dict[str, float]] = tomllib.loads(FLOORS.read_text("utf-8"))["language"]
    return languages


def written(found: Mapping[str, Mapping[str, float]], before: Mapping[str, Mapping[str, float]]) -> str:
    """Return the file that takes these figures as floors and keeps the highest of each."""
    lines = [f'digest = "{digest()}"']
    for language, figure in found.items():
        old = before.get(language, {})
        lines += ["", f"[language.{language}]"]
        lines += [f"{name} = {figure[name]}" for name in FIGURES]
        lines += [f"highest_{name} = {max(figure[name], old.get(f'highest_{name}', 0.0))}" for name in FIGURES]
        lines += [f'decision_md = "{old["decision_md"]}"'] if "decision_md" in old else []
    return "\n".join(lines) + "\n"


def main() -> None:
    """Compare with the floors, or write them."""
    found = figures(load())
    if "--write" in sys.argv[1:]:
        FLOORS.write_text(written(found, stored() if FLOORS.exists() else {}), "utf-8")
    for language, figure in found.items():
        print(language, figure)
    print("\n".join(fallen(found, stored())) or "no figure is below its floor")


if __name__ == "__main__":
    main()
