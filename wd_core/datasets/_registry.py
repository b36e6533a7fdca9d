"""The data sets by name. Apart from `__init__`, so that `_split` can import them without a circle."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from wd_core.datasets.base import Dataset
from wd_core.plugins import collect

DATASETS: Mapping[str, Dataset] = MappingProxyType(
    collect("wd_core.datasets", [str(Path(__file__).parent)], "DATASET", Dataset)
)
