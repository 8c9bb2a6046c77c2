"""environment.yml, pyproject.toml, requirements.lock and requirements-spark.lock say the same."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCK = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-spark.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENTRIES = [entry for entry in re.split(r"\n(?=\S)", LOCK.strip()) if not entry.startswith("#")]
DECLARED = [*PROJECT["dependencies"], *(each for extra in PROJECT["optional-dependencies"].values() for each in extra)]
EXTRAS = [each for name, extra in PROJECT["optional-dependencies"].items() if name != "dev" for each in extra]


def pins() -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for entry in ENTRIES:
        pin = Requirement(entry.split(" \\")[0])
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def version_of(pin: Requirement) -> Version:
    (only,) = pin.specifier
    assert only.operator == "=="
    return Version(only.version)


@pytest.mark.parametrize("declared", DECLARED)
def test_what_is_declared_is_pinned_within_its_range(declared):
    wanted = Requirement(declared)
    locked = pins().get(canonicalize_name(wanted.name), [])
    assert locked, f"{wanted.name} is in no lock: compile it again (CONTRIBUTING.md)"
    for pin in locked:
        assert wanted.specifier.contains(version_of(pin)), f"the lock has {pin}, pyproject.toml wants {wanted}"


def test_every_pin_has_hashes_and_no_address():
    for entry in ENTRIES:
        head, *hashes = (line.strip(" \\") for line in entry.splitlines())
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), head
    assert "://" not in LOCK and "@" not in LOCK and not re.search(r"^\s*-(?!-hash)", LOCK, re.MULTILINE)


def test_the_lock_serves_this_python():
    here = default_environment()
    serving = [pin for pin in pins()["ibis-framework"] if pin.marker is None or pin.marker.evaluate(here)]
    assert len(serving) == 1


def test_conda_brings_python_and_leaves_the_rest_to_the_project():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, rest = environment["dependencies"]
    assert (environment["name"], pip, rest) == (PROJECT["name"], "pip", {"pip": ["-e ."]})
    assert set(environment["channels"]) == {"conda-forge", "nodefaults"}
    offered, allowed = SpecifierSet(python.removeprefix("python")), SpecifierSet(PROJECT["requires-python"])
    versions = [f"3.{minor}" for minor in range(8, 30)]
    assert all(allowed.contains(version) for version in versions if offered.contains(version))
    assert "3.11" in [version for version in versions if offered.contains(version)]
    assert allowed.contains(".".join(map(str, sys.version_info[:3])))


def test_what_the_package_imports_is_declared():
    import ast

    alike = {"ibis": "ibis-framework", "sklearn": "scikit-learn"}
    imported = set()
    for path in (ROOT / "cxresearch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            imported |= {name.split(".")[0] for name in names}
    outside = {canonicalize_name(alike.get(name, name)) for name in imported - set(sys.stdlib_module_names) - {"cxresearch"}}
    assert outside <= {canonicalize_name(Requirement(each).name) for each in (*PROJECT["dependencies"], *EXTRAS)}
