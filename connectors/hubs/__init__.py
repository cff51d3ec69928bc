"""Hubs that push (WebSub): subscribed to, kept subscribed, and what they push taken in."""
