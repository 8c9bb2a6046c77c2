"""The house rules: which room may know which, what stands where, and how large anything may grow.

The tree in the README is the map: `python tests/test_house.py` writes it anew from the first sentence of every module.
"""

import ast
import re
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cxresearch"
ROOMS = ("ask", "load", "relate", "conclude", "publish", "cli", "__init__")
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BEGIN, END = "<!-- the tree: written by tests/test_house.py -->\n```text\n", "```\n<!-- end of the tree -->"

ANYWHERE_IN = {room: f"cxresearch.{room}." for room in ROOMS}
LIBRARIES = {
    "ibis": (
        "cxresearch.ask.values",
        "cxresearch.ask.metrics",
        "cxresearch.ask.catalog",
        "cxresearch.ask.handling",
        ANYWHERE_IN["load"],
        ANYWHERE_IN["relate"],
    ),
    "duckdb": ("cxresearch.load.sources", "cxresearch.load.delimited"),
    "pyspark": ("cxresearch.load.spark",),
    "pandera": ("cxresearch.load.rules",),
    "pooch": ("cxresearch.load.fetch",),
    "pyarrow": ("cxresearch.load.parquet", "cxresearch.load.simulate", "cxresearch.relate.sums"),
    "pandas": (ANYWHERE_IN["load"], ANYWHERE_IN["relate"], ANYWHERE_IN["conclude"]),
    "numpy": (ANYWHERE_IN["load"], ANYWHERE_IN["relate"], ANYWHERE_IN["conclude"]),
    "scipy": (ANYWHERE_IN["relate"],),
    "statsmodels": (ANYWHERE_IN["relate"], "cxresearch.conclude.evidence"),
    "matplotlib": ("cxresearch.conclude.charts.",),
    "seaborn": (),
    "sklearn": ("cxresearch.load.voice",),
    "textblob": ("cxresearch.load.voice",),
    "openpyxl": ("cxresearch.load.sources",),
    "itables": ("cxresearch.load.explore",),
    "ipykernel": ("cxresearch.publish.warm",),
    "distributed": ("cxresearch.publish.afar",),
    "fsspec": ("cxresearch.publish.afar",),
    "typer": ("cxresearch.cli",),
    "rich": ("cxresearch.cli", "cxresearch.publish.edition"),
} | dict.fromkeys(
    ("papermill", "nbconvert", "nbclient", "nbformat", "jupyter_client", "jsonschema", "traitlets", "jinja2", "markupsafe", "mistune"),
    (ANYWHERE_IN["publish"],),
)

# Settings that are handed on as they are, in the words of the library that takes them.
KEYWORDS_HANDED_ON = {
    "cxresearch.conclude.charts.ink.note": "the look of a text, to matplotlib",
    "cxresearch.publish.export.from_notebook_node": "the exporter's own signature",
    "cxresearch.publish.kernels.launch_kernel": "the provisioner's own signature",
    "cxresearch.publish.kernels.start_kernel": "the kernel manager's own signature",
    "cxresearch.publish.page.heading": "the Markdown renderer's own signature",
    "cxresearch.publish.page.list": "the Markdown renderer's own signature",
    "cxresearch.publish.saving.execute_managed_notebook": "the engine's own signature",
    "cxresearch.relate.method.called": "the settings of the method inside",
}
LINES_OF_MODULE, LINES_OF_METHOD, LINES_OF_FUNCTION, PARAMETERS = 300, 200, 40, 6
CELLS, LINES_OF_CELL = 12, 6


def room_of(module: str) -> str:
    return "__init__" if module == "cxresearch.__init__" else module.split(".")[1]


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module named in an import, wherever it stands; `from a import b` gives a.b where that is a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES or f"{inner}.__init__" in MODULES else str(node.module)


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", node


def code_lines(node: ast.FunctionDef, source: list[str]) -> int:
    """Lines of a function that are neither empty, comment nor docstring."""
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = range(first.lineno, first.end_lineno + 1) if documented else range(0)
    lines = ((number, source[number - 1].strip()) for number in range(node.lineno, node.end_lineno + 1))
    return sum(bool(line) and not line.startswith("#") and number not in docstring for number, line in lines)


def test_imports_point_back_toward_ask():
    wrong = []
    for module, tree in TREES.items():
        place = ROOMS.index(room_of(module))
        for target in imported(tree):
            if target == "cxresearch" or (target.startswith("cxresearch.") and ROOMS.index(room_of(target)) > place):
                wrong.append(f"{module} imports {target}")
    # It asks where the package lies: a changed package makes reports anew.
    assert wrong == ["cxresearch.publish.inputs imports cxresearch"]


def test_no_module_needs_itself():
    graph = {}
    for module, tree in TREES.items():
        at_once = ast.Module([node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], [])
        graph[module] = {target for target in imported(at_once) if target in MODULES}
    done: set[str] = set()

    def walk(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, f"a circle: {' -> '.join((*path[path.index(module) :], module))}"
        if module not in done:
            for target in graph[module]:
                walk(target, (*path, module))
            done.add(module)

    for module in graph:
        walk(module, ())


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_known_only_where_it_belongs(module):
    import sys

    for target in imported(TREES[module]):
        library = target.split(".")[0]
        if library == "cxresearch" or library in sys.stdlib_module_names:
            continue
        assert library in LIBRARIES, f"{module} imports {library}: say in LIBRARIES where it may stand, and declare it in pyproject.toml"
        assert module.startswith(LIBRARIES[library]), f"{module} imports {library}, which belongs in {', '.join(LIBRARIES[library])}"


@pytest.mark.parametrize("module", MODULES)
def test_modules_stay_small_and_say_what_they_are(module):
    lines = SOURCES[module].count("\n")
    most = LINES_OF_METHOD if module.startswith("cxresearch.relate.methods.") else LINES_OF_MODULE
    assert lines <= most, f"{module} has {lines} lines"
    assert first_sentence(module), f"{module} has no docstring"
    assert not {"utils", "util", "helpers", "common", "misc"} & set(module.split(".")), f"{module} is a drawer"


def test_functions_stay_small():
    sizes = {name: code_lines(node, SOURCES[name.rpartition(".")[0]].split("\n")) for name, node in functions()}
    assert {name: size for name, size in sizes.items() if size > LINES_OF_FUNCTION} == {}
    assert sorted(sizes.values())[len(sizes) // 2] <= 8


def test_functions_take_few_parameters():
    def named(arguments: ast.arguments) -> list[str]:
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return [each.arg for each in every if each.arg not in ("self", "cls")]

    assert {name: named(node.args) for name, node in functions() if len(named(node.args)) > PARAMETERS} == {}


def test_settings_are_named_one_by_one():
    wide = {name for name, node in functions() if node.args.kwarg and not node.name.startswith("_")}
    assert wide == set(KEYWORDS_HANDED_ON)


CHANGES = {"append", "add", "update", "extend", "insert", "setdefault", "pop", "popitem", "clear", "remove", "discard"}


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_remembered_between_calls(module):
    tree = TREES[module]
    outside = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    held = {name.id for node in outside for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        own = {name.id for name in ast.walk(function) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
        own |= {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}
        for node in ast.walk(function):
            assert not isinstance(node, ast.Global), f"{module}.{function.name} changes a global"
            target = changed(node)
            assert target is None or target in own or target not in held, f"{module}.{function.name} changes {target}"


def changed(node: ast.AST) -> str | None:
    """The plain name that an item assignment or a changing method call works on."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del) and isinstance(node.value, ast.Name):
        return node.value.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else None
    return None


def test_no_clock_and_no_unseeded_chance_in_results():
    wrong = []
    for module, tree in TREES.items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = ast.unparse(call.func)
            unseeded = name.endswith("default_rng") and not (call.args or call.keywords)
            clock = re.search(r"\b(datetime\.now|utcnow|date\.today|time\.time|random\.random)$", name)
            if unseeded or (clock and room_of(module) not in ("publish", "cli")):
                wrong.append(f"{module}: {name}")
    assert wrong == []


def test_only_the_command_prints():
    talking = {m for m, tree in TREES.items() for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "print"}
    assert all(module.startswith("cxresearch.cli.") for module in talking)


def first_sentence(module: str) -> str:
    text = (ast.get_docstring(TREES[module]) or "").split("\n")[0]
    return re.split(r"(?<=[a-z`])\. ", text)[0].rstrip(".")


def tree_of_package() -> str:
    """The map: every module with its first sentence, in the order in which data goes."""
    lines = []
    for module, path in MODULES.items():
        folder, is_folder = path.parent.relative_to(PACKAGE).parts, path.name == "__init__.py"
        shown = f"{folder[-1]}/" if is_folder and folder else path.name
        depth = len(folder) + (not is_folder or not folder)
        order = ROOMS.index(room_of(module)) if folder else -1
        lines.append((order, folder, not is_folder, f"{'   ' * depth}{shown}", first_sentence(module)))
    drawn = [f"{shown:<30}{textwrap.shorten(sentence, 100, placeholder=' ...')}" for *_, shown, sentence in sorted(lines)]
    return "\n".join(["cxresearch/", *drawn]) + "\n"


def test_the_tree_in_the_readme_is_the_house():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert BEGIN + tree_of_package() + END in readme, "the map has changed: run `python tests/test_house.py`"


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def notebook(request):
    return request.param


def test_a_notebook_begins_with_typed_parameters_and_a_comment_each(notebook):
    first = code_cells(notebook)[0]
    assert first.metadata.get("tags") == ["parameters"]
    body = ast.parse(first.source).body
    assert body and all(isinstance(line, ast.AnnAssign) and line.value is not None for line in body)
    assert all(re.search(r"  # \S", line) for line in first.source.splitlines())


def test_a_notebook_is_thin(notebook):
    cells = code_cells(notebook)
    assert len(cells) <= CELLS
    assert not any(cell.outputs or cell.execution_count for cell in cells), "outputs are stored: run nbstripout"
    loops = (ast.For, ast.While, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
    for cell in cells[1:]:
        assert len(cell.source.splitlines()) <= LINES_OF_CELL, cell.source
        tree = ast.parse(cell.source)
        assert isinstance(tree.body[-1], ast.Expr), f"the last line shows nothing: {cell.source}"
        for node in ast.walk(tree):
            assert not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.With, ast.Try, *loops)), cell.source
            if isinstance(node, ast.Constant):
                assert not (isinstance(node.value, str) and re.search(r"[/\\]|\.\w{2,7}$", node.value)), f"a path: {node.value}"
                assert isinstance(node.value, str | bool | None), f"a number belongs in the parameters: {node.value}"


def test_a_notebook_asks_one_question_and_says_what_it_cannot_tell(notebook):
    texts = [cell.source for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "markdown"]
    heads = [line for text in texts for line in text.splitlines() if line.startswith("# ")]
    assert len(heads) == 1 and texts[0].startswith("# ") and heads[0].endswith("?")
    assert texts[-1].startswith("## What this cannot tell you\n")


def texts_of_repository() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if path.is_file() and path != Path(__file__) and path.suffix not in (".png", ".parquet", ".zip"):
            yield name, path.read_text(encoding="utf-8", errors="replace")


# People called ann and canary live in tests and examples of masking only.
MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|root|tmp)/|(?<![\w.:/-])/home/(?!ann\b|canary\b)")
HOSTS = re.compile(r"pypi\.org|pythonhosted|npmjs|anaconda\.org|(?:index|registry)[-_]url\b[ =]*https?", re.IGNORECASE)
SPOKEN = re.compile(r"(?<!new_)\bsessions?\b", re.IGNORECASE)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the list of files comes from git")
def test_no_text_names_a_machine_or_a_host():
    found = []
    for name, text in texts_of_repository():
        rules = (MACHINE, HOSTS) if name.endswith(".lock") else (MACHINE, HOSTS, SPOKEN)
        found += [f"{name}: {match.group()}" for rule in rules for match in rule.finditer(text)]
    assert found == []


if __name__ == "__main__":
    file = ROOT / "README.md"
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    file.write_text(before + BEGIN + tree_of_package() + END + rest.split(END)[1], encoding="utf-8")
