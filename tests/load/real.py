"""Studies with their real files, where those lie beside the project."""

import shutil
from pathlib import Path

import cxresearch as cx
from cxresearch.ask.study import Study
from cxresearch.load.fetch import SETS, fetch
from tests.references import shared

HOME = Path(__file__).parents[2]


def fetched(name: str, folder: Path) -> Study:
    """The study with its files, or a skip that names what is missing."""
    source = shared("data", *SETS[name][0].split("/"))
    (folder / name).mkdir(exist_ok=True)
    shutil.copy(HOME / "data" / name / "study.toml", folder / name)
    return cx.open_study(fetch(name, source=source, into=folder))
