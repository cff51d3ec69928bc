"""Replay: the past through the same steps, in an order of its own, into a journal file of its own."""
