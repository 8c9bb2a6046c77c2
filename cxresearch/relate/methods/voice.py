"""What customers write about, and what goes with writing about it.

References
----------
Lee & Seung (1999), Nature 401 (the themes); Cameron & Miller (2015), JHR 50 (clustered errors); Holm (1979), Scand. J. Statistics 6.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from cxresearch.ask.errors import MethodError, QuestionError
from cxresearch.load.data import Data
from cxresearch.load.voice import Voices, read_voices
from cxresearch.relate.doubts import FEW, few_clusters
from cxresearch.relate.fit import clustered, solve
from cxresearch.relate.method import cluster_columns, cluster_word, facts_of, method
from cxresearch.relate.moments import summed
from cxresearch.relate.multiplicity import adjust
from cxresearch.relate.relation import Relation
from cxresearch.relate.standing import estimate_by
from cxresearch.relate.tails import t_above


@method
def voice(data: Data, *, themes: int = 8, names: Mapping[str, str] | None = None, language: str = "auto", seed: int = 1) -> Relation:
    """Sort comments into themes, and compare the outcome of those who write about each with that of those who write about other things.

    Parameters
    ----------
    data : Data
        Answers with comments (``surveys.comment``), or a frame with a column ``comment``.
    themes : int
        Themes to look for; fewer where there are fewer than 15 comments for each.
    names : mapping, optional
        Three top words -> name; without it ``[voice.names]`` of study.toml. Themes of the same name become one.
    language : str
        ``en``, ``other`` or ``auto``: tone is given for English only, themes for any language that writes words apart.
    seed : int
        Seed of the factorisation.

    Returns
    -------
    Relation
        `estimates`: term `comments` (level "": all who write; "no comment": those who do not), `theme` (mean outcome of those who write
        about it) and `difference` (against comments without it) with `p`, `p_holm`; `share` of comments, `tone` (-1 to 1), `words`,
        `key` (what a name is attached to).

    Raises
    ------
    QuestionError
        Where these rows have no comments, or the outcome is a duration.
    DataError
        Where there are too few comments or common words.
    MethodError
        Where the outcome is the same for everybody who writes.

    Notes
    -----
    Least squares on one theme at a time, CR1 errors by cluster with t(G - 1). A comment may have several themes, or none.

    Examples
    --------
    >>> import cxresearch as cx
    >>> said = ["the bill was wrong again", "waited so long for help", "friendly agent and kind"] * 20
    >>> frame = pd.DataFrame({"who": range(60), "score": [3.0, 4, 9] * 19 + [4, 5, 8], "comment": said})
    >>> found = cx.methods.voice(cx.from_frame(frame, cx.Question(outcome=cx.Mean("score")), customer="who"), themes=3)
    >>> int((found.estimates["term"] == "theme").sum())
    3
    """
    if data.outcome.elapsed or data.outcome.kind == "duration":
        raise QuestionError(f'"{data.outcome.name}" is a time until something happens: comments are compared by scores and shares.')
    voices = read_voices(data, themes=themes, names=names, language=language, seed=seed)
    wrote = _with_themes(data, voices)
    if int(wrote.y.nunique().execute()) < 2:
        raise MethodError(f"{data.outcome.label} is the same for everybody who wrote a comment: nothing can go with a theme.")
    silent = data.table.anti_join(wrote, "unit_id")
    parts = [_mean(data, wrote, "comments", ""), _mean(data, silent, "comments", "no comment")]
    parts += [_mean(data, wrote.filter(wrote[f"theme_{i}"] == 1), "theme", theme.name) for i, theme in enumerate(voices.themes, 1)]
    estimates = pd.concat([part for part in parts if len(part)] + [_differences(data, wrote, voices)], ignore_index=True)
    estimates = estimates.merge(_about(voices), on="level", how="left")
    whole = parts[0].iloc[0]
    facts = facts_of(data) | {
        "comments": int(whole["n"]), "writers": int(whole["customers"]), "n_used": int(whole["n"]),
        "customers_used": int(whole["customers"]), "toned": "tone" in voices.rows.columns,
        "clusters": int(whole["clusters"]), "cluster_word": cluster_word(data),
    }  # fmt: skip
    checks = (*data.checks, *voices.checks, few_clusters(int(whole["clusters"]), cluster_word(data)))
    settings = {"themes": themes, "names": dict(names) if names is not None else None, "language": language, "seed": seed}
    return Relation("voice", data.question, estimates, None, checks, settings, facts)


def _with_themes(data: Data, voices: Voices) -> ibis.Table:
    columns = [f"theme_{i}" for i in range(1, len(voices.themes) + 1)]
    added = ibis.memtable(voices.rows[["unit_id", *columns]].rename(columns={"unit_id": "_unit"}))
    return data.table.inner_join(added, data.table.unit_id == added["_unit"]).drop("_unit").cache()


def _mean(data: Data, table: ibis.Table, term: str, level: str) -> pd.DataFrame:
    """Return the mean outcome of some rows with the interval that fits it; nothing where there are none."""
    size = table.aggregate(rows=table.count(), customers=table.customer.nunique()).execute().iloc[0]
    if not size["rows"]:
        return pd.DataFrame()
    some = replace(data, table=table, rows=int(size["rows"]), customers=int(size["customers"]))
    return estimate_by(some, None).assign(term=term, level=level)


def _differences(data: Data, wrote: ibis.Table, voices: Voices) -> pd.DataFrame:
    """Return the mean with each theme less the mean of comments without it; nothing is told where either side has few clusters."""
    columns = [f"theme_{i}" for i in range(1, len(voices.themes) + 1)]
    moments = summed(wrote, ["y", *columns])
    held = wrote.aggregate(
        **{f"{name}_{side}": wrote.cluster.nunique(where=wrote[name] == side) for name in columns for side in (0, 1)}
    ).execute().iloc[0]  # fmt: skip
    told = [name for name in columns if min(held[f"{name}_0"], held[f"{name}_1"]) >= FEW]
    fits = [solve(moments, "y", [name]) for name in told]
    errors = clustered(wrote, fits, cluster_columns(data)) if fits else []
    rows: list[dict[str, Any]] = []
    for name, theme in zip(columns, voices.themes, strict=True):
        row = {"term": "difference", "level": theme.name, "n": moments.rows, "clusters": int(held[f"{name}_1"])}
        if name in told:
            at = told.index(name)
            estimate = float(fits[at].coef[0])
            error, low, high = errors[at].interval(estimate, np.array([0.0, 1.0]))
            p = float(2 * t_above(abs(estimate) / error, errors[at].df)) if error > 0 else np.nan
            row |= {"estimate": estimate, "low": low, "high": high, "std_error": error, "df": float(errors[at].df), "p": p}
        else:
            row |= dict.fromkeys(("estimate", "low", "high", "std_error", "df", "p"), np.nan)
        rows.append(row)
    found = pd.DataFrame(rows)
    return found.assign(p_holm=adjust(found["p"].to_numpy(dtype=float)))


def _about(voices: Voices) -> pd.DataFrame:
    rows = []
    for i, theme in enumerate(voices.themes, 1):
        about = voices.rows[f"theme_{i}"] == 1
        tone = float(voices.rows.loc[about, "tone"].mean()) if "tone" in voices.rows.columns and about.any() else np.nan
        rows.append((theme.name, float(about.mean()), tone, ", ".join(theme.words), theme.key))
    return pd.DataFrame(rows, columns=["level", "share", "tone", "words", "key"])
