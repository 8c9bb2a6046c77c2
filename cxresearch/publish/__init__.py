"""Notebooks become reports."""

import sys

# jsonschema, behind nbformat, loads a checker of web addresses that builds a grammar for two seconds; notebooks hold none to check.
if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import jsonschema  # noqa: F401

    del sys.modules["rfc3987_syntax"]
