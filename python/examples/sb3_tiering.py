"""Trains PPO of Stable-Baselines3 on tiered memory, and plays it beside every heuristic.

pip install 'ring0-gym[sb3]'
python sb3_tiering.py --steps 200000
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

import ring0_gym

ENV_ID = "ring0/Tiering-v1"


def main() -> None:
    """Trains, saves and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20_000, help="steps of training")
    parser.add_argument("--envs", type=int, default=8, help="environments that step together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", default="validation", help="split of the evaluation")
    parser.add_argument("--out", default="sb3_tiering.zip", help="file of the model")
    arguments = parser.parse_args()

    # Training sees workloads and seeds of the split train only; the server refuses others.
    envs = VecNormalize(VecMonitor(ring0_gym.RingVecEnv(ENV_ID, arguments.envs)), norm_obs=False, gamma=0.99)
    model = PPO("MlpPolicy", envs, n_steps=256, batch_size=256, seed=arguments.seed, device="cpu")
    try:
        model.learn(arguments.steps)
    finally:
        envs.close()
    model.save(arguments.out)

    def policy(observation: np.ndarray) -> Any:
        return model.predict(observation, deterministic=True)[0]

    ring0_gym.evaluate(ENV_ID, policy, name="sb3-ppo", split=arguments.split, episodes=1)


if __name__ == "__main__":
    main()
