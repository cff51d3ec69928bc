"""Where a hub is asked."""

from __future__ import annotations

import pytest

from connectors.hubs.call import favoured


@pytest.mark.parametrize(
    ("hub", "places"),
    [
        ("https://hub.example/", ["https://hub.example/"]),
        ("http://hub.example/a?b=c", ["https://hub.example/a?b=c", "http://hub.example/a?b=c"]),
        ("http://hub.example:80/", ["https://hub.example/", "http://hub.example:80/"]),
        ("http://hub.example:8080/", ["http://hub.example:8080/"]),
    ],
)
def test_favoured(hub: str, places: list[str]) -> None:
    """HTTPS comes first also where a hub was named without it (section 8); in our own house it is asked as named."""
    assert list(favoured(hub, is_own=False)) == places
    assert favoured(hub, is_own=True) == (hub,)
