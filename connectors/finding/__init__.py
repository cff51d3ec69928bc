"""From any address to a source: found, tried once, described, named; lists of sources from and for others."""
