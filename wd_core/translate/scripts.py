"""Take it home: a whole experiment as code for one tool, with its data, ready to run.

The scripts read the arrays of the app from a file that the reader downloads beside them; for data that come with
scikit-learn a script of a linear model cuts its own where that file is missing. They print their numbers as one line of
JSON. A network of PyTorch or Keras starts at the app's first weights, which are in the file, and sees its batches.
"""

from __future__ import annotations

import csv
import io
import math
import textwrap

import numpy as np

from wd_core.datasets import Given
from wd_core.experiment import Experiment
from wd_core.translate import keras_code, torch_code, training_code
from wd_core.translate.chain import chain_of
from wd_core.translate.conventions import TOOLS, Translation, glmnet, scikit_learn, translate
from wd_core.translate.setting import Setting, batches_per_epoch, setting_of

PARTS = ("train", "validation", "test")
LOADERS = {
    "breast_cancer": "load_breast_cancer(return_X_y=True)",
    "diabetes": "load_diabetes(return_X_y=True, scaled=False)",
    "digits": "load_digits(return_X_y=True)",
    "iris": "load_iris(return_X_y=True)",
    "wine": "load_wine(return_X_y=True)",
}


def exact(value: float) -> str:
    """A number as code that gives it back to the last bit."""
    return "np.inf" if math.isinf(value) else repr(float(value))


def take_home(e: Experiment, lam: float, tool: str, seed: int | None = None) -> str:
    """Ready-to-run code of the experiment `e` at λ for one of TOOLS: data, model, λ, fit, score.

    `seed` of the split and the first weights; the first of `e` if None. ValueError for an unknown tool, where the tool
    has no such model or setting (the translation's `expression` is "" there), or for layers that no script knows.
    """
    if tool not in TOOLS:
        raise ValueError(f"tool={tool}: allowed: {', '.join(TOOLS)}")
    seed = e.seeds[0] if seed is None else seed
    setting = setting_of(e, seed)
    translation = translate(setting, lam)[TOOLS.index(tool)]
    if not translation.expression:
        raise ValueError(f"tool={tool}: {translation.why}")
    if tool == "glmnet":
        return _r(e, setting, lam, translation, seed)
    starts_from_zero = training_code.starts_from_zero(chain_of(e))
    if tool == "scikit-learn":
        imports, body = _scikit_learn(e, setting, lam, seed)
    elif tool == "Keras":
        imports, body = keras_code.script(e, setting, lam, seed)
    else:
        imports, body = torch_code.script(e, setting, lam, seed, adamw=tool == "PyTorch AdamW")
    data_imports, data = _data(e, seed, alone=tool != "scikit-learn" and not starts_from_zero)
    lines = sorted({*imports, *data_imports}, key=_import_order)
    groups = ["\n".join(line for line in lines if _import_order(line)[0] == group) for group in (0, 1)]
    return "\n\n".join([_title(e, lam, translation), *groups, data, body]) + "\n"


def data_npz(e: Experiment, seed: int | None = None) -> bytes:
    """The arrays of the split as data.npz: X_train, y_train, X_validation and so on, as the model sees them.

    first_0, first_1, …: a network's weights (outputs, inputs) before training.
    """
    seed = e.seeds[0] if seed is None else seed
    split, file = e.data(seed), io.BytesIO()
    arrays = {f"{a}_{part}": getattr(split, f"{a}_{part}") for part in PARTS for a in "Xy"}
    if any(dense.gain for dense in chain_of(e)):
        arrays |= {f"first_{i}": w for i, w in enumerate(training_code.first_weights(e, seed))}
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def data_csv(e: Experiment, seed: int | None = None) -> str:
    """The same as one table: a column `part`, a column `y`, then x1, x2, …"""
    split = e.data(e.seeds[0] if seed is None else seed)
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["part", "y", *(f"x{i + 1}" for i in range(split.X_train.shape[1]))])
    for part in PARTS:
        X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
        table.writerows([part, target, *row] for row, target in zip(X.tolist(), y.tolist(), strict=True))
    return file.getvalue()


# -------------------------------------------------------------------- parts of a Python script


def _penalty_words(e: Experiment) -> str:
    elastic = f"elastic net, {e.l1_ratio:g} of it L1,"
    return {"none": "no penalty", "l1": "L1", "l2": "L2", "elastic": elastic}[e.penalty]


def _title(e: Experiment, lam: float, translation: Translation) -> str:
    words = _wrapped(f"{translation.tool}: {translation.why}")
    return (
        f'"""{e.source.title} with {_penalty_words(e)} at λ = {lam:.4g}, from Weight Decay Lab.\n\n'
        f"There the objective is mean loss + λ₁‖w‖₁ + ½λ₂‖w‖², without the intercept in w.\n{words}\n"
        'Download data.npz, beside this code in the app, into the folder where you run it.\n"""'
    )


def _wrapped(text: str, prefix: str = "") -> str:
    return "\n".join(textwrap.wrap(text, 96, initial_indent=prefix, subsequent_indent=prefix))


def _import_order(line: str) -> tuple[int, str]:
    standard = line.split()[1].split(".")[0] in ("json", "math", "pathlib")
    return (0 if standard else 1, line.split()[1])


def _data(e: Experiment, seed: int, *, alone: bool) -> tuple[list[str], str]:
    """Imports and the lines that read the arrays, or for scikit-learn's data make some like them; not if the file
    `alone` has all that is needed."""
    read = 'data = np.load("data.npz")\n' + "\n".join(
        f'X_{part}, y_{part} = data["X_{part}"], data["y_{part}"]' for part in PARTS
    )
    as_loaded = not (isinstance(e.dataset, Given) or e.noise or e.label_noise or e.noise_features)
    if alone or not as_loaded or e.dataset not in LOADERS:
        return ["import numpy as np"], read
    loader, stratify = LOADERS[e.dataset], e.task != "regression"
    split = e.data(seed)
    n_train, n_test = len(split.y_train), len(split.y_test)
    rest = len(split.y_validation) + n_test
    again = [
        "# Without the file: the same table, but cut by another hand, so the numbers differ a little.",
        f"X, y = {loader}",
        "X_train, X_rest, y_train, y_rest = train_test_split(",
        f"    X, y, train_size={n_train}, test_size={rest}, random_state={seed}{', stratify=y' * stratify}",
        ")",
        "X_validation, X_test, y_validation, y_test = train_test_split(",
        f"    X_rest, y_rest, test_size={n_test}, random_state={seed}",
        ")",
        "scaler = StandardScaler().fit(X_train)",
        "X_train, X_validation, X_test = map(scaler.transform, (X_train, X_validation, X_test))",
    ]
    if not stratify:
        again += [
            "mean, sd = y_train.mean(), y_train.std()",
            "y_train, y_validation, y_test = ((t - mean) / sd for t in (y_train, y_validation, y_test))",
        ]
    text = 'if Path("data.npz").exists():\n' + _indented(read) + "\nelse:\n" + _indented("\n".join(again))
    imports = [
        "from pathlib import Path", "import numpy as np", f"from sklearn.datasets import {loader.split('(')[0]}",
        "from sklearn.model_selection import train_test_split", "from sklearn.preprocessing import StandardScaler",
    ]  # fmt: skip
    return imports, text


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


# -------------------------------------------------------------------- scikit-learn


def _scikit_learn(e: Experiment, s: Setting, lam: float, seed: int) -> tuple[list[str], str]:
    """Needs scikit-learn 1.8 or later, where LogisticRegression takes l1_ratio and C=np.inf."""
    expression = scikit_learn(s, lam, exact).expression
    name = expression.split("(")[0]
    module = "neural_network" if s.model == "mlp" else "linear_model"
    imports = ["import json", "import numpy as np", f"from sklearn.{module} import {name}"]
    settings = {
        "Lasso": ["tol=1e-10", "max_iter=1_000_000"],
        "ElasticNet": ["tol=1e-10", "max_iter=1_000_000"],
        "LogisticRegression": ["tol=1e-8", "max_iter=100_000"],
        "MLPClassifier": _mlp_settings(e, s, seed),
        "MLPRegressor": _mlp_settings(e, s, seed),
    }.get(name, [])
    head, inside = expression.split("(", 1)
    arguments = [*filter(None, [inside[:-1]]), *settings]
    listed = ", ".join(arguments)
    if len(listed) < 90:
        model = f"model = {head}({listed})"
    else:
        model = f"model = {head}(\n" + "".join(f"    {a},\n" for a in arguments) + ")"
    if s.model == "mlp":
        model = (
            "# Its random first weights and batches are others than the app's: the same steps, not the same run.\n"
            + model
        )
    need = "  # scikit-learn 1.8 or later" if name == "LogisticRegression" else ""
    lines = [f"{model}{need}" if "\n" not in model else model, "model.fit(X_train, y_train)", ""]
    if s.task == "regression":
        imports.append("from sklearn.metrics import mean_squared_error")
        lines += ["", "def data_loss(X, y):", "    return float(mean_squared_error(y, model.predict(X)) / 2)", "", ""]
    else:
        imports.append("from sklearn.metrics import log_loss")
        lines += ["", "def data_loss(X, y):",
                  "    return float(log_loss(y, model.predict_proba(X), labels=model.classes_))", "", ""]  # fmt: skip
    numbers = training_code.NUMBERS.format(score="model.score(X, y)")
    if s.model != "mlp":
        numbers += 'numbers["coefficients"] = model.coef_.tolist()\n'
        numbers += 'numbers["intercept"] = np.atleast_1d(model.intercept_).tolist()\n'
    return imports, "\n".join(lines) + numbers + "print(json.dumps(numbers))"


def _mlp_settings(e: Experiment, s: Setting, seed: int) -> list[str]:
    if s.model != "mlp":
        return []
    epochs = max(1, round(e.steps / batches_per_epoch(s)))
    hidden = [dense.outputs for dense in chain_of(e)[:-1]]
    beta2 = [f"beta_2={e.beta2!r}"] if e.beta2 != 0.999 else []
    activation = {"sigmoid": "logistic", "leaky_relu": "relu"}.get(e.activation, e.activation)
    solver = ['solver="adam"', *beta2] if e.optimizer == "adam" else [
        'solver="sgd"', f"momentum={e.momentum if e.optimizer != 'sgd' else 0.0!r}",
        f"nesterovs_momentum={e.optimizer == 'nesterov'}",
    ]  # fmt: skip
    return [
        f"hidden_layer_sizes={tuple(hidden)!r}", f'activation="{activation}"', *solver, f"learning_rate_init={e.lr!r}",
        f"batch_size={s.batch}", f"max_iter={epochs}", f"n_iter_no_change={epochs}", "tol=0.0", f"random_state={seed}",
    ]  # fmt: skip


# -------------------------------------------------------------------- glmnet


def _r(e: Experiment, s: Setting, lam: float, translation: Translation, seed: int) -> str:
    call = glmnet(s, lam, exact).expression
    inside = call.removeprefix("glmnet(X, y, ").removesuffix(")")
    y = "y" if s.task == "regression" else "factor(y)"
    return f"""\
# {e.source.title} with {_penalty_words(e)} at lambda = {lam:.4g}, from Weight Decay Lab.
{_wrapped(translation.why, "# ")}
# Download data.csv, beside this code in the app, into the folder where you run it.
# install.packages("glmnet")
library(glmnet)

table <- read.csv("data.csv")
X_of <- function(part) as.matrix(table[table$part == part, -(1:2)])
y_of <- function(part) table[table$part == part, "y"]

X <- X_of("train")
y <- y_of("train")
fit <- glmnet(
  X, {y}, {inside},
  thresh = 1e-14, maxit = 1e6
)
print(coef(fit))

{_R_LOSSES[s.task]}
for (part in c("train", "validation")) cat(part, "loss", data_loss(X_of(part), y_of(part)), "\\n")
# The test part is for the end: data_loss(X_of("test"), y_of("test"))
"""


_R_LOSSES = {
    "regression": "data_loss <- function(X, y) mean((y - predict(fit, X))^2) / 2",
    "binary": 'data_loss <- function(X, y) {\n  p <- predict(fit, X, type = "response")\n'
    "  -mean(log(ifelse(y == 1, p, 1 - p)))\n}",
    "multiclass": 'data_loss <- function(X, y) {\n  p <- predict(fit, X, type = "response")[, , 1]\n'
    "  -mean(log(p[cbind(seq_along(y), y + 1)]))\n}",
}
