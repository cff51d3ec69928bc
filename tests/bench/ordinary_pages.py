"""How often ordinary web pages give a change of control, and what detection costs on them beside trafilatura.

    python tests/bench/ordinary_pages.py FOLDER_OF_HTML [--most N]

Prints every change told as fact or claim and not as history, with its page and
sentence, so that each can be read and judged, and whether its place has a name of
its own, without which nothing alerts; then the pages with one among a thousand, and
the processor's time that detection takes as a share of trafilatura's on the same
pages. Public evaluation sets (those of trafilatura, newspaper, fundus,
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

from processors.corroborate import is_place
from processors.detect import detect
from processors.detect.arabic_everyday import is_everyday
from processors.knowledge import Knowledge, load
from processors.language import language_of
from processors.measure.matching import CHANGES, FACTS
from streams.logs import printable
from streams.mentions import Mention

_SHOWN = 240


def text_of(path: Path) -> tuple[str, float]:
    """Return a page's text and the seconds trafilatura took; text is empty where it gives up."""
    body = path.read_bytes()
    start = time.process_time()
    try:
        text = trafilatura.extract(body.decode("utf-8", "replace")) or ""
    except Exception as error:  # noqa: BLE001 - whatever a hostile page raises, the other pages count
        print(f"{path.name}: {type(error).__name__}")
        text = ""
    return text, time.process_time() - start


def told(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield what would go on to alert: changes as fact or claim, history left out."""
    return (m for m in mentions if m.kind in CHANGES and m.status in FACTS and not m.background)


def alerts(mention: Mention) -> bool:
    """Tell whether a place has a name and is less than a country, as whatever alerts must."""
    return any(map(is_place, mention.places))


def line(mention: Mention) -> str:
    """Return a mention in one line."""
    sentence = printable(re.sub(r"\s+", " ", mention.evidence.sentence)[:_SHOWN])
    unnamed = "" if alerts(mention) else " (no named place)"
    return f"{mention.rule} {[p.text for p in mention.places]}{unnamed} {mention.confidence}: {sentence}"


def compile_all(knowledge: Knowledge) -> None:
    """Compile every lexicon and load the everyday words of Arabic: a worker does it once, not for each page."""
    is_everyday("كتاب")
    for lexicon in knowledge.lexicons.values():
        for part in ("stems", "patterns", "seats", "frames", "forms", "openings", "cues", "surfaces"):
            getattr(lexicon, part)


def main() -> None:
    """Read every page, list what is told, print the two figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--most", type=int, help="read this many pages only")
    options = parser.parse_args()
    paths = sorted(options.folder.rglob("*.htm*"))[: options.most]
    with ProcessPoolExecutor(1) as pool:
        texts = list(pool.map(text_of, paths, chunksize=20))
    knowledge, spent, telling, alerting = load(), 0.0, 0, 0
    compile_all(knowledge)
    detect("Rebels took the town of Sarab.", knowledge=knowledge)
    for path, (text, _) in zip(paths, texts, strict=True):
        language = language_of(text)
        start = time.process_time()
        found = detect(text, knowledge=knowledge, language=language)
        spent += time.process_time() - start
        facts = list(told(found))
        telling, alerting = telling + bool(facts), alerting + any(map(alerts, facts))
        for fact in facts:
            print(path.name, line(fact))
    extracted = sum(seconds for _, seconds in texts)
    print(f"{telling} of {len(paths)} pages tell a change: {1000 * telling / len(paths):.2f} in a thousand")
    print(f"{alerting} of them of a place with a name: {1000 * alerting / len(paths):.2f} in a thousand")
    print(
        f"detection takes {spent / extracted:.3f} of trafilatura's time ({sum(len(t) for t, _ in texts):,} characters)"
    )


if __name__ == "__main__":
    main()
