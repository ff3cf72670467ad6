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
        ahead = _one_way(weights, f"{name}.{{}}_l{layer}", rows)
        back = _one_way(weights, f"{name}.{{}}_l{layer}_reverse", rows[::-1])[::-1]
        rows = np.concatenate([ahead, back], axis=1)
    return rows


def _one_way(weights: Weights, name: str, rows: Floats) -> Floats:
    turned = np.ascontiguousarray(weights[name.format("weight_hh")].T)
    bias = weights[name.format("bias_ih")] + weights[name.format("bias_hh")]
    inputs = rows @ weights[name.format("weight_ih")].T + bias
    size = len(turned)
    hidden, cell = np.zeros((2, size), dtype=np.float32)
    made = np.empty((len(rows), size), dtype=np.float32)
    for at, row in enumerate(inputs):
        gates = row + hidden @ turned
        gates[: 2 * size] = _sigmoid(gates[: 2 * size])  # in, forget
        out = _sigmoid(gates[3 * size :])
        cell = gates[size : 2 * size] * cell + gates[:size] * np.tanh(gates[2 * size : 3 * size])
        hidden = out * np.tanh(cell)
        made[at] = hidden
    return made


def _sigmoid(values: Floats) -> Floats:
    """By tanh, which does not overflow."""
    made: Floats = np.float32(0.5) * (np.tanh(np.float32(0.5) * values) + np.float32(1))
    return made
