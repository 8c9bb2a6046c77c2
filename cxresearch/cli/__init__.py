"""The command `cxresearch`: each file beside this one adds the commands of one kind."""

from cxresearch.cli import data, reports, runs, workbench
from cxresearch.cli.entry import main

__all__ = ["data", "main", "reports", "runs", "workbench"]
