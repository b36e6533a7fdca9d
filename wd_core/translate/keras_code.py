"""Scripts for Keras 3: model, first weights, batches, optimiser and decay as the app has them."""

from __future__ import annotations

from wd_core.engine.layers import LEAK
from wd_core.experiment import Experiment
from wd_core.translate import training_code as common
from wd_core.translate.chain import Dense, chain_of
from wd_core.translate.setting import Setting

ACTIVATIONS = {
    "tanh": '"tanh"',
    "relu": '"relu"',
    "sigmoid": '"sigmoid"',
    "leaky_relu": f"lambda z: keras.ops.leaky_relu(z, {LEAK})",
    "square": "lambda z: z * z",
}


def script(e: Experiment, s: Setting, lam: float, seed: int) -> tuple[list[str], str]:
    """Imports and body of a Keras script."""
    chain = chain_of(e)
    beside = not s.is_coupled and s.optimizer != "sgd"
    l1, l2 = s.beside_step(lam) if beside else s.in_objective(lam)
    parts = [
        _model(e, chain, seed, 0.0 if beside else l1, 0.0 if beside else l2),
        _optimizer(e, l2 if beside else 0.0), _loop(e, s, seed), _after(e, chain),
    ]  # fmt: skip
    score = "accuracy(X, y)" if e.task != "regression" else "1 - 2 * data_loss(X, y) / y.var()"
    parts.append(common.NUMBERS.format(score=score) + "print(json.dumps(numbers))")
    imports = ["import json", "import numpy as np", "import keras", *["import math"] * ("cosine" in e.schedule)]
    return imports, "\n\n".join(parts)


def _model(e: Experiment, chain: tuple[Dense, ...], seed: int, l1: float, l2: float) -> str:
    lines = [f"keras.utils.set_random_seed({seed})"]
    decays = bool(l1 or l2)
    if decays:
        both = f"l1={l1!r} * factor, l2={l2 / 2!r} * factor"
        lines += ["", "", "def decay(factor):", f"    return keras.regularizers.L1L2({both})", "", ""]
    lines += ["model = keras.Sequential([", f"    keras.Input(({chain[0].inputs},)),"]
    if e.input_noise:
        lines.append(f"    keras.layers.GaussianNoise({e.input_noise!r}),")
    if e.dropout and len(chain) == 1:
        lines.append(f"    keras.layers.Dropout({e.dropout!r}),")
    for dense, factor in zip(chain, common.factors(e, chain), strict=True):
        weight = f", kernel_regularizer=decay({factor!r})" * decays
        bias = f", bias_regularizer=decay({factor!r})" if decays and e.decay_biases and dense.biases else ""
        free = "" if dense.biases else ", use_bias=False"
        start = ', kernel_initializer="zeros"' if not dense.gain else ""
        lines.append(f"    keras.layers.Dense({dense.outputs}{free}{start}{weight}{bias}),")
        if dense.norm != "none":
            gain = f", gamma_regularizer=decay({factor!r})" if decays and e.decay_gains else ""
            shift = f", beta_regularizer=decay({factor!r})" if decays and e.decay_biases and dense.biases else ""
            kind = "BatchNormalization" if dense.norm == "batch" else "LayerNormalization"
            free = "" if dense.biases else ", center=False"
            lines.append(f"    keras.layers.{kind}(epsilon=1e-5{free}{gain}{shift}),")
        if dense.activation != "identity":
            lines.append(f"    keras.layers.Activation({ACTIVATIONS[dense.activation]}),")
        if dense.dropout and e.dropout:
            lines.append(f"    keras.layers.Dropout({e.dropout!r}),")
    lines.append("])")
    if not common.starts_from_zero(chain):
        lines += [
            common.read_first_weights(chain),
            "dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]",
            "for layer, first in zip(dense, first_weights):",
            "    layer.kernel.assign(first.T)",
        ]
    return "\n".join(lines)


def _optimizer(e: Experiment, weight_decay: float) -> str:
    decay = f", weight_decay={weight_decay!r}" if weight_decay else ""
    if e.optimizer == "adam":
        beta2 = f", beta_2={e.beta2!r}" if e.beta2 != 0.999 else ""
        lines = [f"optimizer = keras.optimizers.{'AdamW' if decay else 'Adam'}({e.lr!r}{decay}{beta2}, epsilon=1e-8)"]
    else:
        momentum = {"momentum": f", momentum={e.momentum!r}", "nesterov": f", momentum={e.momentum!r}, nesterov=True"}
        lines = [f"optimizer = keras.optimizers.SGD({e.lr!r}{momentum.get(e.optimizer, '')}{decay})"]
    free = [name for name, wanted in (("bias", e.decay_biases), ("beta", e.decay_biases), ("gamma", e.decay_gains))
            if not wanted]  # fmt: skip
    if decay and free:
        names = ", ".join(f'"{name}"' for name in free)
        lines.append(f"optimizer.exclude_from_weight_decay(var_names=[{names}])")
    return "\n".join(lines)


def _loop(e: Experiment, s: Setting, seed: int) -> str:
    lines = ["", "def loss_of(y, scores):"]
    if e.task == "regression":
        lines.append("    return 0.5 * keras.losses.mean_squared_error(y, scores)  # ½: v = λ₂/2 belongs to it")
    elif common.one_score(e):
        lines.append("    return keras.losses.binary_crossentropy(y, scores, from_logits=True)")
    else:
        lines.append("    return keras.losses.sparse_categorical_crossentropy(y, scores, from_logits=True)")
    lines += ["", *common.schedules(e.replace(lambda_warmup=0.0, decay_span=(0.0, 1.0)))]
    lines += [*common.batches(e, s.n, s.batch, seed), "", "model.compile(optimizer, loss=loss_of)"]
    lines += [f"steps = {e.steps}", "for step in range(1, steps + 1):"]
    if e.schedule != "constant":
        lines.append(f"    optimizer.learning_rate = {e.lr!r} * schedule((step - 1) / steps)")
    column = "[:, None]" if common.one_score(e) else ""
    if s.batch < s.n:
        lines += ["    rows = next(batch)", f"    model.train_on_batch(X_train[rows], y_train[rows]{column})"]
    else:
        lines.append(f"    model.train_on_batch(X_train, y_train{column})")
    return "\n".join(lines)


def _after(e: Experiment, chain: tuple[Dense, ...]) -> str:
    lines = []
    if any(dense.norm == "batch" for dense in chain):
        lines += [
            "for layer in model.layers:  # as the app: mean and variance of the training part under the last weights",
            "    if isinstance(layer, keras.layers.BatchNormalization):",
            "        layer.momentum = 0.0",
            "    elif isinstance(layer, (keras.layers.Dropout, keras.layers.GaussianNoise)):",
            "        layer.rate = layer.stddev = 0.0",
            "model(X_train.astype(np.float32), training=True)",
        ]
    column = "[:, None]" if common.one_score(e) else ""
    kind = "np.float32" if common.one_score(e) else "np.int64"
    lines += ["", "", "def scores_of(X):", "    return keras.ops.convert_to_numpy(model(X.astype(np.float32)))", "", "",
              "def data_loss(X, y):",
              f"    return float(keras.ops.mean(loss_of(y{column}.astype({kind}), scores_of(X))))"]  # fmt: skip
    if e.task != "regression":
        guess = "(scores_of(X)[:, 0] > 0) == y" if common.one_score(e) else "scores_of(X).argmax(1) == y"
        lines += ["", "", "def accuracy(X, y):", f"    return np.mean({guess})"]
    return "\n".join(lines) if lines[0] else "\n".join(lines[2:])
