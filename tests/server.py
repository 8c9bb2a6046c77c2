"""A PostgreSQL server and a Spark of our own, for the tests that need real ones."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest


def program(name: str) -> str | None:
    """One of the server's programs: on the path, or where Debian keeps it."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


def available() -> bool:
    """Whether the server's programs are on this machine."""
    return bool(program("initdb") and program("postgres"))


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Start an empty server on a free port, yield its address, and end it; where its programs are missing, the test fails and says so."""
    if not available():
        pytest.fail("no PostgreSQL programs (initdb, postgres) on this machine; make test-all installs them")
    with tempfile.TemporaryDirectory(prefix="cxresearch-pg-") as folder:
        as_other = {"user": "postgres"} if os.geteuid() == 0 else {}
        if as_other:
            shutil.chown(folder, "postgres")
        home = Path(folder) / "home"
        quiet = {"check": True, "capture_output": True, "cwd": folder, **as_other}
        subprocess.run([program("initdb"), "-D", home, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], **quiet)
        port = _free_port()
        settings = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", folder, "-p", str(port)]
        server = subprocess.Popen(
            [program("postgres"), "-D", home, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **as_other
        )
        try:
            _wait(port, server)
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


@contextlib.contextmanager
def moved(study: Path, home: Path) -> Iterator[Path]:
    """Copy the Parquet tables of a study into a server of our own; yield the folder, `home`, of the study that reads them there."""
    text, frames = (study / "study.toml").read_text(encoding="utf-8"), {}
    for file in sorted(study.glob("*.parquet")):
        frames[file.stem] = pd.read_parquet(file)
        text = text.replace(f'file = "{file.name}"', f'table = "{file.stem}"')
    with postgres() as address:
        fill(address, frames)
        (home / "study.toml").write_text(f'engine = "{address}"\n{text}', encoding="utf-8")
        yield home


# On small data Spark spends its time compiling Java: these settings leave that out and change nothing else.
SPARK = (
    "pyspark://local[2]?spark.sql.codegen.wholeStage=false&spark.sql.shuffle.partitions=2"
    "&spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1"
)


def has_spark() -> None:
    """Fail, and say what is missing, where Spark cannot start."""
    missing = [] if importlib.util.find_spec("pyspark") else ["the package pyspark"]
    missing += [] if os.environ.get("JAVA_HOME") or shutil.which("java") else ["Java (java)"]
    if missing:
        pytest.fail(f"no {' and no '.join(missing)} on this machine; make test-all installs them")


@contextlib.contextmanager
def on_spark(study: Path, home: Path) -> Iterator[Path]:
    """Link the Parquet tables of a study into the folder `home`, and have Spark read them there."""
    has_spark()
    for file in study.glob("*.parquet"):
        (home / file.name).symlink_to(file)
    (home / "study.toml").write_text(f'engine = "{SPARK}"\n{(study / "study.toml").read_text(encoding="utf-8")}', encoding="utf-8")
    yield home


def fill(address: str, frames: Mapping[str, pd.DataFrame]) -> None:
    """Copy frames into tables of the server, times as timestamps and numbers as numbers."""
    import ibis
    import psycopg

    engine = ibis.connect(address)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for name, frame in frames.items():
            engine.create_table(name, schema=ibis.memtable(frame).schema())
            with cursor.copy(f'COPY "{name}" FROM STDIN WITH (FORMAT csv)') as copy:
                copy.write(frame.to_csv(index=False, header=False))
            cursor.execute(f'ANALYZE "{name}"')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, server: subprocess.Popen) -> None:
    import time

    import psycopg

    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended with {server.returncode} before it answered.")
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not answer within 20 seconds.")
