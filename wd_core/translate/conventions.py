"""One λ, many conventions: what each tool's number means, beside ours.

Ours: mean loss + λ₁‖w‖₁ + ½λ₂‖w‖², weights only; half squared error or cross-entropy. Each function below turns λ₁ and
λ₂ into one tool's numbers and says with which formula. Sources: the objective in each tool's documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from wd_core.experiment import Experiment
from wd_core.translate.limits import differences, refusal
from wd_core.translate.setting import Setting, setting_of

TOOLS = ("scikit-learn", "PyTorch", "PyTorch AdamW", "Keras", "glmnet")
TORCH_NAMES = {"sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adam": "Adam"}


@dataclass(frozen=True)
class Translation:
    """λ as one tool wants it; `expression` is "" where the tool has no such thing, and `why` says so."""

    tool: str
    expression: str
    value: float | None
    why: str
    exact: bool
    """Whether the tool does the same: the same minimum for a linear model, the same step for a network."""


Number = Callable[[float], str]


def short(value: float) -> str:
    """Four significant digits."""
    return "np.inf" if value == float("inf") else f"{value:.4g}"


def translations(e: Experiment, lam: float) -> list[Translation]:
    """λ of the experiment `e` in every tool."""
    return translate(setting_of(e), lam)


def translate(setting: Setting, lam: float) -> list[Translation]:
    """λ in every tool, in the order of TOOLS. ValueError for a λ below 0."""
    if not lam >= 0:
        raise ValueError(f"lam={lam}: allowed: a number from 0 on")
    return [_translated(tool, setting, lam) for tool in TOOLS]


def _translated(tool: str, s: Setting, lam: float) -> Translation:
    if why := refusal(tool, s):
        return Translation(tool, "", None, why, False)
    found = _TRANSLATED[tool](s, lam)
    more = differences(tool, s)
    return replace(found, exact=found.exact and not more, why=" ".join([found.why, *more]))


def lambda_from(setting: Setting, tool: str, value: float) -> float:
    """The app's λ at which `tool`'s number is `value` > 0, for the setting's penalty and share of L1.

    ValueError where the tool has no such number.
    """
    one = translate(setting, 1.0)[TOOLS.index(tool)]
    if not one.value:
        raise ValueError(f"tool={tool}: {one.why}")
    return one.value / value if "C=" in one.expression else value / one.value


# -------------------------------------------------------------------- solvers of the objective


def for_one_score(s: Setting, lam: float) -> tuple[float, float]:
    """λ₁ and λ₂ of the objective, as a solver that gives two classes one score w wants them.

    Two softmax scores ±w/2 have ½λ₂·2‖w/2‖² = ½(λ₂/2)‖w‖², and λ₁·2‖w/2‖₁ = λ₁‖w‖₁.
    """
    l1, l2 = s.in_objective(lam)
    return (l1, l2 / 2) if s.model == "softmax" and s.task == "binary" else (l1, l2)


def _halved(s: Setting) -> str:
    two = s.model == "softmax" and s.task == "binary" and s.penalty in ("l2", "elastic")
    return " It gives two classes one score where softmax has two, hence half the λ₂." if two else ""


def _of_objective(s: Setting, why: str) -> str:
    if not s.is_coupled and s.decay == "decoupled_paper":
        why += " Here λ₂ = λ/lr, for the decay in the app leaves the learning rate out."
    if not s.is_coupled and s.heaviness != 1:
        why += " With momentum μ, decoupled λ does what λ(1 − μ) does in the objective."
    return why


def scikit_learn(s: Setting, lam: float, number: Number = short) -> Translation:
    """`Ridge`, `Lasso`, `ElasticNet`, `LogisticRegression`, or the alpha of an MLP."""
    if s.model == "mlp":
        return _scikit_mlp(s, lam, number)
    l1, l2 = for_one_score(s, lam)
    total, free = l1 + l2, "" if s.biases else ", fit_intercept=False"
    if s.task == "regression":
        if not total:
            expression, value, why = f"LinearRegression({free[2:]})", None, "No penalty: least squares."
        elif not l1:
            value = s.n * l2
            expression = f"Ridge(alpha={number(value)}{free})"
            why = f"Ridge minimises ‖r‖² + α‖w‖², sums over n = {s.n} examples: α = n·λ₂."
        elif not l2:
            expression, value = f"Lasso(alpha={number(l1)}{free})", l1
            why = "Lasso minimises ‖r‖²/2n + α‖w‖₁, as the app does: α = λ₁."
        else:
            value = total
            expression = f"ElasticNet(alpha={number(total)}, l1_ratio={number(l1 / total)}{free})"
            why = "ElasticNet minimises ‖r‖²/2n + αρ‖w‖₁ + ½α(1 − ρ)‖w‖²: α = λ₁ + λ₂, ρ = λ₁/α."
    else:
        value = 1 / (s.n * total) if total else float("inf")
        share = f', l1_ratio={number(l1 / total)}, solver="saga"' if l1 else ""
        expression = f"LogisticRegression(C={number(value)}{share}{free})"
        why = f"C multiplies the summed loss of the n = {s.n} examples: C = 1/(nλ)." + _halved(s)
    return Translation("scikit-learn", expression, value, _of_objective(s, why), True)


def _scikit_mlp(s: Setting, lam: float, number: Number) -> Translation:
    name = "MLPRegressor" if s.task == "regression" else "MLPClassifier"
    value = s.in_objective(lam)[1] * s.batch
    why = f"Its penalty is ½α‖W‖² divided by the batch size: α = λ₂·batch, here of {s.batch} examples."
    return Translation("scikit-learn", f"{name}(alpha={number(value)})", value, why, True)


def glmnet(s: Setting, lam: float, number: Number = short) -> Translation:
    """λ and α of R's glmnet."""
    l1, l2 = for_one_score(s, lam)
    family = {"regression": "gaussian", "binary": "binomial", "multiclass": "multinomial"}[s.task]
    ridge = l2 * s.target_sd
    value = l1 + ridge
    alpha = l1 / value if value else 1.0
    expression = (
        f'glmnet(X, y, family = "{family}", lambda = {number(value)}, alpha = {number(alpha)}, standardize = FALSE)'
    )
    if s.task == "regression":
        why = (
            f"glmnet scales y to sd 1 first, which leaves λ₁ as it is and divides the ridge part by sd(y), with 1/n: "
            f"λ·α = λ₁, λ(1 − α) = λ₂·sd(y), here {short(s.target_sd)}."
        )
    else:
        why = "Mean negative log-likelihood + λ(α‖w‖₁ + ½(1 − α)‖w‖²), as the app's." + _halved(s)
    return Translation("glmnet", expression, value, _of_objective(s, why), True)


# -------------------------------------------------------------------- trainers


def torch(s: Setting, lam: float, number: Number = short) -> Translation:
    """`weight_decay` of PyTorch's SGD or Adam: coupled."""
    if s.decay == "cautious":
        return _cautious("PyTorch", TORCH_NAMES[s.optimizer], s, lam, number)
    l1, l2 = s.in_objective(lam)
    name = TORCH_NAMES[s.optimizer]
    why = "The optimiser adds weight_decay·w to the gradient: λ₂ itself, but to biases too unless they have a group."
    exact = s.is_coupled or s.optimizer == "sgd"
    if s.is_adamw:
        why += " Through Adam's scaling that is not the decay beside the step: take AdamW."
    elif not exact:
        why += " With momentum μ, λ(1 − μ) comes nearest to the decoupled λ."
    if s.decay == "decoupled_paper":
        why += " λ is divided by lr, which the app's variant leaves out."
    in_loss = s.decay == "subgradient"
    parts = _torch_parts(name, l1, l2, in_loss, number)
    return Translation("PyTorch", parts, l2 or l1, why + _torch_l1(l1, in_loss), exact)


def torch_adamw(s: Setting, lam: float, number: Number = short) -> Translation:
    """`weight_decay` of PyTorch's AdamW: decoupled."""
    if s.decay == "cautious":
        return _cautious("PyTorch AdamW", "AdamW", s, lam, number)
    l1, l2 = s.beside_step(lam)
    why = "AdamW shrinks beside the step, w ← w − lr·weight_decay·w: the decoupled λ."
    if s.is_coupled and s.heaviness != 1:
        why += " Coupled λ with momentum μ is like decoupled λ/(1 − μ)."
    elif s.is_coupled and s.optimizer == "adam":
        why += " The app's λ is coupled here and goes through Adam's scaling: the same number decays differently."
    if s.decay == "decoupled_paper":
        why += " λ is divided by lr, which the app's variant leaves out."
    if s.optimizer != "adam":
        why += " And AdamW is Adam, not SGD."
    parts = _torch_parts("AdamW", l1, l2, False, number)
    return Translation("PyTorch AdamW", parts, l2 or l1, why + _torch_l1(l1, False), s.is_adamw)


def _cautious(tool: str, name: str, s: Setting, lam: float, number: Number) -> Translation:
    l1, l2 = s.strengths(lam)
    shrink = f"w -= lr * {number(l2)} * w * (step * w >= 0)"
    why = "PyTorch has no cautious decay: a line beside each step does it, where step and weight agree in sign."
    expression = f"{name}(weights, weight_decay=0), {shrink}"
    return Translation(tool, expression, l2 or l1, why + _torch_l1(l1, False), True)


def _torch_parts(name: str, l1: float, l2: float, in_loss: bool, number: Number) -> str:
    decay = f"{name}(weights, weight_decay={number(l2)})"
    if not l1:
        return decay
    if in_loss:
        return f"{decay}, loss + {number(l1)} * w.abs().sum()"
    return f"{decay}, then soft_threshold(w, lr * {number(l1)})"


def _torch_l1(l1: float, in_loss: bool) -> str:
    if not l1:
        return ""
    if in_loss:
        return " There is no L1: it is added to the loss, which gives small weights but no exact zeros."
    return " There is no L1: a soft threshold after each step gives the exact zeros."


def keras(s: Setting, lam: float, number: Number = short) -> Translation:
    """`kernel_regularizer` of Keras, or the `weight_decay` of its optimisers."""
    if not s.is_coupled and s.optimizer != "sgd":
        l2 = s.beside_step(lam)[1]
        name = "AdamW" if s.is_adamw else "SGD"
        why = "As PyTorch's AdamW: w ← w − lr·weight_decay·w, beside the step; biases are excluded by name."
        return Translation("Keras", f"{name}(weight_decay={number(l2)})", l2, why, True)
    l1, l2 = s.in_objective(lam)
    exact = not l1 or s.decay == "subgradient"
    if l1 and l2:
        expression, value = f"L1L2(l1={number(l1)}, l2={number(l2 / 2)})", l2 / 2
    elif l1:
        expression, value = f"L1({number(l1)})", l1
    else:
        expression, value = f"L2({number(l2 / 2)})", l2 / 2
    why = "L2(v) adds v·Σw² to the loss, without ½: v = λ₂/2."
    if l1:
        why = ("L1(v) adds v·Σ|w|: v = λ₁." if not l2 else f"{why} L1's part is λ₁.") + _KERAS_L1
    if s.task == "regression":
        why += ' Keras\'s "mse" has no ½ either: with it, take twice these.'
    return Translation("Keras", f"kernel_regularizer={expression}", value, why, exact)


_KERAS_L1 = " By its subgradient: weights get small, none exactly zero."


_TRANSLATED = {
    "scikit-learn": scikit_learn, "PyTorch": torch, "PyTorch AdamW": torch_adamw, "Keras": keras, "glmnet": glmnet,
}  # fmt: skip
