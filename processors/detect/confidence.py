"""How sure one can be that a text makes a claim: a logistic function of what the claim rests on.

The weights in confidence.toml were fitted on labelled texts (tests/bench/calibration.py prints them), so that of
claims told with confidence 0.8 eight in ten are right (Platt 1999).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from streams.mentions import Mention, Status, Via

_VERBS = frozenset({"past", "perfect", "perfect_of", "passive", "ing", "imperfect"})
_READ_FIRST = frozenset({"ar", "en"})


def features(mention: Mention, precision: float) -> dict[str, float]:
    """Return what a claim rests on, each as a number; `precision` is its frame's share of right readings."""
    sides = (mention.gaining, mention.losing)
    return {
        "constant": 1.0,
        "frame": math.log(precision / (1 - precision)),
        "resolved": float(any(place.id for place in mention.places)),
        "pointed": float(any(place.via is Via.ANAPHORA for place in mention.places)),
        "listed": float(any(side is not None and side.id is not None for side in sides)),
        "nobody": float(sides == (None, None)),
        "claimed": float(mention.status is Status.CLAIMED),
        "verb": float(mention.rule.rpartition(".")[2] in _VERBS),
        "background": float(mention.background),
        "further": float(mention.language not in _READ_FIRST),
    }


def confidence(mention: Mention, precision: float) -> float:
    """Return the probability, to three places, that the claim is made as the mention tells it."""
    weights = weights_now()
    sure = sum(weights[name] * value for name, value in features(mention, precision).items())
    return round(1 / (1 + math.exp(-sure)), 3)


@cache
def weights_now() -> Mapping[str, float]:
    """Return the weight of each feature."""
    data = tomllib.loads(files(__package__).joinpath("confidence.toml").read_text("utf-8"))
    return {name: float(weight) for name, weight in data["weights"].items()}
