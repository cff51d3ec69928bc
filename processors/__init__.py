"""Pure functions from one record to the next."""
