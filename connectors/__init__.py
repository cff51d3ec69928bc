"""Connectors bring items in."""
