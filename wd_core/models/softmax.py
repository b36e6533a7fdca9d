"""Softmax regression: one linear score a class."""

from wd_core.models.base import Model, single_layer

MODEL = Model(
    "softmax",
    "Softmax regression",
    ("binary", "multiclass"),
    single_layer,
    order=30,
    linear=True,
    score_per_class=True,
)
