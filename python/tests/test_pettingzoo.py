"""The rows of an environment through PettingZoo."""

from __future__ import annotations

import numpy as np
import pytest
from test_gymnasium import CONGESTION, GPU, SHORT, TIERING

pytest.importorskip("pettingzoo")

from pettingzoo.test import parallel_api_test

from ring0_gym import RingParallelEnv, RingVectorEnv, UsageError


@pytest.mark.parametrize("env_id", [GPU, CONGESTION, TIERING])
def test_parallel_api(env_id):
    env = RingParallelEnv(env_id, options=SHORT.get(env_id), max_episode_steps=15)
    parallel_api_test(env, num_cycles=40)
    env.close()


def test_agents_are_the_rows_of_the_vector():
    env = RingParallelEnv(GPU, max_episode_steps=4)
    envs = RingVectorEnv(GPU, max_episode_steps=4)
    observations, infos = env.reset(seed=2)
    expected, vector_infos = envs.reset(seed=2)
    assert list(observations) == env.agents == [f"row_{row}" for row in range(10)]
    for step in range(4):
        assert np.array_equal(np.stack(list(observations.values())), expected)
        masks = np.stack([info["action_mask"] for info in infos.values()])
        assert np.array_equal(masks, vector_infos["action_mask"])
        actions = np.zeros((10, 9), dtype=np.int64)
        observations, rewards, terminations, truncations, infos = env.step(dict(zip(env.agents, actions, strict=True)))
        expected, their_rewards, *_, vector_infos = envs.step(actions)
        assert list(rewards.values()) == their_rewards.tolist()
        assert not any(terminations.values())
        assert set(truncations.values()) == {step == 3}
    assert env.agents == []
    with pytest.raises(UsageError, match="no episode is running"):
        env.step({})
    env.reset()
    with pytest.raises(UsageError, match="there is none for row_1"):
        env.step({"row_0": actions[0]})
    env.close()
    envs.close()
