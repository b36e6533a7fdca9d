"""Models: one file a model, found by themselves.

A file here defines `MODEL`, a `Model`. The app, the experiment's validation and the parametrised tests find it.
"""

from __future__ import annotations

from wd_core.models.base import Model, Task
from wd_core.plugins import collect

MODELS: dict[str, Model] = collect(__name__, __path__, "MODEL", Model)

__all__ = ["MODELS", "Model", "Task"]
