"""Commands about the memory between runs: list, compare, follow, make again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxresearch.ask.errors import RunError
from cxresearch.cli.entry import DEMO, REPORTS, app

if TYPE_CHECKING:
    from cxresearch.publish.run import Run

RUN = 'Its id in the ledger ("e12", "r3"; see: cxresearch runs), or its folder.'


@app.command()
def runs(
    kind: Annotated[str | None, typer.Option(help='Only "edition" or only "run".')] = None,
    name: Annotated[str | None, typer.Option(help="Only those of this name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 20,
) -> None:
    """List the runs and editions that the ledger remembers, the newest first.

    Examples: cxresearch runs | cxresearch runs --kind edition --name default
    """
    from cxresearch.publish import ledger

    found = ledger.entries(_reports(), kind=kind, name=name, limit=limit)
    for entry in found:
        many = f"{len(entry.runs)} reports" if entry.kind == "edition" else entry.status
        begun = entry.made[:16].replace("T", " ")
        line = f"{entry.id:<6} {begun:<17} {many:<15} {entry.fingerprint[:8]}  {entry.name}  {entry.period}"
        typer.echo(line.rstrip())
    if not found:
        typer.echo("The ledger remembers nothing yet. Make a report: cxresearch run 03_speed, or cxresearch publish default.")


@app.command()
def diff(before: Annotated[str, typer.Argument(help=RUN)], after: Annotated[str, typer.Argument(help=RUN)]) -> None:
    """Say what became of every answer between two runs or two editions: noise, too little, real, another mix, definition or data.

    Examples: cxresearch diff e12 e18 | cxresearch diff r3 r9
    """
    done = _made("diff", {"before": before, "after": after})
    for change in done.findings[0].facts["changes"] if done.findings else ():
        typer.echo(f"{change['verdict']:<11} {change['sentence']}")
    typer.echo(str(done.page))


@app.command()
def history(
    metric: Annotated[str, typer.Argument(help='A metric of the catalog: "nps", "csat", "response_rate".')],
    study: Annotated[Path, typer.Option(help="Folder with a study.toml.")] = DEMO,
    period: Annotated[str | None, typer.Option(help="Only these months; without it everything on record.")] = None,
) -> None:
    """Draw a metric month by month with its control band, and list what earlier runs said about it.

    Examples: cxresearch history nps | cxresearch history csat --study data/demo --period 2025
    """
    given = {"metric": metric, "study": str(study)} | ({"period": period} if period else {})
    done = _made("history", given)
    for finding in done.findings:
        typer.echo(finding.headline)
    typer.echo(str(done.page))


@app.command()
def verify(
    run: Annotated[str, typer.Argument(help=RUN)],
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that one cell may take.")] = 600,
) -> None:
    """Make a run or an edition again in a folder that is thrown away, and compare every number with the ledger's to 12 digits.

    Examples: cxresearch verify r3 | cxresearch verify e12
    """
    from cxresearch.publish import ledger
    from cxresearch.publish.verify import verify as made_again

    total, wrong = 0, []
    for each in made_again(ledger.find(_reports(), run), timeout=timeout):
        typer.echo(each.sentence)
        total, wrong = total + 1, [*wrong, *([] if each.same else [each.name])]
    if not total:
        raise RunError(f"{run} holds no number: nothing can be compared.")
    if wrong:
        raise RunError(f"{len(wrong)} of {total} reports are not what they were: {', '.join(wrong)}.")


def _reports() -> Path:
    from cxresearch.publish.shelf import notebooks_folder

    return notebooks_folder().parent / REPORTS


def _made(notebook: str, given: dict[str, Any]) -> "Run":
    from cxresearch.publish.run import run as run_notebook

    done = run_notebook(notebook, params=given, out=_reports() / notebook)
    if done.status == "failed":
        raise RunError(f"{notebook} failed. {done.reason}")
    if done.status == "not applicable":
        raise RunError(done.reason)
    return done
