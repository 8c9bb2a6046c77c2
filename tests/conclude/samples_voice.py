"""A relation of `voice`, written by hand."""

import numpy as np
import pandas as pd

from cxresearch.ask.question import Question
from cxresearch.relate.relation import Check, Relation

THEMES = (
    ("Wrong bills", -38.2, -45.1, -31.3, 412, 380, "invoice, charged, twice, bill, refund, wrong", -0.21),
    ("waiting, answer, long", -21.0, -27.4, -14.6, 655, 590, "waiting, answer, long, reply, still, hours", -0.05),
    ("kind, friendly, quick", 44.9, 39.8, 50.0, 530, 471, "kind, friendly, quick, thank, great", 0.62),
    ("The app <b>crashes</b> & $loads$", -1.2, -9.8, 7.4, 208, 199, "crashing, load, freezes, update", np.nan),
    ("parking, garage, gate", -6.0, -30.0, 18.0, 3, 3, "parking, garage, gate", 0.0),
)


def voice(themes=THEMES, *, factor=1.0, **facts):
    rows = [("comments", "", 21.5, 17.9, 25.1, 2147, 1533), ("comments", "no comment", 20.9, 17.9, 23.9, 3143, 1998)]
    rows += [("theme", name, 21.5 + gap, 21.5 + low, 21.5 + high, n, people) for name, gap, low, high, n, people, _, _ in themes]
    rows += [("difference", name, gap, low, high, 2147, np.nan) for name, gap, low, high, *_ in themes]
    table = pd.DataFrame(rows, columns=["term", "level", "estimate", "low", "high", "n", "customers"])
    table[["estimate", "low", "high"]] *= factor
    compared = table["term"] == "difference"
    error = (table["high"] - table["low"]) / 3.92
    chance = np.where(table["estimate"].abs() > 2.5 * error, 1e-6, 0.8)
    table = table.assign(
        std_error=error, df=np.where(compared, 1532.0, np.nan), p=np.where(compared, chance, np.nan),
        p_holm=np.where(compared, chance, np.nan),
    )  # fmt: skip
    about = pd.DataFrame(
        [(name, n / 2147, tone, words, " ".join(words.split(", ")[:3])) for name, _, _, _, n, _, words, tone in themes],
        columns=["level", "share", "tone", "words", "key"],
    )
    known = {
        "outcome_label": "NPS", "outcome_phrase": "NPS", "outcome_kind": "nps", "unit": "points", "better": "higher", "worth": 2.0,
        "design": "observed", "row_unit": "answer", "comments": 2147, "writers": 1533, "toned": True, "disclosure_limit": 5,
    }  # fmt: skip
    checks = (Check("who writes", "doubt", "2,147 of 5,290 answers have a comment (41%): those who write may differ."),)
    return Relation("voice", Question("nps"), table.merge(about, on="level", how="left"), None, checks, {"themes": 8}, {**known, **facts})


EVERY = {
    "voice": voice,
    "voice_small_themes": lambda: voice(THEMES[-1:]),
    "voice_lost": lambda: voice(
        factor=0.01, outcome_label="Customers lost", outcome_phrase="customers lost", outcome_kind="share", unit="of 100", better="lower",
        toned=False,
    ),
}  # fmt: skip
