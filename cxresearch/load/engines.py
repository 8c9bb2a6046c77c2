"""From the address of a study's engine to a connection whose clock is UTC."""

import atexit
import os
import re
import shutil
import tempfile
from importlib.metadata import entry_points
from uuid import uuid4

import ibis

from cxresearch.ask.errors import DataError, StudyError, nearest
from cxresearch.ask.study import Study
from cxresearch.load import spark
from cxresearch.load.files import named

SMALL = 64 * 2**20  # bytes
LEAST_MEMORY, SHARE_OF_MEMORY = 2 * 2**30, 0.25


def connect(study: Study) -> ibis.BaseBackend:
    """Return a connection to the study's engine; its clock is UTC.

    Raises
    ------
    StudyError
        Where the engine is taken from an environment variable that is not set.
    DataError
        Where the engine does not answer.
    """
    address = study.engine
    if address.startswith("$"):
        address = os.environ.get(address[1:], "")
        if not address:
            raise StudyError(f'{study.file}: engine is "{study.engine}", and the environment has no {study.engine[1:]}.')
    if address.startswith("duckdb://"):
        return embedded(_size(study))
    if address.startswith(spark.ADDRESS):
        return spark.spark(address)
    try:
        connection = ibis.connect(address)
        if connection.name == "postgres":
            _prepare(connection)
    except Exception as error:
        raise DataError(f"{study.file}: the engine does not answer: {_unsaid(address, error)}") from None
    return connection


def _unsaid(address: str, error: Exception) -> str:
    """Return what can be said of an address that fails: its scheme and host. The library's own words may hold the password."""
    scheme, mark, rest = address.partition("://")
    if not mark or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return f"{type(error).__name__}. The address is not written as scheme://user:password@host/database."
    known = sorted(entry.name for entry in entry_points(group="ibis.backends"))
    if scheme not in (*known, "postgresql"):
        return f'"{scheme}" is no kind of engine; {nearest(scheme, known)}'
    user, _, behind = rest.rpartition("@")
    host = "" if "?" in user else re.split(r"[/:?#;]", behind)[0]
    at = f' at "{host}"' if host else ""
    return (
        f"{scheme}{at}: {type(error).__name__}. Look whether the server runs and can be reached from here, and whether name, password, "
        "database and options in the address are right. Nothing more is said, for the password may stand in it."
    )


def _prepare(connection: ibis.BaseBackend) -> None:
    """Set the clock to UTC, and forbid nested loops: PostgreSQL takes "no rule is broken" for one row in 200, and waits a minute."""
    connection.raw_sql("SET TIME ZONE 'UTC'").close()
    connection.raw_sql("SET enable_nestloop = off").close()


def embedded(size: int) -> ibis.BaseBackend:
    """Return a DuckDB of this process; for small data on one thread, so that sums are added in one order, alike to the last bit.

    Small data stay in memory, with no thread and no file beside them: processes forked from this one may go on with their own copy.
    Large data get as much memory as they have bytes, and a quarter of the machine at most: what does not fit goes to disk, and the rest of
    the memory is for the reports made beside this one.

    Parameters
    ----------
    size : int
        Bytes of what will be read.
    """
    alone = {"threads": 1, "async_threads": 0, "temp_directory": ""} if size <= SMALL else {}
    connection = ibis.duckdb.connect(**alone)
    connection.raw_sql("SET TimeZone = 'UTC'")
    if alone:
        return connection
    folder = os.path.join(tempfile.gettempdir(), f"cxresearch-{uuid4().hex}")  # DuckDB makes it once it needs it
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    connection.raw_sql(f"SET temp_directory = '{folder}'")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    connection.raw_sql(f"SET memory_limit = '{max(LEAST_MEMORY, min(size, int(memory * SHARE_OF_MEMORY)))}B'")
    connection.raw_sql("SET preserve_insertion_order = false")
    return connection


def is_small(study: Study) -> bool:
    """Return whether a study is read by this process on one thread, so that the process may be forked afterwards."""
    return study.engine.startswith("duckdb://") and _size(study) <= SMALL


def _size(study: Study) -> int:
    """Return how many bytes the files of a study have."""
    return sum(path.stat().st_size for path in {path for _, path in named(study)})
