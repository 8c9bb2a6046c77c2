"""A benchmark replaces its own section of the results and no other, and counts the memory of its children one by one."""

import importlib.util
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "benchmarks"
SPEC = importlib.util.spec_from_file_location("results", FOLDER / "results.py")
results = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(results)


def test_a_section_takes_the_place_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path / "RESULTS.md")
    results.section("First", [{"what": "peer", "seconds": "10"}, {"what": "ours", "seconds": "1"}], "Both on the same rows.")
    results.section("Second", [{"what": "ours", "seconds": "2"}])
    results.section("First", [{"what": "ours", "seconds": "3"}])
    text = results.RESULTS.read_text()
    assert text.startswith(results.HEAD) and [line for line in text.splitlines() if line.startswith("## ")] == ["## First", "## Second"]
    assert "| ours | 3 |" in text and "| ours | 2 |" in text and "peer" not in text.partition("## ")[2]
    assert text.count("Measured ") == 2 and "\n\n\n" not in text


def test_memory_is_that_of_the_child():
    """Asked by a small program, as benchmarks are: the memory of a large parent would count as the child's."""
    ask = """
import sys
from results import child
print(*(child(sys.executable, "-c", f"x = b'x' * {size}; print({{}})")["peak"] for size in (10**8, 1)))
"""
    said = subprocess.run([sys.executable, "-c", ask], cwd=FOLDER, capture_output=True, text=True, check=True).stdout
    large, small = map(float, said.split())
    assert 85 < large - small < 100
