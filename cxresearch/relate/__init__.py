"""Numbers: every method takes Data and returns a Relation."""
