"""Sentences about the customers' path: `journey_map`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.display import Display, listed, lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Check, Relation

ROWS = {
    "ok": "of 100 went well",
    "next": "of 100 met the next stage",
    "lost": "of 100: last touch, then left",
    "contacts": "contacts in 100 touches",
}


def shown(relation: Relation) -> Display:
    """Return how satisfaction is shown."""
    return outcome_of(relation.facts)


def row(relation: Relation, term: str, stage: str) -> pd.Series | None:
    """Return one number of one stage; None where there is none or it is too small to show."""
    found = relation.estimates[(relation.estimates["term"] == term) & (relation.estimates["level"] == stage)]
    if found.empty or found.iloc[0]["customers"] < limit_of(relation):
        return None
    return found.iloc[0]


def stages(relation: Relation) -> list[str]:
    """Return the stages in order."""
    return list(relation.facts["stages"])


def ends(relation: Relation, stage: str) -> tuple[float, float, float] | None:
    """Return satisfaction after a stage with its interval, in display units; None where there is none."""
    found = row(relation, "satisfaction", stage)
    if found is None or found["low"] != found["low"]:
        return None
    return tuple(shown(relation).shown(found[name]) for name in ("estimate", "low", "high"))  # type: ignore[return-value]


def value(relation: Relation, stage: str) -> str:
    """Return satisfaction after a stage: "31.9 (25.8 to 37.9)"."""
    found = ends(relation, stage)
    if found is None:
        return "not known"
    digits = shown(relation).brief_digits(*found[1:])
    return f"{number(found[0], digits)} ({span(*found[1:], digits)})"


def share(relation: Relation, term: str, stage: str) -> str:
    """Return a share of 100, "" where there is none."""
    found = row(relation, term, stage)
    return "" if found is None else number(100 * found["estimate"], 1)


def apart(relation: Relation) -> tuple[str, str] | None:
    """Return the best and the worst stage, where their intervals lie apart; None otherwise."""
    known = {stage: found for stage in stages(relation) if (found := ends(relation, stage))}
    if len(known) < 2:
        return None
    sign = shown(relation).sign
    order = sorted(known, key=lambda stage: sign * known[stage][0])
    low, high = known[order[0]], known[order[-1]]
    return (order[-1], order[0]) if low[2] < high[1] or high[2] < low[1] else None


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return "the customers' path"


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return where on the path satisfaction stands apart, as far as the intervals allow."""
    noun, pair = shown(relation).level, apart(relation)
    if not any(ends(relation, stage) for stage in stages(relation)):
        return f"The path has {len(stages(relation))} stages; what customers say after them is not known."
    if pair is None or strength == "inconclusive":
        said = "is not told apart: the highest and the lowest interval overlap"
        return f"After the {len(stages(relation))} stages of the path, {noun} {said}."
    best, worst = (f"“{plain(stage)}”" for stage in pair)
    return f"After {worst}, {noun} is {value(relation, pair[1])}; after {best} it is {value(relation, pair[0])}."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how the numbers of a stage were made."""
    rows = relation.estimates
    touches, told = (rows.loc[rows["term"] == term, "n"].sum() for term in ("ok", "satisfaction"))
    days = relation.facts["days"]
    answers = f"An answer belongs to every stage touched in the {days} days before it. " if told else ""
    return f"{answers}As recorded, with 95% intervals; n = {count(touches)} touches, {count(told)} answers at stages."


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the stage where most is lost."""
    rows = relation.estimates[(relation.estimates["term"] == "lost") & (relation.estimates["customers"] >= limit_of(relation))]
    if rows.empty:
        return ()
    most = rows.loc[rows["estimate"].idxmax()]
    ends_ = span(100 * most["low"], 100 * most["high"])
    said = f"Most often the last stage of customers who left: “{plain(most['level'])}”, {number(100 * most['estimate'])} of 100 ({ends_})."
    return (Check("lost", "passed", said),)


def short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    pair = apart(relation)
    return "Where on the path do customers struggle?", f"After “{plain(pair[1])}”" if pair else "No stage stands apart", said


def title(relation: Relation) -> str:
    """Return what the map says."""
    pair, noun = apart(relation), shown(relation).level
    if pair is None:
        return f"The path in {len(stages(relation))} stages: no stage stands apart in {noun}"
    end = "lowest" if shown(relation).sign > 0 else "highest"
    return f"The path in {len(stages(relation))} stages: {noun} is {end} after “{plain(pair[1])}”"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the map."""
    one = shown(relation)
    unit = f", {one.unit}," if one.unit and one.kind != "nps" else ""
    return f"{one.label}{unit} of answers up to {relation.facts['days']} days after a touch of the stage, with 95% intervals, as recorded"


def told(relation: Relation, stage: str) -> list[str]:
    """Return the lines under a stage."""
    met = row(relation, "ok", stage)
    lines = [f"{count(met['n'])} touches" if met is not None else f"fewer than {limit_of(relation)}"]
    return lines + [f"{found} {words}" for term, words in ROWS.items() if (found := share(relation, term, stage))]


def alt(relation: Relation) -> str:
    """Return message and numbers of the map."""
    label = lower_first(shown(relation).label)
    said = [f"{plain(stage)}: {label} {value(relation, stage)}, {listed(told(relation, stage))}" for stage in stages(relation)]
    return f"{upper_first(title(relation))}. {'; '.join(said)}."
