"""Trains PPO of RLlib on congestion control. Each of its rows, the queue pairs of the fabric, is a sample.

pip install 'ring0-gym[rllib]'
python rllib_congestion.py --steps 200000

On many machines: `ray start --head` on the first, `ray start --address=HEAD:6379` on the others, then the same command
on the first with `--address auto`.
"""

from __future__ import annotations

import argparse
from contextlib import closing

import gymnasium
import ray
from ray.rllib.algorithms.ppo import PPOConfig
from ray.tune import register_env

import ring0_gym

ENV_ID = "ring0/CongestionControl-v1"


def main() -> None:
    """Trains until the number of steps is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20_000, help="steps of training, counted for each row")
    parser.add_argument("--runners", type=int, default=2, help="processes that step environments")
    parser.add_argument("--address", help="address of a Ray cluster; default: one on this machine")
    arguments = parser.parse_args()

    with closing(ring0_gym.RingVectorEnv(ENV_ID)) as envs:
        rows = envs.rows
    register_env("congestion", ring0_gym.env_creator(ENV_ID, rows=rows))
    num_cpus = None if arguments.address else arguments.runners + 1
    ray.init(address=arguments.address or "local", num_cpus=num_cpus)
    config = (
        PPOConfig()
        .environment("congestion", env_config={"options": {"workload": "incast"}})
        .env_runners(
            num_env_runners=arguments.runners,
            # One fabric a runner. RLlib counts each row as an environment.
            num_envs_per_env_runner=rows,
            gym_env_vectorize_mode=gymnasium.VectorizeMode.VECTOR_ENTRY_POINT,
        )
        .training(train_batch_size_per_learner=rows * arguments.runners * 32, minibatch_size=1024, num_epochs=4)
    )
    algorithm = config.build_algo()
    try:
        sampled = 0
        while sampled < arguments.steps:
            runners = algorithm.train()["env_runners"]
            sampled = int(runners["num_env_steps_sampled_lifetime"])
            print(f"{sampled} steps, mean return {runners.get('episode_return_mean', float('nan')):.2f}", flush=True)
    finally:
        algorithm.stop()
        ray.shutdown()


if __name__ == "__main__":
    main()
