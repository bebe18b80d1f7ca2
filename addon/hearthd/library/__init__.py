"""Keep what the home knows from documents, notes, calendars and messages, and find it again."""
