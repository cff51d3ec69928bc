"""Our article text beside trafilatura's default on public sets with gold: F of both, the difference, and the cost.

    python tests/bench/extraction_quality.py DIR [--most N]

DIR holds the sets, fetched before; none of them is part of this repository:

- `trafilatura` (adbar/trafilatura): tests/evaldata.json says of each page what its
  text must and must not contain; the measure is that of its tests/eval_common.py.
- `article-extraction-benchmark` (scrapinghub): ground-truth.json holds whole bodies;
  the measure is that of its evaluate.py, four-word shingles with each page of equal weight.

Both ways read the same bytes in the same run, by turns; the cost is the processor's
time. Exits 1 where our F is more than 0.005 below, or our cost is above.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import trafilatura

from connectors.reading.charset import decode
from processors.extract import extract
from streams.items import RawItem
from tests.raw import FETCHED, raw_page

ALLOWED = 0.005
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a set, and what the set says about its text."""

    name: str
    body: bytes
    gold: Mapping[str, list[str]] | str


@dataclass(slots=True)
class Way:
    """One way to read pages: what it made of each page, and the processor's seconds it took."""

    read: Callable[[bytes, RawItem], str]
    texts: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, body: bytes, item: RawItem) -> None:
        """Read one page; a page that cannot be read has no text."""
        start = time.process_time()
        try:
            text = self.read(body, item)
        except Exception as error:  # noqa: BLE001 (whatever a page raises, the others count)
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            text = ""
        self.seconds += time.process_time() - start
        self.texts.append(text)


def as_item(body: bytes) -> RawItem:
    """Return the page as its connector hands it on, of an entry whose date the feed told."""
    return raw_page(decode(body).text.encode("utf-8", "replace"), published_at=FETCHED)


def ours(body: bytes, item: RawItem) -> str:
    """Return the article's text as it goes on to detection; its charset is found out as the connector does."""
    decode(body)
    return extract(item).body


def theirs(body: bytes, _: RawItem) -> str:
    """Return the text by trafilatura's default, with the settings of its own evaluation."""
    return trafilatura.extract(body, include_comments=False, include_tables=True) or ""


def segment_pages(folder: Path) -> Iterator[Page]:
    """Yield the pages of trafilatura's evaluation, from where its own tests take them."""
    tests = folder / "tests"
    for url, gold in json.loads((tests / "evaldata.json").read_text("utf-8")).items():
        found = next(path for part in ("cache", "eval") if (path := tests / part / gold["file"]).is_file())
        yield Page(name=url, body=found.read_bytes(), gold=gold)


def body_pages(folder: Path) -> Iterator[Page]:
    """Yield the pages of the article benchmark."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    for name, gold in truth.items():
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        yield Page(name=name, body=body, gold=gold.get("articleBody", ""))


def _flat(text: str) -> str:
    return " ".join(text.split())


def by_segments(pages: Sequence[Page], texts: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F over all must-have and must-not-have segments."""
    hits = misses = wrong = 0
    for page, text in zip(pages, map(_flat, texts), strict=True):
        found = sum(_flat(segment) in text for segment in page.gold["with"])
        hits, misses = hits + found, misses + len(page.gold["with"]) - found
        wrong += sum(_flat(segment) in text for segment in page.gold["without"])
    return hits / (hits + wrong), hits / (hits + misses), 2 * hits / (2 * hits + wrong + misses)


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    found = (tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))
    return Counter(shingle for shingle in found if shingle)


def by_shingles(pages: Sequence[Page], texts: Sequence[str]) -> tuple[float, float, float]:
    """Return the means of the pages' precision and recall, and the F of those means."""
    precisions, recalls = [], []
    for page, text in zip(pages, texts, strict=True):
        true, read = _shingles(str(page.gold)), _shingles(text)
        common = (true & read).total()
        if read:
            precisions.append(common / read.total())
        if true:
            recalls.append(common / true.total())
    precision, recall = statistics.mean(precisions), statistics.mean(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


SETS = {
    "trafilatura": (segment_pages, by_segments),
    "article-extraction-benchmark": (body_pages, by_shingles),
}


def compared(name: str, folder: Path, most: int | None) -> bool:
    """Print what both ways make of one set; returns whether ours is good enough and cheaper."""
    pages_of, measure = SETS[name]
    pages = list(pages_of(folder))[:most]
    ways = {"ours": Way(ours), "trafilatura": Way(theirs)}
    for way in ways.values():
        way.read(pages[0].body, as_item(pages[0].body))  # what is loaded once is not a page's cost
    for page in pages:
        item = as_item(page.body)
        for way in ways.values():
            way.take(page.body, item)
    scores = {title: measure(pages, way.texts) for title, way in ways.items()}
    print(f"{name}: {len(pages)} pages, {sum(len(page.body) for page in pages) / 1e6:.0f} MB")
    for title, (precision, recall, score) in scores.items():
        rate = len(pages) / ways[title].seconds
        print(f"  {title:12} P {precision:.4f}  R {recall:.4f}  F {score:.4f}  {rate:6.1f} pages a CPU second")
    difference = scores["ours"][2] - scores["trafilatura"][2]
    ratio = ways["ours"].seconds / ways["trafilatura"].seconds
    print(f"  F {difference:+.4f}, cost x{ratio:.2f}", flush=True)
    return difference >= -ALLOWED and ratio <= 1


def main() -> int:
    """Compare on every set that is there; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=Path, nargs="?")
    parser.add_argument("--most", type=int, help="read this many pages of each set only")
    options = parser.parse_args()
    if options.dir is None:
        print("no DIR given: the sets are not part of this repository, nothing to compare")
        return 0
    there = [name for name in SETS if (options.dir / name).is_dir()]
    for name in SETS.keys() - set(there):
        print(f"{name}: not in {options.dir}, left out")
    passed = [compared(name, options.dir / name, options.most) for name in there]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
