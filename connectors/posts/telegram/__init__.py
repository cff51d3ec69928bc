"""Telegram: a page of a channel's preview as posts, and what is remembered of a channel."""
