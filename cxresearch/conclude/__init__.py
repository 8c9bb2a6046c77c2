"""Numbers become words, pictures and tables."""
