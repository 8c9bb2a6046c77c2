"""Sentences about one comparison under other definitions: `definitions`."""

from cxresearch.conclude.escape import plain
from cxresearch.conclude.words.association import basis, difference_for, interval, sorted_ends, under
from cxresearch.conclude.words.display import listed, outcome_of, upper_first
from cxresearch.conclude.words.numbers import count, number, span
from cxresearch.relate.relation import Relation

ASKED = "as asked"
Ends = tuple[float, float, float]


def headline(relation: Relation, word: str, worth: float | None) -> str:
    """Return whether the answer hangs on a definition."""
    opposite, still_open, many = _under(relation, "opposite"), _under(relation, "open"), len(relation.estimates) - 1
    if opposite:
        return f"The answer hangs on the definition: it lies on the other side under {_first(opposite)}."
    base = relation.row(ASKED)
    if base["low"] <= 0 <= base["high"]:
        told = int(((relation.estimates["low"] > 0) | (relation.estimates["high"] < 0)).sum())
        text = "under none of" if not told else f"only under {count(told)} of"
        return f"Whether {_step(relation)} goes with {outcome_of(relation.facts).noun} can be told {text} {count(many + 1)} definitions."
    if still_open:
        return f"The answer hangs in part on the definition: no difference can be told under {_first(still_open)}."
    shown = outcome_of(relation.facts)
    if word == "negligible":
        return f"The answer does not hang on the definition: no difference in {shown.noun} worth acting on under {_all(many)}."
    return f"The answer does not hang on the definition: {_step(relation)} goes with {_range(relation)} under {_all(many)}."


def detail(relation: Relation, word: str, worth: float | None) -> str:
    """Return the answer as asked, and how far the others lie from it."""
    facts, shown, base = relation.facts, outcome_of(relation.facts), relation.row(ASKED)
    said = interval(shown, shown.shown(base["low"]), shown.shown(base["high"]), worth)
    value = number(shown.shown(base["estimate"]), shown.digits(shown.shown(base["low"]), shown.shown(base["high"]), worth), sign=True)
    others = [ends[0] for _, ends in rows(relation)[1:]]
    far = f"Others: {span(min(others), max(others), shown.digits(min(others), max(others)))} {shown.unit}".strip() if others else ""
    better = "comparable customers; " if facts.get("adjusted_for") else "as recorded; "
    return f"As asked {value} {shown.unit}: {said}; {better}{basis(base, facts)}. {far}.".replace("  ", " ").replace(" :", ":")


def varied(relation: Relation) -> list[str]:
    """Return which definitions were varied."""
    return [plain(term) for term in dict.fromkeys(relation.estimates["term"].iloc[1:])]


def label(term: str, level: str) -> str:
    """Return a definition as people name it: "Link: last contact in 30 days"."""
    return upper_first(plain(f"{term}: {level}" if level else term))


def rows(relation: Relation) -> list[tuple[str, Ends]]:
    """Return label and interval of every definition, the one that was asked first."""
    shown = outcome_of(relation.facts)
    return [(label(row["term"], row["level"]), sorted_ends(row, shown)) for _, row in relation.estimates.iterrows()]


def title(relation: Relation) -> str:
    """Return what the picture of definitions says."""
    opposite, still_open = _under(relation, "opposite"), _under(relation, "open")
    if opposite:
        return "Under another definition the answer lies on the other side"
    if still_open:
        return "Under some definitions no difference can be told"
    base = relation.row(ASKED)
    return "No definition tells a difference" if base["low"] <= 0 <= base["high"] else "The answer does not hang on the definition"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    return under(relation, step_words_of(relation))


def step_words_of(relation: Relation) -> str:
    """Return what each number is; varied are the definitions listed."""
    return f"{difference_for(relation, _step(relation))}, by {listed(varied(relation))}"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    shown = outcome_of(relation.facts)
    said = []
    for name, (value, low, high) in rows(relation):
        digits = shown.digits(low, high)
        said.append(f"{name} {number(value, digits)} ({span(low, high, digits)})")
    return f"{title(relation)}. {step_words_of(relation)}: {'; '.join(said)}."


def _under(relation: Relation, how: str) -> list[str]:
    found = relation.estimates[relation.estimates["agrees"] == how]
    return [plain(f"{row['term']}, {row['level']}") for _, row in found.iterrows()]


def _range(relation: Relation) -> str:
    """Say the smallest to the largest difference, all on one side: "an NPS 4.2 to 6.8 points higher"."""
    shown, base = outcome_of(relation.facts), relation.row(ASKED)
    value, sizes = shown.shown(base["estimate"]), sorted(abs(ends[0]) for _, ends in rows(relation)[1:])
    digits = shown.digits(sizes[0], sizes[-1])
    least, most = number(sizes[0], digits), number(sizes[-1], digits)
    text = shown.difference(value, digits)
    return text.replace(number(abs(value), digits), least if least == most else f"{least} to {most}", 1)


def _first(named: list[str]) -> str:
    return named[0] if len(named) == 1 else f"{count(len(named))} definitions, among them {named[0]}"


def _all(many: int) -> str:
    return "the other definition" if many == 1 else f"all {count(many)} others"


def _step(relation: Relation) -> str:
    return plain(relation.facts.get("contrast_words", "a step of one unit"))
