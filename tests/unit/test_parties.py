"""What is known of a party is looked up, and what is not known is nobody."""

from __future__ import annotations

from processors.parties import known_by, nobody


def test_an_unknown_id_is_nobody() -> None:
    """A table that raises for an id it does not have knows nobody there."""
    table = {"red": object()}
    assert known_by(table.__getitem__)("red") is table["red"]  # type: ignore[arg-type]
    assert known_by(table.__getitem__)("a shepherd") is None  # type: ignore[arg-type]
    assert nobody("red") is None
