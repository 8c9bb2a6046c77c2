"""Sentences about value: `value` (lagged both ways) and `lifetime`."""

import pandas as pd

from cxresearch.conclude.disclosure import limit_of
from cxresearch.conclude.escape import plain
from cxresearch.conclude.words import scope
from cxresearch.conclude.words.association import adjusted_words, interval
from cxresearch.conclude.words.display import Display, currency, lower_first, outcome_of, priced, upper_first
from cxresearch.conclude.words.numbers import count, digits_for, number, short, span
from cxresearch.relate.relation import Check, Relation

WAYS = {
    "experience to value": ("Earlier experience and later value", "given earlier value"),
    "value to experience": ("Earlier value and later experience", "given earlier experience"),
    "value to value": ("Earlier value and later value", "given earlier experience"),
    "experience to experience": ("Earlier experience and later experience", "given earlier value"),
}


def digits(row: pd.Series) -> int:
    """Return decimals for an estimate: two figures of the half width of its interval."""
    return digits_for(float(row["low"]), float(row["high"]))


def ends(row: pd.Series) -> str:
    """Return an estimate with its interval."""
    return f"{number(row['estimate'], digits(row))} ({span(row['low'], row['high'], digits(row))})"


def money(relation: Relation) -> Display:
    """Return how value is shown."""
    return outcome_of({**relation.facts, "outcome_kind": "mean", "better": "higher", "unit": currency(relation.facts)})


def unit(relation: Relation) -> str:
    """Return the unit of money as a table or a picture says it: the currency, else where the amounts come from."""
    return f"in {currency(relation.facts)}" if currency(relation.facts) else "in the money of the orders"


def topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return "experience and value, both ways"


def told(row: pd.Series) -> str:
    """Return whether one way shows, in words."""
    if row["low"] > 0:
        return "shows"
    return "shows with the sign turned round" if row["high"] < 0 else "is not told from nothing"


def step(relation: Relation) -> str:
    """Return the step in earlier experience: "2.4 points more on the earlier score"."""
    row = relation.row("experience to value")
    label = lower_first(relation.facts.get("experience_label", "earlier experience"))
    return f"{short(float(f'{row.step:.3g}'))} {plain(relation.facts.get('experience_unit', ''))} more on “{label}”".replace("  ", " ")


def headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return how much later value goes with earlier experience, given earlier value."""
    row, shown = relation.row("experience to value"), money(relation)
    held = adjusted_words(relation.facts)
    among = f"among customers alike in {held} and earlier value" if held else "given earlier value"
    if strength == "inconclusive":
        return f"Whether earlier experience goes with later value, {among}, these data cannot say."
    if strength == "negligible":
        return f"{upper_first(among)}, earlier experience goes with no difference in later value worth acting on."
    side = "more" if row["estimate"] > 0 else "less"
    size = priced(number(abs(row["estimate"]), digits(row)), relation.facts)
    return f"{upper_first(among)}, {step(relation)} goes with {size} {side} {shown.noun} a customer."


def detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, and the way back."""
    row, back = relation.row("experience to value"), relation.row("value to experience")
    said = interval(money(relation), float(row["low"]), float(row["high"]), worth)
    way_back = f"The other way round, from earlier value to later experience, it {told(back)}."
    return f"{upper_first(said)}; n = {count(row['n'])} customers. {way_back}"


def more(relation: Relation) -> tuple[Check, ...]:
    """Return the way back, and both carry-overs."""
    back = relation.row("value to experience")
    of = plain(relation.facts.get("experience_unit", ""))
    size = priced(short(float(f"{back.step:.3g}")), relation.facts)
    said = f"The other way round: {size} more earlier value goes with {ends(back)} {of} of later experience, given earlier experience."
    status = "doubt" if back["low"] <= 0 <= back["high"] else "passed"
    kept = "; ".join(f"{lower_first(WAYS[term][0])} {number(relation.row(term)['standard'], 2)}" for term in list(WAYS)[2:])
    return Check("way back", status, said), Check("carry-over", "passed", f"What lasts, in standard deviations: {kept}.")


def both(relation: Relation) -> str:
    """Return what the two ways say together."""
    there, back = (relation.row(term) for term in list(WAYS)[:2])
    shows = [row["low"] > 0 or row["high"] < 0 for row in (there, back)]
    return {
        (True, True): "Experience and value go with each other both ways",
        (True, False): "Earlier experience goes with later value; the way back is not told from nothing",
        (False, True): "Earlier value goes with later experience; the way on is not told from nothing",
        (False, False): "Neither way is told from nothing",
    }[tuple(shows)]  # type: ignore[index]


def short_answer(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    answers = {"clear": "Yes", "suggestive": "Perhaps", "negligible": "No difference worth acting on"}
    return "Does experience go with later value?", answers.get(strength, "Not known"), said


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture of both ways."""
    held = adjusted_words(relation.facts)
    same = f"; same {held}" if held else ""
    return f"Per standard deviation of what came before, in standard deviations of what came after, with 95% intervals{same}"


def standard(row: pd.Series) -> tuple[float, float, float]:
    """Return estimate and interval in standard deviations."""
    factor = float(row["standard"]) / float(row["estimate"]) if row["estimate"] else 0.0
    return tuple(float(row[name]) * factor for name in ("estimate", "low", "high"))  # type: ignore[return-value]


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture of both ways."""
    told_ = []
    for term, (what, given) in WAYS.items():
        middle, low, high = standard(relation.row(term))
        told_.append(f"{lower_first(what)}, {given}, {number(middle, 2)} ({span(low, high, 2)})")
    return f"{both(relation)}. In standard deviations: {'; '.join(told_)}."


def life_lead(relation: Relation) -> pd.Series:
    """Return the lifetime value over the whole horizon, of everybody."""
    return relation.row("lifetime")


def life_size(relation: Relation) -> str:
    """Return that value as an amount."""
    row = life_lead(relation)
    return priced(number(row["estimate"], digits(row)), relation.facts)


def life_topic(relation: Relation) -> str:
    """Return what the finding is about."""
    return "lifetime value"


def life_headline(relation: Relation, strength: str, worth: float | None) -> str:
    """Return what a customer is worth over the horizon."""
    row, facts = life_lead(relation), relation.facts
    if row["customers"] < limit_of(relation):
        return f"Lifetime value is not shown: it rests on fewer than {limit_of(relation)} customers."
    if strength == "inconclusive":
        return "What a customer is worth, these data cannot say."
    less = f", discounted at {short(100 * facts['discount'])}% a year" if facts["discount"] else ""
    whose = "a customer on record" if scope.everything(relation) else "a customer"
    return f"Over {facts['months']} months {whose} is worth {life_size(relation)} on average{less}."


def life_detail(relation: Relation, strength: str, worth: float | None) -> str:
    """Return the interval, whom it rests on, and how long customers stay."""
    row, facts = life_lead(relation), relation.facts
    whom = scope.whom(relation, "customers on record", "joined" if facts["leaving"] else "first ordered")
    first = f"95% interval {span(row['low'], row['high'], digits(row))} {unit(relation)}; n = {count(row['customers'])}: {whom}."
    if not facts["leaving"]:
        return f"{first} Nobody is recorded as having left: customers who stopped count with nothing, from their first order on."
    kept = relation.row("kept")
    return f"{first} Of 100 customers, {number(100 * kept['estimate'])} stay so long ({span(100 * kept['low'], 100 * kept['high'])})."


def life_title(relation: Relation) -> str:
    """Return what the curve says."""
    return life_headline(relation, "described", None).rstrip(".")


def life_subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the curve."""
    since = "joining" if relation.facts["leaving"] else "the first order"
    return f"Value of an average customer so far, {unit(relation)}, by months since {since}, with 95% intervals"


def life_alt(relation: Relation) -> str:
    """Return message and numbers of the curve."""
    curve = relation.curve[relation.curve["term"] == "value"]
    marks = [k for k in (3, 6, 12, 24, 36) if k in set(curve["x"])]
    told_ = "; ".join(f"{k} months {ends(curve[curve['x'] == k].iloc[0])}" for k in marks)
    return f"{life_title(relation)}. {f'After {told_}.' if told_ else ''}".strip()


def life_short(relation: Relation, strength: str, worth: float | None, said: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    row = life_lead(relation)
    if row["customers"] < limit_of(relation):
        return "What is a customer worth?", "Not shown", said
    return (
        "What is a customer worth?",
        f"{life_size(relation)} over {relation.facts['months']} months",
        said,
    )
