"""A digest of the code that a claim's numbers depend on, so that a stored result older than its code is noticed."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
APART = ("wd_core.ui", "wd_core.workers", "wd_core.process", "wd_core.view", "wd_core.figures", "wd_core.claims")
"""Pages and pictures, of which no number comes; how work is shared out, which changes no bit (tests say so); and of
this package, what the claim's module does not import itself."""
FOUND_BY_NAME = ("wd_core.datasets", "wd_core.models")
"""Packages whose files are found by themselves: one counts where a module that counts says its name as a string."""


def digest(name: str) -> str:
    """Of claim `name`: its module, and all that it imports from wd_core, directly or through others. What is the same
    but for comments, docstrings and empty lines has the same digest."""
    found = hashlib.sha256()
    for module in sorted(depends_on(f"wd_core.claims.{name}")):
        found.update(f"{module}\n{_code(_file(module))}\n".encode())
    return found.hexdigest()[:16]


def depends_on(module: str) -> set[str]:
    """The module, and those that count for it."""
    found, waiting = set(), [module]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += [other for other in _imports(_file(here)) if _counts(other, here)]
    return found


def _counts(module: str, importer: str) -> bool:
    own = module.startswith("wd_core.claims._") and importer.startswith("wd_core.claims.")
    return own or not any(module == apart or module.startswith(f"{apart}.") for apart in APART)


def _file(module: str) -> Path | None:
    """Where its source stands; None where there is no such module."""
    path = ROOT / module.replace(".", "/")
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


@cache
def _imports(file: Path) -> tuple[str, ...]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            names |= {f"{package}.{node.value}" for package in FOUND_BY_NAME}
    return tuple(sorted(n for n in names if n.split(".")[0] == "wd_core" and _file(n)))


@cache
def _code(file: Path) -> str:
    """The source without comments, docstrings and empty lines."""
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text and isinstance(node.value.value, str):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())
