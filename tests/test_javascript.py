"""The views' JavaScript: real modules that join into one, without complaints of Node or the linter."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from wd_core.ui import board, geometry, live
from wd_core.ui.web import joined

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).parent / "javascript"
MODULES = sorted((ROOT / "wd_core/ui").glob("*/*.js"))


def run(*command: str | Path, text: str | None = None) -> str:
    """What the command says; the test fails with its complaints."""
    done = subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def missing(what: str) -> None:
    """Skip, or under CI fail."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if not found:
        missing("no Node.js: install Debian's nodejs")
    return found


@pytest.mark.parametrize("view", [live, geometry, board], ids=["lab", "geometry", "board"])
def test_the_joined_module_is_one_module(node, view):
    text = view.script()
    assert "import " not in "\n".join(line for line in text.splitlines() if line.startswith("import"))
    run(node, "--check", "--input-type=module", "-", text=text)


def test_every_module_stands_alone(node):
    for file in MODULES:
        run(node, "--check", file)


def test_the_linter_has_no_complaint(node):
    eslint = HERE / "node_modules/.bin/eslint"
    if not eslint.exists():
        missing("no ESLint: npm ci --prefix tests/javascript")
    run(eslint, "-c", HERE / "eslint.config.js", "wd_core/ui")


def test_pure_functions(node):
    run(node, "--test", HERE)


def test_names_stay_private_to_their_files(node, tmp_path):
    (tmp_path / "a.js").write_text("const name = 1;\nexport const one = () => name;\n")
    (tmp_path / "b.js").write_text(
        'import { one as uno } from "./a.js";\n\nconst name = 2;\nexport const sum = () => uno() + name;\n'
    )
    (tmp_path / "entry.js").write_text(
        'import { sum } from "./b.js";\nimport { one } from "./a.js";\n\nexport default sum() + one();\n'
    )
    text = joined(tmp_path / "entry.js")
    (tmp_path / "joined.mjs").write_text(text)
    assert (
        run(node, "--input-type=module", "-e", f'console.log((await import("{tmp_path}/joined.mjs")).default)') == "4\n"
    )


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (
            'import { b } from "./b.js";\nexport const a = 1;\n',
            'import { a } from "./a.js";\nexport const b = 1;\n',
            "circle",
        ),
        ('import * as all from "./b.js";\n', "export const b = 1;\n", "import="),
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path, a, b, says):
    (tmp_path / "a.js").write_text(a)
    (tmp_path / "b.js").write_text(b)
    with pytest.raises(ValueError, match=says):
        joined(tmp_path / "a.js")
