"""How `retention` is judged and tabled."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import series
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import NOTHING_HELD, Picture, Verdict, Voice
from cxresearch.conclude.words import association, staying
from cxresearch.conclude.words.display import upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the first group against the last, as recorded."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    apart, total = staying.gap(relation), int(rows["n"].sum())
    kept = {"days": relation.facts["days"], "exposure_label": relation.facts.get("exposure_label"), "outcome_label": "Customers kept"}
    if apart is None:
        one = (100 * float(rows.iloc[0][name]) for name in ("estimate", "low", "high"))
        return Verdict("described", *one, "of 100", worth, total, total, (), {**kept, "scale": {"low": 0.0, "high": 100.0, "log": False}})
    p = relation.facts.get("logrank_p")
    doubt = Check("log-rank", "doubt", "The curves as a whole are not told apart (log-rank test).", cap="inconclusive")
    limits = (NOTHING_HELD, *(() if p is None or p < 0.05 else (doubt,)))
    return Verdict(strength(apart[1], apart[2], worth), *apart, "of 100", worth, total, total, limits, kept)


def _tables(relation: Relation) -> tuple[Table, ...]:
    keep, rows = shown_rows(relation.estimates, limit_of(relation)), []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        cells = (
            (number(100 * row["estimate"]), span(100 * row["low"], 100 * row["high"]), count(row["n"]))
            if ok
            else ("not shown", "", few(relation))
        )
        rows.append((upper_first(plain(row["level"])) or "All", *cells))
    caption = f"Customers still here {relation.facts['days']} days after the landmark date"
    return (Table(caption, "of 100, as recorded", ("Group", "Still here", "95% interval", "Customers"), tuple(rows)),)


VOICE = Voice(
    judge, staying.headline, staying.detail, _tables, association.topic, more=staying.more, short=staying.short,
    picture=lambda relation: Picture(staying.title, staying.subtitle, staying.alt, series.retention, staying.drawn_note),
)  # fmt: skip
