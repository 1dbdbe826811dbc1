"""RingVecEnv: many environments behind Stable-Baselines3's VecEnv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvObs, VecEnvStepReturn

from .simulations import IllegalActions, Infos, Settings, Simulations, Split
from .vector_env import assert_maskable, check_render_mode, write_actions


class RingVecEnv(VecEnv):
    """Environments of one kind for Stable-Baselines3, stepped together by one server.

    The next episode starts in the step that ends an episode. The info of that step then has `terminal_observation` and
    `TimeLimit.truncated`. An environment with several rows appears as several sub-environments, as in RingVectorEnv.

    Attributes:
        rows: sub-environments for each simulated kernel; 1 for most environments
        num_simulations: simulated kernels: `num_envs` divided by `rows`
    """

    def __init__(
        self,
        env_id: str,
        num_envs: int = 1,
        *,
        splits: Sequence[Split] | None = ("train",),
        options: Mapping[str, Any] | None = None,
        max_episode_steps: int | None = None,
        infos: Infos = "final",
        illegal_actions: IllegalActions = "replace",
        render_mode: str | None = None,
        server: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        """Starts a server that steps `num_envs` environments. RingVectorEnv describes the arguments and errors."""
        check_render_mode(render_mode)
        settings = Settings(splits, options, max_episode_steps, infos, illegal_actions, server, timeout)
        simulations = Simulations(env_id, num_envs, "same-step", settings)
        self._simulations = simulations
        self._attributes: list[dict[str, Any]] = [{"render_mode": render_mode} for _ in range(simulations.total_rows)]
        self.rows = simulations.rows
        self.num_simulations = simulations.num_envs
        super().__init__(simulations.total_rows, simulations.observation_space, simulations.action_space)

    def reset(self) -> VecEnvObs:
        """Starts an episode in every environment, with the seeds of `seed` and the options of `set_options`."""
        simulations, rows = self._simulations, self.rows
        seeds = self._seeds[: self.num_simulations]
        options = self._options[::rows]
        if all(given == options[0] for given in options):
            simulations.reset(seeds, None, options[0])
            self._store_reset_infos()
        else:
            simulations.reset(seeds, None)
            for i, given in enumerate(options):
                mask = np.zeros(self.num_simulations, dtype=np.bool_)
                mask[i] = True
                simulations.reset(
                    [seeds[j] if j == i else None for j in range(self.num_simulations)], None, given, mask
                )
                self._store_reset_infos()
        self._reset_seeds()
        self._reset_options()
        return simulations.observations.copy()

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Takes the actions of the next `step_wait`."""
        write_actions(self._simulations.actions, actions)

    def step_wait(self) -> VecEnvStepReturn:
        """Steps every environment. Returns observations, rewards (float32), dones and a list of infos."""
        simulations, rows = self._simulations, self.rows
        simulations.step()
        terminations = simulations.terminations
        truncations = simulations.truncations
        ended = terminations | truncations
        given, final_given = simulations.infos()
        final_observations = simulations.final_observations()
        infos: list[dict[str, Any]] = []
        for i in range(self.num_simulations):
            done = bool(ended[i])
            # As in SB3's own vector environments, infos of a step are those of the episode that the step belongs to.
            source = final_given if done else given
            info = (source[i] if source else None) or {}
            truncated = bool(truncations[i] and not terminations[i])
            for row in range(i * rows, (i + 1) * rows):
                infos.append({**info, "TimeLimit.truncated": truncated})
                if done:
                    assert final_observations is not None
                    infos[row]["terminal_observation"] = final_observations[row].copy()
                    self.reset_infos[row] = dict((given[i] if given else None) or {})
        dones = ended.repeat(rows)
        return simulations.observations.copy(), simulations.rewards.astype(np.float32), dones, infos

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Gives simulated kernel `i` the seed `seed + i` at the next reset.

        None draws a seed of the first allowed split.
        """
        first = self._simulations.draw_seed(None) if seed is None else seed
        self._seeds = [first + i for i in range(self.num_envs)]
        return self._seeds

    def action_masks(self) -> npt.NDArray[np.bool_]:
        """Legal actions at the last observations, a line for each row: one number for each alternative.

        Raises:
            AttributeError: the action space has no masks
        """
        assert_maskable(self._simulations)
        return self._simulations.masks.copy()

    def close(self) -> None:
        """Ends the server."""
        self._simulations.close()

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """An attribute of each sub-environment: one that `set_attr` has set, or one of this object.

        Raises:
            AttributeError: there is no such attribute
        """
        if attr_name == "action_masks":
            assert_maskable(self._simulations)
        return [
            self._attributes[i][attr_name] if attr_name in self._attributes[i] else getattr(self, attr_name)
            for i in self._get_indices(indices)
        ]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Sets an attribute of sub-environments. It stays on this side: the server does not see it."""
        for i in self._get_indices(indices):
            self._attributes[i][attr_name] = value

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """Calls `action_masks` or `render` of sub-environments.

        Raises:
            AttributeError: another method
        """
        if method_name == "action_masks":
            masks = self.action_masks()
            return [masks[i] for i in self._get_indices(indices)]
        if method_name == "render":
            return [self._simulations.render(i // self.rows) for i in self._get_indices(indices)]
        raise AttributeError(f"RingVecEnv can call action_masks and render of its environments, not {method_name}")

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: VecEnvIndices = None
    ) -> list[bool]:
        """False for each sub-environment: wrappers are around the whole object."""
        return [False for _ in self._get_indices(indices)]

    def get_images(self) -> Sequence[npt.NDArray[Any] | None]:
        """None for each sub-environment: they have no pictures."""
        return [None] * self.num_envs

    def _store_reset_infos(self) -> None:
        infos, _ = self._simulations.infos()
        for i, info in enumerate(infos):
            if info is not None:
                for row in range(i * self.rows, (i + 1) * self.rows):
                    self.reset_infos[row] = dict(info)
