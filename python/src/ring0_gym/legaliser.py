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
        self._alternatives = np.arange(self._sizes.max())
        self._valid = self._alternatives < self._sizes[:, None]
        self._places = np.where(self._valid, self._starts[:, None] + self._alternatives, 0)

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
        rows, columns = np.nonzero(~legal & (choices >= 0) & (choices < self._sizes))
        taken = choices[rows, columns]
        allowed = masks[rows[:, None], self._places[columns]] & self._valid[columns]
        smaller = np.where(allowed & (self._alternatives < taken[:, None]), self._alternatives, -1).max(
            axis=1, initial=-1
        )
        smallest = np.where(allowed.any(axis=1), allowed.argmax(axis=1), taken)
        choices[rows, columns] = np.where(smaller >= 0, smaller, smallest)
