"""How `segments` is judged, tabled and drawn."""

from cxresearch.conclude.cells import TAKEN_ALONE, ends, few
from cxresearch.conclude.charts import funnel
from cxresearch.conclude.escape import plain
from cxresearch.conclude.evidence import family_interval, strength
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice, size_of
from cxresearch.conclude.words import differing
from cxresearch.conclude.words.display import finite, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number
from cxresearch.relate.relation import Relation

KEPT = (
    "outcome_label", "by_label", "tau", "tau_low", "tau_high", "i2", "ranked", "stands_above", "stands_below", "adjusted_for", "better",
    "set_aside",
)  # fmt: skip


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Judge the level that stands out most, allowing for how many were looked at; where none does, how far two levels are apart.

    That levels do not differ by anything worth acting on is said only where no two of them may be that far apart.
    """
    shown, rows = outcome_of(relation.facts), differing.standing_out(relation)
    facts = {name: relation.facts.get(name) for name in KEPT if name in relation.facts}
    whole, apart = size_of(relation.row("raw")), relation.row("range")
    widest, least, most = (shown.shown(apart[name]) for name in ("estimate", "low", "high"))
    if rows.empty:
        far = max(value for value in (1.25 * most, 2 * (worth or 0.0), 1e-9) if finite(value))
        facts |= {"scale": {"low": 0.0, "high": far}}
        p = None if least > 0 else 1.0  # a size has no other side: an interval that begins at zero tells nothing
        return Verdict(strength(least, most, worth), widest, least, most, shown.unit, worth, *whole, (), facts, p)
    row = rows.iloc[0]
    gap, low, high = (shown.shown(row[name]) for name in ("gap", "gap_low", "gap_high"))
    df = float(row.get("gap_df", 1e9) or 1e9)
    word = strength(*family_interval((gap, low, high), int(relation.facts["units"]), df), worth)
    if word == "inconclusive" or (word == "negligible" and not most < (worth or 0.0)):
        word = "suggestive"
    facts = facts | {"level": row["level"]}
    return Verdict(word, gap, low, high, shown.unit, worth, *whole, (), facts, p=float(row["p_holm"]) if "p_holm" in row else None)


def tables(relation: Relation) -> tuple[Table, ...]:
    """Return the levels with their estimates, and how much they truly differ."""
    shown, one = outcome_of(relation.facts), differing.unit(relation)
    terms = [term for term in ("raw", "adjusted", "pooled") if term in set(relation.estimates["term"])]
    rows = [_row(relation, "", terms), *(_row(relation, level, terms) for level in differing.levels_of(relation, "raw")["level"])]
    seen = set(differing.levels_of(relation, "raw")["level"])
    hidden = sorted(set(relation.estimates["level"]) - seen - {""})
    rows += [(plain(level), *["not shown"] * len(terms), "", "", few(relation)) for level in hidden]
    names = {"raw": differing.own_head(relation), "adjusted": "Like with like", "pooled": "Drawn together"}
    head = (upper_first(one), *(names[term] for term in terms), "Reliability", "Stands out", f"{upper_first(plain(_unit(relation)))}s")
    under = ", ".join(filter(None, [shown.unit, differing.order_words(relation)]))
    spread = tuple(differing.spread_rows(relation))
    differ = Table(f"How much {differing.plural(one)} differ", "with 95% intervals", ("Quantity", "Estimate", "95% interval"), spread)
    return Table(differing.caption(relation), under, head, tuple(rows)), differ


def _row(relation: Relation, level: str, terms: list[str]) -> tuple[str, ...]:
    shown, tested = outcome_of(relation.facts), relation.row(differing.tested_term(relation), level)
    cells = []
    for term in terms:
        if term == "pooled" and not level:  # what levels have in common is neither the whole nor their average: one of these is enough
            cells.append("")
            continue
        value, between = ends(shown, relation.row(term, level))
        cells.append(f"{value} ({between})" if between else value)
    reliability = number(tested["reliability"], 2) if finite(tested.get("reliability")) else ""
    out = tested.get("flag", "") or ("no" if level else "")
    return (plain(level) or upper_first(differing.whole_word(relation)), *cells, reliability, out, count(tested["n"]))


def _unit(relation: Relation) -> str:
    return str(relation.facts.get("row_unit", "answer"))


VOICE = Voice(
    judge, differing.headline, differing.detail, tables, differing.topic,
    picture=lambda relation: Picture(differing.title, differing.subtitle, differing.alt, funnel.funnel, differing.note),
    withdrawn=TAKEN_ALONE,
)  # fmt: skip
