"""Linear regression: half squared error of w·x + b."""

from wd_core.models.base import Model, single_layer

MODEL = Model("linear", "Linear regression", ("regression",), single_layer, order=10, linear=True)
