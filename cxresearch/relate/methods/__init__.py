"""One method, one file, one reference."""
