"""Data sets, and how one becomes training, validation and test arrays.

A new data set is one new file in this folder. It defines a module-level `DATASET = Dataset(…)`; the registry
and the parametrised tests find it by themselves. base.py and files with a leading underscore are machinery.

Importing this package is quick: scikit-learn is loaded when a data set is first drawn, not before.
"""

from wd_core.datasets._features import DEFAULT_FEATURES, FEATURES
from wd_core.datasets._forms import Form
from wd_core.datasets._given import Given, given
from wd_core.datasets._points import IN_FILE, REACH, points_csv, points_from_csv, with_points
from wd_core.datasets._registry import DATASETS
from wd_core.datasets._split import Split, make_split
from wd_core.datasets.base import Dataset

__all__ = [
    "DATASETS", "DEFAULT_FEATURES", "FEATURES", "IN_FILE", "REACH", "Dataset", "Form", "Given", "Split", "given",
    "make_split", "points_csv", "points_from_csv", "with_points",
]  # fmt: skip
