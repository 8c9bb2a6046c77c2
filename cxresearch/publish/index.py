"""The index page of an edition: the answer, what matters most, what changed, then every report, whatever became of it."""

from collections.abc import Sequence

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from cxresearch.conclude.charts.intervals import key
from cxresearch.conclude.finding import Finding
from cxresearch.conclude.words.numbers import MINUTES
from cxresearch.publish import cards, first, made
from cxresearch.publish.export import STRENGTHS, TEMPLATES, finder, fingerprint, passed, prepared
from cxresearch.publish.page import STANDARD_TERMS
from cxresearch.publish.run import Run

Changes = Sequence[tuple[str, str]]


def index_page(name: str, title: str, runs: Sequence[Run], *, looks: str = "", changed: Changes | None = None) -> str:
    """Return the index page of an edition as HTML.

    Parameters
    ----------
    name, title : str
        Of the edition.
    runs : sequence of Run
        All reports, in the order of the edition.
    looks : str
        How many looks were taken, and how many would stand out by chance; "" where that is not known.
    changed : sequence of pairs, optional
        Sentence and kind (real, small, noise, mix, definition, data) of what changed since the last run; what follows a line break in a
        sentence is its quieter second line. None where there was no earlier run, empty where nothing is different.
    """
    environment = prepared(Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True))
    environment.filters |= {"interval": interval, "basis": cards.basis}
    runs = first.alike(runs)
    data = made.once([each for run in runs for each in run.evidence.data])
    most = first.matter_most(runs)
    singles, groups = cards.shelves(runs)
    html = environment.get_template("index.html.j2").render(
        title=title,
        facts=made.facts(data),
        answers=first.short_answers(runs),
        most=most,
        most_title=first.most_title(most),
        whose=lambda run: first.values_among(run, runs),
        looks=looks,
        worth=made.worth_acting_on(runs),
        key=[(word, text, Markup(key(word.lower()))) for word, text in STANDARD_TERMS if word.lower() in STRENGTHS],
        changed=changed,
        cards=singles,
        groups=groups,
        filters=cards.filters(runs) if len(runs) > 1 else [],
        counted=cards.counted(runs),
        tables=made.tables(data),
        left_out=made.left_out(runs),
        checks=made.doubts(runs),
        provenance=made.provenance(name, runs, data),
        finder=Markup(finder()),
        policy=Markup(f"; script-src '{fingerprint(finder())}'"),
    )
    return passed(html, title, script=finder())


def interval(finding: Finding) -> str:
    """Return the interval of a finding with its unit, "" where it has none."""
    ends = cards.interval(finding)
    return f"95% interval {ends}{'' if finding.unit in MINUTES or not finding.unit else f' {finding.unit}'}" if ends else ""
