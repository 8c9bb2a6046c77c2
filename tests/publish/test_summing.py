"""What may be said among many: an edition by hand, its summary in one kernel, and pages told again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

import cxresearch as cx
from cxresearch.ask.errors import RunError
from cxresearch.conclude.looks import LOOKS, Looks
from cxresearch.conclude.points import Point, Points
from cxresearch.conclude.show import PAGE, mimebundle
from cxresearch.publish import place, summing
from cxresearch.publish.export import export
from cxresearch.publish.gate import faults
from cxresearch.publish.outputs import collect
from cxresearch.publish.page import build
from cxresearch.publish.plan import Edition, Planned
from cxresearch.publish.retell import looked, retold, taken_back
from cxresearch.publish.run import Run
from cxresearch.publish.says import dressed
from cxresearch.publish.shelf import open_notebook
from cxresearch.publish.summary import FOLDER, summarize
from tests.conclude import samples
from tests.making import LIMITS, notebook

SURE, DOUBTFUL, OPEN = (2.9, 2.4, 3.5), (2.0, 0.05, 3.95), (0.3, -2.9, 3.5)
SUMMARY = Path(__file__).parents[2] / "notebooks" / "00_summary.ipynb"


def executed(*nouns, title="Does speed matter?"):
    cells = [nbformat.v4.new_markdown_cell(f"# {title}\n\nAsked here.")]
    for noun in nouns:
        output = nbformat.v4.new_output("execute_result", data=mimebundle(noun), execution_count=1)
        cells.append(nbformat.v4.new_code_cell("shown", outputs=[output], execution_count=1))
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_markdown_cell(LIMITS)])


def effect(ends, **facts):
    return samples.effect(adjusted=ends, within=ends, **facts)


@pytest.fixture
def made(tmp_path):
    """An edition in which one report is sure, one doubtful and one open, as it stands before the summary; and a failed one."""
    home, folder = tmp_path / "notebooks", tmp_path / "reports" / ".building" / "editions" / "default"
    home.mkdir()
    shutil.copy(SUMMARY, home)
    plans, runs = [], []
    found = {"01_sure": SURE, "02_doubtful": DOUBTFUL, "03_open": OPEN, "04_open": (0.1, -0.8, 1.0)}
    for name, ends in found.items():
        planned = Planned(open_notebook(notebook(home / f"{name}.ipynb", "1", title=f"{name}?")), {}, name)
        relation = effect(ends, exposure_label=f"Wait {name}")
        node = executed(cx.conclude(relation), cx.plot(relation), relation, title=f"{name}?")
        here = folder / name
        here.mkdir(parents=True)
        place.write(here / "notebook.ipynb", nbformat.writes(node))
        place.write(here / "index.html", export(node, dressed(build(node), planned.notebook, {}, edition="Mine")))
        place.write(here / "manifest.json", json.dumps({"notebook": name, "title": f"{name}?", "status": "done", "findings": []}))
        plans.append(planned)
        runs.append(Run(name, f"{name}?", name, "done", evidence=collect(node), page=here / "index.html"))
    plans.append(Planned(open_notebook(notebook(home / "05_broken.ipynb", "1", title="Broken?")), {}, "05_broken"))
    runs.append(Run("05_broken", "Broken?", "05_broken", "failed", "Stopped in step 2."))
    return Edition("default", "Mine", tuple(plans)), runs, folder


def test_the_summary_is_made_and_what_does_not_stand_out_is_taken_back_on_its_page(made, monkeypatch):
    edition, runs, folder = made
    before = {name: (folder / name / "index.html").read_text() for name in ("01_sure", "02_doubtful", "03_open")}
    assert "Suggestive" in before["02_doubtful"]
    path = edition.reports[0].notebook.path.with_name("00_summary.ipynb")
    listed = Edition("default", "Mine", (Planned(open_notebook(path), {}, "00_summary"), *edition.reports))
    told = summing.among_all(listed, runs, folder)
    assert [run.slug for run in told] == [planned.slug for planned in listed.reports]
    words = {run.slug: [finding.strength for finding in run.findings] for run in told}
    assert words == {"00_summary": [], "01_sure": ["clear"], "02_doubtful": ["inconclusive"], "03_open": ["inconclusive"],
                     "04_open": ["negligible"], "05_broken": []}  # fmt: skip
    after = {name: (folder / name / "index.html").read_text() for name in before}
    assert after["01_sure"] == before["01_sure"] and after["03_open"] == before["03_open"]
    assert "Among 4 looks fewer than 1 would stand out by chance" in after["02_doubtful"]
    for word in ("Suggestive", "goes with an NPS", "Compared like with like, the difference"):
        assert word in before["02_doubtful"] and word not in after["02_doubtful"], word
    manifest = json.loads((folder / "02_doubtful" / "manifest.json").read_text())
    assert manifest["looks"]["count"] == 4 and len(manifest["looks"]["taken_back"]) == 1
    assert manifest["findings"][0]["strength"] == "inconclusive"
    page = (folder / "00_summary" / "index.html").read_text()
    assert "goes with an NPS 2.9 points higher" in page and "../01_sure/index.html#" in page
    assert "Of 4 looks" in page and "Stopped in step 2." in page and str(folder) not in page

    def no_kernel(*_, **__):
        raise AssertionError("nothing changed, so nothing is run")

    monkeypatch.setattr(summing, "made", no_kernel)
    assert [run.findings for run in summing.among_all(listed, runs, folder)] == [run.findings for run in told]
    assert (folder / "02_doubtful" / "index.html").read_text() == after["02_doubtful"]
    monkeypatch.setattr(summing, "_looks", lambda *_, **__: (Looks(1, 1.0, 1, 1), None))
    summing.among_all(edition, runs, folder)
    assert (folder / "02_doubtful" / "index.html").read_text() == before["02_doubtful"], "a claim comes back as it was"


def test_without_a_summary_notebook_nothing_is_counted(made):
    edition, runs, folder = made
    edition.reports[0].notebook.path.with_name("00_summary.ipynb").unlink()
    assert summing.among_all(edition, runs, folder) == tuple(runs)


def test_one_relation_shown_twice_is_one_look():
    relation = effect(DOUBTFUL)
    node = executed(cx.conclude(relation), cx.plot(relation), cx.conclude(relation))
    assert len(set(looked(node))) == 1 and len(list(looked(node))) == 3
    assert taken_back(node, Looks(9, 0.0, 0, 0)) and not taken_back(node, Looks(9, 0.05, 1, 1))


def test_a_picture_alone_is_a_look_and_is_retold():
    relation = samples.retention()
    node = executed(cx.plot(relation))
    told = retold(node, Looks(9, 0.0, 0, 0))
    page = str(told.cells[1].outputs[0].data)
    assert len(list(looked(node))) == 1
    assert "among so many looks, these data cannot say" in page
    assert cx.plot(relation).title in str(node), "the kept notebook is not changed"


def test_the_register_takes_its_verdicts_back_everywhere():
    found = samples.EVERY["claims"]()
    relation = replace(found, estimates=found.estimates.assign(p_holm=0.04))
    node = retold(executed(cx.conclude(relation), cx.plot(relation), relation), Looks(30, 0.0, 0, 0))
    html = export(node, build(node))
    shown = html[html.index("<main>") :]
    assert "Supported<" not in shown and ", supported<" not in shown and ": supported" not in shown


@pytest.mark.parametrize(
    ("name", "claimed", "instead"),
    [
        ("dose_response", ">Fast enough<", ">Best guess<"),
        ("segments", ">below<", ">below, taken alone<"),
        ("compare", ">yes<", ">taken alone<"),
        ("voice", ">yes<", ">taken alone<"),
        ("asymmetry", ">yes<", ">taken alone<"),
    ],
)
def test_tables_and_labels_in_pictures_take_their_claim_back(name, claimed, instead):
    relation = samples.EVERY[name]()
    node = executed(cx.conclude(relation), cx.plot(relation), relation)
    before, after = (
        "".join(str(cell.outputs[0].data[PAGE]) for cell in each.cells[2:4]) for each in (node, retold(node, Looks(90, 0.0, 0, 0)))
    )
    assert claimed in before and instead not in before
    assert claimed not in after and after.count(instead) == before.count(claimed)


def test_an_edition_in_short(made, monkeypatch):
    _, runs, folder = made
    place.write(folder / "looks.json", json.dumps({"reports": [summing._row(run) for run in runs]}))
    monkeypatch.setenv(FOLDER, str(folder))
    short = summarize()
    # The two open reports say the same sentence: it stands once.
    assert [point.word for point in short.most.points] == ["clear", "negligible", "inconclusive"]
    assert short.most.opening.endswith("goes with an NPS 2.9 points higher.")
    assert short.looks.data[LOOKS]["count"] == 4 and short.looks.data[LOOKS]["kept"] == 1
    assert [point.said for point in short.unanswered.points] == ["Broken?"]
    assert "Of 4 looks" in mimebundle(short)["text/plain"]


def test_an_edition_that_was_never_published_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RunError, match=r'no published edition "monthly": no folder reports/ was found here or above\. Run `cxresearch'):
        summarize("monthly")
    (tmp_path / "reports" / "month").mkdir(parents=True)
    (tmp_path / "reports" / "month" / "manifest.json").write_text("{}")
    with pytest.raises(RunError, match='did you mean "month"'):
        summarize("monthly")
    with pytest.raises(RunError, match='"month" holds no edition'):
        summarize("month")


def test_the_same_picture_may_stand_twice():
    picture = '<svg><defs><path id="m1"/></defs><use href="#m1"/><g clip-path="url(#m1)"/></svg>'
    html = Points((Point("One.", "clear", picture=picture), Point("Two.", "clear", picture=picture))).as_html()
    assert faults(html) == ()
    assert html.count('id="point-1-m1"') == html.count('href="#point-1-m1"') == html.count("url(#point-1-m1)") == 1
