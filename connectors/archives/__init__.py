"""Archives: saved files, from the folder they lie in to items, a handful at a time."""
