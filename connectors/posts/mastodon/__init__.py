"""Mastodon: what an address names, which statuses are wanted, and a status as an item."""
