"""RingParallelEnv: the rows of one environment as the agents of PettingZoo's ParallelEnv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.utils import seeding
from pettingzoo import ParallelEnv

from .errors import UsageError
from .simulations import IllegalActions, Infos, Settings, Simulations, Split
from .vector_env import check_render_mode, write_actions


class RingParallelEnv(ParallelEnv[str, npt.NDArray[np.float32], Any]):  # type: ignore[misc]
    """One environment whose rows (decision makers that share one policy) are the agents `row_0`, `row_1`, ...

    All agents live as long as the episode: they terminate, or are truncated, together. An agent whose row does not
    decide now has an `action_mask` of zeros, and the environment ignores its action. `infos[agent]["action_mask"]` has
    the legal actions, one number for each alternative. The environment's own info is that of every agent.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4, "name": "ring0", "is_parallelizable": True}  # noqa: RUF012

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
        self.metadata = {**self.metadata, "name": env_id}
        self.render_mode = render_mode
        self.possible_agents = [f"row_{row}" for row in range(simulations.rows)]
        self.agents: list[str] = []
        # Each agent has space objects of its own, because each has a seed of its own when it samples.
        self.observation_spaces = {agent: deepcopy(simulations.observation_space) for agent in self.possible_agents}
        self.action_spaces = {agent: deepcopy(simulations.action_space) for agent in self.possible_agents}
        self._random: np.random.Generator | None = None

    def observation_space(self, agent: str) -> gymnasium.Space[Any]:
        """The space of `agent`'s observations."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gymnasium.Space[Any]:
        """The space of `agent`'s actions."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, npt.NDArray[np.float32]], dict[str, dict[str, Any]]]:
        """Starts an episode. RingEnv.reset describes the arguments and errors."""
        if seed is not None or self._random is None:
            self._random, _ = seeding.np_random(seed)
        if options is not None:
            # The parallel_api_test of PettingZoo passes an option of this name to every environment.
            options = {name: value for name, value in options.items() if name != "options"}
        self._simulations.reset([seed], self._random, options)
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos()

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, npt.NDArray[np.float32]],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Takes a step with an action for each agent.

        Raises:
            UsageError: no episode is running, an agent has no action, or an action is not in its space
        """
        if not self.agents:
            raise UsageError("no episode is running; call reset first")
        missing = [agent for agent in self.agents if agent not in actions]
        if missing:
            raise UsageError(f"step needs an action for each agent; there is none for {', '.join(missing)}")
        simulations, agents = self._simulations, self.agents
        write_actions(simulations.actions, np.stack([np.asarray(actions[agent]) for agent in agents]))
        simulations.step()
        terminated, truncated = bool(simulations.terminations[0]), bool(simulations.truncations[0])
        if terminated or truncated:
            self.agents = []
        return (
            self._observations(),
            dict(zip(agents, simulations.rewards.tolist(), strict=True)),
            dict.fromkeys(agents, terminated),
            dict.fromkeys(agents, truncated),
            self._infos(),
        )

    def render(self) -> str | None:
        """With render_mode `ansi`: the state as text."""
        return None if self.render_mode is None else self._simulations.render(0)

    def close(self) -> None:
        """Ends the server."""
        self._simulations.close()

    def _observations(self) -> dict[str, npt.NDArray[np.float32]]:
        return dict(zip(self.possible_agents, self._simulations.observations.copy(), strict=True))

    def _infos(self) -> dict[str, dict[str, Any]]:
        simulations = self._simulations
        infos, _ = simulations.infos()
        shared = (infos[0] if infos else None) or {}
        if not simulations.masked:
            return {agent: dict(shared) for agent in self.possible_agents}
        masks = simulations.masks.astype(np.int8)
        return {agent: {**shared, "action_mask": masks[row]} for row, agent in enumerate(self.possible_agents)}
