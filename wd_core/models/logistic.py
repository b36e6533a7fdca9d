"""Logistic regression for two classes: P(1) = σ(w·x + b)."""

from wd_core.models.base import Model, single_layer

MODEL = Model("logistic", "Logistic regression", ("binary",), single_layer, order=20, linear=True)
