"""PPO in one file, in the style of CleanRL, with action masks. It trains on swap-in readahead by default.

pip install ring0-gym torch
python cleanrl_style_ppo.py --steps 200000
"""

from __future__ import annotations

import argparse

import gymnasium
import numpy as np
import torch
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from torch import nn
from torch.distributions import Categorical

import ring0_gym  # noqa: F401  (registers the environments)

ILLEGAL = -1e9
GAMMA, LAMBDA, CLIP, ENTROPY = 0.99, 0.95, 0.2, 0.01


class Agent(nn.Module):
    """A policy and a value function over the flattened observation."""

    def __init__(self, observations: int, actions: int) -> None:
        """Makes two networks of 64 x 64."""
        super().__init__()
        self.actor = self._network(observations, actions)
        self.critic = self._network(observations, 1)

    @staticmethod
    def _network(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Flatten(), nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs)
        )

    def policy(self, observations: torch.Tensor, masks: torch.Tensor) -> Categorical:
        """The distribution over the legal actions."""
        return Categorical(logits=self.actor(observations).masked_fill(~masks, ILLEGAL))

    def value(self, observations: torch.Tensor) -> torch.Tensor:
        """The value of each observation."""
        return self.critic(observations).squeeze(1)


def main() -> None:
    """Trains and prints the mean return of the last episodes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--env", default="ring0/Readahead-v1", help="an environment with Discrete actions")
    parser.add_argument("--steps", type=int, default=20_000, help="steps of training")
    parser.add_argument("--envs", type=int, default=8, help="environments that step together")
    parser.add_argument("--rollout", type=int, default=128, help="steps of each environment between updates")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)

    envs = RecordEpisodeStatistics(gymnasium.make_vec(arguments.env, num_envs=arguments.envs))
    count, length = arguments.envs, arguments.rollout
    size = int(np.prod(envs.single_observation_space.shape))
    agent = Agent(size, int(envs.single_action_space.n))
    optimizer = torch.optim.Adam(agent.parameters(), lr=3e-4, eps=1e-5)
    scale = 1.0
    returns: list[float] = []

    def legal() -> torch.Tensor:
        return torch.from_numpy(envs.unwrapped.action_masks())

    observation = torch.from_numpy(envs.reset(seed=arguments.seed)[0])
    mask = legal()
    # With NEXT_STEP, the step after an end starts an episode and ignores the action: it is no sample.
    ended = torch.zeros(count, dtype=torch.bool)
    for start in range(0, arguments.steps, count * length):
        observations = torch.zeros(length, *observation.shape)
        masks = torch.zeros(length, *mask.shape, dtype=torch.bool)
        actions, logs, rewards, values, advantages = (torch.zeros(length, count) for _ in range(5))
        terminated, last, valid = (torch.zeros(length, count, dtype=torch.bool) for _ in range(3))
        following = torch.zeros(length, count)
        for t in range(length):
            observations[t], masks[t], valid[t] = observation, mask, ~ended
            with torch.no_grad():
                policy = agent.policy(observation, mask)
                action = policy.sample()
                values[t], logs[t] = agent.value(observation), policy.log_prob(action)
            actions[t] = action
            state, reward, terminations, truncations, infos = envs.step(action.numpy())
            observation, mask = torch.from_numpy(state), legal()
            rewards[t] = torch.from_numpy(reward)
            terminated[t] = torch.from_numpy(terminations)
            ended = torch.from_numpy(terminations | truncations)
            last[t] = ended
            with torch.no_grad():
                following[t] = agent.value(observation)
            if "episode" in infos:
                returns.extend(infos["episode"]["r"][infos["_episode"]])
        scale = max(scale, float(rewards.abs().max()))
        advantage = torch.zeros(count)
        for t in reversed(range(length)):
            error = rewards[t] / scale + GAMMA * following[t] * ~terminated[t] - values[t]
            advantage = error + GAMMA * LAMBDA * advantage * ~last[t]
            advantages[t] = advantage
        keep = valid.reshape(-1)
        batch = [x.reshape(-1, *x.shape[2:])[keep] for x in (observations, masks, actions, logs, advantages, values)]
        targets = batch[4] + batch[5]
        for _ in range(4):
            for part in torch.randperm(len(targets)).split(256):
                seen, allowed, taken, old_log, gain = (x[part] for x in batch[:5])
                policy = agent.policy(seen, allowed)
                ratio = (policy.log_prob(taken) - old_log).exp()
                gain = (gain - gain.mean()) / (gain.std(correction=0) + 1e-8)
                gained = torch.min(ratio * gain, ratio.clamp(1 - CLIP, 1 + CLIP) * gain).mean()
                loss = 0.5 * (agent.value(seen) - targets[part]).pow(2).mean() - gained
                optimizer.zero_grad()
                (loss - ENTROPY * policy.entropy().mean()).backward()
                nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
                optimizer.step()
        recent = np.mean(returns[-20:]) if returns else float("nan")
        print(f"{start + count * length} steps, mean return of the last episodes {recent:.2f}", flush=True)
    envs.close()


if __name__ == "__main__":
    main()
