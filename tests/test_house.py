"""The house: which room may know which. Floors stand on each other, and no circle of imports holds them up."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "wd_core").rglob("*.py"))
}


def imports(module: str) -> set[str]:
    """What the module imports when it is imported or when it runs, outside packages' first names too."""
    found = set()
    for node in _running(ast.parse(FILES[module].read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{name.name}" for name in node.names}
            found |= (inner & set(FILES)) or {node.module}
    return found


def _running(tree: ast.AST) -> list[ast.AST]:
    """All nodes but those that are there for a type checker alone."""
    found = [tree]
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"):
            found += _running(child)
    return found


def room(module: str) -> str:
    """wd_core's sub-package, or its module."""
    return ".".join(module.split(".")[:2])


def test_no_circle_of_imports():
    graph = {module: {name for name in imports(module) if name in FILES} - {module} for module in FILES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


def test_no_circle_between_rooms():
    graph: dict[str, set[str]] = {}
    for module in FILES:
        graph.setdefault(room(module), set()).update(room(name) for name in imports(module) if name in FILES)
    for name, known in graph.items():
        known.discard(name)
    assert {"wd_core.engine", "wd_core.ui"} <= set(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize(("inside", "unknown"), [
    ("wd_core.engine", ("wd_core.experiment", "wd_core.models", "wd_core.datasets", "streamlit", "plotly")),
    ("wd_core.studies", ("wd_core.view", "wd_core.figures", "wd_core.ui", "streamlit", "plotly")),
    ("wd_core.claims", ("wd_core.view", "wd_core.ui", "streamlit", "plotly")),
    ("wd_core.view", ("wd_core.ui", "streamlit")),
    ("wd_core.figures", ("wd_core.ui", "streamlit")),
])  # fmt: skip
def test_who_knows_whom(inside, unknown):
    for module in FILES:
        if room(module) == inside:
            for name in imports(module):
                assert not name.startswith(unknown), f"{module} knows {name}"
