"""Places of the world and their names, compiled to one file that is mapped into memory."""

from __future__ import annotations

from processors.gazetteer.build import compiled
from processors.gazetteer.finer import finer
from processors.gazetteer.table import Entry, Feature, Gazetteer, PlaceMatch

__all__ = ["Entry", "Feature", "Gazetteer", "PlaceMatch", "compiled", "finer"]
