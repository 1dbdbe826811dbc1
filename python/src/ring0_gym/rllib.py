"""env_creator: environments for RLlib's new API stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
from gymnasium.vector import AutoresetMode

from .env import RingEnv
from .vector_env import RingVectorEnv

EnvCreator = Callable[[dict[str, Any]], "gymnasium.Env[Any, Any] | RingVectorEnv"]


def env_creator(env_id: str, rows: int = 1) -> EnvCreator:
    """A creator for `ray.tune.register_env`.

    Use it with `gym_env_vectorize_mode=gymnasium.VectorizeMode.VECTOR_ENTRY_POINT`. Each env runner then starts one
    server, which steps all environments of the runner. `env_config` holds further arguments of RingVectorEnv.

    RLlib counts every row of an environment with several rows as an environment of its own: give `rows`, and make
    `num_envs_per_env_runner` a multiple of it.

    Args:
        env_id: id, e.g. `ring0/Tiering-v1`
        rows: `RingVectorEnv(env_id).rows`

    Raises:
        ValueError: from the creator, when the number of environments is no multiple of `rows`
    """

    def create(context: dict[str, Any]) -> gymnasium.Env[Any, Any] | RingVectorEnv:
        settings = dict(context)
        num_envs = settings.pop("num_envs", None)
        if num_envs is None:
            return RingEnv(env_id, **settings)
        if num_envs % rows != 0:
            raise ValueError(
                f"num_envs_per_env_runner must be a multiple of the {rows} rows of {env_id}, got {num_envs}"
            )
        # RLlib records the step after an end as a reset, which is right for this mode only.
        envs = RingVectorEnv(env_id, num_envs // rows, autoreset_mode=AutoresetMode.NEXT_STEP, **settings)
        if envs.num_envs != num_envs:
            envs.close()
            raise ValueError(f"{env_id} has {envs.rows} rows: call env_creator({env_id!r}, rows={envs.rows})")
        return envs

    return create
