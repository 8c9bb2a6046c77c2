"""The four notebooks on a small company: the same input gives the same bytes, and a kill leaves nothing half-written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from cxresearch.load.simulate import simulate
from cxresearch.publish.edition import publish

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("01_audit", "02_scorecard", "03_speed", "04_drivers")
PUBLISH = """\
import sys
from pathlib import Path
from cxresearch.publish.edition import publish
if __name__ == "__main__":
    publish("default", editions=Path(sys.argv[1]), reports=Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".*"))
    simulate(home / "data" / "demo", customers=2000)
    return home


@pytest.fixture(scope="module")
def first(home):
    made(home)
    return pages(home)


def made(home, **params):
    values = {"period": "2024-Q3..2025-Q2", **params}
    said = ", ".join(f"{name} = {value!r}".replace("'", '"') for name, value in values.items())
    (home / "notebooks" / "editions.toml").write_text(
        f'[default]\ntitle = "Small"\nstudy = "data/demo"\nnotebooks = {list(NOTEBOOKS)}\nparams = {{ {said} }}\n'.replace("'", '"')
    )
    done = publish("default", editions=home / "notebooks" / "editions.toml", reports=home / "reports")
    assert [run.status for run in done.runs] == ["done"] * 4, [run.reason for run in done.runs]


def pages(home):
    folder = home / "reports" / "default"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.html"))}


def differing(one, other):
    return [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]


def test_published_again_every_page_has_the_same_bytes(home, first):
    made(home)
    assert differing(pages(home), first) == [] and len(first) == 5


def test_killed_over_shuffled_rows_nothing_is_half_written_and_the_next_call_ends_with_the_same_bytes(home, first):
    for path in (home / "data" / "demo").glob("*.parquet"):
        pd.read_parquet(path).sample(frac=1, random_state=7).to_parquet(path, index=False)
    script = home / "publish.py"
    script.write_text(PUBLISH)
    words = [sys.executable, str(script), str(home / "notebooks" / "editions.toml"), str(home / "reports")]
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.Popen(words, cwd=home, env=around, start_new_session=True)
    unfinished = home / "reports" / ".building" / "editions" / "default"
    until = time.monotonic() + 240
    while not list(unfinished.glob("*/input.txt")) and time.monotonic() < until and killed.poll() is None:
        time.sleep(0.1)
    assert killed.poll() is None, "it was over before it could be killed"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert differing(pages(home), first) == [], "the finished edition was touched"
    made(home)
    assert differing(pages(home), first) == [] and not unfinished.exists()


def test_a_changed_parameter_changes_only_what_depends_on_it(home, first):
    made(home, worth=7.0)
    assert sorted(differing(pages(home), first)) == ["03_speed/index.html", "index.html"]
