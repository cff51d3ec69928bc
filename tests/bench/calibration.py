"""Fit the weights of confidence on labelled texts and say how well they hold on others.

    python tests/bench/calibration.py FIT.jsonl... --test OTHER.jsonl...

Prints the weights as they stand in processors/detect/confidence.toml and the
expected calibration error (ten bins) on the texts that were kept aside, before
and after. Only changes told as fact or claim are counted, as they are what alerts.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from processors.detect.confidence import features, weights_now
from processors.knowledge import Knowledge, load
from processors.measure.matching import CHANGES, FACTS
from processors.measure.scores import BINS, Judged
from streams.mentions import Mention
from streams.scoreboard import read, run

PULL = 20.0
"""Strength of the pull towards the weights as they stand (ridge), in claims; the constant is free."""

STEPS = 200


def claims(texts: Sequence[Judged], knowledge: Knowledge) -> Iterator[tuple[Mention, float, bool]]:
    """Yield each change told as fact, its frame's precision, and whether gold has it."""
    frames = {(code, f.name): f.precision for code, lexicon in knowledge.lexicons.items() for f in lexicon.frames}
    for text in texts:
        right = {i for i, _ in text.pairs}
        for i, mention in enumerate(text.mentions):
            if mention.kind in CHANGES and mention.status in FACTS:
                _, name, _ = mention.rule.split(".")
                yield mention, frames[mention.language, name], i in right


def fitted(rows: np.ndarray, right: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression, by Newton's method, that stays near the weights that stand."""
    weights = standing.copy()
    pull = np.full(rows.shape[1], PULL)
    pull[0] = 0.1
    for _ in range(STEPS):
        sure = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (right - sure) - pull * (weights - standing)
        bend = (rows.T * (sure * (1 - sure))) @ rows + np.diag(pull)
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def error(sure: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error over equal bins."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(sum(abs(sure[bins == b].sum() - right[bins == b].sum()) for b in range(BINS)) / len(sure))


def main() -> None:
    """Fit, print the weights, compare on the texts kept aside."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fit", nargs="+", type=Path)
    parser.add_argument("--test", nargs="*", type=Path, default=[])
    options = parser.parse_args()
    knowledge = load()
    told = list(claims(run(read(options.fit), knowledge), knowledge))
    rows = np.array([list(features(m, p).values()) for m, p, _ in told])
    names = list(features(told[0][0], told[0][1]))
    standing = np.array([weights_now()[name] for name in names])
    weights = fitted(rows, np.array([right for *_, right in told], dtype=float), standing)
    print("\n".join(f"{name} = {weight:.3f}" for name, weight in zip(names, weights, strict=True)))
    print(f"# fitted on {len(told)} claims, {sum(right for *_, right in told)} of them right")
    for path in options.test:
        kept = list(claims(run(read([path]), knowledge), knowledge))
        right = np.array([r for *_, r in kept], dtype=float)
        after = 1 / (1 + np.exp(-np.array([list(features(m, p).values()) for m, p, _ in kept]) @ weights))
        before = np.array([m.confidence for m, *_ in kept])
        print(
            f"# {path.stem}: {len(kept)} claims, calibration error "
            f"{error(before, right):.3f} -> {error(after, right):.3f}"
        )


if __name__ == "__main__":
    main()
