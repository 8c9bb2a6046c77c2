"""One study on three engines: DuckDB, a real PostgreSQL server and a real Spark give the same numbers, method by method."""

import re

import pytest
from references import same
from relate.test_contract import METHODS as OF_QUESTION
from relate.test_contract import PERIOD
from relate.test_contract_studies import METHODS as OF_STUDY
from server import moved, on_spark

import cxresearch as cx
from cxresearch.load.simulate import simulate

METHODS = [*OF_QUESTION, *OF_STUDY]
ENGINES = {"postgres": moved, "spark": on_spark}


def made(study, name):
    """What a method finds in a study."""
    if name in OF_STUDY:
        return OF_STUDY[name](study)
    pose, run = OF_QUESTION[name]
    return run(cx.link(study, pose(study), period=PERIOD))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return simulate(tmp_path_factory.mktemp("company") / "demo", seed=11, customers=1500)


@pytest.fixture(scope="module")
def on_duckdb(folder):
    """What the methods find on the engine that comes with the package; each is asked once."""
    study, found = cx.open_study(folder), {}

    def once(name):
        if name not in found:
            found[name] = made(study, name)
        return found[name]

    return once


@pytest.fixture(scope="module", params=[pytest.param(start, marks=getattr(pytest.mark, name), id=name) for name, start in ENGINES.items()])
def elsewhere(request, folder, tmp_path_factory):
    """The same company on another engine."""
    with request.param(folder, tmp_path_factory.mktemp("elsewhere")) as home:
        yield cx.open_study(home)


@pytest.mark.parametrize("name", METHODS)
def test_every_engine_gives_the_same(elsewhere, on_duckdb, name):
    same(made(elsewhere, name), on_duckdb(name), 1e-9)


def test_months_are_added_alike(elsewhere, folder, tmp_path):
    def added(study):
        return cx.methods.over_months(study, cx.pose(study, "speed"), period="2025-04..2025-05", folder=tmp_path)

    first = added(elsewhere)
    same(first, added(cx.open_study(folder)), 1e-9)
    same(added(elsewhere), first, 1e-12)


PAGES = ["02_scorecard", "03_speed", "04_drivers"]


@pytest.fixture(scope="module")
def reported(folder, tmp_path_factory):
    """The page of a notebook about a study; of DuckDB's each is made once."""
    out, made = tmp_path_factory.mktemp("reports"), {}

    def page(notebook, study):
        if (notebook, study) not in made:
            run = cx.run(notebook, params={"study": str(study)}, out=out / study.name)
            assert run.status == "done", run.reason
            made[notebook, study] = run.page.read_text(encoding="utf-8")
        return made[notebook, study]

    return page


@pytest.mark.slow
@pytest.mark.parametrize("notebook", PAGES)
def test_pages_are_equal_but_for_the_source_line(elsewhere, folder, reported, notebook):
    here, there = (re.sub(r"fingerprint \w{16}\b", "", reported(notebook, home)) for home in (folder, elsewhere.folder))
    assert there.splitlines() == here.splitlines()
