"""How the web is asked: politely, by the address really meant, and what its answers and silences mean."""
