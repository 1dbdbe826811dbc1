"""Measures for `ring0-gym bench --python`: answers one request a line, JSON on both sides.

Needs ring0-gym, and for trainings Stable-Baselines3, in the virtual environment that runs it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecEnv

import ring0_gym

BATCHES = 64
"""Batches of actions drawn in advance, so that drawing them is not measured."""

WARM_UP_SECONDS = 2.0
"""Steps before the first measurement, for the compilers of server and client."""

RETURNS = 100
"""Episodes over which SB3 takes the mean return."""


class Stepped:
    """Vector environments that are stepped in several rounds, so that their server is as warm as the program here."""

    def __init__(self, envs: gymnasium.vector.VectorEnv[Any, Any, Any], simulations: int) -> None:
        """`simulations` is how many environments a step counts for: kernels, however many rows they have."""
        self.envs, self.simulations = envs, simulations
        self.actions = [envs.action_space.sample() for _ in range(BATCHES)]
        self.measure(WARM_UP_SECONDS)

    def measure(self, seconds: float) -> dict[str, float]:
        """Steps from one seed on for some seconds. Returns steps of single environments, and the time they took."""
        self.envs.reset(seed=0)
        steps = 0
        start = time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            for batch in self.actions:
                self.envs.step(batch)
            steps += BATCHES * self.simulations
        return {"steps": steps, "seconds": elapsed}


STEPPED: dict[tuple[str, int, str], Stepped] = {}


def bridge(env: str, num_envs: int, seconds: float, infos: str) -> dict[str, float]:
    """Steps `num_envs` kernels through the bridge."""
    key = (env, num_envs, infos)
    if key not in STEPPED:
        kind: Literal["all", "final"] = "final" if infos == "final" else "all"
        STEPPED[key] = Stepped(ring0_gym.RingVectorEnv(env, num_envs, infos=kind, copy=False), num_envs)
    return STEPPED[key].measure(seconds)


def end_bridges() -> dict[str, float]:
    """Ends the servers that `bridge` started."""
    for stepped in STEPPED.values():
        stepped.envs.close()
    STEPPED.clear()
    return {}


def gymnasium_cartpole(num_envs: int, seconds: float) -> dict[str, float]:
    """Steps Gymnasium's own CartPole."""
    envs = gymnasium.make_vec("CartPole-v1", num_envs=num_envs, vectorization_mode="sync")
    measured = Stepped(envs, num_envs).measure(seconds)
    envs.close()
    return measured


class Until(BaseCallback):
    """Ends a training when `reached` says so. Time that `reached` takes does not count."""

    def __init__(self, reached: Callable[[PPO], bool], every: int) -> None:
        """`reached` is asked after every `every` steps."""
        super().__init__()
        self.reached, self.every, self.asked, self.free = reached, every, 0, 0.0
        self.start = time.perf_counter()
        self.seconds: float | None = None

    def _on_step(self) -> bool:
        if self.num_timesteps - self.asked < self.every:
            return True
        self.asked = self.num_timesteps
        before = time.perf_counter()
        assert isinstance(self.model, PPO)
        done = self.reached(self.model)
        self.free += time.perf_counter() - before
        if done:
            self.seconds = before - self.start - (self.free - (time.perf_counter() - before))
        return not done


def train(envs: VecEnv, options: dict[str, Any], seed: int, steps: int, until: Until) -> dict[str, float | None]:
    """Trains SB3's PPO until the callback ends it. `seconds` is null where it never did."""
    model = PPO("MlpPolicy", envs, seed=seed, device="cpu", **options)
    until.start = time.perf_counter()
    model.learn(steps, callback=until)
    envs.close()
    return {"seconds": until.seconds, "steps": model.num_timesteps}


Measured = dict[str, float | None]


def sb3_cartpole(options: dict[str, Any], num_envs: int, seed: int, target: float, steps: int) -> Measured:
    """Trains on Gymnasium's CartPole until the mean return of the last 100 episodes reaches the target."""

    def reached(model: PPO) -> bool:
        episodes = model.ep_info_buffer
        if episodes is None or len(episodes) < RETURNS:
            return False
        return float(np.mean([episode["r"] for episode in episodes])) >= target

    return train(make_vec_env("CartPole-v1", num_envs, seed=seed), options, seed, steps, Until(reached, 256))


def sb3_tiering(options: dict[str, Any], num_envs: int, seed: int, target: float, steps: int) -> Measured:
    """Trains on tiering until the score on the validation split reaches the target."""

    def reached(model: PPO) -> bool:
        played = ring0_gym.evaluate(
            "ring0/Tiering-v1", model, split="validation", episodes=2, rivals=False, verbose=False
        )
        return float(np.mean([record["score"] for record in played.records])) >= target

    envs = ring0_gym.RingVecEnv("ring0/Tiering-v1", num_envs)
    return train(envs, options, seed, steps, Until(reached, 10_000))


MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    "bridge": bridge,
    "end-bridges": end_bridges,
    "gymnasium": gymnasium_cartpole,
    "sb3-cartpole": sb3_cartpole,
    "sb3-tiering": sb3_tiering,
}


def main() -> None:
    """Answers requests until the input ends."""
    torch.set_num_threads(1)
    for line in sys.stdin:
        request = json.loads(line)
        measured = MEASURES[request.pop("measure")](**request)
        sys.stdout.write(json.dumps(measured) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
