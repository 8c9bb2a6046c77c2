"""How `change` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends, few
from cxresearch.conclude.charts import course
from cxresearch.conclude.disclosure import limit_of, shown_rows
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, own_p, size_of
from cxresearch.conclude.words import policy
from cxresearch.conclude.words.association import sorted_ends
from cxresearch.conclude.words.display import outcome_of
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation

KEPT = ("kind", "at", "treated", "every", "placebos", "placebos_as_large", "pretrend_p", "rho", "outcome_label", "better", "design")
NAMES = {"treated": "With the policy", "comparison": "Comparison group"}


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the difference (or the step of a series) against `worth`."""
    row, shown = policy.main_row(relation), outcome_of(relation.facts)
    estimate, low, high = sorted_ends(row, shown)
    facts = {name: relation.facts[name] for name in KEPT if name in relation.facts}
    return Verdict(strength(low, high, worth), estimate, low, high, shown.unit, worth, *size_of(row), (), facts, own_p(row))


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown = outcome_of(relation.facts)
    head, kinds = ("Quantity", "Estimate", "95% interval", "n"), tuple(policy.ROWS)
    keep, rows, four = shown_rows(relation.estimates, limit_of(relation)), [], []
    for (_, row), ok in zip(relation.estimates.iterrows(), keep, strict=True):
        cells = (*ends(shown, row), count(row["n"])) if ok else ("not shown", "", few(relation))
        if row["term"] in kinds:
            rows.append((policy.row_name(relation, row["term"]), *cells))
        elif row["term"] in NAMES:
            four.append((f"{NAMES[row['term']]}\n{plain(row['level'])}", *cells))
    made = [Table(f"{shown.label} and the policy of {plain(relation.facts['at'])}", shown.unit, head, tuple(rows))]
    made += (
        [Table(f"{shown.label}, before and after", f"{shown.unit}, as recorded".removeprefix(", "), head, tuple(sorted(four, key=_order)))]
        if four
        else []
    )
    dates = relation.estimates[relation.estimates["term"] == "placebo"].sort_values("level")
    if len(dates):
        tried = [(plain(row["level"]), *ends(shown, row)) for _, row in dates.iterrows()]
        tried.append((plain(relation.facts["at_x"]), *ends(shown, policy.main_row(relation))))
        made.append(Table("Placebo dates", policy.placebo_words(relation), ("First day", "Difference", "95% interval"), tuple(tried)))
    return tuple(made)


def _order(row: tuple[str, ...]) -> tuple[bool, bool]:
    return row[0].startswith(NAMES["comparison"]), row[0].endswith("after")


def _draw(name: str, relation: Relation, width: int) -> str:
    return course.event(name, relation, width) if policy.compared(relation) else course.interrupted(name, relation, width)


VOICE = Voice(
    judge, policy.headline, policy.detail, _tables, policy.topic, more=policy.more, short=policy.short,
    picture=lambda relation: Picture(policy.title, policy.subtitle, policy.alt, _draw, policy.note, f"change-{relation.facts['kind']}"),
)  # fmt: skip
