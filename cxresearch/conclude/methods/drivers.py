"""How `drivers` is judged and tabled."""

import pandas as pd

from cxresearch.conclude.cells import between
from cxresearch.conclude.charts import shares
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import two_sided
from cxresearch.conclude.table import TAB, Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import importance
from cxresearch.conclude.words.display import outcome_of, upper_first
from cxresearch.conclude.words.numbers import number, percent, span
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge what the drivers explain: never more than suggestive, for shares cannot be negative."""
    facts, rows = relation.facts, importance.ranked(relation)
    real = importance.above_noise(rows)
    ends = (100 * facts[name] for name in ("r2", "r2_low", "r2_high"))
    found = {row["term"]: {"label": row["label"], "estimate": 100 * row["estimate"], "p_top": row["p_top"]} for _, row in rows.iterrows()}
    scale = {"low": 0.0, "high": 100.0, "log": False, "bar": True}
    word = "inconclusive" if real.empty else "suggestive"
    kept = {"scale": scale, "drivers": found, "outcome_label": facts.get("outcome_label")}
    n, customers = int(facts["n_used"]), int(facts.get("customers_used", 0))
    return Verdict(word, *ends, "of 100 explained", None, n, customers, (), kept, importance_p(rows))


def importance_p(rows: pd.DataFrame) -> float | None:
    """Return how sure it is that any driver lies beyond noise, allowing for their number."""
    beyond = [two_sided((row["estimate"] - row["noise"], row["low"] - row["noise"], row["high"] - row["noise"]), len(rows))
              for _, row in rows.iterrows() if row["estimate"] > row["noise"]]  # fmt: skip
    return min((p for p in beyond if p is not None), default=1.0)


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows, johnson = [], relation.estimates[relation.estimates["level"] == "johnson"].set_index("term")["estimate"]
    owners = relation.estimates["owner"].fillna("").astype(str).str.len().any() if "owner" in relation.estimates else False
    for under, row in importance.in_blocks(relation):
        other = number(100 * johnson[row["term"]]) if row["term"] in johnson.index else ""
        ends = span(100 * row["low"], 100 * row["high"])
        cells = (
            TAB * under + f"{upper_first(plain(row['label']))}",
            *(number(100 * row["estimate"]), ends, number(100 * row["noise"]), percent(row["p_top"]), other),
        )
        rows.append((*cells, plain(row["owner"] or "")) if owners else cells)
    left = relation.estimates[relation.estimates["level"] == "unexplained"]
    rows += [
        ("Unexplained", number(100 * row["estimate"]), between(100 * row["low"], 100 * row["high"]), *[""] * (4 if owners else 3))
        for _, row in left.iterrows()
    ]
    head = (
        "Driver",
        "Explained, of 100",
        "95% interval",
        "By chance alone",
        "Comes first",
        "Johnson weight",
        *(["Owner"] if owners else []),
    )
    shown = outcome_of(relation.facts)
    return (
        Table(
            f"What explains the differences in {shown.label}",
            f"R² {number(relation.facts['r2'], 2)}{importance.held_out(relation)}; the rest is unexplained.{importance.on_scale(relation)}",
            head,
            tuple(rows),
        ),
        *_alike(relation),
    )


def _alike(relation: Relation) -> tuple[Table, ...]:
    """Return how alike the drivers of a block were answered."""
    # Below zero the items do not go together: there is no common scale whose reliability could be told.
    found = [one for one in relation.facts.get("alpha") or [] if one["alpha"] >= 0]
    if not found:
        return ()
    names = relation.estimates[relation.estimates["level"] == "block"].set_index("term")["label"]
    rows = tuple(
        (
            "All drivers" if one["block"] == "all" else upper_first(plain(names.get(one["block"], one["block"]))),
            number(one["alpha"], 2), between(one["low"], one["high"], 2), str(one["items"]),
        )
        for one in found
    )  # fmt: skip
    return (
        Table("How alike the drivers were answered", "Cronbach's alpha; 1 is alike", ("Drivers", "Alpha", "95% interval", "Items"), rows),
    )


VOICE = Voice(
    judge, importance.headline, importance.detail, _tables, importance.topic, importance.sure, importance.more, importance.short,
    lambda relation: Picture(importance.title, importance.subtitle, importance.alt, shares.drivers, importance.drawn_note),
)  # fmt: skip
