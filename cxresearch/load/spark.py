"""Spark as an engine: started without noise, and its tables as the other engines give them."""

import atexit
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import ibis

from cxresearch.ask.errors import DataError

ADDRESS = "pyspark://"
NOT_READ = (
    "Spark reads Parquet files and tables of its catalog, not this kind of file. Convert it to Parquet "
    '(DuckDB: COPY (FROM "a.csv") TO "a.parquet"), or leave engine out: DuckDB reads it.'
)
SETTINGS = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF",
    "spark.sql.execution.arrow.pyspark.enabled": "true",  # 200,000 rows come back in 2 s and not in a minute
}  # fmt: skip
SIGNS = re.compile(r"([\[\]{}*?\\])")  # what Spark takes for a pattern in the name of a file
TASKS = 4  # a core, where rows are shuffled: Spark joins small ones by itself


def spark(address: str) -> ibis.BaseBackend:
    """Return a connection to Spark: on this machine, or through a cluster's master. It ends with this process.

    Parameters
    ----------
    address : str
        ``pyspark://local[2]``, ``pyspark://head:7077``, ``pyspark://yarn``, ...; settings of Spark may follow, as in
        ``pyspark://local[4]?spark.driver.memory=4g``.

    Raises
    ------
    DataError
        Where the package or Java is missing, Spark does not start, or another master is at work in this process.
    """
    master, settings = master_of(address)
    try:
        from pyspark.sql import SparkSession  # pyright: ignore[reportMissingImports]  (an optional part)
    except ImportError:
        raise DataError(
            f'the engine "{address}" needs the package pyspark: pip install "cxresearch[spark]". Without it, leave engine out: '
            "DuckDB reads Parquet files as well."
        ) from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DataError(
            f'the engine "{address}" needs Java 17 or newer, and there is no program "java" here: install it '
            "(Debian: apt-get install default-jre-headless), or set JAVA_HOME."
        )
    builder = SparkSession.builder.appName("cxresearch").master(master)
    for name, value in (SETTINGS | ({} if SparkSession.getActiveSession() else _own(master)) | settings).items():
        builder = builder.config(name, value)
    with _silence() as said:
        try:
            running = builder.getOrCreate()
        except Exception as error:
            raise DataError(f'the engine "{address}" does not start: {_reason(error, said)}') from None
    if running.sparkContext.master != master:
        raise DataError(f'Spark is at work here for "{running.sparkContext.master}" already; "{master}" needs a process of its own.')
    atexit.register(running.stop)
    logging.getLogger("SQLQueryContextLogger").disabled = True  # the error that follows says it all
    connection = ibis.pyspark.connect(running)
    connection._create_cached_table = partial(_kept, connection)
    return connection


def master_of(address: str) -> tuple[str, dict[str, str]]:
    """Return the master and the settings that an address names.

    Examples
    --------
    >>> master_of("pyspark://local[2]?spark.driver.memory=4g")
    ('local[2]', {'spark.driver.memory': '4g'})
    >>> master_of("pyspark://head:7077")
    ('spark://head:7077', {})
    """
    master, _, settings = address.removeprefix(ADDRESS).partition("?")
    master = master or "local[*]"
    return master if "://" in master or ":" not in master else f"spark://{master}", dict(parse_qsl(settings))


def parquet(connection: ibis.BaseBackend, files: list[Path]) -> ibis.Table:
    """Return Parquet files as one table.

    Raises
    ------
    DataError
        Where Spark cannot read them.
    """
    name = ibis.util.gen_name("read_parquet")
    try:
        _running(connection).read.parquet(*(SIGNS.sub(r"\\\1", str(file)) for file in files)).createOrReplaceTempView(name)
        return with_instants(connection, connection.table(name), name)
    except Exception as error:
        raise DataError(f"{', '.join(map(str, files[:3]))}: not readable as Parquet: {_first_line(error)}") from None


def with_instants(connection: ibis.BaseBackend, table: ibis.Table, name: str) -> ibis.Table:
    """Return a table whose instants are typed as such: in Spark a TIMESTAMP is one, and a TIMESTAMP_NTZ what a clock showed."""
    kinds = dict(_running(connection).table(name).dtypes)
    instants = [column for column, kind in kinds.items() if kind == "timestamp"]
    return table.mutate(**{column: table[column].cast("timestamp('UTC')") for column in instants}) if instants else table


def _kept(connection: Any, name: str, table: ibis.Table) -> ibis.Table:
    """Keep rows for the queries to come: ibis 12 forgets frames of this process among them, and its queries repeat what they came from."""
    connection._run_pre_execute_hooks(table)
    rows = connection._session.sql(connection.compile(table))
    rows = rows.localCheckpoint() if _running(connection).sparkContext.master.startswith("local") else rows.cache()
    rows.createOrReplaceTempView(name)
    connection._cached_dataframes[name] = rows
    return connection.table(name)


def _running(connection: ibis.BaseBackend) -> Any:
    return connection._session  # type: ignore[attr-defined]


def _own(master: str) -> dict[str, str]:
    """Return the settings of a Spark on this machine; a cluster has its own."""
    if not master.startswith("local"):
        return {}
    folder = tempfile.mkdtemp(prefix="cxresearch-spark-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    named = re.search(r"\d+", master)
    cores = int(named.group()) if named else 1 if master == "local" else os.cpu_count() or 1
    return {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.warehouse.dir": folder,
        "spark.sql.shuffle.partitions": str(TASKS * cores),
    }  # fmt: skip


@contextmanager
def _silence() -> Iterator[Path]:
    """Send what Java says while it starts, and later, to a file of its own: in a notebook it would stand on the page."""
    with tempfile.NamedTemporaryFile(prefix="cxresearch-spark-", suffix=".log") as log:
        before = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            yield Path(log.name)
        finally:
            os.dup2(before, 2)
            os.close(before)


def _reason(error: Exception, said: Path) -> str:
    lines = [line for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if "ERROR" in line or "Exception" in line]
    return f"{_first_line(error)} {lines[-1].strip() if lines else ''}".strip()


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"
