"""What a researcher reads with `?` and gets with Tab: complete, with an example that runs, and in the order of a manual."""

import inspect
import re
from pathlib import Path

import pandas as pd
import pytest

import cxresearch as cx
from cxresearch.ask.errors import QuestionError
from cxresearch.ask.study import Study

ORDER = ("Parameters", "Returns", "Raises", "Notes")
PUBLIC = {
    **{name: getattr(cx, name) for name in cx.__all__ if name != "methods"},
    **{n: getattr(cx.methods, n) for n in cx.methods.__all__},
}
FRAME = pd.DataFrame({"who": list("aabb"), "score": [1.0, 2.0, 3.0, 4.0]})
GIVEN = {"study": Study("s", "S", Path()), "data": cx.from_frame(FRAME, cx.Question(outcome=cx.Mean("score")), customer="who")}
NOT_RUN_IN_AN_EXAMPLE = {"run", "publish"}  # they write reports: their examples are the README's and the command's


def sections(text: str) -> list[str]:
    return re.findall(r"^(\w+)\n-{3,}$", text, re.MULTILINE)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_docstring_reads_like_a_manual(name):
    noun, text = PUBLIC[name], inspect.getdoc(PUBLIC[name])
    found = sections(text)
    first = text.splitlines()[0]
    assert first.endswith(".") and len(first) <= 140
    assert [each for each in ORDER if each in found] == found[: len(set(found) & set(ORDER))], "the sections stand in the usual order"
    parameters = [each for each in inspect.signature(noun).parameters.values() if each.name not in ("self", "settings")]
    assert not parameters or name == "Absent" or "Parameters" in found
    assert not inspect.isfunction(noun) or name[0].isupper() or name == "publish" or "Returns" in found
    assert "Examples" in found or name in NOT_RUN_IN_AN_EXAMPLE


@pytest.mark.parametrize("name", PUBLIC)
def test_every_parameter_is_explained(name):
    text = inspect.getdoc(PUBLIC[name])
    part = re.search(r"Parameters\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", text, re.DOTALL)
    heads = [line.partition(" : ")[0] for line in part.group(1).splitlines() if line[:1].strip()] if part else []
    told = {each.strip(" *") for head in heads for each in head.split(",")}
    taken = [each for each in inspect.signature(PUBLIC[name]).parameters if each not in ("self", "settings", "reason")]
    assert set(taken) <= told, set(taken) - told


def test_the_overview_names_every_method_once():
    lines = re.findall(r"^([a-z_]+(?:, [a-z_]+)*)  +[A-Z]", cx.methods.__doc__, re.MULTILINE)
    assert sorted(name for line in lines for name in line.split(", ")) == sorted(cx.methods.__all__)


def test_tab_offers_the_names_and_nothing_else():
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_cell("import cxresearch as cx\ncx.methods")
    for text, known in (("cx.", cx.__all__), ("cx.methods.", cx.methods.__all__)):
        with provisionalcompleter():
            offered = {each.text for each in shell.Completer.completions(text, len(text))}
        assert {name for name in offered if not name.startswith("_")} == set(known)


@pytest.mark.parametrize("verb", ["scorecard", "compare", "effect", "dose_response", "drivers", "retention"])
def test_a_setting_that_is_not_there_is_named_with_the_nearest(verb):
    first = next(each.name for each in inspect.signature(getattr(cx, verb)).parameters.values() if each.kind is each.KEYWORD_ONLY)
    with pytest.raises(QuestionError, match=f'{verb} has no setting "{first}x"; did you mean "{first}"'):
        getattr(cx, verb)(GIVEN["study" if verb == "scorecard" else "data"], **{f"{first}x": 1})
