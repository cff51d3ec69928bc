"""The embedded journal and its host: one SQLite file and one process, no server."""
