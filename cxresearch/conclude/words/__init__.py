"""The only sentences in the package: pure functions from a relation to words, one module for each kind of question."""
