"""Weight Decay Lab's core: every λ, every seed, every epoch, trained in one batch of runs.

    J(θ) = mean loss over examples + λ₁ ‖w‖₁ + ½ λ₂ ‖w‖²          w: decayed weights only, never biases

Start at `Experiment` (what is trained) and `train` (how); `engine.update.Update` is the update rule.
"""

from wd_core.experiment import Experiment, lambda_path
from wd_core.history import History
from wd_core.training import train, train_all

__all__ = ["Experiment", "History", "lambda_path", "train", "train_all"]
