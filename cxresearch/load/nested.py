"""Queries sent as they were built, select within select: engines flatten them for themselves, and joining them up here costs time."""

from collections.abc import Iterator
from contextlib import contextmanager

import ibis


@contextmanager
def nested() -> Iterator[None]:
    """Leave nested selects alone while queries are written; what the caller has set holds again afterwards.

    Examples
    --------
    >>> with nested():
    ...     ibis.options.sql.fuse_selects
    False
    >>> ibis.options.sql.fuse_selects
    True
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before
