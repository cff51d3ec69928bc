"""From bytes to entries and words: characters, dates, addresses, formats, and what lets nobody read on."""
