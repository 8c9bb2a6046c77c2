"""`python -m cxresearch.cli` is the command."""

from cxresearch.cli import command

command()
