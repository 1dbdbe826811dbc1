"""Replaces actions that a mask forbids, for learners that know no masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .convert_space import ArraySpace


def alternatives(space: ArraySpace) -> list[int]:
    """The number of alternatives of each choice of an action; empty for spaces without choices."""
    if isinstance(space, spaces.Discrete):
        return [int(space.n)]
    return space.nvec.ravel().tolist() if isinstance(space, spaces.MultiDiscrete) else []


class Legaliser:
    """Replaces each illegal alternative by the next smaller legal one, or else by the smallest legal one."""

    def __init__(self, space: ArraySpace) -> None:
        """Prepares for actions of `space`."""
        self._sizes = np.array(alternatives(space), dtype=np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes

    def replace(self, actions: npt.NDArray[Any], masks: npt.NDArray[np.bool_]) -> None:
        """Changes `actions` in place.

        Numbers outside the space stay, so that they are refused.

        Args:
            actions: an action for each row
            masks: a line for each row, one number for each alternative of each choice
        """
        choices = actions.reshape(len(masks), -1)
        places = choices + self._starts
        legal = np.take_along_axis(masks, np.clip(places, 0, masks.shape[1] - 1), axis=1)
        if legal.all():
            return
        for row, choice in np.argwhere(~legal):
            taken, size, start = int(choices[row, choice]), self._sizes[choice], self._starts[choice]
            allowed = np.flatnonzero(masks[row, start : start + size])
            if 0 <= taken < size and len(allowed) > 0:
                choices[row, choice] = allowed[max(int(np.searchsorted(allowed, taken)) - 1, 0)]
