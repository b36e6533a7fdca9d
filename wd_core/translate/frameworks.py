"""Scripts for PyTorch and Keras: the model, its first weights, the optimiser and the decay as the app has them."""

from __future__ import annotations

import math
from itertools import pairwise

from wd_core.datasets import DATASETS
from wd_core.engine.layers import ACTIVATIONS, LEAK
from wd_core.engine.optimizers import Adam
from wd_core.experiment import Experiment
from wd_core.models import MODELS
from wd_core.translate.conventions import TORCH_NAMES, Setting

NUMBERS = """\

numbers = {{}}
for part, X, y in (("train", X_train, y_train), ("validation", X_validation, y_validation)):
    numbers[f"{{part}}_loss"] = data_loss(X, y)
    numbers[f"{{part}}_score"] = float({score})
# The test part is for the end, once λ is chosen: data_loss(X_test, y_test)
"""


def _widths(e: Experiment) -> list[tuple[int, int, str, float]]:
    """(inputs, outputs, activation, gain of the first weights) of every layer; gain 0: they start at zero."""
    model = MODELS[e.model]
    inputs = e.data(e.seeds[0]).X_train.shape[1]
    outputs = model.target(DATASETS[e.dataset].n_classes).outputs
    if model.linear:
        return [(inputs, outputs, "identity", 0.0)]
    gain = ACTIVATIONS[e.activation].gain
    hidden = [(a, b, e.activation, gain) for a, b in pairwise((inputs, *e.hidden))]
    return [*hidden, (e.hidden[-1], outputs, "identity", 1.0)]


def _one_score(e: Experiment) -> bool:
    """Whether a single score, without an axis for the class, is compared with y."""
    return _widths(e)[-1][1] == 1


# -------------------------------------------------------------------- PyTorch

TORCH_ACTIVATIONS = {
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": f"nn.LeakyReLU({LEAK})",
    "sigmoid": "nn.Sigmoid()",
    "identity": "nn.Identity()",
}


def torch(e: Experiment, s: Setting, lam: float, seed: int, *, adamw: bool) -> tuple[list[str], str]:
    """Imports and body of a PyTorch script; `adamw`: AdamW, whatever the app's optimiser."""
    l1, l2 = s.beside_step(lam) if adamw else s.in_objective(lam)
    imports = ["import json", "import numpy as np", "import torch", "from torch import nn"]
    if e.schedule == "cosine":
        imports.append("import math")
    parts = [_torch_data(e), _torch_model(e, seed), _torch_optimizer(e, l2, adamw), _torch_loop(e, s, l1, adamw)]
    score = "accuracy(X, y)" if e.task != "regression" else "1 - 2 * data_loss(X, y) / y.var(correction=0)"
    parts.append(NUMBERS.format(score=score) + "print(json.dumps(numbers))")
    return imports, "\n\n".join(parts)


def _torch_data(e: Experiment) -> str:
    kind = "float32" if _one_score(e) else "int64"
    names = [f"{a}_{part}" for part in ("train", "validation", "test") for a in "Xy"]
    lines = [f"{name} = torch.tensor({name}, dtype=torch.{'float32' if name[0] == 'X' else kind})" for name in names]
    return "\n".join(lines)


def _torch_model(e: Experiment, seed: int) -> str:
    layers = _widths(e)
    lines = [f"torch.manual_seed({seed})", "model = nn.Sequential("]
    for inputs, outputs, activation, _ in layers:
        act = "" if activation == "identity" else f" {TORCH_ACTIVATIONS[activation]},"
        lines.append(f"    nn.Linear({inputs}, {outputs}),{act}")
    lines += [
        ")",
        "weights = [p for name, p in model.named_parameters() if name.endswith('weight')]".replace("'", '"'),
        'biases = [p for name, p in model.named_parameters() if name.endswith("bias")]',
        "for p in weights + biases:",
        "    nn.init.zeros_(p)",
    ]
    if layers[0][3]:
        gains = ", ".join(f"{gain!r}" for *_, gain in layers)
        lines += [
            f"for w, gain in zip(weights, [{gains}]):",
            "    spread = gain * (6 / sum(w.shape)) ** 0.5",
            "    nn.init.uniform_(w, -spread, spread)",
        ]
    return "\n".join(lines)


def _torch_optimizer(e: Experiment, l2: float, adamw: bool) -> str:
    name = "AdamW" if adamw else TORCH_NAMES[e.optimizer]
    more = {"momentum": f", momentum={e.momentum!r}", "nesterov": f", momentum={e.momentum!r}, nesterov=True"}
    extra = "" if adamw else more.get(e.optimizer, "")
    lines = [
        f"optimizer = torch.optim.{name}(",
        f'    [{{"params": weights, "weight_decay": {l2!r}}}, {{"params": biases, "weight_decay": 0.0}}],',
        f"    lr={e.lr!r}{extra},",
        ")",
        f"steps = {e.steps}",
    ]
    if e.schedule == "cosine":
        lines.append(
            "schedule = torch.optim.lr_scheduler.LambdaLR("
            "optimizer, lambda t: 0.5 * (1 + math.cos(math.pi * t / steps)))"
        )
    return "\n".join(lines)


def _torch_loss(e: Experiment) -> list[str]:
    if e.task == "regression":
        return ["    return 0.5 * nn.functional.mse_loss(model(X)[:, 0], y)  # ½: the λ here belong to half the square"]
    if _one_score(e):
        return ["    return nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y)"]
    return ["    return nn.functional.cross_entropy(model(X), y)"]


def _torch_loop(e: Experiment, s: Setting, l1: float, adamw: bool) -> str:
    lines = ["", "def loss_of(X, y):", *_torch_loss(e), "", ""]
    full = s.batch >= s.n
    if not full:
        lines += [
            "def batches():",
            "    while True:",
            f"        for rows in torch.randperm(len(X_train)).split({s.batch}):",
            "            yield X_train[rows], y_train[rows]", "", "",
            "batch = batches()",
        ]  # fmt: skip
    lines.append("for step in range(1, steps + 1):")
    if not full:
        lines.append("    X, y = next(batch)")
    loss = "loss_of(X_train, y_train)" if full else "loss_of(X, y)"
    subgradient = bool(l1) and s.decay == "subgradient" and not adamw
    lines.append(f"    loss = {loss}")
    if subgradient:
        lines.append(f"    loss = loss + {l1!r} * sum(w.abs().sum() for w in weights)")
    lines += ["    optimizer.zero_grad()", "    loss.backward()", "    optimizer.step()"]
    if l1 and not subgradient:
        lines += _proximal(e, s, l1, adamw)
    if e.schedule == "cosine":
        lines.append("    schedule.step()")
    lines += ["", "", "@torch.no_grad()", "def data_loss(X, y):", "    return loss_of(X, y).item()"]
    if e.task != "regression":
        guess = "(model(X)[:, 0] > 0) == y" if _one_score(e) else "model(X).argmax(1) == y"
        lines += ["", "", "@torch.no_grad()", "def accuracy(X, y):", f"    return ({guess}).float().mean()"]
    return "\n".join(lines)


def _proximal(e: Experiment, s: Setting, l1: float, adamw: bool) -> list[str]:
    """The soft threshold after a step, in the metric in which the app has it."""
    lines = ['    lr = optimizer.param_groups[0]["lr"]', "    with torch.no_grad():", "        for w in weights:"]
    if not adamw and s.is_coupled and e.optimizer == "adam":
        beta = Adam.beta2
        lines += [
            f'            v = optimizer.state[w]["exp_avg_sq"] / (1 - {beta!r}**step)',
            f"            threshold = lr * {l1!r} / (v.sqrt() + 1e-8)  # in Adam's own metric",
        ]
    else:
        # `s.heaviness` is 1 − μ: the momentum carries a gradient on for 1/(1 − μ) steps
        strength = l1 if adamw else l1 / s.heaviness
        lines.append(f"            threshold = lr * {strength!r}")
    lines.append("            w.copy_(w.sign() * (w.abs() - threshold).clamp(min=0))")
    return lines


# -------------------------------------------------------------------- Keras


def keras(e: Experiment, s: Setting, lam: float, seed: int) -> tuple[list[str], str]:
    """Imports and body of a Keras 3 script."""
    l1, l2 = s.beside_step(lam) if s.is_adamw else s.in_objective(lam)
    parts = [_keras_model(e, seed, l1, 0.0 if s.is_adamw else l2), _keras_fit(e, s, l2)]
    score = "accuracy(X, y)" if e.task != "regression" else "1 - 2 * data_loss(X, y) / y.var()"
    parts.append(NUMBERS.format(score=score) + "print(json.dumps(numbers))")
    return ["import json", "import numpy as np", "import keras"], "\n\n".join(parts)


def _keras_model(e: Experiment, seed: int, l1: float, l2: float) -> str:
    layers = _widths(e)
    regularizer = f"keras.regularizers.L1L2(l1={l1!r}, l2={l2 / 2!r})" if l1 or l2 else "None"
    lines = [
        f"keras.utils.set_random_seed({seed})",
        "",
        "",
        "def dense(outputs, activation, gain):",
        '    first = "zeros"' if not layers[0][3] else
        '    first = keras.initializers.VarianceScaling(gain**2, "fan_avg", "uniform")  # Glorot with a gain',
        f"    decay = {regularizer}",
        "    return keras.layers.Dense(outputs, activation, kernel_initializer=first, kernel_regularizer=decay)",
        "",
        "",
        f"model = keras.Sequential([keras.Input(({layers[0][0]},))])",
    ]  # fmt: skip
    for _, outputs, activation, gain in layers:
        act = {"identity": "None", "leaky_relu": f"lambda z: keras.ops.leaky_relu(z, {LEAK})"}.get(
            activation, f'"{activation}"'
        )
        lines.append(f"model.add(dense({outputs}, {act}, {gain!r}))")
    return "\n".join(lines)


def _keras_fit(e: Experiment, s: Setting, l2: float) -> str:
    lines = []
    rate = repr(e.lr)
    if e.schedule == "cosine":
        rate = f"keras.optimizers.schedules.CosineDecay({e.lr!r}, {e.steps})"
    if s.is_adamw:
        optimizer = f"keras.optimizers.AdamW({rate}, weight_decay={l2!r}, epsilon=1e-8)"
    elif e.optimizer == "adam":
        optimizer = f"keras.optimizers.Adam({rate}, epsilon=1e-8)"
    else:
        more = {"sgd": "", "momentum": f", momentum={e.momentum!r}"}
        extra = more.get(e.optimizer, f", momentum={e.momentum!r}, nesterov=True")
        optimizer = f"keras.optimizers.SGD({rate}{extra})"
    lines.append(f"optimizer = {optimizer}")
    if s.is_adamw:
        lines.append('optimizer.exclude_from_weight_decay(var_names=["bias"])')
    lines += ["", "", "def loss_of(y, scores):"]
    if e.task == "regression":
        lines.append("    return 0.5 * keras.losses.mean_squared_error(y, scores)  # ½: v = λ₂/2 belongs to it")
    elif _one_score(e):
        lines.append("    return keras.losses.binary_crossentropy(y, scores, from_logits=True)")
    else:
        lines.append("    return keras.losses.sparse_categorical_crossentropy(y, scores, from_logits=True)")
    column = "[:, None]" if _one_score(e) else ""
    epochs = max(1, round(e.steps / math.ceil(s.n / s.batch)))
    lines += [
        "", "", "model.compile(optimizer, loss=loss_of)",
        f"model.fit(X_train, y_train{column}, batch_size={s.batch}, epochs={epochs}, verbose=0)", "", "",
        "def scores_of(X):", "    return keras.ops.convert_to_numpy(model(X.astype(np.float32)))", "", "",
        "def data_loss(X, y):",
        f"    return float(keras.ops.mean(loss_of(y{column}.astype({_kind(e)}), scores_of(X))))",
    ]  # fmt: skip
    if e.task != "regression":
        guess = "(scores_of(X)[:, 0] > 0) == y" if _one_score(e) else "scores_of(X).argmax(1) == y"
        lines += ["", "", "def accuracy(X, y):", f"    return np.mean({guess})"]
    return "\n".join(lines)


def _kind(e: Experiment) -> str:
    return "np.float32" if _one_score(e) else "np.int64"
