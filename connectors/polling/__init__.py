"""Sources polled: whose turn it is, what one turn does, how far each has been read."""
