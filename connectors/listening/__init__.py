"""Streams listened to: dialled, read into a queue, taken in batches, saved, dialled again."""
