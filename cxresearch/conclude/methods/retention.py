"""How `retention` is judged and tabled."""

from cxresearch.conclude.cells import few
from cxresearch.conclude.charts import series
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import strength, two_sided
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import NOTHING_HELD, Picture, Verdict, Voice
from cxresearch.conclude.words import association, staying
from cxresearch.conclude.words.display import finite, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, span
from cxresearch.relate.relation import Check, Relation

UNIT = "of 1,000"


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the first group against the last, as recorded; `worth` is declared of 100 customers, and said of 1,000."""
    rows = relation.estimates[relation.estimates["term"] == "kept"]
    apart, total = staying.gap(relation), staying.people(relation)
    worth = None if worth is None else 10 * worth
    kept = {"days": relation.facts["days"], "exposure_label": relation.facts.get("exposure_label"), "outcome_label": "Customers kept"}
    if apart is None:
        one = (1000 * float(rows.iloc[0][name]) for name in ("estimate", "low", "high"))
        return Verdict("described", *one, UNIT, worth, total, total, (), {**kept, "scale": {"low": 0.0, "high": 1000.0, "log": False}})
    p = relation.facts.get("logrank_p")
    doubt = Check("log-rank", "doubt", "The curves as a whole are not told apart (log-rank test).", cap="inconclusive")
    limits = (NOTHING_HELD, *(() if p is None or p < 0.05 else (doubt,)))
    both = max(two_sided(apart) or 0.0, p or 0.0)
    return Verdict(strength(apart[1], apart[2], worth), *apart, UNIT, worth, total, total, limits, kept, p=both)


def _tables(relation: Relation) -> tuple[Table, ...]:
    kept = relation.estimates[relation.estimates["term"] == "kept"].reset_index(drop=True)
    keep, rows, longer = shown_rows(kept, limit_of(relation)), [], "stayed" in set(relation.estimates["term"])
    for (_, row), ok in zip(kept.iterrows(), keep, strict=True):
        cells = (*staying.value(row), *_times(relation, row["level"]), count(row["n"])) if ok else ("not shown", "", "", "", few(relation))
        rows.append((upper_first(plain(row["level"])) or "All", *(cells if longer else (cells[0], cells[1], cells[-1]))))
    unit, days = staying.clock_unit(relation), staying.spell(relation)
    caption = f"Customers still here {days} after the landmark date"
    times = (f"{upper_first(unit)} stayed, of the first {relation.facts['days']:g}", f"Half had left after, {unit}") if longer else ()
    head = ("Group", "Still here", "95% interval", *times, "Customers")
    return (Table(caption, "of 1,000, as recorded; 95% intervals", head, tuple(rows)),)


def _times(relation: Relation, level: str) -> tuple[str, str]:
    """Return mean time stayed and median of one group."""
    if "stayed" not in set(relation.estimates["term"]):
        return "", ""
    stayed, middle = (relation.row(term, level) for term in ("stayed", "median"))
    said = number(middle["estimate"], 0) if finite(middle["estimate"]) else "not reached"
    if finite(middle["low"]):
        said += (
            f" ({number(middle['low'], 0)} to {number(middle['high'], 0)})"
            if finite(middle["high"])
            else f" (at least {number(middle['low'], 0)})"
        )
    digits = digits_for(float(stayed["low"]), float(stayed["high"]), marks=(0.0, float(relation.facts["days"])))
    ends = f" ({span(stayed['low'], stayed['high'], digits)})" if finite(stayed["low"]) else ""
    return f"{number(stayed['estimate'], digits)}{ends}", said


VOICE = Voice(
    judge, staying.headline, staying.detail, _tables, association.topic, more=staying.more, short=staying.short,
    picture=lambda relation: Picture(staying.title, staying.subtitle, staying.alt, series.retention, staying.drawn_note),
)  # fmt: skip
