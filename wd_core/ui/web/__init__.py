"""The JavaScript that all views share, and how modules become the one text that a Streamlit component takes."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
NAMED = re.compile(r"^export (?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


def joined(entry: Path) -> str:
    """The ES module `entry` with all that it imports, as one module without imports.

    Each file becomes a function that returns what it exports, so that names stay private to their files as they are
    in a browser that loads them one by one. ValueError for imports in a circle, or of another form than
    `import { a, b as c } from "./file.js";`.
    """
    texts: dict[Path, str] = {}
    _collect(entry.resolve(), texts, ())
    return "\n".join(texts.values())


def _collect(file: Path, texts: dict[Path, str], above: tuple[Path, ...]) -> None:
    if file in above:
        circle = " → ".join(path.name for path in (*above[above.index(file) :], file))
        raise ValueError(f"import={circle}: allowed: imports without a circle")
    if file in texts:
        return
    source = file.read_text(encoding="utf-8")
    for _, other in IMPORT.findall(source):
        _collect((file.parent / other).resolve(), texts, (*above, file))
    body = IMPORT.sub(lambda found: _binding(found, file), source)
    if left := re.search(r"^import\b.*", body, re.MULTILINE):
        raise ValueError(f'import={left[0]!r} in {file.name}: allowed: import {{ a, b as c }} from "./file.js";')
    names = NAMED.findall(body)
    body = re.sub(r"^export (?!default)", "", body, flags=re.MULTILINE)
    if above:
        texts[file] = f"const {_variable(file)} = (() => {{\n{body}return {{ {', '.join(names)} }};\n}})();"
    else:  # the entry keeps its exports
        texts[file] = body + f"export {{ {', '.join(names)} }};\n"


def _binding(found: re.Match[str], file: Path) -> str:
    names = re.sub(r"\bas\b", ":", found[1]).replace(" : ", ": ").strip()
    return f"const {{ {names} }} = {_variable((file.parent / found[2]).resolve())};\n"


def _variable(file: Path) -> str:
    return f"module_{file.parent.name}_{file.stem}"
