"""Commands about data: simulate a company, get a public study, look at what a study holds."""

from pathlib import Path
from typing import Annotated

import typer

from cxresearch.cli.entry import DEMO, app


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder that gets the tables and study.toml.")] = DEMO,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 1,
    customers: Annotated[int, typer.Option(min=100, help="How many customers it has.")] = 20_000,
) -> None:
    """Simulate a company whose true answers are known.

    Examples: cxresearch demo | cxresearch demo data/small --customers 2000 --seed 7
    """
    from cxresearch.load.simulate import simulate

    typer.echo(f"Written to {simulate(folder, seed=seed, customers=customers)}.")


@app.command()
def check(study: Annotated[Path, typer.Argument(help="Folder with a study.toml.")] = DEMO) -> None:
    """Read a study and say what was set aside, and why.

    Examples: cxresearch check data/demo | cxresearch check data/sfo
    """
    from cxresearch.load.contracts import check as counted

    typer.echo(counted(study).to_string(index=False, na_rep="", float_format="{:.1%}".format))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="sfo, incidents, olist, cdnow, churn, mobi or telco.")],
    source: Annotated[Path | None, typer.Option("--from", help="Folder that already holds the raw files; nothing is downloaded.")] = None,
) -> None:
    """Get the raw files of a public study from its publisher, and check what came.

    The download itself could not be tried where it was written; --from was.
    Examples: cxresearch fetch sfo | cxresearch fetch sfo --from ~/downloads/sfo
    """
    from cxresearch.load.fetch import fetch as fetch_study

    typer.echo(f"Ready in {fetch_study(name, source=source)}.")
