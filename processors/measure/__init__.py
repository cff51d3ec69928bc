"""Measuring detection against texts whose claims are known: what was found, missed, and how sure it was."""
