"""How `claims` is judged, tabled and drawn."""

from cxresearch.conclude.charts import intervals
from cxresearch.conclude.escape import plain
from cxresearch.conclude.table import Table
from cxresearch.conclude.voice import Picture, Verdict, Voice
from cxresearch.conclude.words import register
from cxresearch.conclude.words.display import finite, upper_first
from cxresearch.conclude.words.numbers import count
from cxresearch.relate.relation import Relation


def judge(relation: Relation, worth: float | None) -> Verdict:
    """Give the verdicts; each was decided by its own interval and worth.

    Among many looks the register is one, as sure as its surest claim: within it, Holm has allowed for the number of claims.
    """
    rows = relation.estimates
    verdicts = {row["term"]: {"statement": row["statement"], "verdict": row["verdict"]} for _, row in rows.iterrows()}
    facts = {"verdicts": verdicts, "absent": relation.facts.get("absent", ())}
    asked = rows["p_holm"].notna() if "p_holm" in rows else rows["n"] < 0
    p = float(rows.loc[asked, "p_holm"].where(rows["estimate"] > 0, 1.0).min()) if asked.any() else None
    return Verdict("described", n=int(rows["n"].max()), facts=facts, p=p, claims="supported" in set(rows["verdict"]))


def _tables(relation: Relation) -> tuple[Table, ...]:
    rows = []
    for _, row in relation.estimates.iterrows():
        why = plain(row["reason"]) if row["reason"] else register.size(row)
        rows.append(
            (f"{row['term']}. {plain(row['statement'])}\n{why}", upper_first(row["verdict"]), register.needed(row), count(row["n"]))
        )
    for name, statement, reason in relation.facts.get("absent", ()):
        rows.append((f"{plain(name)}. {plain(statement)}\n{plain(reason)}", "Not asked", "", ""))
    tested = Table("Claims of the field, tested here", "", ("Claim", "Verdict", "Rows needed to tell", "Rows"), tuple(rows))
    rules = tuple(tuple(map(plain, rule)) for rule in relation.facts.get("rules", ()))
    written = Table("The rules, written down before the data were read", "", ("Claim", "Supported by", "Contradicted by"), rules)
    return (tested, written) if rules else (tested,)


def _draw(name: str, relation: Relation, width: int) -> str:
    lines = []
    for _, row in relation.estimates.iterrows():
        if finite(row["low"]) and finite(row["worth"]):
            lines.append((f"{row['term']}, {row['verdict']}", tuple(row[end] / row["worth"] for end in ("estimate", "low", "high"))))
    return intervals.multiples(name, register.alt(relation), lines, width=width, farthest=register.FARTHEST)


VOICE = Voice(
    judge, register.headline, register.detail, _tables, lambda relation: "the claims of the field",
    picture=lambda relation: Picture(register.title, register.subtitle, register.alt, _draw, register.note),
    withdrawn={": supported": ": cannot tell", ": contradicted": ": cannot tell", ">Supported<": ">Cannot tell<",
               ">Contradicted<": ">Cannot tell<", ", supported<": ", cannot tell<", ", contradicted<": ", cannot tell<"},
)  # fmt: skip
