"""RingVectorEnv: many environments behind Gymnasium's VectorEnv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from .errors import UsageError
from .simulations import AutoresetName, IllegalActions, Infos, Settings, Simulations, Split, spread_seed

FloatArray = npt.NDArray[np.float32]
ActionArray = npt.NDArray[Any]

_AUTORESET_NAMES: Final[dict[AutoresetMode, AutoresetName]] = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}


class RingVectorEnv(VectorEnv[FloatArray, ActionArray, npt.NDArray[Any]]):
    """Environments of one kind, stepped together by one server.

    An environment with several rows (decision makers that share one policy) appears as several sub-environments, one
    for each row: `num_envs` of the object is then `num_envs` of the constructor times `rows`. The rows of one
    environment end together and start together, so their flags and infos are equal. `single_observation_space` and
    `single_action_space` are those of one row.

    Attributes:
        rows: sub-environments for each simulated kernel; 1 for most environments
        num_simulations: simulated kernels: `num_envs` divided by `rows`
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4, "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        env_id: str,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        splits: Sequence[Split] | None = ("train",),
        options: Mapping[str, Any] | None = None,
        max_episode_steps: int | None = None,
        infos: Infos = "final",
        illegal_actions: IllegalActions = "replace",
        copy: bool = True,
        render_mode: str | None = None,
        server: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Starts a server that steps `num_envs` environments.

        Args:
            env_id: id, e.g. `ring0/Tiering-v1`
            num_envs: number of simulated kernels
            autoreset_mode: when an environment whose episode ended starts the next one
            splits: where seeds and workloads may come from; None allows all. The server refuses others
            options: options of every reset; those of `reset` override them
            max_episode_steps: steps after which the server truncates an episode; None keeps the environment's limit
            infos: `final` leaves out the infos of steps within an episode; with `all`, fast environments spend most of
                a step on them
            illegal_actions: what happens to an action that the mask forbids. `replace`: the next smaller legal
                alternative takes its place, or else the smallest legal one. `refuse`: the step raises UsageError
            copy: whether `reset` and `step` return copies of the observations. Without, the next call overwrites them
            render_mode: `ansi` or None
            server: `unix:PATH` or `tcp:HOST:PORT` of a server that listens; None starts one
            timeout: seconds until a call without a reply fails

        Raises:
            ValueError: a bad id, option, split or number
            TypeError: another render mode
            ServerError: the server cannot start or cannot be reached
        """
        mode = AutoresetMode(autoreset_mode)
        check_render_mode(render_mode)
        settings = Settings(splits, options, max_episode_steps, infos, illegal_actions, server, timeout)
        simulations = Simulations(env_id, num_envs, _AUTORESET_NAMES[mode], settings)
        self._simulations = simulations
        self.metadata = {**self.metadata, "autoreset_mode": mode}
        self.render_mode = render_mode
        self.rows = simulations.rows
        self.num_simulations = simulations.num_envs
        self.num_envs = simulations.total_rows
        self.single_observation_space: gymnasium.Space[Any] = simulations.observation_space
        self.single_action_space: gymnasium.Space[Any] = simulations.action_space
        self.observation_space: gymnasium.Space[Any] = batch_space(simulations.observation_space, self.num_envs)
        self.action_space: gymnasium.Space[Any] = batch_space(simulations.action_space, self.num_envs)
        self._copy = copy
        self._autoreset_mode = mode
        self._ended = np.zeros(simulations.num_envs, dtype=np.bool_)
        self._collector = _InfoCollector(simulations.num_envs)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[FloatArray, dict[str, Any]]:
        """Starts an episode in every environment.

        Args:
            seed: seed of the first simulated kernel; the others get `seed + 1`, `seed + 2`, ...; or a list with a seed
                for each simulated kernel. None continues their random streams, or, at the first reset, draws a seed
                of the first allowed split
            options: options of the environments, which also hold for the episodes that autoresets start, until the
                next reset. `reset_mask`, a boolean array of length `num_envs`, resets only the environments that are
                True there; all rows of one environment must agree

        Returns:
            observations and infos

        Raises:
            SplitError: the seed or the workload belongs to a split that is not allowed
            ValueError: a bad option, or a bad number of seeds
        """
        if isinstance(seed, int | np.integer):
            super().reset(seed=int(seed))
        simulations = self._simulations
        mask = None
        if options is not None and "reset_mask" in options:
            mask = self._check_mask(options["reset_mask"])
            options = {name: value for name, value in options.items() if name != "reset_mask"}
        simulations.reset(spread_seed(seed, self.num_simulations), self.np_random, options, mask)
        self._ended = simulations.terminations | simulations.truncations
        return self._observations(), self._infos(mask)

    def step(
        self, actions: ActionArray
    ) -> tuple[FloatArray, npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any], dict[str, Any]]:
        """Steps every environment.

        Args:
            actions: an action for each row, an element of `action_space`

        Returns:
            observations, rewards (float64), terminations, truncations, infos. The infos have `action_mask` where the
            environment has masks: an int8 array, 1 for each legal action

        Raises:
            UsageError: an action is not in its space, or, with autoreset mode DISABLED, an episode has ended
            ValueError: the actions have another shape
        """
        simulations = self._simulations
        write_actions(simulations.actions, actions)
        if self._autoreset_mode is AutoresetMode.DISABLED and self._ended.any():
            ended = np.flatnonzero(self._ended).tolist()
            raise UsageError(f"the episodes of environments {ended} have ended; reset them with options['reset_mask']")
        simulations.step()
        terminations, truncations = simulations.terminations.copy(), simulations.truncations.copy()
        self._ended = terminations | truncations
        if self.rows > 1:
            terminations, truncations = terminations.repeat(self.rows), truncations.repeat(self.rows)
        return self._observations(), simulations.rewards.copy(), terminations, truncations, self._infos(None)

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Legal actions at the last observations, a line for each row: one number for each alternative.

        Raises:
            AttributeError: the action space has no masks
        """
        assert_maskable(self._simulations)
        return self._simulations.masks.copy()

    def deciding(self) -> npt.NDArray[np.bool_]:
        """Which rows decide now. The environment ignores the actions of the others."""
        masks = self._simulations.masks
        rows: npt.NDArray[np.bool_] = np.logical_or.reduce(masks, axis=1, initial=masks.shape[1] == 0)
        return rows

    def render(self) -> tuple[str, ...] | None:
        """With render_mode `ansi`: the state of each simulated kernel as text."""
        if self.render_mode is None:
            gymnasium.logger.warn("render() needs render_mode='ansi'")
            return None
        return tuple(self._simulations.render(i) for i in range(self.num_simulations))

    def close_extras(self, **kwargs: Any) -> None:
        """Ends the server."""
        if hasattr(self, "_simulations"):
            self._simulations.close()

    def _observations(self) -> FloatArray:
        observations = self._simulations.observations
        return observations.copy() if self._copy else observations

    def _infos(self, mask: npt.NDArray[np.bool_] | None) -> dict[str, Any]:
        """The infos, as Gymnasium's vector environments arrange them; `mask`: the only environments that have any."""
        simulations = self._simulations
        infos, final_infos = simulations.infos()
        vector_infos: dict[str, Any] = {}
        add = self._collector._add_info
        final_observations = simulations.final_observations()
        for i in np.flatnonzero(self._ended).tolist() if final_observations is not None else ():
            final_info = (final_infos[i] if final_infos else None) or {}
            if simulations.masked:
                final_info["action_mask"] = np.ones(simulations.masks.shape[1] * self.rows, dtype=np.int8)
            vector_infos = add(vector_infos, {"final_info": final_info}, i)
        for i, info in enumerate(infos):
            if info:
                vector_infos = add(vector_infos, info, i)
        if self.rows > 1:
            vector_infos = _repeat(vector_infos, self.rows)
        if final_observations is not None:
            ended = self._ended.repeat(self.rows)
            final_obs = np.full(self.num_envs, fill_value=None, dtype=object)
            for row in np.flatnonzero(ended):
                final_obs[row] = final_observations[row].copy()
            vector_infos["final_obs"], vector_infos["_final_obs"] = final_obs, ended
        if simulations.masked:
            known = np.ones(self.num_envs, dtype=np.bool_) if mask is None else mask.repeat(self.rows)
            vector_infos["action_mask"] = simulations.masks.astype(np.int8)
            vector_infos["_action_mask"] = known
        return vector_infos

    def _check_mask(self, mask: object) -> npt.NDArray[np.bool_]:
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            raise TypeError(f"options['reset_mask'] must be a numpy array of bool, got {mask!r}")
        if mask.shape != (self.num_envs,):
            raise ValueError(f"options['reset_mask'] must have shape ({self.num_envs},), got {mask.shape}")
        rows = mask.reshape(self.num_simulations, self.rows)
        if not mask.any():
            raise ValueError("options['reset_mask'] must have at least one True")
        if (rows.any(axis=1) != rows.all(axis=1)).any():
            raise ValueError(f"options['reset_mask'] must be equal for the {self.rows} rows of an environment")
        return rows[:, 0].copy()


class _InfoCollector(VectorEnv[Any, Any, Any]):
    """Gymnasium's arrangement of infos for another number of environments than that of the rows."""

    def __init__(self, num_envs: int) -> None:
        self.num_envs = num_envs


def _repeat(infos: dict[str, Any], rows: int) -> dict[str, Any]:
    """Gives every row the info of its environment."""
    return {
        name: _repeat(value, rows) if isinstance(value, dict) else value.repeat(rows, axis=0)
        for name, value in infos.items()
    }


def check_render_mode(render_mode: str | None) -> None:
    """Raises TypeError unless the mode is `ansi` or None.

    SB3's make_vec_env asks for pictures first, and makes the environment without them after a TypeError only.
    """
    if render_mode not in (None, "ansi"):
        raise TypeError(f"render_mode must be 'ansi' or None, got {render_mode!r}")


def write_actions(target: ActionArray, actions: object) -> None:
    """Copies `actions` into `target`.

    Raises:
        ValueError: another shape, or numbers that `target` cannot hold
        TypeError: numbers with fractions where whole numbers are needed
    """
    given = np.asarray(actions)
    if given.shape != target.shape:
        raise ValueError(f"actions must have shape {target.shape}, got {given.shape}")
    np.copyto(target, given, casting="same_kind")
    if target.dtype.kind == "i" and given.dtype.itemsize > target.itemsize and not (target == given).all():
        raise ValueError(f"actions must be whole numbers of 32 bits, got {given}")


def assert_maskable(simulations: Simulations) -> None:
    """Raises AttributeError, as for a missing method, unless the action space has masks of choices."""
    if not simulations.maskable:
        raise AttributeError(
            f"action_masks needs a Discrete or MultiDiscrete action space, not {simulations.action_space}"
        )
