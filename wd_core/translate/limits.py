"""What a tool has not (its translation is refused, by name), and what it does a little otherwise (it is only near)."""

from __future__ import annotations

from wd_core.translate.setting import LINEAR, Setting, batches_per_epoch

SCHEDULES = {"cosine": "half a cosine", "step": "steps", "warmup_cosine": "a warm-up and half a cosine"}


def refusal(tool: str, s: Setting) -> str:
    """Why `tool` cannot do this, in a sentence; "" where it can."""
    lacking = _LACKING[tool](s)
    what = next((name for name, wanted in lacking.items() if wanted), "")
    return what and f"{tool} {what}."


def differences(tool: str, s: Setting) -> list[str]:
    """What `tool` does otherwise, beside λ itself, a sentence each."""
    return [sentence for sentence, wanted in _OTHERWISE[tool](s).items() if wanted]


def _uncommon(s: Setting) -> dict[str, bool]:
    """What neither scikit-learn nor glmnet has."""
    return {
        "has no dropout": bool(s.dropout),
        "has no noise on the inputs": bool(s.input_noise),
        "has no cautious decay": s.decay == "cautious",
        "has no decay of biases": s.decay_biases and s.biases,
        "has no decay that begins or ends during training": s.decay_span != (0.0, 1.0),
    }


def _scikit_learn(s: Setting) -> dict[str, bool]:
    if s.model in LINEAR:
        return _uncommon(s)
    if s.model != "mlp":
        return {f"has no model “{s.model}”": True}
    return {
        "has no L1 penalty for its MLP": s.in_objective(1.0)[0] > 0,
        "has no normalisation": s.norm != "none",
        **_uncommon(s),
        "has no λ of its own for each layer": s.one_factor is None,
        "has no λ that rises during training": bool(s.lambda_warmup),
        "has no MLP without biases": not s.biases,
        "has no activation z²": s.activation == "square",
    }


def _glmnet(s: Setting) -> dict[str, bool]:
    lacking = {"fits linear models only": s.model not in LINEAR}
    return lacking | {"scales y otherwise where a model has no biases": not s.biases} | _uncommon(s)


def _torch(s: Setting) -> dict[str, bool]:
    return {"takes Adam's cautious decay by AdamW: see there": s.decay == "cautious" and s.is_adamw}


def _adamw(s: Setting) -> dict[str, bool]:
    other = s.decay == "cautious" and not s.is_adamw
    return {"is Adam, and cautious decay goes with the app's own optimiser: see PyTorch": other}


def _keras(s: Setting) -> dict[str, bool]:
    beside = not s.is_coupled
    return {
        "has no cautious decay": s.decay == "cautious",
        "has no decay that begins or ends during training": s.decay_span != (0.0, 1.0),
        "has no λ that rises during training": bool(s.lambda_warmup),
        "has no λ of its own for each layer where decay stands beside the step": beside and s.one_factor is None,
        "has no L1 beside the step": beside and s.strengths(1.0)[0] > 0 and s.optimizer != "sgd",
    }


_LACKING = {"scikit-learn": _scikit_learn, "PyTorch": _torch, "PyTorch AdamW": _adamw, "Keras": _keras,
            "glmnet": _glmnet}  # fmt: skip


# -------------------------------------------------------------------- what is only near


def _mlp_otherwise(s: Setting) -> dict[str, bool]:
    epochs, cut = batches_per_epoch(s), s.n % s.batch
    whole = s.steps is None or s.steps % epochs == 0
    return {
        f"Its learning rate stays constant; the app's follows {SCHEDULES.get(s.schedule)}.": s.schedule != "constant",
        f"Its last batch of an epoch has only {cut} of {s.batch} examples; the app's are all full.": bool(cut),
        f"It counts in epochs of {epochs} steps, which {s.steps} steps are not.": not whole and not cut,
        "It has no leaky ReLU; ReLU stands in.": s.activation == "leaky_relu",
        "The decay goes through the optimiser: for Adam or momentum not the same steps.":
            not s.is_coupled and s.optimizer != "sgd",
    }  # fmt: skip


def _solver_otherwise(s: Setting) -> dict[str, bool]:
    return {"Decay beside Adam's step has no objective: this minimum is near, not the same.": s.is_adamw}


def _random(s: Setting) -> dict[str, bool]:
    which = " and ".join(name for name, rate in (("dropout", s.dropout), ("noise", s.input_noise)) if rate)
    return {f"Its draws of {which} are others: the same law, not the same run.": bool(which)}


def _keras_otherwise(s: Setting) -> dict[str, bool]:
    inside = s.schedule != "constant" and s.heaviness != 1
    return _random(s) | {"It keeps the learning rate inside the momentum, so a schedule lags behind the app's.": inside}


_OTHERWISE = {
    "scikit-learn": lambda s: _mlp_otherwise(s) if s.model == "mlp" else _solver_otherwise(s),
    "PyTorch": _random, "PyTorch AdamW": _random, "Keras": _keras_otherwise, "glmnet": _solver_otherwise,
}  # fmt: skip
