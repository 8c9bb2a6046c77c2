"""The command `cxresearch`: each file beside this one adds the commands of one kind."""

from cxresearch.cli import data, reports, runs, workbench
from cxresearch.cli.entry import command, main

__all__ = ["command", "data", "main", "reports", "runs", "workbench"]
