"""One method, one file: how it is judged, tabled, drawn and said."""
