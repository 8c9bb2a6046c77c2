"""How `who_answers` is judged, tabled and drawn."""

from cxresearch.conclude.cells import ends
from cxresearch.conclude.charts import answering as charts
from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.evidence import strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, alone, size_of
from cxresearch.conclude.words import answering
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number
from cxresearch.relate.relation import Relation

KEPT = (
    "outcome_label", "outcome_phrase", "better", "adjusted_for", "response_rate", "invited", "answered", "n_effective", "silent_mean",
    "tipping", "tipping_interval", "tipping_worth", "trimmed",
)  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge what weighting moves against `worth`: the weighted mean less that of the answers as they came."""
    shown, row = outcome_of(relation.facts), relation.row("weighted")
    value, low, high = answering.apart(relation)
    facts = {name: relation.facts.get(name) for name in KEPT}
    facts |= {term: shown.shown(relation.row(term)["estimate"]) for term in ("respondents", "weighted", "bound_low", "bound_high")}
    family = alone(relation.row("difference"))
    return Verdict(strength(low, high, worth), value, low, high, shown.unit, worth, *size_of(row), (), facts, family=family)


def _tables(relation: Relation) -> tuple[Table, ...]:
    shown = outcome_of(relation.facts)
    rows = [(name, *ends(shown, relation.row(term)), count(relation.row(term)["n"])) for term, name in answering.ROWS.items()]
    head = ("Counted", upper_first(shown.label), "95% interval", "Rows")
    under = f"{shown.unit}; the last two lines are what is certain whatever the silent think"
    return (Table(f"{shown.label}, as answered and weighted for who answers", under, head, tuple(rows)), _balance(relation))


def _balance(relation: Relation) -> Table:
    shown = answering.balance(relation)
    rows = [
        (
            answering.level(row), *(answering.mean(row, f"mean_{who}") for who in ("answered", "weighted", "invited")),
            f"{number(row['estimate'], 2)} and {number(row['after'], 2)}",
        )
        for _, row in shown.iterrows()
    ]  # fmt: skip
    hidden = int((relation.estimates["term"] == "balance").sum()) - len(shown)
    rows += [(f"Groups with fewer than {limit_of(relation)} answers", *["not shown"] * 4)] if hidden else []
    head = ("Recorded of everybody invited", "Answered", "Weighted", "Invited", "Apart from the invited, before and after")
    return Table("How like the invited the answers are", "means, or of 100; distances in standard deviations", head, tuple(rows))


VOICE = Voice(
    judge, answering.headline, answering.detail, _tables, answering.topic, answering.sure, answering.more, answering.short,
    lambda relation: Picture(answering.title, answering.subtitle, answering.alt, charts.overlap),
)  # fmt: skip
