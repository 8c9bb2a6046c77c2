"""What every benchmark of speed needs: the peer's own environment, the time and memory of a child, and a section of RESULTS.md.

A program measures in children only and stays small itself (no numpy, no pandas): Linux counts the memory of a parent as its child's
until the child's own program begins.
"""

import json
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

RESULTS = Path(__file__).with_name("RESULTS.md")
LOAD = os.getloadavg()[0]  # before anything of ours runs
OURS = ("numpy", "pandas", "duckdb", "ibis-framework")
HEAD = """\
# How fast, and against whom

Every section is written by the program that it names (`make bench` runs them all; a section that is run again replaces itself).
All programs of a section run one after the other on one machine, each in a process of its own; memory is the most that the operating
system counted for that process, interpreter and libraries included. Compare within a section only.
"""


def environment(folder: Path, packages: Sequence[str]) -> str:
    """Return the Python of a new environment with these packages."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{', '.join(packages)} could not be installed:\n{done.stderr[-2000:]}")
    return python


def child(*command: str) -> dict[str, Any]:
    """Run a program; return what the last line of its output says (JSON), with `peak`, the most memory it took, in MB."""
    with TemporaryFile("w+") as said, TemporaryFile("w+") as wrong:
        running = subprocess.Popen(command, stdout=said, stderr=wrong)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        wrong.seek(0)
        if running.returncode:
            raise SystemExit(f"{' '.join(command)[:200]} failed:\n{wrong.read()[-2000:]}")
        return json.loads(said.read().splitlines()[-1]) | {"peak": used.ru_maxrss / 1024}


def section(title: str, rows: Sequence[Mapping[str, str]], told: str = "") -> None:
    """Print a table and put it under its title in RESULTS.md, in place of what stood there."""
    table = [list(rows[0]), ["---"] * len(rows[0]), *(list(row.values()) for row in rows)]
    lines = [f"| {' | '.join(cells)} |" for cells in table]
    body = "\n".join(filter(None, (f"## {title}\n", f"{told.strip()}\n" if told else "", *lines, f"\n{measured()}\n")))
    print("\n".join(lines))
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    head, *others = before.split("\n## ")
    kept = [f"## {other.strip()}\n" for other in others]
    at = next((i for i, other in enumerate(kept) if other.startswith(f"## {title}\n")), len(kept))
    RESULTS.write_text("\n".join([f"{head.strip()}\n", *kept[:at], body, *kept[at + 1 :]]), encoding="utf-8")


def measured() -> str:
    """Return when, with what and on which machine: no host name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in OURS)
    busy = f"{LOAD:.1f} processes were at work in the minute before"
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()}, {libraries}; "
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB; {busy}."
    )


def times(seconds: Sequence[float]) -> float:
    """Return the middle one of some measured times."""
    return sorted(seconds)[len(seconds) // 2]


def this(program: str, *words: str) -> list[str]:
    """Return the command that runs a part of a benchmark in a process of its own."""
    return [sys.executable, program, *words]
