"""Losses: from scores to a number and back to the scores; the model carries the gradient on.

Shapes: scores and targets (…, outputs, n); what stands before counts runs and broadcasts. A value is the mean over
the n examples (summed over outputs). A gradient is that of a weighted sum: `share` (…, n) says how much of the mean
each example is, usually 1/n, and 0 for one that only fills up a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


class Loss:
    """A mean over examples."""

    def value(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…) mean loss of every run."""
        return self.each(scores, y).mean(-1)


class HalfSquaredError(Loss):
    """½ (score − y)²."""

    name, title = "half_squared_error", "half squared error"

    def each(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…, n) loss of every example."""
        return 0.5 * np.square(scores - y).sum(-2)

    def gradient(self, scores: np.ndarray, y: np.ndarray, share: np.ndarray, out: np.ndarray) -> None:
        """out = share·(score − y)."""
        np.subtract(scores, y, out=out)
        out *= share

    def predict(self, scores: np.ndarray) -> np.ndarray:
        """(…, outputs, n) values."""
        return scores


class Logistic(Loss):
    """log(1 + e^s) − y·s for y in {0, 1}: the cross-entropy of P(1) = σ(s), stable for large scores."""

    name, title = "logistic", "cross-entropy"

    def each(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…, n) loss of every example. log(1 + e^s) = max(s, 0) + log(1 + e^−|s|) never overflows."""
        loss = np.abs(scores)
        np.negative(loss, out=loss)
        np.exp(loss, out=loss)
        np.log1p(loss, out=loss)
        loss += np.maximum(scores, 0)
        loss -= y * scores
        return loss.sum(-2)

    def gradient(self, scores: np.ndarray, y: np.ndarray, share: np.ndarray, out: np.ndarray) -> None:
        """out = share·(σ(s) − y), with σ(s) = ½ + ½ tanh(s/2)."""
        np.multiply(scores, 0.5, out=out)
        np.tanh(out, out=out)
        out += 1 - 2 * y
        out *= 0.5 * share

    def predict(self, scores: np.ndarray) -> np.ndarray:
        """(…, 1, n) probability of class 1."""
        return 0.5 + 0.5 * np.tanh(0.5 * scores)


class SoftmaxCrossEntropy(Loss):
    """−log softmax(s)[y], with y one-hot; the largest score is subtracted first, so nothing overflows."""

    name, title = "softmax_cross_entropy", "cross-entropy"

    def each(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…, n) loss of every example."""
        top = scores.max(-2, keepdims=True)
        below = scores - top
        np.exp(below, out=below)
        log_sum = np.log(below.sum(-2)) + top[..., 0, :]
        labels = np.broadcast_to(y.argmax(-2), log_sum.shape)[..., None, :]
        return log_sum - np.take_along_axis(scores, labels, -2)[..., 0, :]

    def gradient(self, scores: np.ndarray, y: np.ndarray, share: np.ndarray, out: np.ndarray) -> None:
        """out = share·(softmax(s) − y)."""
        self._softmax(scores, out)
        out -= y
        out *= share

    def predict(self, scores: np.ndarray) -> np.ndarray:
        """(…, classes, n) probabilities."""
        return self._softmax(scores, np.empty_like(scores))

    @staticmethod
    def _softmax(scores: np.ndarray, out: np.ndarray) -> np.ndarray:
        np.subtract(scores, scores.max(-2, keepdims=True), out=out)
        np.exp(out, out=out)
        out /= out.sum(-2, keepdims=True)
        return out


class NextSymbol(Loss):
    """−log softmax(s)[y] of the next symbol, after each frame of a sequence.

    Scores (…, symbols, T·n), frame after frame; y (…, T, n) the symbol's number from 1, 0 where nothing is asked. The
    mean is over all symbols that are asked, so that a long sequence counts for more than a short one.
    """

    name, title = "next_symbol", "cross-entropy"

    def value(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…) mean loss of a symbol, in nats, of every run."""
        s, asked = _by_frame(scores, y), y > 0
        top = s.max(-3, keepdims=True)
        log_sum = np.log(np.exp(s - top).sum(-3)) + top[..., 0, :, :]
        at = np.broadcast_to(np.maximum(y, 1).astype(np.intp) - 1, log_sum.shape)[..., None, :, :]
        loss = np.where(asked, log_sum - np.take_along_axis(s, at, -3)[..., 0, :, :], 0)
        return loss.sum((-1, -2)) / asked.sum((-1, -2))

    def gradient(self, scores: np.ndarray, y: np.ndarray, share: np.ndarray, out: np.ndarray) -> None:
        """out = (softmax(s) − y) / symbols asked; an example whose `share` is 0 is asked nothing."""
        asked = (y > 0) & (share > 0)
        SoftmaxCrossEntropy._softmax(scores, out)
        by_frame = _by_frame(out, y)
        by_frame -= y[..., None, :, :] == np.arange(1, scores.shape[-2] + 1)[:, None, None]
        by_frame *= (asked / asked.sum((-1, -2), keepdims=True)).astype(out.dtype)[..., None, :, :]

    def predict(self, scores: np.ndarray) -> np.ndarray:
        """(…, symbols, T·n) probabilities."""
        return SoftmaxCrossEntropy._softmax(scores, np.empty_like(scores))


def _by_frame(scores: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(…, symbols, T·n) → (…, symbols, T, n), a view."""
    return scores.reshape(*scores.shape[:-1], *y.shape[-2:])


@dataclass(frozen=True)
class Target:
    """How labels become what the loss compares with."""

    loss: Loss
    outputs: int

    def encode(self, y: np.ndarray, dtype: np.dtype | type) -> np.ndarray:
        """(n,) labels or values → (outputs, n); next symbols (n, T) → (T, n)."""
        if isinstance(self.loss, SoftmaxCrossEntropy):
            return np.ascontiguousarray(np.eye(self.outputs, dtype=dtype)[y].T)
        if isinstance(self.loss, NextSymbol):
            return np.ascontiguousarray(y.T.astype(dtype))
        return y.astype(dtype)[None]

    @property
    def is_regression(self) -> bool:
        """Whether labels are values, not classes."""
        return isinstance(self.loss, HalfSquaredError)

    def r_squared(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…) R² = 1 − Σ(y − s)² / Σ(y − ȳ)²; scores (…, 1, n), y (n,) as given."""
        residual = np.square(scores[..., 0, :] - y).sum(-1)
        return 1 - residual / np.square(y - y.mean()).sum()

    def score(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…) accuracy, or R² for regression."""
        return self.r_squared(scores, y) if self.is_regression else 1 - self.wrong(scores, y).mean(-1)

    def wrong(self, scores: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(…, n) bool: misclassified."""
        return (scores[..., 0, :] > 0 if self.outputs == 1 else _largest(scores)) != y


def _largest(scores: np.ndarray) -> np.ndarray:
    """argmax over classes, (…, n): a walk over them takes a tenth of the time of NumPy's over an axis in the middle."""
    best, largest = scores[..., 0, :].copy(), np.zeros(scores.shape[:-2] + scores.shape[-1:], np.int16)
    for c in range(1, scores.shape[-2]):
        z = scores[..., c, :]
        np.copyto(largest, c, where=z > best)
        np.maximum(best, z, out=best)
    return largest
