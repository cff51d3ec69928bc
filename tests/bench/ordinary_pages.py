"""How often ordinary web pages give a change of control, and what detection costs on them beside trafilatura.

    python tests/bench/ordinary_pages.py FOLDER_OF_HTML [--most N]

Prints every change told as fact or claim and not as history, with its page and
sentence, so that each can be read and judged; then the pages with one among a
thousand, and the time that detection takes as a share of trafilatura's on the
same pages. Public evaluation sets (those of trafilatura, newspaper, fundus,
readability) are such pages; they are not part of this repository.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import trafilatura

from processors.detect import detect
from processors.knowledge import load
from processors.language import language_of
from processors.measure.matching import CHANGES, FACTS
from streams.logs import printable
from streams.mentions import Mention

_SHOWN = 240


def text_of(path: Path) -> tuple[str, float]:
    """Return a page's text and the seconds trafilatura took; text is empty where it gives up."""
    body = path.read_bytes()
    start = time.perf_counter()
    try:
        text = trafilatura.extract(body.decode("utf-8", "replace")) or ""
    except Exception as error:  # noqa: BLE001 - whatever a hostile page raises, the other pages count
        print(f"{path.name}: {type(error).__name__}")
        text = ""
    return text, time.perf_counter() - start


def told(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield what would go on to alert: changes as fact or claim, history left out."""
    return (m for m in mentions if m.kind in CHANGES and m.status in FACTS and not m.background)


def main() -> None:
    """Read every page, list what is told, print the two figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, help="read this many pages only")
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.htm*"))[: options.most]
    with ProcessPoolExecutor(1) as pool:
        texts = list(pool.map(text_of, paths, chunksize=20))
    knowledge, spent, alerting = load(), 0.0, 0
    detect("Rebels took the town of Sarab.", knowledge=knowledge)
    for path, (text, _) in zip(paths, texts, strict=True):
        language = language_of(text)
        start = time.perf_counter()
        found = detect(text, knowledge=knowledge, language=language)
        spent += time.perf_counter() - start
        facts = list(told(found))
        alerting += bool(facts)
        for fact in facts:
            sentence = re.sub(r"\s+", " ", fact.evidence.sentence)[:_SHOWN]
            print(f"{path.name} {fact.rule} {[p.text for p in fact.places]} {fact.confidence}: {printable(sentence)}")
    extracted = sum(seconds for _, seconds in texts)
    print(f"{alerting} of {len(paths)} pages tell a change: {1000 * alerting / len(paths):.2f} in a thousand")
    print(
        f"detection takes {spent / extracted:.3f} of trafilatura's time ({sum(len(t) for t, _ in texts):,} characters)"
    )


if __name__ == "__main__":
    main()
