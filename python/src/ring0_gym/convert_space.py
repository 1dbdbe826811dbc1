"""Turns the spaces of the protocol into Gymnasium's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from gymnasium import spaces

from .errors import ServerError

ArraySpace = spaces.Box | spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary
"""A space whose elements are one array or one number."""


def convert_space(fields: dict[str, Any]) -> ArraySpace:
    """Gymnasium's space for a space of the protocol.

    Raises:
        ServerError: it is a dict or a tuple, which no environment of the package has, or of an unknown kind
    """
    kind = fields["kind"]
    if kind == "box":
        low = np.array([float(bound) for bound in fields["low"]], dtype=np.float32).reshape(fields["shape"])
        high = np.array([float(bound) for bound in fields["high"]], dtype=np.float32).reshape(fields["shape"])
        return spaces.Box(low, high, dtype=np.float32)
    if kind == "discrete":
        return spaces.Discrete(fields["n"], start=fields["start"])
    if kind == "multi-discrete":
        return spaces.MultiDiscrete(fields["nvec"])
    if kind == "multi-binary":
        return spaces.MultiBinary(fields["n"])
    raise ServerError(f"this version of ring0-gym cannot use a space of kind {kind!r}")


def join_rows(space: ArraySpace, rows: int) -> ArraySpace:
    """The space of `rows` elements of `space` in one flat array, row after row; `space` itself for one row."""
    if rows == 1:
        return space
    if isinstance(space, spaces.Box):
        return spaces.Box(np.tile(space.low.ravel(), rows), np.tile(space.high.ravel(), rows), dtype=np.float32)
    if isinstance(space, spaces.Discrete):
        return spaces.MultiDiscrete(np.full(rows, space.n), start=np.full(rows, space.start))
    if isinstance(space, spaces.MultiDiscrete):
        return spaces.MultiDiscrete(np.tile(space.nvec, rows), start=np.tile(space.start, rows))
    return spaces.MultiBinary(math.prod(space.shape) * rows)
