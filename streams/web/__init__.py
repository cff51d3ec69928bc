"""The page, the live stream of alerts and the small API beside them."""
