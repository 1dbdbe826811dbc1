"""RingEnv: one environment behind Gymnasium's Env."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from .convert_space import join_rows
from .errors import UsageError
from .simulations import IllegalActions, Infos, Settings, Simulations, Split
from .vector_env import assert_maskable, check_render_mode, write_actions


class RingEnv(gymnasium.Env[npt.NDArray[np.float32], Any]):
    """One environment, stepped by a server of its own.

    In an environment with several rows (decision makers that share one policy), one agent decides for all of them: an
    observation has the rows' observations one after another, an action the rows' actions, and the reward is the mean of
    the rows' rewards, which `info["row_rewards"]` has. To learn one policy that all rows share, use RingVectorEnv,
    RingVecEnv or RingParallelEnv.

    Attributes:
        rows: decision makers of the environment; 1 for most environments
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}  # noqa: RUF012

    def __init__(
        self,
        env_id: str,
        *,
        splits: Sequence[Split] | None = ("train",),
        options: Mapping[str, Any] | None = None,
        max_episode_steps: int | None = None,
        infos: Infos = "all",
        illegal_actions: IllegalActions = "replace",
        render_mode: str | None = None,
        server: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Starts a server that steps one environment. RingVectorEnv describes the arguments and errors."""
        check_render_mode(render_mode)
        settings = Settings(splits, options, max_episode_steps, infos, illegal_actions, server, timeout)
        simulations = Simulations(env_id, 1, "disabled", settings)
        self._simulations = simulations
        self.render_mode = render_mode
        self.rows = simulations.rows
        self.observation_space: gymnasium.Space[Any] = join_rows(simulations.observation_space, self.rows)
        self.action_space: gymnasium.Space[Any] = join_rows(simulations.action_space, self.rows)
        self._discrete = isinstance(self.action_space, spaces.Discrete)
        shape = self.action_space.shape
        assert shape is not None
        self._actions = simulations.actions.reshape(shape)
        self._running = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[npt.NDArray[np.float32], dict[str, Any]]:
        """Starts an episode.

        Args:
            seed: None continues the random stream, or, at the first reset, draws a seed of the first allowed split
            options: options of the environment for this episode

        Raises:
            SplitError: the seed or the workload belongs to a split that is not allowed
            ValueError: a bad seed or option
        """
        super().reset(seed=seed)
        self._simulations.reset([seed], self.np_random, options)
        self._running = True
        return self._observation(), self._info()

    def step(self, action: Any) -> tuple[npt.NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        """Takes a step.

        Raises:
            UsageError: no episode is running, or the action is not in the action space
            ValueError: the action has another shape
        """
        if not self._running:
            raise UsageError("no episode is running; call reset first")
        simulations = self._simulations
        if self._discrete:
            simulations.actions[0] = operator.index(action)
        else:
            write_actions(self._actions, action)
        simulations.step()
        terminated, truncated = bool(simulations.terminations[0]), bool(simulations.truncations[0])
        self._running = not (terminated or truncated)
        info = self._info()
        if self.rows == 1:
            return self._observation(), float(simulations.rewards[0]), terminated, truncated, info
        info["row_rewards"] = simulations.rewards.copy()
        return self._observation(), float(simulations.rewards.mean()), terminated, truncated, info

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Legal actions at the last observation, one number for each alternative, row after row.

        Raises:
            AttributeError: the action space has no masks
        """
        assert_maskable(self._simulations)
        return self._simulations.masks.ravel()

    def render(self) -> str | None:
        """With render_mode `ansi`: the state as text."""
        if self.render_mode is None:
            gymnasium.logger.warn("render() needs render_mode='ansi'")
            return None
        return self._simulations.render(0)

    def close(self) -> None:
        """Ends the server."""
        if hasattr(self, "_simulations"):
            self._simulations.close()

    def _observation(self) -> npt.NDArray[np.float32]:
        observations = self._simulations.observations
        return observations[0].copy() if self.rows == 1 else observations.flatten()

    def _info(self) -> dict[str, Any]:
        infos, _ = self._simulations.infos()
        info = infos[0] if infos and infos[0] is not None else {}
        if self._simulations.masked:
            info["action_mask"] = self._simulations.masks.astype(np.int8).ravel()
        return info
