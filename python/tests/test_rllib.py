"""RLlib's new API stack. Needs a virtual environment with Ray, which pins an older Gymnasium."""

from __future__ import annotations

import math

import gymnasium
import pytest
from test_gymnasium import GPU, SHORT, TIERING

from ring0_gym import RingEnv, RingVectorEnv, env_creator

pytestmark = pytest.mark.rllib


@pytest.fixture(scope="module")
def ray():
    ray = pytest.importorskip("ray")
    ray.init(address="local", num_cpus=3, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


def config(ray, env, **env_runners):
    from ray.rllib.algorithms.ppo import PPOConfig

    return (
        PPOConfig()
        .environment(env, **env_runners.pop("environment", {}))
        .env_runners(
            num_env_runners=2,
            rollout_fragment_length=16,
            gym_env_vectorize_mode=gymnasium.VectorizeMode.VECTOR_ENTRY_POINT,
            **env_runners,
        )
        .training(train_batch_size_per_learner=128, minibatch_size=64, num_epochs=1)
        .debugging(seed=0)
    )


def train_twice(algorithm):
    try:
        results = [algorithm.train() for _ in range(2)]
    finally:
        algorithm.stop()
    sampled = results[-1]["env_runners"]["num_env_steps_sampled_lifetime"]
    assert sampled >= 2 * 128
    assert not math.isnan(results[-1]["learners"]["default_policy"]["total_loss"])


@pytest.mark.timeout(600)
def test_ppo_on_a_registered_id(ray):
    environment = {"env_config": {"options": SHORT[TIERING], "max_episode_steps": 20}}
    train_twice(config(ray, f"ring0_gym:{TIERING}", num_envs_per_env_runner=4, environment=environment).build_algo())


@pytest.mark.timeout(600)
def test_ppo_on_rows(ray):
    environment = {"env_config": {"max_episode_steps": 20}}
    from ray.tune import register_env

    register_env("gpu", env_creator(GPU, rows=10))
    algorithm = config(ray, "gpu", num_envs_per_env_runner=20, environment=environment)
    algorithm.env_runners(rollout_fragment_length="auto")
    train_twice(algorithm.build_algo())


def test_creator():
    envs = env_creator(GPU, rows=10)({"num_envs": 20, "max_episode_steps": 5})
    assert isinstance(envs, RingVectorEnv)
    assert (envs.num_envs, envs.num_simulations) == (20, 2)
    envs.close()
    env = env_creator(TIERING)({"options": SHORT[TIERING]})
    assert isinstance(env, RingEnv)
    env.close()
    with pytest.raises(ValueError, match="must be a multiple of the 10 rows"):
        env_creator(GPU, rows=10)({"num_envs": 15})
    with pytest.raises(ValueError, match="has 10 rows: call env_creator"):
        env_creator(GPU)({"num_envs": 2})
