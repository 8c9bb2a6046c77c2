"""Weights for who answers: schools of a stratified sample among all schools, R survey."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from references import case

import cxresearch as cx
from cxresearch.relate.response import effective
from golden import Line

SOURCE = "R survey 4.1.1"


def lines() -> Iterator[Line]:
    """Every school is invited, those of the sample answer: odds of answering by type of school are the sampling weights."""
    frame, expected = case("nps_weighted_api")
    sample = frame[frame["sample"] == "strat"]
    every = sample.groupby("stype")["fpc"].first()
    silent = every.astype(int) - sample.groupby("stype").size()
    invited = pd.concat([sample[["stype", "score"]], pd.DataFrame({"stype": silent.index.repeat(silent), "score": np.nan})])
    question = cx.Question(outcome=cx.Nps("score"), adjust_for=("stype",))
    found = cx.methods.who_answers(cx.from_frame(invited, question, customer="row"))
    rows = (
        ("NPS, weighted for who answers", found.row("weighted").estimate, expected["weighted_only"]["nps"]),
        ("NPS, answers as they came", found.row("respondents").estimate, expected["unweighted"]["nps"]),
        ("effective answers", effective(sample["pw"].to_numpy()), expected["kish_neff"]),
    )
    yield from (Line("nps_weighted_api", quantity, ours, theirs, 1e-8, SOURCE) for quantity, ours, theirs in rows)
