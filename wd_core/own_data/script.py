"""A visitor's chosen λ as code for scikit-learn: it reads the rows as they were prepared here and gives the weights."""

from __future__ import annotations

import csv
import io

from wd_core.figures.style import ARM_NAMES
from wd_core.own_data.study import L1_SHARES, Study
from wd_core.translate import Setting
from wd_core.translate.conventions import scikit_learn
from wd_core.translate.scripts import exact

FILE = "prepared.csv"
PRECISE = {
    "Lasso": "tol=1e-10, max_iter=1_000_000",
    "ElasticNet": "tol=1e-10, max_iter=1_000_000",
    "LogisticRegression": "tol=1e-8, max_iter=100_000",
}


def setting_of(found: Study) -> Setting:
    """What a translation of the study's λ depends on; the model is linear, on training and validation rows."""
    prepared, n = found.prepared, len(found.prepared.y_choice)
    model = {"regression": "linear", "binary": "logistic", "multiclass": "softmax"}[prepared.task]
    spread = float(prepared.y_choice.std()) if not prepared.classes else 1.0
    return Setting(model, prepared.task, n, n, found.penalty, L1_SHARES["elastic"], target_sd=spread)


def script(found: Study, index: int) -> str:
    """Python that fits the model at λ number `index` to the rows of `prepared_csv`. Names are in it as literals."""
    prepared, lam = found.prepared, float(found.path.lambdas[index])
    translation = scikit_learn(setting_of(found), lam, exact)
    name, inside = translation.expression.removesuffix(")").split("(", 1)
    arguments = ", ".join(filter(None, [inside, PRECISE.get(name, "")]))
    scaled = "" if prepared.classes else f"\nUNIT = {prepared.unit!r}  # of y, in the target's own\n"
    return f'''\
"""{ARM_NAMES[found.penalty]} at λ = {lam:.4g} on your own table, from Weight Decay Lab.

Download {FILE}, beside this code in the app, into the folder where you run it. It has the training and validation
rows as they were prepared there: inputs standardised, gaps filled, text as 0 and 1. No test row is in it.
{translation.why}
Needs scikit-learn 1.8 or later.
"""

import numpy as np
from sklearn.linear_model import {name}

TARGET = {prepared.target!r}
CLASSES = {list(prepared.classes)!r}
INPUTS = {list(prepared.inputs)!r}
{scaled}
table = np.loadtxt("{FILE}", delimiter=",", skiprows=1, ndmin=2)
X, y = table[:, 1:], table[:, 0]{".astype(int)" if prepared.classes else ""}

model = {name}({arguments}).fit(X, y)
for name, weights in zip(INPUTS, np.atleast_2d(model.coef_).T):
    print(name, *(f"{{w:.6g}}" for w in weights))
print("intercept", *np.atleast_1d(model.intercept_))
'''


def prepared_csv(found: Study) -> str:
    """The rows that λ was chosen on, as the model sees them: y, x1, x2, …; no test rows."""
    p, file = found.prepared, io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["y", *(f"x{j + 1}" for j in range(len(p.inputs)))])
    writer.writerows([y, *x] for x, y in zip(p.X_choice.tolist(), p.y_choice.tolist(), strict=True))
    return file.getvalue()
