"""Bluesky: what its Jetstream sends, which of that is wanted, and a post as an item."""
