"""How `repeat` is judged, tabled and drawn."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import cohorts
from cxresearch.conclude.disclosure import limit_of, suppressed
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import buying
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

MARKS = (0, 1, 2, 3, 6, 9, 12, 18, 24, 36)


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Give the share with its interval; nothing is compared."""
    row = buying.lead(relation)
    if row["n"] < limit_of(relation):
        return Verdict("described", n=0)
    ends = (100 * float(row[name]) for name in ("estimate", "low", "high"))
    n = int(row["n"])
    return Verdict("described", *ends, "of 100", None, n, n, (), {"scale": {"low": 0.0, "high": 100.0, "log": False, "bar": True}})


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows, limit = [], limit_of(relation)
    for _, row in relation.estimates[relation.estimates["term"].isin(["within", "ever"])].iterrows():
        ok = row["n"] >= limit
        name = f"Within {buying.months(row['level'])}" if row["term"] == "within" else "So far, on record"
        cells = (number(100 * row["estimate"]), span(100 * row["low"], 100 * row["high"])) if ok else ("not shown", "")
        rows.append((name, *cells, count(row["n"]) if ok else few(relation)))
    head = ("After the month of the first order", "Ordered again", "95% interval", "Customers")
    return Table("Customers who order again", "of 100", head, tuple(rows)), *_cohorts(relation)


def _cohorts(relation: Relation) -> tuple[Table, ...]:
    sizes = relation.estimates[relation.estimates["term"] == "cohort"]
    if sizes.empty:
        return ()
    hidden = suppressed(list(sizes["n"]), limit_of(relation), total_shown=True)
    marks = [k for k in MARKS if k <= relation.facts["months"]]
    known = relation.curve.set_index(["term", "x"])["estimate"].to_dict()
    rows = []
    for (_, row), hide in zip(sizes.iterrows(), hidden, strict=True):
        shares = [known.get((row["level"], k)) for k in marks]
        cells = ["" if hide or share is None else number(100 * share) for share in shares]
        rows.append((plain(row["level"]), few(relation) if hide else count(row["n"]), *cells))
    head = ("First order in", "Customers", *(upper_first("same month" if k == 0 else buying.months(k)) for k in marks))
    return (
        Table(
            "Cohorts by month of first order", "ordered again, of 100, up to so many months later; empty: not yet seen", head, tuple(rows)
        ),
    )


VOICE = Voice(
    judge, buying.headline, buying.detail, _tables, buying.topic, more=buying.more, short=buying.short,
    picture=lambda relation: Picture(buying.title, buying.subtitle, buying.alt, cohorts.repeat, buying.drawn_note),
)  # fmt: skip
