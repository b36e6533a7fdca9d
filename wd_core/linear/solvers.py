"""Solvers of linear models, for all λ of a path: what `linear.fit_path` calls. No training loop.

The objective is mean loss + λ₁‖w‖₁ + ½λ₂‖w‖² with a free intercept; λ₁ = λρ, λ₂ = λ(1 − ρ). X (n, d) float64. Each
solver takes λ (L,) that *descend*, so that every fit starts at its neighbour's, and returns coefficients
(L, d, outputs) and intercepts (L, outputs) in that order. λ = 0 is the fit without a penalty.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

Progress = Callable[[float], None]
Fits = tuple[np.ndarray, np.ndarray]

TOLERANCE = 1e-12
"""Duality gap at which coordinate descent stops, in units of the targets' sum of squares; `polished` does the rest."""
MOST_ROUNDS = 100_000
NEWTON_STEPS = 100
POLISHING_ROUNDS = 30
"""Weights that may leave or enter the active set before coordinate descent's answer is taken as it is."""
KKT_TOLERANCE = 1e-6
"""How far a gradient may be from its condition for a minimum, in units of λ₁ (for ridge λ) but at most of 0.01."""


@cache
def blas() -> ThreadpoolController:
    """NumPy's BLAS and SciPy's: two threads take ten times as long as one for matrices as small as these."""
    import sklearn.linear_model  # noqa: F401  brings SciPy's along

    return ThreadpoolController().select(user_api="blas")


def ridge(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray) -> Fits:
    """All λ from one singular value decomposition: w = V diag(s/(s² + nλ)) Uᵀy of the centred data, in any order of λ.

    λ = 0 gives the least squares of least norm. Source: Hastie, Tibshirani & Friedman 2009, eq. 3.47.
    """
    mean, u, s, vt = centred_svd(X)
    shrunk = (s / (s**2 + len(X) * lambdas[:, None])) * (u.T @ (y - y.mean()))  # (L, rank)
    coefficients = shrunk @ vt
    return coefficients[..., None], (y.mean() - coefficients @ mean)[:, None]


def centred_svd(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean (d,), and U (n, r), s (r,), Vᵀ (r, d) of the centred X: singular values that are rounding are left out."""
    mean = X.mean(0)
    u, s, vt = np.linalg.svd(X - mean, full_matrices=False)
    kept = s > max(X.shape) * np.finfo(float).eps * max(s.max(initial=0), np.abs(mean).max())
    return mean, u[:, kept], s[kept], vt[kept]


def elastic(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, l1_ratio: float) -> Fits:
    """Lasso (ρ = 1) and elastic net: scikit-learn's coordinate descent, then the exact solution on its active set."""
    from sklearn.linear_model import enet_path

    mean, n = X.mean(0), len(X)
    x, t = np.asfortranarray(X - mean), y - y.mean()  # by columns, as coordinate descent reads it
    gram, correlation = x.T @ x, x.T @ t
    coefficients = np.zeros((len(lambdas), X.shape[1]))
    positive = lambdas > 0
    if positive.any() and t.any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one that stops at MOST_ROUNDS is polished too
            _, found, _ = enet_path(
                x, t, l1_ratio=l1_ratio, alphas=lambdas[positive], precompute=gram if n > len(gram) else False,
                Xy=correlation if n > len(gram) else None, tol=TOLERANCE, max_iter=MOST_ROUNDS, check_input=False,
            )  # fmt: skip
        coefficients[positive] = [
            polished(w, gram / n, correlation / n, lam * l1_ratio, lam * (1 - l1_ratio))
            for w, lam in zip(found.T, lambdas[positive], strict=True)
        ]
    if not positive.all():
        coefficients[~positive] = ridge(X, y, np.zeros(1))[0][..., 0]
    return coefficients[..., None], (y.mean() - coefficients @ mean)[:, None]


def polished(w: np.ndarray, hessian: np.ndarray, target: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """The minimum of ½wᵀHw − qᵀw + λ₁‖w‖₁ + ½λ₂‖w‖² near w (d,), to rounding; w itself if it is not certain.

    On the active set with known signs the minimum solves a linear system: (H + λ₂)w = q − λ₁ sign(w). A weight whose
    sign comes out otherwise leaves the set; then the one whose |gradient| exceeds λ₁ most enters it. Where neither is
    left, the conditions of a minimum hold. Source: Osborne, Presnell & Turlach 2000.
    """
    signs, rounding = np.sign(w), 1e-13 * np.abs(target).max(initial=0)
    for _ in range(POLISHING_ROUNDS):
        active = np.flatnonzero(signs)
        exact, system = np.zeros_like(w), hessian[np.ix_(active, active)] + l2 * np.eye(len(active))
        try:
            exact[active] = np.linalg.solve(system, target[active] - l1 * signs[active])
        except np.linalg.LinAlgError:
            return w
        if (wrong := np.sign(exact) != signs).any():
            signs[wrong] = 0
            continue
        gradient = target - hessian @ exact
        excess = np.where(signs == 0, np.abs(gradient) - l1, 0)
        if excess.max(initial=0) <= rounding:
            return exact
        entering = excess.argmax()
        signs[entering] = np.sign(gradient[entering])
    return w


# -------------------------------------------------------------------- classes


def logistic(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, on_progress: Progress) -> Fits:
    """L2: `LogisticRegression` with C = 1/(nλ), each λ started at the one before; two classes share one score.

    Of its solvers only Newton's with conjugate gradients stops by the gradient alone; where rounding stops its line
    search before that, a Newton step of our own does the rest.
    """
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(solver="newton-cg", max_iter=2000, warm_start=True)
    targets, coefficients, intercepts = _targets(y), [], []
    for i, lam in enumerate(lambdas):
        if not i or lam != lambdas[i - 1]:
            # Without a penalty separable classes have no minimum: stop where the gradient has all but gone.
            model.set_params(C=1 / (len(X) * lam) if lam else np.inf, tol=_allowed(lam) or 1e-6)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.fit(X, y)
            w, b = model.coef_.T.copy(), model.intercept_.copy()
            if lam:
                w, b = _newton(X, targets, w, b, 0.0, lam)
        coefficients.append(w)
        intercepts.append(b)
        on_progress((i + 1) / len(lambdas))
    return np.array(coefficients), np.array(intercepts)


def _targets(y: np.ndarray) -> np.ndarray:
    """(n, outputs) what the probabilities should be: of class 1 alone where there are two."""
    every = np.eye(int(y.max()) + 1)[y]
    return every[:, 1:] if every.shape[1] == 2 else every


def _allowed(lam: float) -> float:
    """The violation of the conditions of a minimum at which a solver stops."""
    return KKT_TOLERANCE * min(lam, 0.01)


def sparse_logistic(X: np.ndarray, y: np.ndarray, lambdas: np.ndarray, l1_ratio: float, on_progress: Progress) -> Fits:
    """L1 and elastic net for classes: proximal Newton, with scikit-learn's coordinate descent for each step.

    `LogisticRegression` offers only SAGA here, which takes minutes for a path that this does in a second; a test holds
    that they agree. Source: Friedman, Hastie & Tibshirani 2010, §3–4 (glmnet); Lee, Sun & Saunders 2014.
    """
    positive = lambdas > 0
    targets = _targets(y)
    share, outputs = targets.mean(0), targets.shape[1]
    w = np.zeros((X.shape[1], outputs))
    b = np.log(share / (1 - share)) if outputs == 1 else np.log(share) - np.log(share).mean()
    coefficients, intercepts = np.empty((len(lambdas), *w.shape)), np.empty((len(lambdas), outputs))
    for i, lam in enumerate(lambdas[positive]):
        w, b = _newton(X, targets, w, b, lam * l1_ratio, lam * (1 - l1_ratio))
        coefficients[i], intercepts[i] = w, b
        on_progress((i + 1) / len(lambdas))
    if not positive.all():
        coefficients[~positive], intercepts[~positive] = logistic(X, y, np.zeros(1), on_progress)
    return coefficients, intercepts


def _newton(X: np.ndarray, targets: np.ndarray, w: np.ndarray, b: np.ndarray, l1: float, l2: float) -> Fits:
    """The minimum for one λ from the start w (d, outputs), b (outputs,)."""
    value = _objective(X, targets, w, b, l1, l2)
    for _ in range(NEWTON_STEPS):
        p = probabilities(X @ w + b)
        gradient_w, gradient_b = X.T @ (p - targets) / len(X), (p - targets).mean(0)
        if _violation(w, gradient_w, gradient_b, l1, l2) <= _allowed(l1 or l2):
            break
        hessian, from_w, from_b = reduced_hessian(X, p)
        reduced = gradient_w.T.ravel() - from_b.T @ gradient_b
        w_next = _quadratic(w.T.ravel(), hessian, reduced, l1, l2).reshape(w.T.shape).T
        step_w = w_next - w
        step_b = -(from_w @ gradient_b) - from_b @ step_w.T.ravel()
        for halvings in range(30):
            part = 0.5**halvings
            new_w = w_next if part == 1 else w + part * step_w
            new = _objective(X, targets, new_w, b + part * step_b, l1, l2)
            if new <= value + 1e-15 * abs(value):
                break
        else:
            break  # nothing lower can be told from rounding
        w, b, value = new_w, b + part * step_b, new
    return w, b


def probabilities(scores: np.ndarray) -> np.ndarray:
    """(…, outputs) of scores (…, outputs): σ of one score, softmax of several."""
    if scores.shape[-1] == 1:
        return 0.5 + 0.5 * np.tanh(0.5 * scores)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def reduced_hessian(X: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hessian of the mean cross-entropy in the weights, with the intercepts at their best for each weight.

    p (n, outputs) probabilities. Returns H (outputs·d, outputs·d), class by class; and, to find the intercepts again,
    the inverse of their own Hessian B⁻¹ (outputs, outputs) and B⁻¹C (outputs, outputs·d), C the mixed one.
    """
    n, outputs = p.shape
    ones = np.column_stack([X, np.ones(n)])
    size = ones.shape[1]
    weighted = p[:, :, None] * ones[:, None]  # (n, outputs, size)
    rows = weighted.reshape(n, -1)
    full = -(rows.T @ rows).reshape(outputs, size, outputs, size)
    for k in range(outputs):
        full[k, :, k] += ones.T @ weighted[:, k]
    full /= n
    inverse = np.linalg.pinv(full[:, -1, :, -1], rcond=1e-10, hermitian=True)
    mixed = full[:, -1, :, :-1].reshape(outputs, -1)
    own = full[:, :-1, :, :-1].reshape(outputs * (size - 1), -1)
    from_b = inverse @ mixed
    return own - mixed.T @ from_b, inverse, from_b


def _quadratic(w: np.ndarray, hessian: np.ndarray, gradient: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """The minimum of gᵀ(v − w) + ½(v − w)ᵀH(v − w) + λ₁‖v‖₁ + ½λ₂‖v‖² over v (p,), by coordinate descent."""
    if not l1:
        return np.linalg.solve(hessian + l2 * np.eye(len(w)), hessian @ w - gradient)
    from scipy.linalg import solve_triangular
    from sklearn.linear_model import enet_path

    size = len(w)
    # A Hessian a little too large, so that it has a root, changes the way to the minimum, not the minimum.
    hessian = hessian + (1e-9 * np.abs(hessian).sum(0).max() + 1e-14) * np.eye(size)
    target = hessian @ w - gradient
    lower = np.linalg.cholesky(hessian)
    root = np.sqrt(size) * lower.T  # rootᵀ root / p = H
    pseudo = np.sqrt(size) * solve_triangular(lower, target, lower=True)  # rootᵀ pseudo / p = target
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # enet_path writes into coef_init, and w may be a view of the weights that the step starts from
        _, found, _ = enet_path(
            root, pseudo, alphas=[l1 + l2], l1_ratio=l1 / (l1 + l2), coef_init=w.copy(),
            precompute=False, tol=1e-6, max_iter=2000, check_input=False,
        )  # fmt: skip
    return polished(found[:, 0], hessian, target, l1, l2)


def _objective(X: np.ndarray, targets: np.ndarray, w: np.ndarray, b: np.ndarray, l1: float, l2: float) -> float:
    scores = X @ w + b
    # log Σ eˢ, where a single score has a silent second one that is 0
    every = scores if scores.shape[1] > 1 else np.column_stack([scores, np.zeros(len(X))])
    loss = np.logaddexp.reduce(every, axis=1) - (scores * targets).sum(1)
    return float(loss.mean() + l1 * np.abs(w).sum() + 0.5 * l2 * np.square(w).sum())


def _violation(w: np.ndarray, gradient_w: np.ndarray, gradient_b: np.ndarray, l1: float, l2: float) -> float:
    """Distance from the conditions of a minimum: 0 ∈ g + λ₂w + λ₁∂‖w‖₁ and no gradient of the intercepts."""
    g = gradient_w + l2 * w
    slack = np.where(w == 0, np.maximum(np.abs(g) - l1, 0), np.abs(g + l1 * np.sign(w)))
    return float(max(slack.max(), np.abs(gradient_b).max()))
