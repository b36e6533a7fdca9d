"""Scripts for PyTorch: model, first weights, batches, optimiser and decay as the app has them."""

from __future__ import annotations

from wd_core.engine.layers import LEAK
from wd_core.experiment import Experiment
from wd_core.translate import training_code as common
from wd_core.translate.chain import Dense, chain_of
from wd_core.translate.conventions import TORCH_NAMES
from wd_core.translate.setting import Setting

ACTIVATIONS = {
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": f"nn.LeakyReLU({LEAK})",
    "sigmoid": "nn.Sigmoid()",
    "square": "Square()",
}
SQUARE = ["class Square(nn.Module):", "    def forward(self, z):", "        return z**2", "", ""]


def script(e: Experiment, s: Setting, lam: float, seed: int, *, adamw: bool) -> tuple[list[str], str]:
    """Imports and body of a PyTorch script; `adamw`: AdamW, whatever the app's optimiser."""
    chain = chain_of(e)
    if s.decay == "cautious":
        l1, l2 = s.strengths(lam)
    else:
        l1, l2 = s.beside_step(lam) if adamw else s.in_objective(lam)
    modules, decayed = _modules(e, chain)
    imports = ["import json", "import numpy as np", "import torch", "from torch import nn"]
    imports += ["import math"] * ("cosine" in e.schedule)
    by_optimizer = 0.0 if s.decay == "cautious" else l2
    parts = [
        _data(e), _model(e, chain, modules, seed), _optimizer(e, by_optimizer, decayed, adamw),
        _loop(e, s, l1, l2, adamw, seed), _after(e, modules),
    ]  # fmt: skip
    score = "accuracy(X, y)" if e.task != "regression" else "1 - 2 * data_loss(X, y) / y.var(correction=0)"
    parts.append(common.NUMBERS.format(score=score) + "print(json.dumps(numbers))")
    return imports, "\n\n".join(parts)


def _data(e: Experiment) -> str:
    kind = "float32" if common.one_score(e) else "int64"
    names = [f"{a}_{part}" for part in ("train", "validation", "test") for a in "Xy"]
    lines = [f"{name} = torch.tensor({name}, dtype=torch.{'float32' if name[0] == 'X' else kind})" for name in names]
    return "\n".join(lines)


def _modules(e: Experiment, chain: tuple[Dense, ...]) -> tuple[list[tuple[str, ...]], dict[str, float]]:
    """The modules, those of one affine map together, and by parameter name what λ is multiplied with."""
    rows: list[tuple[str, ...]] = []
    decayed: dict[str, float] = {}
    place = 0
    if e.dropout and e.layers() and not chain[0].dropout and len(chain) == 1:
        rows.append((f"nn.Dropout({e.dropout!r})",))  # of a linear model's inputs
        place = 1
    for dense, factor in zip(chain, common.factors(e, chain), strict=True):
        row = [f"nn.Linear({dense.inputs}, {dense.outputs}{'' if dense.biases else ', bias=False'})"]
        decayed[f"{place}.weight"] = factor
        if dense.biases and e.decay_biases:
            decayed[f"{place}.bias"] = factor
        if dense.norm != "none":
            if e.decay_gains:
                decayed[f"{place + 1}.weight"] = factor
            if e.decay_biases and dense.biases:
                decayed[f"{place + 1}.bias"] = factor
            without = ", bias=False" if not dense.biases and dense.norm == "layer" else ""
            row.append(f"nn.{'BatchNorm1d' if dense.norm == 'batch' else 'LayerNorm'}({dense.outputs}{without})")
        if dense.activation != "identity":
            row.append(ACTIVATIONS[dense.activation])
        if dense.dropout and e.dropout:
            row.append(f"nn.Dropout({e.dropout!r})")
        rows.append(tuple(row))
        place += len(row)
    return rows, decayed


def _model(e: Experiment, chain: tuple[Dense, ...], modules: list[tuple[str, ...]], seed: int) -> str:
    lines = ["", *SQUARE] if any(dense.activation == "square" for dense in chain) else []
    lines += [f"torch.manual_seed({seed})"] if e.dropout or e.input_noise else []
    lines += ["model = nn.Sequential(", *(f"    {', '.join(row)}," for row in modules), ")"]
    if not common.starts_from_zero(chain):
        lines.append(common.read_first_weights(chain))
    lines += ["linear = [module for module in model if isinstance(module, nn.Linear)]", "with torch.no_grad():"]
    if common.starts_from_zero(chain):
        lines += ["    for module in linear:", "        module.weight.zero_()"]
    else:
        lines += ["    for module, first in zip(linear, first_weights):",
                  "        module.weight.copy_(torch.tensor(first))"]  # fmt: skip
    if chain[0].biases:
        lines.append("        module.bias.zero_()")
    elif any(dense.norm == "batch" for dense in chain):
        lines += ["for module in model:", "    if isinstance(module, nn.BatchNorm1d):",
                  "        module.bias.requires_grad_(False)  # it stays zero"]  # fmt: skip
    return "\n".join(lines)


def _optimizer(e: Experiment, l2: float, decayed: dict[str, float], adamw: bool) -> str:
    name = "AdamW" if adamw else TORCH_NAMES[e.optimizer]
    momentum = {"momentum": f", momentum={e.momentum!r}", "nesterov": f", momentum={e.momentum!r}, nesterov=True"}
    extra = "" if adamw else momentum.get(e.optimizer, "")
    if name != "SGD" and e.beta2 != 0.999:
        extra = f", betas=(0.9, {e.beta2!r})"
    pairs = [f'"{name}": {factor!r}' for name, factor in decayed.items()]
    return "\n".join([
        "# Which parameters decay, and what λ is multiplied with there.",
        *([f"decayed = {{{', '.join(pairs)}}}"] if len(pairs) < 5 else
          ["decayed = {", *(f"    {pair}," for pair in pairs), "}"]),
        "parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}",
        f"optimizer = torch.optim.{name}(",
        f'    [{{"params": [p], "weight_decay": {l2!r} * decayed.get(name, 0.0)}} for name, p in parameters.items()],',
        f"    lr={e.lr!r}{extra},",
        ")",
        f"steps = {e.steps}",
    ])  # fmt: skip


def _loss(e: Experiment) -> str:
    if e.task == "regression":
        return "    return 0.5 * nn.functional.mse_loss(model(X)[:, 0], y)  # ½: the λ here belong to half the square"
    if common.one_score(e):
        return "    return nn.functional.binary_cross_entropy_with_logits(model(X)[:, 0], y)"
    return "    return nn.functional.cross_entropy(model(X), y)"


def _loop(e: Experiment, s: Setting, l1: float, l2: float, adamw: bool, seed: int) -> str:
    lines = ["", "def loss_of(X, y):", _loss(e), "", *common.schedules(e)]
    lines += [*common.batches(e, s.n, s.batch, seed), "", "for step in range(1, steps + 1):"]
    lines += _now(e, s, 0.0 if s.decay == "cautious" else l2)
    lines += ["    rows = next(batch)", "    X, y = X_train[rows], y_train[rows]"] if s.batch < s.n else []
    X = "X" if s.batch < s.n else "X_train"
    noisy = f"{X} + {e.input_noise!r} * torch.randn_like({X})" if e.input_noise else X
    subgradient = bool(l1) and s.decay == "subgradient" and not adamw
    lines.append(f"    loss = loss_of({noisy}, {'y' if s.batch < s.n else 'y_train'})")
    strength = " * strength(p)" if common.changes(e) else ""
    if subgradient:
        norm = "sum(factor * parameters[name].abs().sum() for name, factor in decayed.items())"
        lines.append(f"    loss = loss + {l1!r}{strength} * {norm}")
    lines += ["    optimizer.zero_grad()", "    loss.backward()"]
    cautious = s.decay == "cautious" and s.penalty != "none"
    if cautious:
        lines.append("    before = {name: parameters[name].detach().clone() for name in decayed}")
    lines.append("    optimizer.step()")
    if cautious or (l1 and not subgradient):
        lines += _beside(e, s, l1, l2, adamw, strength)
    return "\n".join(lines)


def _now(e: Experiment, s: Setting, l2: float) -> list[str]:
    """What a step begins with where learning rate or λ change."""
    lines = ["    p = (step - 1) / steps"] if e.schedule != "constant" or common.changes(e) else []
    group = [f'        group["lr"] = {e.lr!r} * schedule(p)'] if e.schedule != "constant" else []
    if common.changes(e) and l2:
        lines.append("    for name, group in zip(parameters, optimizer.param_groups):")
        group.append(f'        group["weight_decay"] = {l2!r} * decayed.get(name, 0.0) * strength(p)')
    elif group:
        lines.append("    for group in optimizer.param_groups:")
    return lines + group


def _beside(e: Experiment, s: Setting, l1: float, l2: float, adamw: bool, strength: str) -> list[str]:
    """What happens after the optimiser's step: cautious decay, and the soft threshold of L1 in the app's own metric."""
    lines = ['    lr = optimizer.param_groups[0]["lr"]', "    with torch.no_grad():",
             "        for name, factor in decayed.items():", "            w = parameters[name]"]  # fmt: skip
    where = ""
    if s.decay == "cautious":
        where = " * agree"
        lines += ["            old = before[name]", "            agree = (old - w) * old >= 0  # step and weight"]
        if l2:
            lines.append(f"            w -= lr * {l2!r}{strength} * factor * old * agree")
    if not l1:
        return lines
    if not adamw and s.is_coupled and e.optimizer == "adam":
        lines += [
            f'            v = optimizer.state[w]["exp_avg_sq"] / (1 - {e.beta2!r}**step)',
            f"            threshold = lr * {l1!r}{strength} * factor / (v.sqrt() + 1e-8)  # in Adam's own metric",
        ]
    else:  # the momentum carries a coupled gradient on for 1/(1 − μ) = 1/heaviness steps
        inner = l1 if adamw or s.decay == "cautious" else l1 / s.heaviness
        lines.append(f"            threshold = lr * {inner!r}{strength} * factor{where}")
    return [*lines, "            w.copy_(w.sign() * (w.abs() - threshold).clamp(min=0))"]


def _after(e: Experiment, modules: list[tuple[str, ...]]) -> str:
    """What is measured, and for batch norm with which statistics."""
    text = "".join(part for row in modules for part in row)
    lines = ["model.eval()"] if "Norm" in text or "Dropout" in text else []
    if "BatchNorm" in text:
        lines += [
            "norms = [module for module in model if isinstance(module, nn.BatchNorm1d)]",
            "for module in norms:  # as the app: mean and variance of the training part under the last weights",
            "    module.momentum = None",
            "    module.reset_running_stats()",
            "    module.train()",
            "with torch.no_grad():",
            "    model(X_train)",
            "for module in norms:",
            "    module.running_var *= 1 - 1 / len(X_train)  # PyTorch keeps it with 1/(n − 1)",
            "    module.eval()",
        ]
    lines += ["", "", "@torch.no_grad()", "def data_loss(X, y):", "    return loss_of(X, y).item()"]
    if e.task != "regression":
        guess = "(model(X)[:, 0] > 0) == y" if common.one_score(e) else "model(X).argmax(1) == y"
        lines += ["", "", "@torch.no_grad()", "def accuracy(X, y):", f"    return ({guess}).float().mean()"]
    return "\n".join(lines).lstrip("\n") if lines[0] else "\n".join(lines[2:])
