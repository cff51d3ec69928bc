"""X: what its interface sends, rules that filter there, which posts are wanted here, and a post as an item."""
