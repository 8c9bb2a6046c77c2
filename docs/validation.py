"""Write docs/VALIDATION.md: our numbers beside those of others, and how often the intervals hold.

python benchmarks/validity.py | tee benchmarks/validity.txt     the simulations, about an hour on two cores
python docs/validation.py                                       the document, from the runs themselves
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import golden  # noqa: E402

TABLES = ROOT / "benchmarks"
HEAD = "| quantity | ours | reference | difference | tolerance | source |\n|---|---:|---:|---:|---:|---|"


def case(name: str) -> str:
    """One case as a table."""
    rows = []
    for line in golden.lines(name):
        kind = "absolute" if line.absolute else "relative"
        mark = "" if line.holds else " **outside**"
        rows.append(
            f"| {line.quantity} | {line.ours:.12g} | {line.reference:.12g} | {line.difference:.1e} {kind}{mark} "
            f"| {line.tolerance:.0e} | {line.source} |"
        )
    return "\n".join([f"### {name}", "", HEAD, *rows])


def summary() -> str:
    """One row per case: how many numbers, and the worst difference against its tolerance."""
    rows = ["| case | numbers | largest difference of its tolerance | source |", "|---|---:|---:|---|"]
    for name in golden.cases():
        found = list(golden.lines(name))
        worst = max(line.difference / line.tolerance for line in found)
        sources = "; ".join(dict.fromkeys(line.source for line in found))
        rows.append(f"| [{name}](#{name.lower()}) | {len(found)} | {worst:.2g} | {sources} |")
    return "\n".join(rows)


def ran(name: str) -> str:
    """What a program printed when it was run last."""
    file = TABLES / name
    return f"```text\n{file.read_text(encoding='utf-8').strip()}\n```" if file.is_file() else "Not run yet."


def main() -> int:
    """Write the document; return 1 where a number lies outside its tolerance."""
    lines = [line for name in golden.cases() for line in golden.lines(name)]
    outside = sum(not line.holds for line in lines)
    parts = [
        "# Validation",
        "Written by `python docs/validation.py` from the runs themselves; the tests hold every line of it (`tests/test_golden.py`).",
        "## Our numbers beside those of others\n\n"
        f"{len(lines):,} numbers in {len(golden.cases())} cases, {outside} outside their tolerance. "
        "A relative difference is |ours - reference| / max(|reference|, 1e-12); random results are tested by bands, not here.",
        summary(),
        "## Do the intervals hold\n\nSimulations with known truth, through the verbs that a notebook uses (`benchmarks/validity.py`). "
        "Each line: what was measured, the figure in percent unless said, the band it must lie in.",
        ran("validity.txt"),
        "## Is every planted lever found\n\nSimulated companies whose truth is known (`benchmarks/levers.py`): the truth, the mean of the "
        "estimates, how many of the 95% intervals hold it; and what the register of claims said where the truth is known.",
        ran("levers.txt"),
        "## Every number",
        *map(case, golden.cases()),
    ]
    (ROOT / "docs" / "VALIDATION.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"docs/VALIDATION.md: {len(lines):,} numbers, {outside} outside")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
