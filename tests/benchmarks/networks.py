"""How fast a step of 51 runs of each network is: against PyTorch's torch.func.vmap, and against a loop over the runs.

    python -m tests.benchmarks networks [--repeats N]

A step is a forward and a backward pass of all training examples and Adam's update, in float32 on one thread. PyTorch's
models have the same shapes and the same weights to learn, and are written as vmap likes them best: recurrence as a
plain loop over time (the fused kernels have no rule for vmap), attention as products and a softmax. The loop over runs
uses PyTorch's own modules, fused kernels and `torch.optim.Adam`. All take turns within a round; all is CPU time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np

from wd_core import Experiment, lambda_path
from wd_core.engine.loop import train_table
from wd_core.tables import COMFORTABLE, cut, tables_of

RUNS = 51
STEPS = 5
COMMON = {"lambdas": lambda_path(1e-4, 1, RUNS // 3 - 1), "seeds": (0, 1, 2), "activation": "relu", "penalty": "none"}
EXPERIMENTS = {
    "CNN 8-16, 8 × 8": Experiment(dataset="digits", model="cnn", n_samples=200, hidden=(8, 16), **COMMON),
    "CNN 8-16, 14 × 14": Experiment(dataset="fashion", model="cnn", n_samples=200, hidden=(8, 16), **COMMON),
    "RNN 16": Experiment(dataset="vowels", model="rnn", n_samples=180, hidden=(16,), **COMMON | {"activation": "tanh"}),
    "GRU 16": Experiment(dataset="vowels", model="gru", n_samples=180, hidden=(16,), **COMMON),
    "transformer 16-32": Experiment(dataset="surnames", model="transformer", n_samples=400, hidden=(16, 32), **COMMON),
}


def main(repeats: int) -> None:
    """Print the table."""
    import torch

    torch.set_num_threads(1)
    print(f"Networks: {RUNS} runs a step, {repeats} rounds, CPU time; PyTorch {torch.__version__}\n")
    print("| model | ours, ms a step | vmap ÷ ours | loop over runs ÷ ours |\n|---|---:|---:|---:|")
    for name, e in EXPERIMENTS.items():
        contenders = {"ours": ours(e), "vmap": vmapped(e), "loop": looped(e)}
        seconds = take_turns(contenders, repeats)
        times = {key: np.array(values) for key, values in seconds.items()}
        ratios = [float(np.median(times[key] / times["ours"])) for key in ("vmap", "loop")]
        print(f"| {name} | {1000 * np.median(times['ours']):.1f} | {ratios[0]:.2f} | {ratios[1]:.2f} |", flush=True)


def take_turns(contenders: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """CPU seconds of a step of each contender in each round, after a round that does not count."""
    rounds: dict[str, list[float]] = {name: [] for name in contenders}
    for i in range(repeats + 1):
        for name, contender in contenders.items():
            seconds = contender()
            if i > 0:
                rounds[name].append(seconds)
    return rounds


def ours(e: Experiment) -> Callable[[], float]:
    """As `train` does it in one process: a training of 1 + STEPS steps and one of 1, the difference by STEPS."""
    (whole,) = tables_of([e], np.float32)
    tables = [part.table() for part in cut(whole, math.ceil(whole.room(np.float32) / COMFORTABLE))]

    def train(steps: int) -> None:
        for table in tables:
            train_table(replace(table, steps=steps), (0,), np.float32, lambda share: None)

    return lambda: (timed(partial(train, 1 + STEPS)) - timed(partial(train, 1))) / STEPS


def timed(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


# ---------------------------------------------------------------- PyTorch


def tensors(e: Experiment):
    """Examples, where a sequence has frames, labels."""
    import torch

    split = e.data(0)
    X, y = split.X_train, torch.tensor(split.y_train)
    if e.form.kind == "tokens":
        return torch.tensor(X), torch.tensor(X > 0), y
    there = ~np.isnan(X).any(axis=-1)
    return torch.tensor(np.nan_to_num(X), dtype=torch.float32), torch.tensor(there), y


def module_of(e: Experiment, fused: bool):
    """The model; `fused`: with PyTorch's own recurrence."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    outputs = e.target.outputs

    class CNN(nn.Module):
        def __init__(self):
            super().__init__()
            a, b = e.hidden
            self.first, self.second = nn.Conv2d(1, a, 3, padding=1), nn.Conv2d(a, b, 3, padding=1)
            self.output = nn.Linear(b * (e.form.shape[1] // 4) ** 2, outputs)

        def forward(self, x, there):
            x = F.relu(F.avg_pool2d(self.first(x), 2))
            return self.output(F.relu(F.avg_pool2d(self.second(x), 2)).flatten(1))

    class Reader(nn.Module):
        def __init__(self):
            super().__init__()
            self.units, gates = e.hidden[0], 3 if e.model == "gru" else 1
            self.inputs = nn.Linear(e.form.shape[1], gates * self.units)
            self.recurrent = nn.Linear(self.units, gates * self.units, bias=False)
            self.output = nn.Linear(self.units, outputs)

        def forward(self, x, there):
            h, into = x.new_zeros(len(x), self.units), self.inputs(x)
            for t in range(x.shape[1]):
                now = self.step(into[:, t], h)
                h = torch.where(there[:, t, None], now, h)
            return self.output(h)

        def step(self, into, h):
            if e.model == "rnn":
                return torch.tanh(into + self.recurrent(h))
            (r, z, c), (r_, z_, c_) = into.chunk(3, -1), self.recurrent(h).chunk(3, -1)
            c = torch.tanh(c + torch.sigmoid(r + r_) * c_)
            return c + torch.sigmoid(z + z_) * (h - c)

    class FusedReader(nn.Module):
        def __init__(self):
            super().__init__()
            self.recurrent = (nn.GRU if e.model == "gru" else nn.RNN)(e.form.shape[1], e.hidden[0], batch_first=True)
            self.output = nn.Linear(e.hidden[0], outputs)

        def forward(self, x, there):
            states = self.recurrent(x)[0]
            return self.output(states[torch.arange(len(x)), there.sum(1) - 1])

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            d, m = e.hidden
            self.embedding, self.ask, self.mix = nn.Embedding(27, d), nn.Linear(d, 3 * d), nn.Linear(d, d)
            self.norms = nn.ModuleList([nn.LayerNorm(d), nn.LayerNorm(d)])
            self.up, self.down, self.output = nn.Linear(d, m), nn.Linear(m, d), nn.Linear(d, outputs)
            self.register_buffer("places", torch.zeros(e.form.shape[0], d))

        def forward(self, x, there):
            x = self.embedding(x) + self.places
            n, time, d = x.shape
            q, k, v = self.ask(self.norms[0](x)).reshape(n, time, 3, 4, d // 4).permute(2, 0, 3, 1, 4)
            scores = q @ k.transpose(-1, -2) / (d // 4) ** 0.5
            scores = scores.masked_fill(~there[:, None, None], -torch.inf)
            heard = (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(n, time, d)
            x = x + self.mix(heard)
            x = x + self.down(F.relu(self.up(self.norms[1](x))))
            present = there[:, :, None].float()
            return self.output((x * present).sum(1) / present.sum(1))

    kinds = {"cnn": CNN, "rnn": Reader, "gru": Reader, "transformer": Transformer}
    return (FusedReader if fused and e.model in ("rnn", "gru") else kinds[e.model])()


def vmapped(e: Experiment) -> Callable[[], float]:
    """All runs at once: grad of a functional call, under vmap, and Adam on the stacked parameters."""
    import torch
    from torch.func import functional_call, grad, stack_module_state, vmap

    x, there, y = tensors(e)
    models = [deepcopy(model) for model in [module_of(e, fused=False)] for _ in range(RUNS)]
    parameters, buffers = stack_module_state(models)
    parameters, buffers = ({k: p.detach() for k, p in some.items()} for some in (parameters, buffers))

    def loss(own, fixed, x, there, y):
        return torch.nn.functional.cross_entropy(functional_call(models[0], (own, fixed), (x, there)), y)

    gradient = vmap(grad(loss), in_dims=(0, 0, None, None, None))
    m = {k: torch.zeros_like(p) for k, p in parameters.items()}
    v = {k: torch.zeros_like(p) for k, p in parameters.items()}
    steps = [0]

    def step() -> None:
        steps[0] += 1
        a, b = 1 - 0.9 ** steps[0], 1 - 0.999 ** steps[0]
        for k, g in gradient(parameters, buffers, x, there, y).items():
            m[k].mul_(0.9).add_(g, alpha=0.1)
            v[k].mul_(0.999).addcmul_(g, g, value=0.001)
            parameters[k].addcdiv_(m[k], v[k].sqrt().mul_(b**-0.5).add_(1e-8), value=-e.lr / a)

    return lambda: timed(lambda: [step() for _ in range(STEPS)]) / STEPS


def looped(e: Experiment) -> Callable[[], float]:
    """One run after the other."""
    import torch

    x, there, y = tensors(e)
    models = [module_of(e, fused=True) for _ in range(RUNS)]
    optimizers = [torch.optim.Adam(model.parameters(), lr=e.lr) for model in models]

    def step() -> None:
        for model, optimizer in zip(models, optimizers, strict=True):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x, there), y).backward()
            optimizer.step()

    return lambda: timed(lambda: [step() for _ in range(STEPS)]) / STEPS
