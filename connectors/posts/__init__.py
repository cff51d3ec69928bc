"""Posts of social networks as items: what all have in common, and a folder for each network with rules of its own."""
