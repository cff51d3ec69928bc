"""The name of a camp agrees with that of one of its own, and two of its own do not agree with one another."""

from __future__ import annotations

import pytest

from processors.directions import Direction, merged
from streams.alerts import AlertState
from tests.stories import BLUE, GREEN, RED, Row, claim, tell

# Blue and green are of the red movement, of which red is the name.
MOVEMENT = {key: Row(name=key, side="red") for key in ("red", "blue", "green")}


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Direction(None, "red"), Direction("army", "blue"), Direction("army", "blue")),
        (Direction("army", "blue"), Direction(None, "red"), Direction("army", "blue")),
        (Direction("red", None), Direction("blue", "army"), Direction("blue", "army")),
        (Direction(None, "blue"), Direction(None, "green"), None),
        (Direction(None, "blue"), Direction(None, "army"), None),
        (Direction("red", None), Direction(None, "red"), None),
    ],
    ids=["camp first", "brigade first", "losing", "two brigades", "another camp", "from itself"],
)
def test_what_two_tellings_say_together(one: Direction, other: Direction, both: Direction | None) -> None:
    """The closer name stands for both; two names neither of which is the other's camp contradict each other."""
    assert merged(one, other, MOVEMENT.get) == both


def test_a_movement_and_its_group_are_one_change_with_the_closer_name() -> None:
    """In either order one alert, corroborated, that names the group and keeps the evidence of both names."""
    group, movement = claim("herald", gaining=BLUE), claim("courier", 0.2, gaining=RED)
    for order in ([group, movement], [movement, group]):
        (alert,) = tell(order, parties=MOVEMENT.get).alerts
        assert (alert.to_holder.id, alert.state, alert.independent_sources) == ("blue", AlertState.CORROBORATED, 2)
        assert {told.gaining.id for told in alert.evidence} == {"blue", "red"}


def test_two_groups_of_a_movement_are_two_changes() -> None:
    """Each keeps its alert, and both hold the place together."""
    told = tell([claim("herald", gaining=BLUE), claim("courier", 0.2, gaining=GREEN)], parties=MOVEMENT.get)
    assert [alert.to_holder.id for alert in told.alerts] == ["blue", "green"]
    (page,) = told.ledger.values()
    assert [holder.id for holder in page.stretches[-1].holders] == ["blue", "green"]
