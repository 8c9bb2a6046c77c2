"""Errors from the moments themselves: buckets of clusters in place of the clusters, where the rows are not at hand any more.

References
----------
Cameron & Miller (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50, section 2.
"""

import numpy as np

from cxresearch.ask.errors import MethodError
from cxresearch.relate.fit import Errors, Fit, sandwich
from cxresearch.relate.moments import Moments, about


def bucketed(moments: Moments, fit: Fit) -> Errors:
    """Return the errors of a fit with each bucket of clusters as one cluster: exact where every cluster has its own bucket.

    Parameters
    ----------
    moments : Moments
        B buckets; a cluster lies in one of them whole.
    fit : Fit
        Solved from their total.

    Raises
    ------
    MethodError
        Where there is one bucket only.

    Notes
    -----
    Clusters that share a bucket by chance are independent of each other, so their summed scores have the summed variance: the errors
    are right on average, and with B buckets lie off the exact ones by a standard deviation of about 1 in sqrt(2 B), 2.2% with 1,024.

    Examples
    --------
    >>> import cxresearch as cx
    >>> import pandas as pd
    >>> from cxresearch.relate.fit import clustered, solve
    >>> from cxresearch.relate.moments import collect, total
    >>> frame = pd.DataFrame({"who": list("aabbccdd"), "wait": [1.0, 2, 3, 4, 1, 2, 3, 5], "score": [9.0, 8, 6, 5, 9, 9, 6, 4]})
    >>> data = cx.from_frame(frame, cx.Question(outcome=cx.Mean("score"), exposure="wait"), customer="who")
    >>> moments = collect(data.table, ["y", "x"])
    >>> fit = solve(total(moments), "y", ["x"])
    >>> exact = clustered(data.table, [fit], ["cluster"])[0]
    >>> bool(np.allclose(bucketed(moments, fit).cov, exact.cov))
    True
    """
    buckets = len(moments.rows)
    if buckets < 2:
        raise MethodError("all rows belong to one cluster: no error can be told. Cluster by something finer.")
    at = [moments.names.index(name) for name in (fit.outcome, *fit.names)]
    centre = moments.centre.copy()
    centre[at] = fit.mean_y, *fit.mean
    own = about(moments, centre)
    sums, cross = own.sums[:, at], own.cross[:, at][:, :, at]
    residual = np.array([1.0, *-fit.coef])
    scores = np.column_stack([sums @ residual, cross[:, 1:] @ residual])
    return sandwich(fit, scores.T @ scores, buckets)
