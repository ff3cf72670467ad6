"""A small recurrent network evaluated with numpy: torch trains it, a question must not import it.

Weights are named as torch names them, so that a trained network is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]


def linear(weights: Weights, name: str, rows: Floats) -> Floats:
    """[n, in] to [n, out]."""
    made: Floats = rows @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return made


def relu(rows: Floats) -> Floats:
    made: Floats = np.maximum(rows, np.float32(0))
    return made


def softmax(rows: Floats) -> Floats:
    """Of each row."""
    made = np.exp(rows - rows.max(axis=-1, keepdims=True))
    shares: Floats = made / made.sum(axis=-1, keepdims=True)
    return shares


def both_ways(weights: Weights, name: str, layers: int, rows: Floats) -> Floats:
    """A bidirectional LSTM (Graves & Schmidhuber 2005) over rows [n, in]: [n, 2 * hidden]."""
    for layer in range(layers):
        ahead, back = _layer(weights, f"{name}.{{}}_l{layer}", rows)
        rows = np.concatenate([ahead, back[::-1]], axis=1)
    return rows


def _layer(weights: Weights, name: str, rows: Floats) -> Floats:
    """Both ways at once, each in its own order: [2, n, hidden]."""
    names = (name, f"{name}_reverse")
    turned = np.stack([weights[one.format("weight_hh")].T for one in names])
    inputs = np.stack([
        given @ weights[one.format("weight_ih")].T
        + (weights[one.format("bias_ih")] + weights[one.format("bias_hh")])
        for one, given in zip(names, (rows, rows[::-1]), strict=True)
    ])
    size = turned.shape[1]
    hidden, cell = np.zeros((2, 2, 1, size), dtype=np.float32)
    made = np.empty((2, len(rows), size), dtype=np.float32)
    for at in range(len(rows)):
        gates = inputs[:, at : at + 1] + hidden @ turned
        kept = _sigmoid(gates[..., : 2 * size])  # in, forget
        out = _sigmoid(gates[..., 3 * size :])
        new = np.tanh(gates[..., 2 * size : 3 * size])
        cell = kept[..., size:] * cell + kept[..., :size] * new
        hidden = out * np.tanh(cell)
        made[:, at] = hidden[:, 0]
    return made


def _sigmoid(values: Floats) -> Floats:
    """By tanh, which does not overflow."""
    made: Floats = np.float32(0.5) * (np.tanh(np.float32(0.5) * values) + np.float32(1))
    return made
